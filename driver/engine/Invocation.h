// From a compile command to the invocation that clang parses with.
#ifndef TORCHTIDY_DRIVER_ENGINE_INVOCATION_H
#define TORCHTIDY_DRIVER_ENGINE_INVOCATION_H

#include "engine/Unit.h"
#include "support/LLVMCompat.h"
#include "llvm/Support/Error.h"

namespace torchtidy {

struct ExtraArguments {
  std::vector<std::string> Before; // --extra-arg-before and the configuration's
  std::vector<std::string> After;  // --extra-arg and the configuration's
};

// The unit's command line as clang is to see it: output options, plugins and flags that only GCC or
// NVCC know are removed; the latter are named in Dropped.
std::vector<std::string> adjustedCommandLine(const Unit &U, const ExtraArguments &Extra,
                                             std::vector<std::string> &Dropped);

// Runs clang's driver on an adjusted command line. Client hears what is wrong with it.
std::shared_ptr<clang::CompilerInvocation> makeInvocation(const std::vector<std::string> &Arguments,
                                                          compat::FileSystemPtr FS,
                                                          clang::DiagnosticConsumer *Client);

// A file system whose working directory is the unit's.
compat::FileSystemPtr makeFileSystem(const Unit &U);

} // namespace torchtidy

#endif
