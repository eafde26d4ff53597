// What is wrong with configuration files.
#ifndef TORCHTIDY_DRIVER_OPTIONS_CONFIGCHECK_H
#define TORCHTIDY_DRIVER_OPTIONS_CONFIGCHECK_H

#include "clang-tidy/ClangTidyOptions.h"
#include "llvm/ADT/ArrayRef.h"
#include <string>
#include <vector>

namespace torchtidy {

// The .clang-tidy files that decide about Files and cannot be read, each with line and reason:
// clang-tidy itself would go on without them.
std::vector<std::string> brokenConfigurations(llvm::ArrayRef<std::string> Files);

// Names of torch-tidy's rules and options that do not exist, with where they were given.
std::vector<std::string> unknownNames(clang::tidy::ClangTidyOptionsProvider &Provider,
                                      llvm::ArrayRef<std::string> Files);

} // namespace torchtidy

#endif
