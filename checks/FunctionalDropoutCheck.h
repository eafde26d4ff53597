#ifndef TORCHTIDY_CHECKS_FUNCTIONALDROPOUTCHECK_H
#define TORCHTIDY_CHECKS_FUNCTIONALDROPOUTCHECK_H

#include "ModuleCheck.h"
#include "model/training/FunctionalDropouts.h"

namespace torchtidy {

/// torch-functional-dropout: see rules/functional-dropout/rule.md.
class FunctionalDropoutCheck : public ModuleCheck {
public:
  using ModuleCheck::ModuleCheck;

protected:
  void checkClass(const clang::CXXRecordDecl *Class, ModuleModel &Model) override;

private:
  void report(const clang::FunctionDecl *Function, llvm::ArrayRef<FunctionalDropout> Sites,
              clang::ASTContext &Context);
};

} // namespace torchtidy

#endif
