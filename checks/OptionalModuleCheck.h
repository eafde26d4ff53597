#ifndef TORCHTIDY_CHECKS_OPTIONALMODULECHECK_H
#define TORCHTIDY_CHECKS_OPTIONALMODULECHECK_H

#include "ModuleCheck.h"

namespace torchtidy {

/// torch-optional-module: see rules/optional-module/rule.md.
class OptionalModuleCheck : public ModuleCheck {
public:
  OptionalModuleCheck(llvm::StringRef Name, clang::tidy::ClangTidyContext *Context);

protected:
  void checkClass(const clang::CXXRecordDecl *Class, ModuleModel &Model) override;

private:
  const bool AllowGuarded; // the older name: torch-null-module.AllowGuarded
};

} // namespace torchtidy

#endif
