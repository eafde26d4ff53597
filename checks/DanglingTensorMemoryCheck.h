#ifndef TORCHTIDY_CHECKS_DANGLINGTENSORMEMORYCHECK_H
#define TORCHTIDY_CHECKS_DANGLINGTENSORMEMORYCHECK_H

#include "FunctionCheck.h"
#include "model/memory/TensorPointers.h"

namespace torchtidy {

/// Pointers, accessors and sizes that outlive the tensor that they lead into. See
/// rules/dangling-tensor-memory/rule.md.
class DanglingTensorMemoryCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;

private:
  void checkElements(const clang::FunctionDecl *Function, clang::ASTContext &Context);
  void report(const Borrow &Value, const Dangling &Found, clang::ASTContext &Context);
  void offerName(const Borrow &Value, clang::ASTContext &Context);
};

} // namespace torchtidy

#endif
