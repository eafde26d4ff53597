// A class as a user names it, with or without arguments: `Net`, `nn::Net`, `Net(10, {2, 2}, true)`,
// `Net<3>({.width = 64})`.
#ifndef TORCHTIDY_DRIVER_KEYS_CLASSARGUMENT_H
#define TORCHTIDY_DRIVER_KEYS_CLASSARGUMENT_H

#include "model/summaries/ModuleTree.h"
#include "llvm/Support/Error.h"

namespace torchtidy {

struct ClassArgument {
  std::string Name;
  std::vector<TreeValue> Arguments;
};

// Arguments are numbers, true and false, text in quotes, nullptr, lists of these in braces, and
// objects: `{.width = 64}`, `Options{.width = 64}`, `Options(64).depth(3)`, which are lists with
// Words for the class and Named for members.
llvm::Expected<ClassArgument> parseClassArgument(llvm::StringRef Text);

} // namespace torchtidy

#endif
