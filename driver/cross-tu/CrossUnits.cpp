#include "cross-tu/CrossUnits.h"
#include "support/Clang.h"
#include "support/FilePaths.h"
#include <set>

using namespace llvm;

namespace torchtidy {
namespace {

constexpr size_t MaxFiles = 8; // behind one unit

// A command without what does not change the meaning of the code: its file, outputs, optimisation,
// and what build systems define for each library or file.
struct Meaning {
  std::vector<std::string> Flags;
  std::vector<std::pair<std::string, std::string>> SearchPaths; // -I, -isystem or -iquote, absolute
};

bool isOutput(StringRef Flag) {
  return is_contained({"-o", "-MF", "-MT", "-MQ", "-MJ", "-dumpdir"}, Flag);
}

bool isWithoutMeaning(StringRef Flag) {
  if (is_contained({"-c", "-MD", "-MMD", "-MP", "-pipe", "--", "-w", "--coverage"}, Flag) ||
      (Flag.starts_with("-D") && Flag.ends_with("_EXPORTS")) ||
      (Flag.starts_with("-f") && Flag.contains("-prefix-map=")))
    return true;
  static constexpr StringLiteral Beginnings[] = {"-o",
                                                 "-O",
                                                 "-g",
                                                 "-W",
                                                 "-M",
                                                 "-fPIC",
                                                 "-fpic",
                                                 "-fPIE",
                                                 "-fpie",
                                                 "-flto",
                                                 "-fmodules",
                                                 "-fsanitize",
                                                 "-fprofile",
                                                 "-fdiagnostics",
                                                 "-fcolor-diagnostics",
                                                 "-fstack",
                                                 "-ftime",
                                                 "-fvisibility",
                                                 "-frandom-seed",
                                                 "-save-temps",
                                                 "-ftest-coverage"};
  return any_of(Beginnings, [&](StringRef Beginning) { return Flag.starts_with(Beginning); });
}

Meaning meaningOf(const Unit &U) {
  Meaning Result;
  ArrayRef<std::string> Arguments = ArrayRef(U.CommandLine).drop_front(!U.CommandLine.empty());
  for (size_t I = 0; I < Arguments.size(); ++I) {
    StringRef Flag = Arguments[I];
    if (isOutput(Flag)) {
      ++I;
      continue;
    }
    bool IsSearched = false;
    for (StringRef Kind : {"-I", "-isystem", "-iquote"})
      if (StringRef Path = Flag; !IsSearched && Path.consume_front(Kind)) {
        IsSearched = true;
        if (Path.empty() && I + 1 < Arguments.size())
          Path = Arguments[++I];
        Result.SearchPaths.push_back({Kind.str(), absoluteIn(U.Directory, Path)});
      }
    if (!IsSearched && !isWithoutMeaning(Flag) &&
        (Flag.starts_with("-") || absoluteIn(U.Directory, Flag) != U.File))
      Result.Flags.push_back(Flag.str());
  }
  return Result;
}

// Whether a question counts: of a unit that asks, or of one that is read behind it.
bool counts(const OpenQuestion &Question, bool IsJoined) {
  return Question.Kind == QuestionKind::OwnClass ||
         (Question.Kind == QuestionKind::WhenJoined) == IsJoined;
}

class Planner {
public:
  Planner(ArrayRef<Unit> Units, ArrayRef<UnitResult> Results, std::vector<UnitBoundary> Given)
      : Units(Units), Results(Results), Boundaries(std::move(Given)) {
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
      plan(I, Asking);
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
      if (!isSameFile(Unit, It->second.front())) {
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

  // Of the first Asking units any counts, of the others those that ask one of the first.
  void plan(size_t Unit, size_t Asking) {
    CrossUnit Cross{Unit, Units[Unit], {}};
    std::set<std::string> Known; // questions
    size_t Asked = 0, Answered = 0;
    std::map<std::string, size_t> Unanswered;
    auto Ask = [&](const UnitBoundary &Boundary, bool IsJoined, bool IsOfOwnClass) {
      for (const OpenQuestion &Question : Boundary.Questions) {
        if (!counts(Question, IsJoined) || !Known.insert(Question.Usr).second)
          continue;
        std::string Why;
        std::optional<size_t> By = answer(Unit, Question.Usr, Why);
        if (!By) {
          ++Asked;
          ++Unanswered[Why];
          continue;
        }
        if (*By == Unit || isSameFile(*By, Unit))
          continue;
        const DefinitionPlace &Place = Boundaries[*By].Definitions[Question.Usr];
        auto File =
            find_if(Cross.Files, [&](const AnsweringFile &F) { return isSameFile(F.Unit, *By); });
        if (File == Cross.Files.end()) {
          ++Asked;
          ++Answered;
          Cross.Files.push_back({*By, Place.Name, unsigned(Place.Line), {}});
          File = Cross.Files.end() - 1;
        }
        if (IsOfOwnClass && Question.Kind != QuestionKind::Use)
          File->Own.push_back({unsigned(Place.Line), unsigned(Place.LastLine)});
      }
    };
    Ask(Boundaries[Unit], false, true);
    for (size_t I = 0; I < Cross.Files.size() && I < MaxFiles; ++I)
      Ask(Boundaries[Cross.Files[I].Unit], true, !Cross.Files[I].Own.empty());
    if (Unit >= Asking && none_of(Cross.Files, [&](const AnsweringFile &File) {
          return !File.Own.empty() && File.Unit < Asking;
        }))
      return;
    Result.Asked += Asked;
    for (const auto &[Why, Count] : Unanswered)
      Result.Unanswered[Why] += Count;
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
    join(Cross);
    Result.Units.push_back(std::move(Cross));
  }

  // Search paths come last, in their order, before what ends the options.
  void join(CrossUnit &Cross) {
    auto SearchPaths = meaning(Cross.Index).SearchPaths;
    std::vector<std::string> More;
    std::set<std::string> Reads;
    for (const AnsweringFile &File : Cross.Files) {
      Cross.Joint.Joined.push_back(Units[File.Unit].File);
      addFilesOf(Units[File.Unit], Results[File.Unit], Reads);
      for (const auto &Path : meaning(File.Unit).SearchPaths)
        if (!is_contained(SearchPaths, Path)) {
          SearchPaths.push_back(Path);
          More.insert(More.end(), {Path.first, Path.second});
        }
    }
    Cross.Joint.JoinedReads.assign(Reads.begin(), Reads.end());
    auto End = find(Cross.Joint.CommandLine, "--");
    Cross.Joint.CommandLine.insert(End, More.begin(), More.end());
  }

  bool isSameFile(size_t A, size_t B) const {
    return A == B || Units[A].File == Units[B].File ||
           realPath(Units[A].File) == realPath(Units[B].File);
  }

  ArrayRef<Unit> Units;
  ArrayRef<UnitResult> Results;
  std::vector<UnitBoundary> Boundaries;
  std::vector<size_t> Order;
  std::map<std::string, std::vector<size_t>> Definers; // units by USR
  std::map<size_t, Meaning> Meanings;
  CrossUnitPlan Result;
};

} // namespace

void addFilesOf(const Unit &U, const UnitResult &Result, std::set<std::string> &Files) {
  Files.insert(realPath(U.File));
  for (const Dependency &D : Result.Dependencies)
    if (!D.IsDirectory && !D.IsAbsent)
      Files.insert(realPath(D.Path));
}

// Calls Visit on each word of a text; IsQualified: it stands behind "::".
static void forEachWord(StringRef Text, function_ref<void(StringRef, bool)> Visit) {
  for (bool IsQualified = false; !Text.empty();) {
    StringRef Word = Text.take_while([](char C) { return isAlnum(C) || C == '_'; });
    if (!Word.empty())
      Visit(Word, IsQualified);
    Text = Text.drop_front(Word.size());
    if (StringRef Rest = Text.ltrim(); Rest.size() < Text.size()) {
      Text = Rest;
    } else if (!Text.empty()) {
      IsQualified = Text.consume_front("::");
      if (!IsQualified && Word.empty())
        Text = Text.drop_front();
    }
  }
}

// The same for one word.
static bool hasWord(StringRef Text, StringRef Word, bool IsQualified) {
  auto IsPart = [](char C) { return isAlnum(C) || C == '_'; };
  for (size_t At = Text.find(Word); At != StringRef::npos; At = Text.find(Word, At + 1)) {
    StringRef Before = Text.take_front(At), After = Text.drop_front(At + Word.size());
    if ((Before.empty() || !IsPart(Before.back())) && (After.empty() || !IsPart(After.front())) &&
        (!IsQualified || Before.rtrim().ends_with("::")))
      return true;
  }
  return false;
}

std::vector<UnitBoundary> boundariesOf(ArrayRef<UnitResult> Results) {
  std::vector<UnitBoundary> Boundaries(Results.size());
  for (auto [Result, Boundary] : zip_equal(Results, Boundaries)) {
    json::Path::Root Root;
    if (!fromJSON(Result.Notes, Boundary, Root))
      Boundary = {};
  }
  return Boundaries;
}

std::vector<OpenQuestion> questionsOf(ArrayRef<UnitBoundary> Boundaries, bool AreJoined) {
  std::vector<OpenQuestion> Asked;
  for (const UnitBoundary &Boundary : Boundaries)
    copy_if(Boundary.Questions, std::back_inserter(Asked), [&](const OpenQuestion &Question) {
      return !AreJoined || Question.Kind != QuestionKind::Use;
    });
  return Asked;
}

std::vector<Unit> mayAnswer(ArrayRef<OpenQuestion> Asked, std::vector<Unit> Others) {
  constexpr size_t MaxSearched = 8; // names, before each word is looked up
  StringMap<StringSet<>> Functions; // the classes of each
  StringSet<> Classes;
  for (const OpenQuestion &Q : Asked) {
    Functions[Q.Function].insert(Q.Class);
    Classes.insert(Q.Class);
  }
  erase_if(Others, [&](const Unit &U) {
    auto Buffer = MemoryBuffer::getFile(U.File);
    StringRef Text = Buffer ? (*Buffer)->getBuffer() : "";
    if (Functions.size() <= MaxSearched)
      return none_of(Functions, [&](const auto &Function) {
        return any_of(Function.second, [&](const auto &Class) {
          StringRef Name = Class.first();
          return hasWord(Text, Function.first(), /*IsQualified=*/!Name.empty()) &&
                 (Name.empty() || hasWord(Text, Name, /*IsQualified=*/false));
        });
      });
    StringSet<> Members, Free, Named; // of Functions, of Classes
    forEachWord(Text, [&](StringRef Word, bool IsQualified) {
      if (Functions.count(Word))
        (IsQualified ? Members : Free).insert(Word);
      if (Classes.count(Word))
        Named.insert(Word);
    });
    auto IsOf = [&](StringRef Function, bool IsQualified) {
      return any_of(Functions[Function], [&](const auto &Class) {
        return Class.first().empty() || (IsQualified && Named.count(Class.first()));
      });
    };
    return none_of(Members, [&](const auto &Word) { return IsOf(Word.first(), true); }) &&
           none_of(Free, [&](const auto &Word) { return IsOf(Word.first(), false); });
  });
  return Others;
}

CrossUnitPlan planCrossUnits(ArrayRef<Unit> Units, ArrayRef<UnitResult> Results,
                             std::vector<UnitBoundary> Boundaries, size_t Asking) {
  return Planner(Units, Results, std::move(Boundaries)).run(Asking);
}

std::string describe(const CrossUnitPlan &Plan, size_t Apart) {
  std::string Text;
  raw_string_ostream OS(Text);
  OS << "  asked of other files: " << Plan.Asked << ", answered: " << Plan.Answered
     << "; files read with others: " << Plan.Units.size() << "\n";
  for (const auto &[Why, Count] : Plan.Unanswered)
    OS << "    " << Count << " " << Why << '\n';
  if (Apart)
    OS << "    " << Apart << " files cannot be read with the others as by themselves\n";
  return OS.str();
}

} // namespace torchtidy
