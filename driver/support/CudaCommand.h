// CUDA sources as what is linted of them: their host side.
#ifndef TORCHTIDY_DRIVER_SUPPORT_CUDACOMMAND_H
#define TORCHTIDY_DRIVER_SUPPORT_CUDACOMMAND_H

#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace torchtidy {

// A command of NVCC's, or one of clang's with CUDA.
bool isCudaCommand(llvm::StringRef File, const std::vector<std::string> &Args);

// Rewrites such a command so that clang parses the host side, with whatever there is of the
// toolkit, or with none: NVCC's flags go or take clang's spelling, files of options are read from
// Directory, and a prelude declares what a host compilation meets of CUDA.
void useHostSide(std::vector<std::string> &Args, llvm::StringRef Directory);

// NVCC takes `kernel<< <grid, block>> >(…)` for a launch, and formatters write it; clang wants the
// brackets together. No place of the text moves.
std::string withLaunchBrackets(llvm::StringRef Text);

// Whether clang's own wrapper reads the toolkit that such a command means.
bool hasReadableToolkit(const std::vector<std::string> &Args, llvm::StringRef Directory);

} // namespace torchtidy

#endif
