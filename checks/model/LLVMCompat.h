// The one place in checks/ that may look at LLVM_VERSION_MAJOR: small shims for what differs
// between LLVM 19 and later.
#ifndef TORCHTIDY_CHECKS_MODEL_LLVMCOMPAT_H
#define TORCHTIDY_CHECKS_MODEL_LLVMCOMPAT_H

#include "llvm/Config/llvm-config.h"

#include "clang-tidy/ClangTidyModule.h"
#if LLVM_VERSION_MAJOR < 22
#include "clang-tidy/ClangTidyModuleRegistry.h"
#endif

#endif
