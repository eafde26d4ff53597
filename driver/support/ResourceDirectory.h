// Where clang's own headers (stddef.h and the like) are. Clang looks beside the running program,
// and these programs are installed away from LLVM.
#ifndef TORCHTIDY_DRIVER_SUPPORT_RESOURCEDIRECTORY_H
#define TORCHTIDY_DRIVER_SUPPORT_RESOURCEDIRECTORY_H

#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace torchtidy {

/// The first of: beside this program, beside the libclang-cpp in use, the LLVM that this was built
/// against, where distributions put it. If none exists: the LLVM built against.
std::string resourceDirectory();

/// Where the prelude of CUDA sources and the stand-ins for a toolkit's headers are: installed
/// beside this program, else in the source tree that it was built from.
std::string cudaDirectory();
/// Whether Path is that prelude.
bool isCudaPrelude(llvm::StringRef Path);

/// Argv with Prefix + resourceDirectory() as its first option, unless an option there or in
/// Environment (the name of a variable, may be null) already says "resource-dir". Valid as long as
/// Storage.
std::vector<const char *> withResourceDirectory(int Argc, const char *const *Argv,
                                                const char *Prefix, const char *Environment,
                                                std::string &Storage);

} // namespace torchtidy

#endif
