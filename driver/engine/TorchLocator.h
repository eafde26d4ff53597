// Finds LibTorch's headers for files that no compilation database describes.
#ifndef TORCHTIDY_DRIVER_ENGINE_TORCHLOCATOR_H
#define TORCHTIDY_DRIVER_ENGINE_TORCHLOCATOR_H

#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace torchtidy {

struct TorchInstall {
  std::vector<std::string> IncludeDirs; // empty: none found
  std::vector<std::string> Tried;       // places looked at, for the message
};

// Looks in Root (--torch-root), else CMAKE_PREFIX_PATH, a Python torch, the system.
TorchInstall locateTorch(llvm::StringRef Root);

// Whether Dir is an include directory of LibTorch.
bool isTorchIncludeDir(llvm::StringRef Dir);

} // namespace torchtidy

#endif
