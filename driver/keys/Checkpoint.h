// The names, shapes and dtypes of the tensors in a checkpoint of any format that is known here.
#ifndef TORCHTIDY_DRIVER_KEYS_CHECKPOINT_H
#define TORCHTIDY_DRIVER_KEYS_CHECKPOINT_H

#include "keys/TorchFile.h"
#include "llvm/Support/Error.h"

namespace torchtidy {

// No tensor's data is read, and memory and time are bounded whatever the file holds. Entry: see
// readTorchFile().
llvm::Expected<Checkpoint> readCheckpoint(llvm::StringRef Path, llvm::StringRef Entry);

} // namespace torchtidy

#endif
