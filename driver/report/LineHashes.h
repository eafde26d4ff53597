// The hash by which GitHub's code scanning recognises a line in later versions of a file. Its
// upload action computes the same (and warns about any other); an upload by API has to bring it.
#ifndef TORCHTIDY_DRIVER_REPORT_LINEHASHES_H
#define TORCHTIDY_DRIVER_REPORT_LINEHASHES_H

#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace torchtidy {

// For each line of Text its "primaryLocationLineHash": a polynomial over the first 100 characters
// from the line's start that are neither spaces nor tabs, and how often that value came before.
std::vector<std::string> lineHashes(llvm::StringRef Text);

} // namespace torchtidy

#endif
