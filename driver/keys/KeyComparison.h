// What differs between the keys that a class registers and those of a checkpoint.
#ifndef TORCHTIDY_DRIVER_KEYS_KEYCOMPARISON_H
#define TORCHTIDY_DRIVER_KEYS_KEYCOMPARISON_H

#include "keys/TorchFile.h"
#include "model/summaries/KeyList.h"

namespace torchtidy {

struct KeyDifference {
  enum Kind { Renamed, Missing, Unexpected, Shape, DType } Is = Renamed;
  // As the class and as the file have it. Of what is Renamed and IsModule that of the module, empty
  // where it is the whole.
  std::string Key, FileKey;
  bool IsModule = false;
  size_t Count = 1; // keys below what is Renamed
  TreeTensor InClass;
  CheckpointEntry InFile;
  std::string File; // where it is registered; Line 0: nowhere that is known
  unsigned Line = 0;
};

// Keys of the file of which nothing is said, since the class may register them.
struct CoveredKeys {
  ListedKey By;
  size_t Count = 0;
};

struct KeyComparison {
  std::vector<KeyDifference> Differences;
  std::vector<CoveredKeys> Covered;
  std::string Wrapper;        // "module.", before each key of the file and left out of FileKey
  size_t Same = 0;            // keys that both have, without a difference
  size_t Unsure = 0;          // those of Same whose size or dtype is not known on one side
  size_t MissingCounters = 0; // num_batches_tracked, which old files lack
  size_t MissingDoubtful = 0; // the class may not register them, and the file lacks them
};

KeyComparison compareKeys(llvm::ArrayRef<ListedKey> Keys, llvm::ArrayRef<ListedModule> Modules,
                          llvm::ArrayRef<CheckpointEntry> Entries);

} // namespace torchtidy

#endif
