// Options of optimizers that are changed where the optimizer does not look.
#ifndef TORCHTIDY_CHECKS_MODEL_TRAINING_OPTIONCOPIES_H
#define TORCHTIDY_CHECKS_MODEL_TRAINING_OPTIONCOPIES_H

#include "model/Clang.h"

namespace torchtidy {

struct OptionCopy {
  enum Kind {
    Copied,      // `auto options = static_cast<SGDOptions &>(group.options());`
    CopiedGroup, // `for (auto group : optimizer.param_groups())`
    Defaults,    // `optimizer.defaults()` of one that has its groups
    Hidden,      // options of a group that do not say what the optimizer's say
  } Is;
  const clang::Expr *At = nullptr;          // the change; Hidden: the group's options
  const clang::VarDecl *Variable = nullptr; // the copy
  std::string Option;                       // Hidden: what the group does not set
  const clang::Expr *Other = nullptr;       // Hidden: the optimizer's options
};

void forEachOptionCopy(const clang::FunctionDecl *Function, clang::ASTContext &Context,
                       llvm::function_ref<void(const OptionCopy &)> Visit);

} // namespace torchtidy

#endif
