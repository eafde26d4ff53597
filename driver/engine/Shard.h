// One of the parts into which a project's units are split, so that several machines check a part
// each.
#ifndef TORCHTIDY_DRIVER_ENGINE_SHARD_H
#define TORCHTIDY_DRIVER_ENGINE_SHARD_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>
#include <vector>

namespace torchtidy {

struct Shard {
  unsigned Index = 1, Count = 1; // the first is 1

  // None if there is no such part; 10,000 at most.
  static std::optional<Shard> make(uint64_t Index, uint64_t Count);

  // Whether the file is of this part: by its path alone, so that a file stays in its shard when
  // others come, and every machine splits alike. Path: relative to the project, with '/'.
  bool holds(llvm::StringRef Path) const;

  std::string text() const; // 2 of 3
};

// A shard and the whole that it is a part of, for whoever puts shards together again.
struct ShardOfRun {
  Shard Part;
  uint64_t Files = 0;      // of this shard
  uint64_t WholeFiles = 0; // of all shards together
  std::string WholeDigest; // of all their paths
};

// Relative to the project, in any order.
std::string digestOfPaths(std::vector<std::string> Paths);

// "i/n", as --shard takes it.
llvm::Expected<Shard> parseShard(llvm::StringRef Text);

} // namespace torchtidy

#endif
