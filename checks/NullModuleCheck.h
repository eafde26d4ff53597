#ifndef TORCHTIDY_CHECKS_NULLMODULECHECK_H
#define TORCHTIDY_CHECKS_NULLMODULECHECK_H

#include "ModuleCheck.h"
#include "model/modules/NullMembers.h"

namespace torchtidy {

/// torch-null-module: see rules/null-module/rule.md.
class NullModuleCheck : public ModuleCheck {
public:
  NullModuleCheck(llvm::StringRef Name, clang::tidy::ClangTidyContext *Context);
  void registerMatchers(clang::ast_matchers::MatchFinder *Finder) override;
  void check(const clang::ast_matchers::MatchFinder::MatchResult &Result) override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &Opts) override;

protected:
  void checkClass(const clang::CXXRecordDecl *Class, ModuleModel &Model) override;

private:
  void checkHolderCast(const clang::Expr *Asks, clang::ASTContext &Context);
  void report(const NullMember &Member);
  void reportEvents(const clang::CXXRecordDecl *Class, ModuleModel &Model,
                    llvm::ArrayRef<NullMember> Members);

  const bool AllowGuarded; // read by torch-optional-module, which these findings became
};

} // namespace torchtidy

#endif
