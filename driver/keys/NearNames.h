// Which names of a class and a checkpoint are meant to be the same.
#ifndef TORCHTIDY_DRIVER_KEYS_NEARNAMES_H
#define TORCHTIDY_DRIVER_KEYS_NEARNAMES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace torchtidy {

struct NearPair {
  size_t Missing, Unexpected; // indices
};

// Ours, Theirs: the names that only one side has; Shared: those of both. Fits: whether two may be
// the same tensor. Takes names that differ in case, separators or digits, modules whose keys are
// the same but for the module's name, and slips of the pen; each name once, and none where two
// would do as well, seen from either side. Names that are counted are not paired where the count
// may begin elsewhere: fc_0, fc_1 and fc1, fc2. The time is bounded: of very many names some may
// find no partner.
std::vector<NearPair> pairNearNames(llvm::ArrayRef<llvm::StringRef> Ours,
                                    llvm::ArrayRef<llvm::StringRef> Theirs,
                                    llvm::ArrayRef<llvm::StringRef> Shared,
                                    llvm::function_ref<bool(size_t, size_t)> Fits);

// What was renamed: two keys, or the modules that have them.
struct Renaming {
  std::string Ours, Theirs;
  bool IsModule = false;      // Ours and Theirs are modules; empty: the whole
  std::vector<NearPair> Keys; // those below
};

// The pairs by what of their names differs, in the order of Ours.
std::vector<Renaming> renamingsOf(llvm::ArrayRef<NearPair> Pairs,
                                  llvm::ArrayRef<llvm::StringRef> Ours,
                                  llvm::ArrayRef<llvm::StringRef> Theirs,
                                  llvm::ArrayRef<llvm::StringRef> Shared);

} // namespace torchtidy

#endif
