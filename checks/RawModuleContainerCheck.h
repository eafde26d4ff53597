#ifndef TORCHTIDY_CHECKS_RAWMODULECONTAINERCHECK_H
#define TORCHTIDY_CHECKS_RAWMODULECONTAINERCHECK_H

#include "ModuleCheck.h"

namespace torchtidy {

/// torch-raw-module-container: see rules/raw-module-container/rule.md.
class RawModuleContainerCheck : public ModuleCheck {
public:
  RawModuleContainerCheck(llvm::StringRef Name, clang::tidy::ClangTidyContext *Context);
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &Opts) override;

protected:
  void checkClass(const clang::CXXRecordDecl *Class, ModuleModel &Model) override;

private:
  void checkField(const clang::FieldDecl *Field, ModuleModel &Model);

  const bool Strict;
};

} // namespace torchtidy

#endif
