// How a member function changes which elements a container has: Names.def.
#ifndef TORCHTIDY_CHECKS_MODEL_TORCH_CONTAINERCHANGES_H
#define TORCHTIDY_CHECKS_MODEL_TORCH_CONTAINERCHANGES_H

#include "llvm/ADT/StringRef.h"

namespace torchtidy {

/// Names.def explains them.
enum class ContainerChange {
  Otherwise,
  AddsOne,
  AddsNamed,
  AddsAll,
  RemovesAll,
  RemovesLast,
  SetsKey
};

/// Of `push_back`, `extend`, `clear`; Otherwise for any other name.
ContainerChange containerChange(llvm::StringRef Name);

} // namespace torchtidy

#endif
