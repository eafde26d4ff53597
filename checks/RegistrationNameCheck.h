#ifndef TORCHTIDY_CHECKS_REGISTRATIONNAMECHECK_H
#define TORCHTIDY_CHECKS_REGISTRATIONNAMECHECK_H

#include "ModuleCheck.h"

namespace torchtidy {

/// torch-registration-name: see rules/registration-name/rule.md.
class RegistrationNameCheck : public ModuleCheck {
public:
  using ModuleCheck::ModuleCheck;

protected:
  void checkClass(const clang::CXXRecordDecl *Class, ModuleModel &Model) override;

private:
  void checkSpelling(const Registration &Site);
  void checkLoop(const Registration &Site, clang::ASTContext &Context);
  void checkCopies(const clang::CXXRecordDecl *Class, ModuleModel &Model);
};

} // namespace torchtidy

#endif
