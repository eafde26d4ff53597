#ifndef TORCHTIDY_CHECKS_MODULECOPYCHECK_H
#define TORCHTIDY_CHECKS_MODULECOPYCHECK_H

#include "FunctionCheck.h"
#include "model/modules/ModuleCopies.h"

namespace torchtidy {

/// torch-module-copy: see rules/module-copy/rule.md.
class ModuleCopyCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;

private:
  void report(const ModuleCopy &Copy, const CopyHarm &Harm);
  void report(const CopyConstructorDefect &Defect);
};

} // namespace torchtidy

#endif
