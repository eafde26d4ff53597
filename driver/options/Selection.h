// Which rules a run is to use: names, groups and globs, as people write them.
#ifndef TORCHTIDY_DRIVER_OPTIONS_SELECTION_H
#define TORCHTIDY_DRIVER_OPTIONS_SELECTION_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>
#include <vector>

namespace torchtidy {

// The rule whose name is nearest to what was typed.
llvm::StringRef nearestRule(llvm::StringRef Name);

// Splits at commas.
std::vector<std::string> splitNames(llvm::ArrayRef<std::string> Lists);

// Select (in place of the configuration's rules), Checks (added to them) and Ignore (taken away) as
// one list of clang-tidy's globs; none if nothing was asked. Fails on a name that means no rule.
llvm::Expected<std::optional<std::string>> selectChecks(llvm::ArrayRef<std::string> Select,
                                                        const std::optional<std::string> &Checks,
                                                        llvm::ArrayRef<std::string> Ignore);

} // namespace torchtidy

#endif
