// clang-tidy's configuration as the options and .clang-tidy have it.
#ifndef TORCHTIDY_DRIVER_OPTIONS_TIDYCONFIG_H
#define TORCHTIDY_DRIVER_OPTIONS_TIDYCONFIG_H

#include "clang-tidy/ClangTidyOptions.h"
#include "llvm/Support/Error.h"
#include <memory>

namespace torchtidy {

struct Options;

llvm::Expected<std::unique_ptr<clang::tidy::ClangTidyOptionsProvider>>
makeOptionsProvider(const Options &Opts);

} // namespace torchtidy

#endif
