#ifndef TORCHTIDY_CHECKS_INPLACEONPARAMETERCHECK_H
#define TORCHTIDY_CHECKS_INPLACEONPARAMETERCHECK_H

#include "FunctionCheck.h"
#include "model/tensors/Parameters.h"

namespace torchtidy {

/// In-place operations on a parameter that requires grad while gradients are
/// recorded. See rules/inplace-on-parameter/rule.md.
class InplaceOnParameterCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;

private:
  bool registeredBefore(const ParameterSource &Source, const TensorUse &Use,
                        const UseContext &Where, TorchFacts &Facts);
  struct Change {
    ParameterSource Source;
    const clang::Expr *Root;
    std::string Name;
    const clang::Expr *Statement; // that a guard may be put around; else null
  };
  void report(llvm::ArrayRef<Change> Changes, clang::ASTContext &Context);
};

} // namespace torchtidy

#endif
