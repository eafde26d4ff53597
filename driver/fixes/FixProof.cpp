#include "fixes/FixProof.h"
#include "findings/Sources.h"
#include "support/Clang.h"
#include "support/Digest.h"
#include "support/FilePaths.h"

using namespace llvm;
using clang::tidy::ClangTidyError;

namespace torchtidy {

static std::string identityOf(const ClangTidyError &E) {
  return E.DiagnosticName + "\n" + realPath(absoluteIn(E.BuildDirectory, E.Message.FilePath)) +
         "\n" + E.Message.Message;
}

static bool isCompileError(const ClangTidyError &E) {
  return E.DiagnosticName == "clang-diagnostic-error";
}

UnitState UnitState::of(const UnitResult &Result) {
  UnitState State;
  State.Compiles = Result.Failure.empty() && !Result.ParseFailed;
  for (const ClangTidyError &E : Result.Diagnostics)
    if (!isCompileError(E))
      ++State.Findings[identityOf(E)];
  return State;
}

FixProof::FixProof(Run G) : Given(std::move(G)) {
  for (size_t I = 0; I < Given.Units.size(); ++I) {
    std::set<std::string> Files{realPath(Given.Units[I].File)};
    for (const Dependency &D : Given.Results[I].Dependencies)
      if (!D.IsDirectory)
        Files.insert(realPath(D.Path));
    for (const std::string &File : Files)
      Readers[File].push_back(I);
  }
}

FixPlan FixProof::planOf(ArrayRef<size_t> Fixes) const {
  std::vector<ClangTidyError> Chosen;
  for (size_t Index : Fixes)
    Chosen.push_back(Given.Findings[Index]);
  return Given.Plan(Chosen);
}

// The units that read what the plan changes, each with what tells apart the texts that it would
// read.
std::map<size_t, std::string> FixProof::affected(const FixPlan &Plan) const {
  std::map<size_t, std::string> Result;
  for (const FilePatch &Patch : Plan.Patches)
    if (auto It = Readers.find(Patch.Path); It != Readers.end())
      for (size_t Index : It->second)
        Result[Index] += Patch.Path + "\n" + hexDigest(Patch.After) + "\n";
  return Result;
}

// Why the unit does not bear what became of it; empty if it does.
std::string FixProof::objection(size_t Index, const UnitResult &After) const {
  const UnitState &Before = Given.Before[Index];
  std::string Name = "'" + Given.Units[Index].File + "'";
  if (!Before.Compiles)
    return "";
  if (!After.Failure.empty())
    return Name + " could not be checked with it: " + After.Failure;
  for (const ClangTidyError &E : After.Diagnostics)
    if (isCompileError(E))
      return Name + " would not compile with it: " + E.Message.Message;
  if (After.ParseFailed)
    return Name + " would not compile with it";
  std::map<std::string, unsigned> Found;
  for (const ClangTidyError &E : After.Diagnostics) {
    std::string Identity = identityOf(E);
    auto It = Before.Findings.find(Identity);
    if (++Found[Identity] > (It == Before.Findings.end() ? 0 : It->second))
      return Name + " would have a new finding with it: " + E.Message.Message + " [" +
             E.DiagnosticName + "]";
  }
  return "";
}

std::optional<FixProof::Verdict> FixProof::judge(ArrayRef<size_t> Fixes) {
  FixPlan Plan = planOf(Fixes);
  Last = affected(Plan);
  FileTexts Texts;
  for (const FilePatch &Patch : Plan.Patches)
    Texts[Patch.Path] = Patch.After;
  std::vector<size_t> Missing;
  std::vector<Unit> Todo;
  for (const auto &[Index, Key] : Last)
    if (!Remembered.count({Index, Key})) {
      Missing.push_back(Index);
      Todo.push_back(Given.Units[Index]);
    }
  if (!Todo.empty()) {
    auto Results = Given.Check(Todo, std::move(Texts));
    if (!Results)
      return std::nullopt;
    for (auto &&[Index, Result] : zip(Missing, *Results)) {
      std::string Why = objection(Index, Result);
      Remembered[{Index, Last[Index]}] = {std::move(Why), std::move(Result)};
    }
  }
  Verdict V;
  for (const auto &[Index, Key] : Last) {
    const std::string &Why = Remembered[{Index, Key}].Why;
    if (Why.empty())
      continue;
    V.Why = V.Failing.empty() ? Why : V.Why;
    V.Failing.push_back(Index);
  }
  return V;
}

void FixProof::takeBack(size_t Fix, StringRef Why) {
  const ClangTidyError &E = Given.Findings[Fix];
  SourceFiles Sources{{}};
  Position Where = Sources.get(E.Message.FilePath, E.BuildDirectory).position(E.Message.FileOffset);
  Told.push_back((E.Message.FilePath + ":" + Twine(Where.Line) + ":" + Twine(Where.Column) +
                  ": the fix of " + E.DiagnosticName + " was taken back: " + Why +
                  ". Next: fix this line by hand")
                     .str());
  Guilty.push_back(Fix);
}

// Adds to Accepted what holds together with it, halving what does not. False if interrupted.
bool FixProof::tryOut(ArrayRef<size_t> Suspects) {
  if (Suspects.empty())
    return true;
  Indices Together = Accepted;
  Together.insert(Together.end(), Suspects.begin(), Suspects.end());
  llvm::sort(Together);
  std::optional<Verdict> V = judge(Together);
  if (!V)
    return false;
  if (V->Failing.empty()) {
    Accepted = std::move(Together);
    return true;
  }
  if (Suspects.size() == 1) {
    takeBack(Suspects.front(), V->Why);
    return true;
  }
  size_t Half = Suspects.size() / 2;
  return tryOut(Suspects.take_front(Half)) && tryOut(Suspects.drop_front(Half));
}

std::optional<FixPlan> FixProof::prove(ArrayRef<size_t> Candidates) {
  std::optional<Verdict> All = judge(Candidates);
  if (!All)
    return std::nullopt;
  Accepted.assign(Candidates.begin(), Candidates.end());
  if (!All->Failing.empty()) {
    // Nothing in a file that only content units read can be at fault.
    std::set<size_t> Failing(All->Failing.begin(), All->Failing.end());
    Indices Suspects, Others;
    for (size_t Fix : Candidates) {
      bool IsSuspect =
          any_of(filesOfFix(Given.Findings[Fix], Given.UnsafeFixes), [&](const std::string &File) {
            auto It = Readers.find(File);
            return It != Readers.end() &&
                   any_of(It->second, [&](size_t Index) { return Failing.count(Index) != 0; });
          });
      (IsSuspect ? Suspects : Others).push_back(Fix);
    }
    Accepted = std::move(Others);
    if (!tryOut(Suspects))
      return std::nullopt;
    // What is left was seen together, but for what needed a fix that was taken back.
    std::optional<Verdict> Rest = judge(Accepted);
    if (!Rest)
      return std::nullopt;
    if (!Rest->Failing.empty()) {
      for (size_t Fix : Accepted)
        takeBack(Fix, Rest->Why);
      Accepted.clear();
      Last.clear();
    }
  }
  FixPlan Plan = planOf(Accepted);
  Plan.TakenBack = std::move(Told);
  return Plan;
}

std::map<size_t, UnitResult> FixProof::results() const {
  std::map<size_t, UnitResult> Results;
  for (const auto &[Index, Key] : Last)
    if (auto It = Remembered.find({Index, Key}); It != Remembered.end())
      Results[Index] = It->second.Result;
  return Results;
}

} // namespace torchtidy
