#include "report/JsonReader.h"
#include "report/Formats.h"
#include "support/Clang.h"
#include "support/Messages.h"
#include "llvm/Support/Base64.h"

using namespace llvm;
using clang::tidy::ClangTidyError;
using clang::tooling::DiagnosticMessage;
using clang::tooling::FileByteRange;
using clang::tooling::Replacement;

namespace torchtidy {

// The format's objects, as far as they are needed: what can be looked up or counted is left out. In
// this namespace so that json::fromJSON finds their readers for a vector.
struct ReportedRange {
  uint64_t Offset = 0, Length = 0;
};
struct ReportedRemark {
  std::string Message, Path;
  std::optional<ReportedRange> Range;
  std::optional<std::vector<ReportedRange>> Underlined;
};
struct ReportedEdit {
  std::string Path, Text;
  ReportedRange Range;
};
struct ReportedFix {
  std::optional<uint64_t> Note; // none: on the finding itself
  std::vector<ReportedEdit> Edits;
};
struct ReportedFinding {
  ReportedRemark Main;
  std::string Rule, Group, Severity, Fingerprint;
  std::optional<bool> WarningAsError;
  std::optional<std::vector<std::string>> Aliases;
  std::vector<ReportedRemark> Notes;
  std::vector<ReportedFix> Fixes;
};
struct ReportedSource {
  std::string Path;
  std::optional<std::string> Text, Base64;
};
struct ReportedSummary {
  uint64_t Files = 0, Unfinished = 0;
};
struct ReportedRun {
  std::optional<ShardOfRun> Part;
  ReportedSummary Summary;
  std::vector<ReportedFinding> Findings;
  std::vector<ReportedSource> Sources;
};

static bool fromJSON(const json::Value &Value, ReportedRange &R, json::Path Path) {
  json::ObjectMapper Map(Value, Path);
  return Map && Map.map("offset", R.Offset) && Map.map("length", R.Length);
}

static bool fromJSON(const json::Value &Value, ReportedRemark &R, json::Path Path) {
  json::ObjectMapper Map(Value, Path);
  return Map && Map.map("message", R.Message) && Map.mapOptional("path", R.Path) &&
         Map.map("range", R.Range) && Map.map("underlined", R.Underlined);
}

static bool fromJSON(const json::Value &Value, ReportedEdit &E, json::Path Path) {
  json::ObjectMapper Map(Value, Path);
  return Map && Map.map("path", E.Path) && Map.map("text", E.Text) && Map.map("range", E.Range);
}

static bool fromJSON(const json::Value &Value, ReportedFix &F, json::Path Path) {
  json::ObjectMapper Map(Value, Path);
  return Map && Map.map("note", F.Note) && Map.map("edits", F.Edits);
}

static bool fromJSON(const json::Value &Value, ReportedFinding &F, json::Path Path) {
  json::ObjectMapper Map(Value, Path);
  if (!Map || !fromJSON(Value, F.Main, Path) || !Map.map("rule", F.Rule) ||
      !Map.map("group", F.Group) || !Map.map("severity", F.Severity) ||
      !Map.map("fingerprint", F.Fingerprint) || !Map.map("warningAsError", F.WarningAsError) ||
      !Map.map("aliases", F.Aliases) || !Map.map("notes", F.Notes) || !Map.map("fixes", F.Fixes))
    return false;
  for (const ReportedFix &Fix : F.Fixes)
    if (Fix.Note && *Fix.Note >= F.Notes.size()) {
      Path.field("fixes").report("no such note");
      return false;
    }
  return true;
}

static bool fromJSON(const json::Value &Value, ReportedSource &S, json::Path Path) {
  json::ObjectMapper Map(Value, Path);
  return Map && Map.map("path", S.Path) && Map.map("text", S.Text) && Map.map("base64", S.Base64);
}

static bool fromJSON(const json::Value &Value, ShardOfRun &S, json::Path Path) {
  json::ObjectMapper Map(Value, Path);
  uint64_t Index = 0, Count = 0;
  if (!Map || !Map.map("index", Index) || !Map.map("count", Count) || !Map.map("files", S.Files) ||
      !Map.map("wholeFiles", S.WholeFiles) || !Map.map("wholeDigest", S.WholeDigest))
    return false;
  if (auto Read = Shard::make(Index, Count)) {
    S.Part = *Read;
    return true;
  }
  Path.report("no part of a whole");
  return false;
}

static bool fromJSON(const json::Value &Value, ReportedSummary &S, json::Path Path) {
  json::ObjectMapper Map(Value, Path);
  return Map && Map.map("files", S.Files) && Map.map("unfinished", S.Unfinished);
}

static bool fromJSON(const json::Value &Value, ReportedRun &R, json::Path Path) {
  json::ObjectMapper Map(Value, Path);
  return Map && Map.map("shard", R.Part) && Map.map("summary", R.Summary) &&
         Map.map("findings", R.Findings) && Map.map("sources", R.Sources);
}

namespace {

class Reader {
public:
  Reader(StringRef File, SourceFiles &Sources) : File(File), Sources(Sources) {}

  Expected<RunReport> read() {
    auto Buffer = MemoryBuffer::getFile(File);
    if (!Buffer)
      return unusable("cannot be read: " + Buffer.getError().message(),
                      "name a report that 'torch-tidy check --output-format json' wrote");
    auto Value = json::parse((*Buffer)->getBuffer());
    if (!Value)
      return unusable("is not valid JSON: " + toString(Value.takeError()), WriteAnew);
    if (Error E = checkKind(*Value))
      return std::move(E);
    ReportedRun Run;
    json::Path::Root Root("report");
    if (!fromJSON(*Value, Run, json::Path(Root)))
      return unusable("is not valid: " + toString(Root.getError()), WriteAnew);
    return convert(Run);
  }

private:
  static constexpr StringLiteral WriteAnew =
      "write it anew with 'torch-tidy check --output-format json'";

  Error unusable(const Twine &Why, const Twine &Next) const {
    return failure("the report '" + File + "' " + Why + ". Next: " + Next);
  }

  // Other files of JSON, and reports of other versions, are told apart from damaged ones.
  Error checkKind(const json::Value &Value) const {
    const json::Object *Top = Value.getAsObject();
    const json::Object *Tool = Top ? Top->getObject("tool") : nullptr;
    if (Top && Top->getArray("runs"))
      return unusable("is SARIF, which lacks what other formats need", WriteAnew);
    if (!Tool || Tool->getString("name") != "torch-tidy")
      return unusable("is not of torch-tidy's JSON format", WriteAnew);
    if (Top->getInteger("version") == int64_t(JsonFormatVersion))
      return Error::success();
    return unusable("is of another version of the format than " + Twine(JsonFormatVersion),
                    "merge with the torch-tidy that wrote it, " +
                        Tool->getString("version").value_or("of another version"));
  }

  Expected<RunReport> convert(const ReportedRun &Run) {
    for (const ReportedSource &Source : Run.Sources)
      if (Error E = addSource(Source))
        return std::move(E);
    RunReport Result;
    Result.Part = Run.Part;
    Result.FilesChecked = Run.Summary.Files;
    Result.FilesUnfinished = Run.Summary.Unfinished;
    for (const ReportedFinding &F : Run.Findings) {
      if (F.Group == "not-checked") {
        StringRef Reason = F.Main.Message;
        Reason.consume_front(NotChecked);
        Result.Failures.push_back({pathOf(F.Main.Path), Reason.str()});
      } else if (F.Group == "compile-error") {
        Result.Errors.push_back(finding(F));
      } else {
        Result.Diagnostics.push_back(finding(F));
        Result.Fingerprints.push_back(F.Fingerprint);
      }
    }
    return std::move(Result);
  }

  Error addSource(const ReportedSource &Source) {
    std::optional<std::string> Text = Source.Text;
    if (Source.Base64) {
      std::vector<char> Bytes;
      if (Error E = decodeBase64(*Source.Base64, Bytes))
        return unusable("is not valid: " + Source.Path + ": " + toString(std::move(E)), WriteAnew);
      Text.emplace(Bytes.begin(), Bytes.end());
    }
    if (Sources.addReported(Source.Path, Text))
      return Error::success();
    return unusable("is of another state of the project than one before it: '" + Source.Path +
                        "' has another text",
                    "merge reports of one project and one revision");
  }

  // The absolute path of a file of the report, which may not exist here.
  std::string pathOf(StringRef Name) {
    if (Name.empty())
      return "";
    Sources.addReported(Name, std::nullopt);
    return Sources.pathOfReported(Name);
  }

  // What severityOf makes the severity of.
  static ClangTidyError::Level levelOf(const ReportedFinding &F) {
    if (F.Severity == "error" && !F.WarningAsError.value_or(false))
      return ClangTidyError::Error;
    const RuleInfo *Rule = findRule(F.Rule);
    bool IsInfoByRule = Rule && severityOf(*Rule) == Severity::Info;
    return F.Severity == "info" && !IsInfoByRule ? ClangTidyError::Remark : ClangTidyError::Warning;
  }

  ClangTidyError finding(const ReportedFinding &F) {
    ClangTidyError Result(F.Rule, levelOf(F), /*BuildDirectory=*/"",
                          F.WarningAsError.value_or(false));
    if (F.Aliases)
      Result.EnabledDiagnosticAliases = *F.Aliases;
    Result.Message = message(F.Main);
    for (const ReportedRemark &Note : F.Notes)
      Result.Notes.push_back(message(Note));
    for (const ReportedFix &Fix : F.Fixes)
      addFix(Fix, Fix.Note ? Result.Notes[*Fix.Note] : Result.Message);
    return Result;
  }

  DiagnosticMessage message(const ReportedRemark &R) {
    DiagnosticMessage Result(R.Message);
    Result.FilePath = pathOf(R.Path);
    if (R.Range)
      Result.FileOffset = unsigned(R.Range->Offset);
    if (R.Underlined)
      for (const ReportedRange &Underlined : *R.Underlined) {
        FileByteRange Range;
        Range.FilePath = Result.FilePath;
        Range.FileOffset = unsigned(Underlined.Offset);
        Range.Length = unsigned(Underlined.Length);
        Result.Ranges.push_back(std::move(Range));
      }
    return Result;
  }

  void addFix(const ReportedFix &Fix, DiagnosticMessage &M) {
    for (const ReportedEdit &E : Fix.Edits) {
      Replacement R(pathOf(E.Path), unsigned(E.Range.Offset), unsigned(E.Range.Length), E.Text);
      // The edits of a fix do not overlap unless the report is damaged.
      if (Error Overlap = M.Fix[R.getFilePath()].add(R))
        consumeError(std::move(Overlap));
    }
  }

  StringRef File;
  SourceFiles &Sources;
};

} // namespace

Expected<RunReport> readJsonReport(StringRef File, SourceFiles &Sources) {
  return Reader(File, Sources).read();
}

} // namespace torchtidy
