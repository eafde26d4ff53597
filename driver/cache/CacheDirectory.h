// The directory in which a run keeps headers and results: the user's, or one that goes away with
// the object.
#ifndef TORCHTIDY_DRIVER_CACHE_CACHEDIRECTORY_H
#define TORCHTIDY_DRIVER_CACHE_CACHEDIRECTORY_H

#include "support/FileLock.h"
#include <optional>
#include <string>

namespace torchtidy {

class CacheDirectory {
public:
  // Asked: --cache-dir, empty for the usual place.
  static std::string pathFor(llvm::StringRef Asked);

  // With Forget, or where Asked cannot be written, the directory is a temporary one. What to tell
  // the user, if anything.
  std::string open(llvm::StringRef Asked, bool Forget);
  ~CacheDirectory() { close(); }
  void close();

  const std::string &path() const { return Path; } // empty: no place to write at all
  bool isTemporary() const { return Temporary; }

private:
  void makeTemporary();

  std::string Path;
  bool Temporary = false;
  std::optional<FileLock> Lock; // tells it from one that a killed process left
};

} // namespace torchtidy

#endif
