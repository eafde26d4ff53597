// Shares results between machines through a Redis server. What is valid is decided by content
// alone: a unit's key leads to lists of the files that results depended on, and a list with what
// those files hold here leads to the result. Paths in the project count as seen from its root.
#ifndef TORCHTIDY_DRIVER_CACHE_REMOTECACHE_H
#define TORCHTIDY_DRIVER_CACHE_REMOTECACHE_H

#include "cache/RedisConnection.h"
#include "engine/Preamble.h"
#include "engine/UnitResult.h"
#include <functional>

namespace torchtidy {

// What is asked about a unit, other than the content of files.
struct CacheKey {
  std::string Digest;
  std::string Root; // of the project; empty: its place matters
};

// "/root/a" as it is the same for every root; anything that is not below Root stays as it is.
std::string withoutRoot(llvm::StringRef Path, llvm::StringRef Root);

// Nothing here fails: after the first trouble a warning says so, and the server is left alone.
class RemoteCache {
public:
  RemoteCache(RedisAddress Address, std::function<void(const llvm::Twine &)> Warn);
  ~RemoteCache();

  // Leaves the server alone from now on, and says why.
  void giveUp(llvm::Error E, llvm::StringRef Next = "look at the server and at --remote-cache");

  // How many results were taken or stored that are good for checkouts at the same path only.
  size_t countAtThisPath() const { return AtThisPath; }

  // For each key the result that another run had for the files as they are here. Its
  // dependencies are described as they are on this machine.
  std::vector<std::optional<UnitResult>> find(llvm::ArrayRef<CacheKey> UnitKeys,
                                              const PreambleStore &Preambles);

  // Results are sent several at a time; flush sends the rest.
  void store(CacheKey UnitKey, const UnitResult &Result, const PreambleStore &Preambles);
  void flush();

private:
  class Lookup;
  struct SentPreamble {
    std::string NamesId, Content;
  };
  SentPreamble sendPreamble(const PreambleHeaders &Headers, const std::string &Root);
  std::string sendNames(const std::string &Text);
  void send(RedisCommand Command);

  RedisAddress Address;
  std::function<void(const llvm::Twine &)> Warn;
  bool Usable = true, Writable = true;
  std::vector<RedisCommand> Unsent;
  size_t UnsentBytes = 0, AtThisPath = 0;
  llvm::StringMap<SentPreamble> SentPreambles; // by content and root
};

} // namespace torchtidy

#endif
