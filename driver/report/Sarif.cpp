#include "findings/Fingerprint.h"
#include "report/Formats.h"
#include "report/LineHashes.h"
#include "support/Clang.h"
#include <map>

using namespace llvm;

namespace torchtidy {
namespace {

// What GitHub's code scanning takes: a file with more is refused, or shown in part.
constexpr size_t MostResults = 25000;
constexpr size_t ResultsShown = 5000;
constexpr size_t MostSteps = 1000; // of one code flow
constexpr size_t MostNotes = 100;  // related locations of one result
// The file may have 10 MiB when compressed; JSON of this kind shrinks to less than a tenth.
constexpr size_t MostBytes = 100u << 20;

StringRef levelOf(Severity S) { return S == Severity::Info ? "note" : toString(S); }

StringRef defaultLevel(const RuleInfo *Info) {
  return levelOf(Info ? severityOf(*Info) : Severity::Warning);
}

// A path as the path of a URI.
std::string uriPath(StringRef Path) {
  std::string Result;
  for (char C : Path) {
    if (isAlnum(C) || StringRef("-._~/+!$&'()*,;=@").contains(C)) {
      Result += C;
    } else {
      Result += '%';
      Result += hexdigit(static_cast<unsigned char>(C) >> 4);
      Result += hexdigit(C & 15);
    }
  }
  return Result;
}

std::string sentence(StringRef Text) {
  std::string Result = Text.rtrim('.').str() + ".";
  Result[0] = toUpper(Result[0]);
  return Result;
}

// torch-null-module: NullModule.
std::string pascalCase(StringRef Slug) {
  std::string Result;
  SmallVector<StringRef> Words;
  Slug.split(Words, '-');
  for (StringRef Word : Words)
    if (!Word.empty())
      (Result += toUpper(Word[0])) += Word.drop_front();
  return Result;
}

// The first paragraph of a page's section "What", on one line.
std::string firstParagraph(StringRef Page) {
  StringRef Text = Page.split("## What").second.ltrim().split("\n\n").first;
  std::string Result = Text.trim().str();
  std::replace(Result.begin(), Result.end(), '\n', ' ');
  return Result;
}

class SarifPrinter {
public:
  SarifPrinter(const FindingList &List, raw_ostream &OS) : List(List), Stream(OS), Out(OS, 1) {}

  CutNotice print() {
    choose();
    Out.object([&] {
      Out.attribute("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
      Out.attribute("version", "2.1.0");
      Out.attributeArray("runs", [&] { Out.object([&] { run(); }); });
    });
    Out.flush();
    return notice();
  }

private:
  // Which results go in (in their order), and which of them whole.
  void choose() {
    std::vector<size_t> Order = List.worstFirst();
    Whole.resize(List.All.size());
    for (size_t I = 0; I < Order.size() && I < ResultsShown; ++I)
      Whole[Order[I]] = true;
    Order.resize(std::min(Order.size(), MostResults));
    llvm::sort(Order);
    Chosen = std::move(Order);
  }

  CutNotice notice() const {
    std::string Text;
    if (size_t Left = List.All.size() - Chosen.size() + BeyondSize)
      Text = std::to_string(Left) + " of " + std::to_string(List.All.size()) +
             " findings were left out of the SARIF file: code scanning takes " +
             std::to_string(MostResults) + " results and 10 MiB, the worst were kept";
    else if (Chosen.size() > ResultsShown)
      Text = "only the worst " + std::to_string(ResultsShown) + " of " +
             std::to_string(Chosen.size()) +
             " findings have code flows and fixes in the SARIF file: code scanning shows no more";
    return Text;
  }

  void run() {
    Out.attributeObject("tool", [&] { Out.attributeObject("driver", [&] { driver(); }); });
    Out.attribute("columnKind", "utf16CodeUnits");
    Out.attributeObject("originalUriBaseIds", [&] {
      Out.attributeObject("SRCROOT", [&] {
        Out.attributeObject("description", [&] { Out.attribute("text", "The project's root."); });
      });
    });
    Out.attributeArray("results", [&] {
      for (size_t I : Chosen)
        if (Stream.tell() < MostBytes)
          Out.object([&] { result(List.All[I], Whole[I]); });
        else
          ++BeyondSize;
    });
    Out.attributeArray("invocations", [&] { Out.object([&] { invocation(); }); });
    Out.attributeObject("automationDetails", [&] { Out.attribute("id", "torch-tidy/"); });
  }

  void invocation() {
    Out.attribute("executionSuccessful", List.IsComplete);
    CutNotice Cut = notice();
    if (Cut.empty())
      return;
    Out.attributeArray("toolExecutionNotifications", [&] {
      Out.object([&] {
        Out.attribute("level", "warning");
        message(sentence(Cut));
      });
    });
  }

  void driver() {
    Out.attribute("name", "torch-tidy");
    Out.attribute("version", TORCHTIDY_VERSION);
    Out.attribute("semanticVersion", TORCHTIDY_VERSION);
    Out.attribute("informationUri", homepage());
    Out.attributeArray("rules", [&] {
      for (const RuleInfo &Info : allRules())
        rule(Info.Name, &Info);
      for (size_t I : Chosen)
        if (!RuleIndex.count(List.All[I].Rule))
          rule(List.All[I].Rule, nullptr);
    });
  }

  void rule(StringRef Name, const RuleInfo *Info) {
    int64_t Index = int64_t(RuleIndex.size());
    RuleIndex[Name.str()] = Index;
    std::string Url = ruleUrl(Name);
    std::string Short = Info ? sentence(Info->Summary) : sentence(("the check " + Name).str());
    std::string Full = Info ? firstParagraph(Info->Page) : Short;
    std::string Page = Info ? Info->Page.str() : ("See [" + Name + "](" + Url + ").").str();
    Out.object([&] {
      Out.attribute("id", Name);
      Out.attribute("name", pascalCase(Info ? Info->Slug : Name));
      text("shortDescription", Short);
      text("fullDescription", Full);
      Out.attributeObject("help", [&] {
        Out.attribute("text", Page);
        Out.attribute("markdown", Page);
      });
      Out.attribute("helpUri", Url);
      Out.attributeObject("defaultConfiguration", [&] {
        Out.attribute("level", defaultLevel(Info));
        Out.attribute("enabled", Info ? Info->isOnByDefault() : true);
      });
      Out.attributeObject("properties", [&] {
        Out.attributeArray("tags", [&] {
          Out.value("libtorch");
          Out.value(Info ? toString(Info->Group) : StringRef("other"));
          Out.value(Info && Info->Group == RuleGroup::Bug ? "correctness" : "maintainability");
        });
        Out.attribute("precision", "high");
        Out.attribute("problem.severity",
                      Info && Info->Group != RuleGroup::Bug ? "recommendation" : "warning");
      });
    });
  }

  void result(const Finding &F, bool IsWhole) {
    Out.attribute("ruleId", F.Rule);
    Out.attribute("ruleIndex", RuleIndex.at(F.Rule));
    Out.attribute("level", levelOf(F.Level));
    message(F.Main.Message);
    Out.attributeArray("locations", [&] { Out.object([&] { location(F); }); });
    Out.attributeObject("partialFingerprints", [&] {
      Out.attribute("torchTidy/v" + std::to_string(FingerprintVersion), F.Fingerprint);
      if (F.Main.Where)
        Out.attribute("primaryLocationLineHash", lineHash(*F.Main.Where));
    });
    if (!IsWhole)
      return;
    relatedLocations(F);
    codeFlow(F);
    fixes(F);
  }

  void location(const Finding &F) {
    if (F.Main.Where)
      return physicalLocation(*F.Main.Where, /*WithSnippet=*/true);
    // Code scanning refuses a result without a place.
    Out.attributeObject("physicalLocation", [&] {
      artifact(F.Path.empty() ? "." : F.Path);
      Out.attributeObject("region", [&] {
        for (StringRef Key : {"startLine", "startColumn", "endLine", "endColumn"})
          Out.attribute(Key, 1);
      });
    });
  }

  void artifact(StringRef Path) {
    Out.attributeObject("artifactLocation", [&] {
      if (sys::path::is_absolute(Path)) {
        Out.attribute("uri", "file://" + uriPath(Path));
        return;
      }
      Out.attribute("uri", uriPath(Path));
      Out.attribute("uriBaseId", "SRCROOT");
    });
  }

  void region(StringRef Key, const Region &R, bool WithSnippet) {
    Out.attributeObject(Key, [&] {
      Out.attribute("startLine", int64_t(R.Start.Line));
      Out.attribute("startColumn", int64_t(R.File->utf16Column(R.Start.Line, R.Start.Column)));
      Out.attribute("endLine", int64_t(R.End.Line));
      Out.attribute("endColumn", int64_t(R.File->utf16Column(R.End.Line, R.End.Column)));
      if (WithSnippet && R.Length)
        Out.attributeObject("snippet", [&] { Out.attribute("text", json::fixUTF8(R.text())); });
    });
  }

  void physicalLocation(const Region &R, bool WithSnippet) {
    Out.attributeObject("physicalLocation", [&] {
      artifact(R.File->Name);
      region("region", R, WithSnippet);
    });
  }

  static std::vector<const Remark *> placedNotes(const Finding &F) {
    std::vector<const Remark *> Result;
    for (const Remark &Note : F.Notes)
      if (Note.Where)
        Result.push_back(&Note);
    return Result;
  }

  void relatedLocations(const Finding &F) {
    std::vector<const Remark *> Notes = placedNotes(F);
    if (Notes.empty())
      return;
    Notes.resize(std::min(Notes.size(), MostNotes));
    Out.attributeArray("relatedLocations", [&] {
      int64_t Id = 0;
      for (const Remark *Note : Notes)
        Out.object([&] {
          Out.attribute("id", Id++);
          physicalLocation(*Note->Where, /*WithSnippet=*/false);
          message(Note->Message);
        });
    });
  }

  // The notes lead through the code to where the finding was made.
  void codeFlow(const Finding &F) {
    std::vector<const Remark *> Steps = placedNotes(F);
    if (Steps.empty() || !F.Main.Where)
      return;
    Steps.resize(std::min(Steps.size(), MostSteps - 1));
    Steps.push_back(&F.Main);
    Out.attributeArray("codeFlows", [&] {
      Out.object([&] {
        Out.attributeArray("threadFlows", [&] {
          Out.object([&] {
            Out.attributeArray("locations", [&] {
              for (const Remark *Step : Steps)
                Out.object([&] {
                  Out.attributeObject("location", [&] {
                    physicalLocation(*Step->Where, /*WithSnippet=*/false);
                    message(Step->Message);
                  });
                });
            });
          });
        });
      });
    });
  }

  void fixes(const Finding &F) {
    std::vector<const ProposedFix *> Fixes = F.fixes();
    if (Fixes.empty())
      return;
    Out.attributeArray("fixes", [&] {
      for (const ProposedFix *Fix : Fixes)
        Out.object([&] {
          text("description", "F" + labelOf(*Fix).substr(1) + ": " + Fix->Description);
          Out.attributeArray("artifactChanges", [&] { artifactChanges(*Fix); });
        });
    });
  }

  void artifactChanges(const ProposedFix &Fix) {
    std::vector<std::pair<const SourceFile *, std::vector<const Edit *>>> ByFile;
    for (const Edit &E : Fix.Edits) {
      if (ByFile.empty() || ByFile.back().first != E.Where.File)
        ByFile.push_back({E.Where.File, {}});
      ByFile.back().second.push_back(&E);
    }
    for (const auto &[File, Edits] : ByFile)
      Out.object([&, File = File, &Edits = Edits] {
        artifact(File->Name);
        Out.attributeArray("replacements", [&] {
          for (const Edit *E : Edits)
            Out.object([&] {
              region("deletedRegion", E->Where, /*WithSnippet=*/false);
              text("insertedContent", E->Text);
            });
        });
      });
  }

  void message(StringRef Text) { text("message", Text); }

  void text(StringRef Key, StringRef Text) {
    Out.attributeObject(Key, [&] { Out.attribute("text", Text); });
  }

  std::string lineHash(const Region &R) {
    auto [It, New] = HashesByFile.try_emplace(R.File);
    if (New)
      It->second = lineHashes(R.File->text());
    return It->second[R.Start.Line - 1];
  }

  const FindingList &List;
  raw_ostream &Stream;
  json::OStream Out;
  std::vector<size_t> Chosen;
  std::vector<bool> Whole;
  size_t BeyondSize = 0;
  std::map<std::string, int64_t> RuleIndex;
  std::map<const SourceFile *, std::vector<std::string>> HashesByFile;
};

} // namespace

CutNotice printSarif(const FindingList &List, raw_ostream &OS) {
  CutNotice Cut = SarifPrinter(List, OS).print();
  OS << '\n';
  return Cut;
}

} // namespace torchtidy
