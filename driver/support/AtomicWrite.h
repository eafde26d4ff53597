// Writing a file as a whole or not at all.
#ifndef TORCHTIDY_DRIVER_SUPPORT_ATOMICWRITE_H
#define TORCHTIDY_DRIVER_SUPPORT_ATOMICWRITE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace torchtidy {

// What a crash of the machine may cost.
enum class Loss {
  Nothing, // it is on the disk when the function returns
  NewText  // for what can be made again
};

// Replaces Path's content in one step that keeps its mode and owner; a reader sees the old text or
// the new one. Links are followed.
llvm::Error writeAtomically(llvm::StringRef Path, llvm::StringRef Text,
                            Loss Allowed = Loss::Nothing);

} // namespace torchtidy

#endif
