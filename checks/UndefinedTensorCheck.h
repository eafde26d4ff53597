#ifndef TORCHTIDY_CHECKS_UNDEFINEDTENSORCHECK_H
#define TORCHTIDY_CHECKS_UNDEFINEDTENSORCHECK_H

#include "FunctionCheck.h"
#include "model/memory/UndefinedTensors.h"

namespace torchtidy {

/// torch-undefined-tensor: see rules/undefined-tensor/rule.md.
class UndefinedTensorCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;

private:
  void report(const UndefinedElements &Found, const clang::ASTContext &Context);
  void report(const UndefinedUse &Found);
};

} // namespace torchtidy

#endif
