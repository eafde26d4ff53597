#ifndef TORCHTIDY_CHECKS_DTYPEMISMATCHCHECK_H
#define TORCHTIDY_CHECKS_DTYPEMISMATCHCHECK_H

#include "FunctionCheck.h"
#include "model/memory/DTypeUses.h"

namespace torchtidy {

/// torch-dtype-mismatch: see rules/dtype-mismatch/rule.md.
class DtypeMismatchCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;

private:
  void checkUse(const DTypeUse &Use, const clang::FunctionDecl *Function, KnownDTypes &DTypes,
                clang::ASTContext &Context);
  void report(const DTypeUse &Use, const clang::Expr *Named, const KnownDType &Is,
              clang::ASTContext &Context);
  void noteMaker(const KnownDType &Is);
  void noteFix(const DTypeUse &Use, clang::ASTContext &Context);
};

} // namespace torchtidy

#endif
