#include "cache/CachedEngine.h"
#include "engine/Scheduler.h"
#include "support/Clang.h"
#include "support/FilePaths.h"
#include "support/Interrupt.h"
#include <thread>

using namespace llvm;

namespace torchtidy {

constexpr uint64_t CacheLimit = 5ull << 30;

// One worker a core, fewer where memory is short: a worker that makes shared headers or parses the
// plain way takes about 1 GB.
static unsigned defaultJobs() {
  unsigned Jobs = std::max(1u, std::thread::hardware_concurrency());
  auto Info = MemoryBuffer::getFileAsStream("/proc/meminfo");
  if (!Info)
    return Jobs;
  StringRef Text = (*Info)->getBuffer().split("MemAvailable:").second.ltrim();
  uint64_t Kilobytes = 0;
  if (Text.consumeInteger(10, Kilobytes))
    return Jobs;
  return std::max<unsigned>(1, std::min<uint64_t>(Jobs, Kilobytes / (1 << 20)));
}

// What one call of check needs.
struct CachedEngine::Run {
  const std::vector<Unit> &Units;
  PreambleStore Store;
  std::unique_ptr<ResultCache> Remembered; // null: nothing is remembered
  ResultKeys Keys;
  std::vector<UnitResult> Results;
};

CachedEngine::CachedEngine(EngineSettings Given, const CacheDirectory &Cache, const Messages &Tell)
    : Settings(std::move(Given)), Cache(Cache), Tell(Tell), Provider(Settings.MakeProvider()) {
  if (Settings.Remote)
    Remote.emplace(*Settings.Remote, [this](const Twine &Text) { this->Tell.warning(Text); });
}

std::unique_ptr<ResultCache> CachedEngine::openResults() const {
  if (Cache.isTemporary() || Cache.path().empty())
    return nullptr;
  std::string Message;
  auto Remembered = ResultCache::open(Cache.path(), Message);
  if (!Message.empty() && Message != Told)
    Tell.warning(Message);
  Told = Message; // a run asks several times
  return Remembered;
}

std::optional<std::vector<UnitResult>> CachedEngine::check(const std::vector<Unit> &Units,
                                                           std::map<size_t, UnitResult> Proven) {
  Run R{Units, PreambleStore(Cache.path()), openResults(),
        ResultKeys(Settings.Run, *Provider, Settings.DatabaseDirectory),
        std::vector<UnitResult>(Units.size())};
  std::vector<size_t> TodoIndex = lookUp(R, Proven);
  std::vector<Unit> Todo;
  for (size_t I : TodoIndex)
    Todo.push_back(Units[I]);
  std::vector<UnitResult> Fresh = runUnits(R, Todo);
  if (Remote)
    Remote->flush();
  if (wasInterrupted())
    return std::nullopt;
  for (size_t I = 0; I < Fresh.size(); ++I)
    R.Results[TodoIndex[I]] = std::move(Fresh[I]);
  return std::move(R.Results);
}

std::optional<std::vector<UnitResult>> CachedEngine::prove(const std::vector<Unit> &Units,
                                                           const FileTexts &Texts) {
  Run R{Units,
        PreambleStore(Cache.path()),
        nullptr,
        ResultKeys(Settings.Run, *Provider, Settings.DatabaseDirectory),
        {}};
  std::vector<UnitResult> Results = runUnits(R, Units, &Texts);
  if (wasInterrupted())
    return std::nullopt;
  return Results;
}

// Fills in the results that a cache knows. The indices of the units that none does.
std::vector<size_t> CachedEngine::lookUp(Run &R, std::map<size_t, UnitResult> &Proven) {
  DependencyChecker Checker;
  std::vector<size_t> Missing;
  for (size_t I = 0; I < R.Units.size() && !wasInterrupted(); ++I) {
    if (auto It = Proven.find(I);
        It != Proven.end() &&
        all_of(It->second.Dependencies, [&](const Dependency &D) { return Checker.holds(D); })) {
      R.Results[I] = std::move(It->second);
      if (R.Remembered)
        R.Remembered->store(R.Keys.local(R.Units[I]), R.Units[I].File, R.Results[I]);
      continue;
    }
    auto Hit = R.Remembered ? R.Remembered->find(R.Keys.local(R.Units[I]), Checker, R.Store)
                            : std::nullopt;
    if (Hit)
      R.Results[I] = std::move(*Hit);
    else
      Missing.push_back(I);
  }
  return Remote && !Missing.empty() ? askRemote(R, Missing) : Missing;
}

std::vector<size_t> CachedEngine::askRemote(Run &R, const std::vector<size_t> &Missing) {
  std::vector<size_t> Unknown;
  std::vector<CacheKey> Asked;
  if (Error E = R.Keys.identify())
    Remote->giveUp(std::move(E), "install torch-tidy again, or leave out --remote-cache");
  for (size_t I : Missing)
    Asked.push_back(R.Keys.shared(R.Units[I]));
  for (auto &&[I, Hit] : zip_equal(Missing, Remote->find(Asked, R.Store))) {
    if (!Hit) {
      Unknown.push_back(I);
      continue;
    }
    R.Results[I] = std::move(*Hit);
    if (R.Remembered)
      R.Remembered->store(R.Keys.local(R.Units[I]), R.Units[I].File, R.Results[I]);
  }
  return Unknown;
}

void CachedEngine::remember(Run &R, const Unit &U, const UnitResult &Result) {
  if (!Result.Failure.empty())
    return;
  if (R.Remembered)
    R.Remembered->store(R.Keys.local(U), U.File, Result);
  if (Remote)
    Remote->store(R.Keys.shared(U), Result, R.Store);
}

void CachedEngine::remember(const std::set<std::string> &Units,
                            ArrayRef<JointReading> Readings) const {
  if (auto Remembered = openResults())
    Remembered->replaceReadings(Units, Readings);
}

std::vector<UnitResult> CachedEngine::runUnits(Run &R, const std::vector<Unit> &Todo,
                                               const FileTexts *Texts) {
  if (Todo.empty())
    return {};
  std::vector<double> Expected;
  for (const Unit &U : Todo)
    Expected.push_back(R.Remembered ? R.Remembered->seconds(U.File) : 0);
  bool HasPlace = !Cache.path().empty();
  ProfileOptions Profile{Settings.ProfileChecks && HasPlace, joinPath(Cache.path(), "profile")};
  Runner Checker(Settings.Run, Settings.MakeProvider, HasPlace ? &R.Store : nullptr, Profile);
  Checker.takeNotes(Settings.MakeNotes);
  if (Texts)
    Checker.readInPlace(*Texts);
  SchedulerOptions Options;
  Options.Jobs =
      std::min<unsigned>(Settings.Jobs ? Settings.Jobs : defaultJobs(), unsigned(Todo.size()));
  Options.TimeoutPerFile = Settings.TimeoutPerFile;
  Options.OnProgress = Settings.OnProgress;
  // At once, so that an interrupted run has not worked in vain.
  if (!Texts)
    Options.OnChecked = [&](size_t I, const UnitResult &Result) { remember(R, Todo[I], Result); };
  std::vector<UnitResult> Fresh = Scheduler(Checker, &R.Store, Options).run(Todo, Expected);
  if (Profile.Wanted)
    (void)sys::fs::remove_directories(Profile.Directory);
  prune(Fresh);
  return Fresh;
}

void CachedEngine::prune(ArrayRef<UnitResult> Fresh) const {
  StringSet<> InUse;
  bool Built = false;
  for (const UnitResult &R : Fresh) {
    InUse.insert(R.Plan.PreambleKey);
    Built |= R.PreambleSeconds > 0;
  }
  if (Built && !Cache.isTemporary())
    prunePreambles(Cache.path(), CacheLimit, InUse);
}

} // namespace torchtidy
