#ifndef TORCHTIDY_CHECKS_INPLACEONPARAMETERCHECK_H
#define TORCHTIDY_CHECKS_INPLACEONPARAMETERCHECK_H

#include "FunctionCheck.h"
#include "model/tensors/Parameters.h"

namespace torchtidy {

/// In-place operations on a parameter that requires grad while gradients are recorded. See
/// rules/inplace-on-parameter/rule.md.
class InplaceOnParameterCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;

private:
  bool registeredBefore(const ParameterSource &Source, const TensorUse &Use,
                        const UseContext &Where, TorchFacts &Facts);
  void report(const ParameterSource &Source, const clang::Expr *Root, const TensorUse &Use,
              const UseContext &Where, clang::ASTContext &Context);
};

} // namespace torchtidy

#endif
