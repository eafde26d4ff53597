#ifndef TORCHTIDY_CHECKS_UNREGISTEREDTENSORCHECK_H
#define TORCHTIDY_CHECKS_UNREGISTEREDTENSORCHECK_H

#include "ModuleCheck.h"

namespace torchtidy {

/// torch-unregistered-tensor: see rules/unregistered-tensor/rule.md.
class UnregisteredTensorCheck : public ModuleCheck {
public:
  UnregisteredTensorCheck(llvm::StringRef Name, clang::tidy::ClangTidyContext *Context);
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &Opts) override;

protected:
  void checkClass(const clang::CXXRecordDecl *Class, ModuleModel &Model) override;

private:
  void checkField(const clang::FieldDecl *Field, const clang::CXXRecordDecl *Class,
                  const Reach &Forward, ModuleModel &Model);
  void checkPaths(const clang::FieldDecl *Field, const clang::CXXRecordDecl *Class,
                  const Reach &Forward, ModuleModel &Model);

  const std::string ForwardNames;
};

} // namespace torchtidy

#endif
