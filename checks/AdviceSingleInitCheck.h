#ifndef TORCHTIDY_CHECKS_ADVICESINGLEINITCHECK_H
#define TORCHTIDY_CHECKS_ADVICESINGLEINITCHECK_H

#include "FunctionCheck.h"
#include "model/tensors/TensorUses.h"

namespace torchtidy {

/// One initialisation for every kind of layer, or a Kaiming gain for an activation that the module
/// does not use. See rules/advice-single-init/rule.md.
class AdviceSingleInitCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;

private:
  void everyParameter(const TensorUse &Use, const UseContext &Where, clang::ASTContext &Context);
  void gain(const TensorUse &Use, const clang::FunctionDecl *Function, clang::ASTContext &Context);
};

} // namespace torchtidy

#endif
