#include "cross-tu/CrossUnits.h"
#include "findings/Sources.h"
#include "support/Clang.h"
#include "support/FilePaths.h"

using namespace llvm;
using clang::tidy::ClangTidyError;
using clang::tooling::DiagnosticMessage;

namespace torchtidy {
namespace {

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

class TakeOver {
public:
  TakeOver(ArrayRef<Unit> Units, MutableArrayRef<UnitResult> Results, const CrossScope &Scope)
      : Units(Units), Results(Results), Scope(Scope), Alone(Results.size()) {
    for (size_t I = 0; I < Results.size(); ++I)
      for (const ClangTidyError &E : Results[I].Diagnostics)
        if (!isOfCompiler(E))
          Alone[I].insert(identityOf(E));
    for (const std::set<Identity> &Some : Alone)
      Known.insert(Some.begin(), Some.end());
    for (size_t I = 0; I < Scope.Asking; ++I)
      addFilesOf(Units[I], Results[I], OfRun);
  }

  // What the unit reads by itself, and what is found with the others.
  struct Reading {
    const CrossUnit &Cross;
    std::set<std::string> OfUnit;
    std::set<Identity> Found;
  };
  Reading read(const CrossUnit &Cross, const UnitResult &Joint) const {
    Reading R{Cross, {}, {}};
    addFilesOf(Units[Cross.Index], Results[Cross.Index], R.OfUnit);
    for (const ClangTidyError &E : Joint.Diagnostics)
      R.Found.insert(identityOf(E));
    return R;
  }

  void take(const Reading &R, UnitResult Joint) {
    const CrossUnit &Cross = R.Cross;
    // One that nobody asked for speaks for a class that others of the run define, too.
    size_t To = Cross.Index;
    for (const AnsweringFile &File : Cross.Files)
      if (To >= Scope.Asking && !File.Own.empty())
        To = std::min(To, File.Unit);
    UnitResult &Own = Results[To];
    if (To == Cross.Index)
      erase_if(Own.Diagnostics, [](const ClangTidyError &E) { return !isOfCompiler(E); });
    refute(R);
    for (ClangTidyError &E : Joint.Diagnostics) {
      std::string Path = fileOf(E);
      if (isOfCompiler(E) || !(R.OfUnit.count(Path) || isOfOwnClass(Cross, E, Path)))
        continue;
      // What a part of a run finds is what the whole would find.
      if (!Scope.IsPart && !OfRun.count(Path))
        continue;
      if (!Known.count(identityOf(E)))
        addNotes(Cross, E);
      if (!Scope.IsPart)
        dropFixesElsewhere(E);
      Own.Diagnostics.push_back(std::move(E));
    }
    append_range(Own.Suppressed, std::move(Joint.Suppressed));
  }

  // What it changes for whoever sees one of its files by itself.
  void record(const Reading &R, const UnitResult &Joint, std::vector<JointReading> &Readings) {
    const CrossUnit &Cross = R.Cross;
    const std::string UnitFile = realPath(Units[Cross.Index].File);
    std::map<std::string, JointReading> ByFile;
    for (const ClangTidyError &E : Joint.Diagnostics) {
      std::string Path = fileOf(E);
      bool IsOfUnit = R.OfUnit.count(Path) != 0;
      if (isOfCompiler(E) || !(IsOfUnit || isOfOwnClass(Cross, E, Path)) ||
          Alone[readerOf(Cross, Path)].count(identityOf(E)))
        continue;
      ClangTidyError Shown = forEditor(Cross, E);
      // What stands in a header, clangd shows in the file that has the first note.
      if (IsOfUnit && Path != UnitFile)
        ByFile[UnitFile].Found.push_back(Shown);
      ByFile[Path].Found.push_back(std::move(Shown));
    }
    auto Refute = [&](size_t Reader, const std::string &File) {
      for (const Identity &Id : Alone[Reader]) {
        const auto &[Path, Offset, Rule, Message] = Id;
        if (R.OfUnit.count(Path) && !standsThere(R.Found, Alone[Reader], Path, Offset, Rule))
          for (const std::string &Each : std::set<std::string>{File, Path})
            ByFile[Each].Refuted.push_back({Rule, Path, Offset});
      }
    };
    Refute(Cross.Index, UnitFile);
    for (const AnsweringFile &File : Cross.Files)
      if (!File.Own.empty())
        Refute(File.Unit, realPath(Units[File.Unit].File));
    for (auto &[File, Reading] : ByFile) {
      Reading.Unit = UnitFile;
      Reading.File = File;
      if (describeFiles(Joint, Reading))
        Readings.push_back(std::move(Reading));
    }
  }

  // What another unit of the run still finds by itself is not refuted.
  void settle(std::vector<JointReading> &Readings) const {
    std::set<std::tuple<std::string, unsigned, std::string>> Reported;
    for (const UnitResult &Result : Results.take_front(Scope.Asking))
      for (const ClangTidyError &E : Result.Diagnostics)
        if (Known.count(identityOf(E)))
          Reported.insert({fileOf(E), E.Message.FileOffset, E.DiagnosticName});
    for (JointReading &R : Readings)
      erase_if(R.Refuted, [&](const RefutedFinding &Each) {
        return Reported.count({Each.Path, Each.Offset, Each.Rule}) != 0;
      });
    erase_if(Readings, [](const JointReading &R) { return R.Found.empty() && R.Refuted.empty(); });
  }

private:
  // Whose own result says what File shows by itself.
  size_t readerOf(const CrossUnit &Cross, const std::string &File) const {
    for (const AnsweringFile &Answering : Cross.Files)
      if (!Answering.Own.empty() && realPath(Units[Answering.Unit].File) == File)
        return Answering.Unit;
    return Cross.Index;
  }

  // Whether one that Reader finds by itself stands there with the others as well: which of a rule's
  // findings at one place is which, an editor cannot tell.
  static bool standsThere(const std::set<Identity> &Found, const std::set<Identity> &Reader,
                          const std::string &Path, unsigned Offset, const std::string &Rule) {
    for (auto It = Found.lower_bound({Path, Offset, Rule, ""}); It != Found.end(); ++It) {
      const auto &[OtherPath, OtherOffset, OtherRule, Message] = *It;
      if (std::tie(OtherPath, OtherOffset, OtherRule) != std::tie(Path, Offset, Rule))
        return false;
      if (Reader.count(*It))
        return true;
    }
    return false;
  }

  // False if the reading has not read its File.
  bool describeFiles(const UnitResult &Joint, JointReading &Reading) const {
    for (const Dependency &D : Joint.Dependencies) {
      if (D.IsDirectory || D.IsAbsent)
        continue;
      if (realPath(D.Path) == Reading.File)
        Reading.Digest = D.Digest;
      else if (Scope.IsProject(D.Path))
        Reading.Others.push_back(D);
    }
    return !Reading.Digest.empty();
  }

  // Nobody would prove its fixes.
  ClangTidyError forEditor(const CrossUnit &Cross, ClangTidyError E) {
    addNotes(Cross, E);
    auto Prepare = [&](DiagnosticMessage &Message) {
      if (!Message.FilePath.empty())
        Message.FilePath = realPath(absoluteIn(E.BuildDirectory, Message.FilePath));
      Message.Fix.clear();
    };
    Prepare(E.Message);
    for_each(E.Notes, Prepare);
    return E;
  }

  // What a file that answers found by itself and is not there with the others: of what the unit
  // that speaks for the class reads as well.
  void refute(const Reading &R) {
    for (const AnsweringFile &File : R.Cross.Files)
      if (!File.Own.empty() && File.Unit < Scope.Asking)
        erase_if(Results[File.Unit].Diagnostics, [&](const ClangTidyError &E) {
          return !isOfCompiler(E) && R.OfUnit.count(fileOf(E)) && !R.Found.count(identityOf(E));
        });
  }

  // In a function that was asked for, and under the rules of its file.
  bool isOfOwnClass(const CrossUnit &Cross, const ClangTidyError &E, const std::string &Path) {
    for (const AnsweringFile &File : Cross.Files) {
      if (File.Own.empty() || realPath(Units[File.Unit].File) != Path)
        continue;
      unsigned Line = Sources.get(Path, "").position(E.Message.FileOffset).Line;
      return any_of(File.Own,
                    [&](auto Lines) { return Lines.first <= Line && Line <= Lines.second; }) &&
             Scope.IsEnabled(Units[File.Unit].File, E.DiagnosticName);
    }
    return false;
  }

  void addNotes(const CrossUnit &Cross, ClangTidyError &E) {
    for (const AnsweringFile &File : Cross.Files) {
      const SourceFile &Source = Sources.get(Units[File.Unit].File, "");
      StringRef Line = Source.line(File.Line).ltrim();
      DiagnosticMessage Note("'" + File.Function +
                             "' is defined here, in another translation unit");
      Note.FilePath = Units[File.Unit].File;
      Note.FileOffset = Line.empty() ? 0 : Line.data() - Source.text().data();
      E.Notes.push_back(std::move(Note));
    }
  }

  // Nobody would prove them.
  void dropFixesElsewhere(ClangTidyError &E) const {
    auto Drop = [&](DiagnosticMessage &Message) {
      if (any_of(Message.Fix, [&](const auto &File) {
            return !OfRun.count(realPath(absoluteIn(E.BuildDirectory, File.first())));
          }))
        Message.Fix.clear();
    };
    Drop(E.Message);
    for_each(E.Notes, Drop);
  }

  ArrayRef<Unit> Units;
  MutableArrayRef<UnitResult> Results;
  const CrossScope &Scope;
  std::vector<std::set<Identity>> Alone; // what each of the units finds by itself
  std::set<Identity> Known;              // what any does
  std::set<std::string> OfRun;           // files that the units of the run read by themselves
  SourceFiles Sources{{}};
};

} // namespace

TakenOver takeOver(ArrayRef<CrossUnit> Cross, ArrayRef<Unit> Units,
                   MutableArrayRef<UnitResult> Results, std::vector<UnitResult> Joints,
                   const CrossScope &Scope) {
  TakeOver All(Units, Results, Scope);
  TakenOver Taken;
  for (auto &&[Unit, Joint] : zip_equal(Cross, Joints)) {
    // What the files that answer read by themselves they must read here, too.
    std::set<std::string> Read;
    addFilesOf(Unit.Joint, Joint, Read);
    bool IsTogether = Joint.Failure.empty() && !Joint.ParseFailed &&
                      all_of(Unit.Joint.JoinedReads,
                             [&](const std::string &File) { return Read.count(File) != 0; });
    if (!Joint.Failure.empty())
      Taken.Unread.insert(realPath(Units[Unit.Index].File));
    if (!IsTogether) {
      ++Taken.Apart;
      continue;
    }
    TakeOver::Reading R = All.read(Unit, Joint);
    All.record(R, Joint, Taken.Readings);
    All.take(R, std::move(Joint));
  }
  All.settle(Taken.Readings);
  return Taken;
}

} // namespace torchtidy
