// The header of a safetensors file.
#ifndef TORCHTIDY_DRIVER_KEYS_SAFETENSORS_H
#define TORCHTIDY_DRIVER_KEYS_SAFETENSORS_H

#include "keys/TorchFile.h"
#include "llvm/Support/Error.h"

namespace torchtidy {

bool looksLikeSafetensors(llvm::StringRef File);

// In the order of the data. The error says what is wrong with the file, which it does not name.
llvm::Error readSafetensors(llvm::StringRef File, Checkpoint &To);

} // namespace torchtidy

#endif
