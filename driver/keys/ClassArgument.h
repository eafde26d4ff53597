// A class as a user names it, with or without arguments: `Net`, `nn::Net`, `Net(10, {2, 2}, true)`.
#ifndef TORCHTIDY_DRIVER_KEYS_CLASSARGUMENT_H
#define TORCHTIDY_DRIVER_KEYS_CLASSARGUMENT_H

#include "model/summaries/ModuleTree.h"
#include "llvm/Support/Error.h"

namespace torchtidy {

struct ClassArgument {
  std::string Name;
  std::vector<TreeValue> Arguments;
};

// Arguments are numbers, true and false, text in quotes, nullptr, and lists of these in braces.
llvm::Expected<ClassArgument> parseClassArgument(llvm::StringRef Text);

} // namespace torchtidy

#endif
