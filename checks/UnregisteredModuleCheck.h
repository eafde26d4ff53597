#ifndef TORCHTIDY_CHECKS_UNREGISTEREDMODULECHECK_H
#define TORCHTIDY_CHECKS_UNREGISTEREDMODULECHECK_H

#include "ModuleCheck.h"

namespace torchtidy {

/// torch-unregistered-module: see rules/unregistered-module/rule.md.
class UnregisteredModuleCheck : public ModuleCheck {
public:
  UnregisteredModuleCheck(llvm::StringRef Name, clang::tidy::ClangTidyContext *Context);
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &Opts) override;

protected:
  void checkClass(const clang::CXXRecordDecl *Class, ModuleModel &Model) override;

private:
  void checkField(const clang::FieldDecl *Field, const clang::CXXRecordDecl *Class,
                  ModuleModel &Model);
  void checkPaths(const clang::FieldDecl *Field, const clang::CXXRecordDecl *Class,
                  ModuleModel &Model);
  void checkStaleChild(const clang::FieldDecl *Field, const clang::CXXRecordDecl *Class,
                       ModuleModel &Model);

  const bool IgnoreStateless;
};

} // namespace torchtidy

#endif
