// Remembers the results of units in an SQLite file, keyed by what was asked and valid as long as
// everything that was read is unchanged. Safe under several processes at once and under kill -9.
#ifndef TORCHTIDY_DRIVER_CACHE_RESULTCACHE_H
#define TORCHTIDY_DRIVER_CACHE_RESULTCACHE_H

#include "engine/Dependencies.h"
#include "engine/Preamble.h"
#include "engine/UnitResult.h"
#include <memory>
#include <optional>

struct sqlite3;

namespace torchtidy {

class ResultCache {
public:
  // Opens or creates the file in CacheDir. A damaged file or one of another version is set aside
  // and named in Message; null and Message if no cache can be had at all.
  static std::unique_ptr<ResultCache> open(const std::string &CacheDir, std::string &Message);
  ~ResultCache();

  // The remembered result, if all that it depends on is as it was.
  std::optional<UnitResult> find(llvm::StringRef Key, DependencyChecker &Checker,
                                 const PreambleStore &Preambles);
  // Remembers it, and how long File took.
  void store(llvm::StringRef Key, llvm::StringRef File, const UnitResult &Result);

  // How long a file took when it was last checked; 0 if unknown.
  double seconds(llvm::StringRef File);

  size_t entryCount();

  // Puts Readings in place of what there is of Units. Those of other units may be less than a run
  // finds that is about them: they count where there are none that hold.
  void replaceReadings(std::set<std::string> Units, llvm::ArrayRef<JointReading> Readings);

  // What there is of File if it holds Text and all the others are as they were. For an editor: of a
  // file that is absent, damaged or locked this says nothing, and it writes none.
  static std::vector<JointReading> readingsOf(const std::string &CacheDir, llvm::StringRef File,
                                              llvm::StringRef Text);

private:
  explicit ResultCache(sqlite3 *Database) : Database(Database) {}
  bool initialise();
  bool hasReadings(llvm::StringRef Unit, DependencyChecker &Checker);
  bool run(const char *Sql);

  sqlite3 *Database;
};

} // namespace torchtidy

#endif
