#ifndef TORCHTIDY_CHECKS_ADVICEINITINCONSTRUCTORCHECK_H
#define TORCHTIDY_CHECKS_ADVICEINITINCONSTRUCTORCHECK_H

#include "FunctionCheck.h"
#include "model/tensors/TensorUses.h"

namespace torchtidy {

/// Weight initialisation that only a constructor runs. See
/// rules/advice-init-in-constructor/rule.md.
class AdviceInitInConstructorCheck : public FunctionCheck {
public:
  AdviceInitInConstructorCheck(llvm::StringRef Name, clang::tidy::ClangTidyContext *Context);
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &Options) override;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;

private:
  bool isResetMethod(const clang::FunctionDecl *Function) const;
  bool isOnlyForConstruction(const clang::CXXMethodDecl *Method, const ProjectIndex &Index) const;
  const std::string ResetMethods;
};

} // namespace torchtidy

#endif
