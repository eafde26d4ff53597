#include "cross-tu/CrossUnits.h"
#include "support/Clang.h"
#include "support/FilePaths.h"
#include <set>

using namespace llvm;
using clang::tidy::ClangTidyError;
using clang::tooling::DiagnosticMessage;

namespace torchtidy {
namespace {

constexpr size_t MaxFiles = 8; // behind one unit

// A command without what does not change the meaning of the code: its file, outputs, optimisation,
// and what CMake defines for each shared library.
struct Meaning {
  std::vector<std::string> Flags;
  std::vector<std::string> SearchPaths; // -I, absolute
};

bool isOutput(StringRef Flag) {
  return is_contained({"-o", "-MF", "-MT", "-MQ", "-MJ", "-dumpdir"}, Flag);
}

bool isWithoutMeaning(StringRef Flag) {
  return is_contained({"-c", "-MD", "-MMD", "-MP", "-fPIC", "-fpic", "-fPIE", "-fpie", "-pipe",
                       "--", "-flto", "-w"},
                      Flag) ||
         Flag.starts_with("-O") || Flag.starts_with("-g") || Flag.starts_with("-W") ||
         Flag.starts_with("-fdiagnostics") || Flag.starts_with("-fmodules") ||
         (Flag.starts_with("-D") && Flag.ends_with("_EXPORTS"));
}

Meaning meaningOf(const Unit &U) {
  Meaning Result;
  ArrayRef<std::string> Arguments = ArrayRef(U.CommandLine).drop_front(!U.CommandLine.empty());
  for (size_t I = 0; I < Arguments.size(); ++I) {
    StringRef Flag = Arguments[I];
    if (isOutput(Flag)) {
      ++I;
    } else if (StringRef Path = Flag; Path.consume_front("-I")) {
      if (Path.empty() && I + 1 < Arguments.size())
        Path = Arguments[++I];
      Result.SearchPaths.push_back(absoluteIn(U.Directory, Path));
    } else if (!isWithoutMeaning(Flag) &&
               (Flag.starts_with("-") || absoluteIn(U.Directory, Flag) != U.File)) {
      Result.Flags.push_back(Flag.str());
    }
  }
  return Result;
}

// A unit that does not compile has none.
UnitBoundary boundaryOf(const UnitResult &Result) {
  json::Path::Root Root;
  UnitBoundary Boundary;
  return fromJSON(Result.Notes, Boundary, Root) ? std::move(Boundary) : UnitBoundary();
}

// Whether a question counts: of a unit that asks, or of one that is read behind it.
bool counts(const OpenQuestion &Question, bool IsJoined) {
  return Question.Kind == QuestionKind::OwnClass ||
         (Question.Kind == QuestionKind::WhenJoined) == IsJoined;
}

class Planner {
public:
  Planner(ArrayRef<Unit> Units, ArrayRef<UnitResult> Results) : Units(Units) {
    for (const UnitResult &Result : Results)
      Boundaries.push_back(boundaryOf(Result));
    for (size_t I = 0; I < Units.size(); ++I)
      Order.push_back(I);
    llvm::sort(Order, [&](size_t A, size_t B) {
      return std::tie(Units[A].File, Units[A].CommandLine) <
             std::tie(Units[B].File, Units[B].CommandLine);
    });
    for (size_t I : Order)
      for (const auto &[Usr, Place] : Boundaries[I].Definitions)
        Definers[Usr].push_back(I);
  }

  CrossUnitPlan run(size_t Asking) {
    for (size_t I : Order)
      if (I < Asking)
        plan(I);
    return std::move(Result);
  }

private:
  const Meaning &meaning(size_t Unit) {
    auto [It, New] = Meanings.try_emplace(Unit);
    if (New)
      It->second = meaningOf(Units[Unit]);
    return It->second;
  }

  // The unit that defines what is asked, as Asking could read it; else why there is none.
  std::optional<size_t> answer(size_t Asking, const std::string &Usr, std::string &Why) {
    auto It = Definers.find(Usr);
    if (It == Definers.end()) {
      Why = "defined in no file that was checked";
      return std::nullopt;
    }
    std::optional<size_t> Found;
    for (size_t Unit : It->second) {
      if (Units[Unit].File != Units[It->second.front()].File) {
        Why = "defined in two files";
        return std::nullopt;
      }
      if (!Found && meaning(Unit).Flags == meaning(Asking).Flags)
        Found = Unit;
    }
    if (!Found)
      Why = "compiled with other flags";
    return Found;
  }

  void plan(size_t Asking) {
    CrossUnit Cross{Asking, Units[Asking], {}};
    std::set<std::string> Known; // questions
    std::map<std::string, std::vector<std::string>> Without;
    size_t Asked = 0, Answered = 0;
    auto Ask = [&](const UnitBoundary &Boundary, bool IsJoined) {
      for (const OpenQuestion &Question : Boundary.Questions) {
        if (!counts(Question, IsJoined) || !Known.insert(Question.Usr).second)
          continue;
        std::string Why;
        std::optional<size_t> By = answer(Asking, Question.Usr, Why);
        if (!By) {
          ++Asked;
          ++Result.Unanswered[Why];
          continue;
        }
        bool IsThere = *By == Asking || Units[*By].File == Units[Asking].File ||
                       any_of(Cross.Files, [&](const AnsweringFile &F) { return F.Unit == *By; });
        if (IsThere)
          continue;
        ++Asked;
        ++Answered;
        const DefinitionPlace &Place = Boundaries[*By].Definitions[Question.Usr];
        Cross.Files.push_back(
            {*By, Place.Name, unsigned(Place.Line), Question.Kind != QuestionKind::Use});
      }
    };
    Ask(Boundaries[Asking], false);
    for (size_t I = 0; I < Cross.Files.size() && I < MaxFiles; ++I)
      Ask(Boundaries[Cross.Files[I].Unit], true);
    Result.Asked += Asked;
    if (Cross.Files.size() > MaxFiles) {
      Result.Unanswered["defined in more than " + std::to_string(MaxFiles) + " files"] += Answered;
      return;
    }
    Result.Answered += Answered;
    if (Cross.Files.empty())
      return;
    llvm::sort(Cross.Files, [&](const AnsweringFile &A, const AnsweringFile &B) {
      return Units[A.Unit].File < Units[B.Unit].File;
    });
    std::vector<std::string> SearchPaths = meaning(Asking).SearchPaths;
    for (const AnsweringFile &File : Cross.Files) {
      Cross.Joint.Joined.push_back(Units[File.Unit].File);
      for (const std::string &Path : meaning(File.Unit).SearchPaths)
        if (!is_contained(SearchPaths, Path)) {
          SearchPaths.push_back(Path);
          Cross.Joint.CommandLine.insert(Cross.Joint.CommandLine.begin() + 1, "-idirafter" + Path);
        }
    }
    Result.Units.push_back(std::move(Cross));
  }

  ArrayRef<Unit> Units;
  std::vector<UnitBoundary> Boundaries;
  std::vector<size_t> Order;
  std::map<std::string, std::vector<size_t>> Definers; // units by USR
  std::map<size_t, Meaning> Meanings;
  CrossUnitPlan Result;
};

std::string fileOf(const ClangTidyError &E) {
  StringRef Path = E.Message.FilePath;
  return Path.empty() ? "" : realPath(absoluteIn(E.BuildDirectory, Path));
}

bool isOfCompiler(const ClangTidyError &E) {
  return StringRef(E.DiagnosticName).starts_with("clang-diagnostic-");
}

// What makes two findings one, as a report says it.
using Identity = std::tuple<std::string, unsigned, std::string, std::string>;
Identity identityOf(const ClangTidyError &E) {
  return {fileOf(E), E.Message.FileOffset, E.DiagnosticName, E.Message.Message};
}

void addFiles(const Unit &U, const UnitResult &Result, std::set<std::string> &Files) {
  Files.insert(realPath(U.File));
  for (const Dependency &D : Result.Dependencies)
    if (!D.IsDirectory && !D.IsAbsent)
      Files.insert(realPath(D.Path));
}

unsigned offsetOfLine(StringRef File, unsigned Line) {
  auto Buffer = MemoryBuffer::getFile(File);
  if (!Buffer)
    return 0;
  StringRef Text = (*Buffer)->getBuffer(), Rest = Text;
  for (; Line > 1 && !Rest.empty(); --Line)
    Rest = Rest.split('\n').second;
  return Text.size() - Rest.ltrim(" \t").size();
}

} // namespace

// The words of a text, and which of them stand behind "::".
static void findWords(StringRef Text, StringSet<> &All, StringSet<> &Qualified) {
  for (bool IsQualified = false; !Text.empty();) {
    StringRef Word = Text.take_while([](char C) { return isAlnum(C) || C == '_'; });
    if (!Word.empty()) {
      All.insert(Word);
      if (IsQualified)
        Qualified.insert(Word);
    }
    Text = Text.drop_front(Word.size());
    if (StringRef Rest = Text.ltrim(); Rest.size() < Text.size())
      Text = Rest;
    else if (!Text.empty() && !(IsQualified = Text.consume_front("::")) && Word.empty())
      Text = Text.drop_front();
  }
}

std::vector<OpenQuestion> questionsOf(ArrayRef<UnitResult> Results, bool AreJoined) {
  std::vector<OpenQuestion> Asked;
  for (const UnitResult &Result : Results)
    for (OpenQuestion &Question : boundaryOf(Result).Questions)
      if (!AreJoined || Question.Kind != QuestionKind::Use)
        Asked.push_back(std::move(Question));
  return Asked;
}

std::vector<Unit> mayAnswer(ArrayRef<OpenQuestion> Asked, std::vector<Unit> Others) {
  erase_if(Others, [&](const Unit &U) {
    auto Buffer = MemoryBuffer::getFile(U.File);
    StringRef Text = Buffer ? (*Buffer)->getBuffer() : "";
    if (none_of(Asked, [&](const OpenQuestion &Q) { return Text.contains(Q.Function); }))
      return true;
    StringSet<> All, Qualified;
    findWords(Text, All, Qualified);
    return none_of(Asked, [&](const OpenQuestion &Q) {
      return Q.Class.empty() ? All.contains(Q.Function)
                             : Qualified.contains(Q.Function) && All.contains(Q.Class);
    });
  });
  return Others;
}

CrossUnitPlan planCrossUnits(ArrayRef<Unit> Units, ArrayRef<UnitResult> Results, size_t Asking) {
  return Planner(Units, Results).run(Asking);
}

static void takeOver(const CrossUnit &Cross, ArrayRef<Unit> Units,
                     MutableArrayRef<UnitResult> Results, UnitResult Joint,
                     const std::set<Identity> &Known) {
  UnitResult &Own = Results[Cross.Index];
  std::set<std::string> Wanted;
  addFiles(Units[Cross.Index], Own, Wanted);
  for (const AnsweringFile &File : Cross.Files)
    if (File.OfOwnClass)
      addFiles(Units[File.Unit], Results[File.Unit], Wanted);
  erase_if(Own.Diagnostics, [](const ClangTidyError &E) { return !isOfCompiler(E); });
  for (ClangTidyError &E : Joint.Diagnostics) {
    if (isOfCompiler(E) || !Wanted.count(fileOf(E)))
      continue;
    if (!Known.count(identityOf(E)))
      for (const AnsweringFile &File : Cross.Files) {
        DiagnosticMessage Note("'" + File.Function +
                               "' is defined here, in another translation unit");
        Note.FilePath = Units[File.Unit].File;
        Note.FileOffset = offsetOfLine(Note.FilePath, File.Line);
        E.Notes.push_back(std::move(Note));
      }
    Own.Diagnostics.push_back(std::move(E));
  }
}

size_t takeOver(ArrayRef<CrossUnit> Cross, ArrayRef<Unit> Units,
                MutableArrayRef<UnitResult> Results, std::vector<UnitResult> Joints) {
  std::set<Identity> Known;
  for (const UnitResult &Result : Results)
    for (const ClangTidyError &E : Result.Diagnostics)
      Known.insert(identityOf(E));
  size_t Apart = 0;
  for (auto &&[Unit, Joint] : zip_equal(Cross, Joints))
    if (!Joint.Failure.empty() || Joint.ParseFailed)
      ++Apart;
    else
      takeOver(Unit, Units, Results, std::move(Joint), Known);
  return Apart;
}

std::string describe(const CrossUnitPlan &Plan, size_t Apart) {
  std::string Text;
  raw_string_ostream OS(Text);
  OS << "  asked of other files: " << Plan.Asked << ", answered: " << Plan.Answered
     << "; files read with others: " << Plan.Units.size() << "\n";
  for (const auto &[Why, Count] : Plan.Unanswered)
    OS << "    " << Count << " " << Why << '\n';
  if (Apart)
    OS << "    " << Apart << " files do not compile with the others\n";
  return OS.str();
}

} // namespace torchtidy
