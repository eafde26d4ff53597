#ifndef TORCHTIDY_CHECKS_ADVICEMODULEAPISHADOWCHECK_H
#define TORCHTIDY_CHECKS_ADVICEMODULEAPISHADOWCHECK_H

#include "ModuleCheck.h"

namespace torchtidy {

/// Members of a Module that hide a function of torch::nn::Module, and forwards that are misspelt.
/// See rules/advice-module-api-shadow/rule.md.
class AdviceModuleApiShadowCheck : public ModuleCheck {
public:
  AdviceModuleApiShadowCheck(llvm::StringRef Name, clang::tidy::ClangTidyContext *Context);
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &Options) override;

protected:
  void checkClass(const clang::CXXRecordDecl *Class, ModuleModel &Model) override;

private:
  void checkHidden(const clang::CXXRecordDecl *Class, const clang::CXXRecordDecl *Module);
  void checkSpelling(const clang::CXXRecordDecl *Class);

  const std::string AllowedNames;
};

} // namespace torchtidy

#endif
