// The engine behind its caches: units are checked only where no cache knows what would come of it.
#ifndef TORCHTIDY_DRIVER_CACHE_CACHEDENGINE_H
#define TORCHTIDY_DRIVER_CACHE_CACHEDENGINE_H

#include "cache/CacheDirectory.h"
#include "cache/RemoteCache.h"
#include "cache/ResultCache.h"
#include "cache/ResultKeys.h"
#include "engine/Progress.h"
#include "engine/Runner.h"
#include "support/Messages.h"

namespace torchtidy {

struct EngineSettings {
  RunnerOptions Run;
  OptionsProviderFactory MakeProvider;
  NoteMaker MakeNotes;           // the same for all: it is no part of the key
  std::string DatabaseDirectory; // empty: none
  std::optional<RedisAddress> Remote;
  unsigned Jobs = 0;           // 0: one a core
  unsigned TimeoutPerFile = 0; // seconds; 0: none
  bool ProfileChecks = false;
  std::function<void(const Progress &)> OnProgress;
};

class CachedEngine {
public:
  // Cache and Tell must outlive the object.
  CachedEngine(EngineSettings Settings, const CacheDirectory &Cache, const Messages &Tell);

  // In the units' order; none if the user interrupted. Proven: results of prove() by the unit's
  // index, taken where the files on the disk are now those that they speak of.
  std::optional<std::vector<UnitResult>> check(const std::vector<Unit> &Units,
                                               std::map<size_t, UnitResult> Proven = {});

  // What would come of the units if files held Texts. Nothing is remembered.
  std::optional<std::vector<UnitResult>> prove(const std::vector<Unit> &Units,
                                               const FileTexts &Texts);

  // For editors: ResultCache::replaceReadings, where results are remembered.
  void remember(const std::set<std::string> &Units, llvm::ArrayRef<JointReading> Readings) const;

  // Null without a remote cache.
  const RemoteCache *remote() const { return Remote ? &*Remote : nullptr; }

private:
  struct Run;
  std::unique_ptr<ResultCache> openResults() const;
  std::vector<size_t> lookUp(Run &R, std::map<size_t, UnitResult> &Proven);
  std::vector<size_t> askRemote(Run &R, const std::vector<size_t> &Missing);
  std::vector<UnitResult> runUnits(Run &R, const std::vector<Unit> &Todo,
                                   const FileTexts *Texts = nullptr);
  void remember(Run &R, const Unit &U, const UnitResult &Result);
  void prune(llvm::ArrayRef<UnitResult> Fresh) const;

  EngineSettings Settings;
  const CacheDirectory &Cache;
  const Messages &Tell;
  std::unique_ptr<clang::tidy::ClangTidyOptionsProvider> Provider;
  std::optional<RemoteCache> Remote;
  mutable std::string Told; // the last warning about the cache
};

} // namespace torchtidy

#endif
