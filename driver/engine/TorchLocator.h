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
  std::string Standard = "c++17";       // the oldest that its headers take, but for older ones
};

// Looks in Root (--torch-root), else CMAKE_PREFIX_PATH, a Python torch, the system.
TorchInstall locateTorch(llvm::StringRef Root);

// The standard that a message of LibTorch's headers asks for ("C++20 or later compatible compiler
// is required"), as a compiler flag spells it: "c++20"; empty for another message.
std::string standardAskedFor(llvm::StringRef Message);

// Whether Dir is an include directory of LibTorch.
bool isTorchIncludeDir(llvm::StringRef Dir);

} // namespace torchtidy

#endif
