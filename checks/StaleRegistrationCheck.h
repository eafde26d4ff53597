#ifndef TORCHTIDY_CHECKS_STALEREGISTRATIONCHECK_H
#define TORCHTIDY_CHECKS_STALEREGISTRATIONCHECK_H

#include "ModuleCheck.h"

namespace torchtidy {

/// torch-stale-registration: see rules/stale-registration/rule.md.
class StaleRegistrationCheck : public ModuleCheck {
public:
  using ModuleCheck::ModuleCheck;
  void registerMatchers(clang::ast_matchers::MatchFinder *Finder) override;
  void check(const clang::ast_matchers::MatchFinder::MatchResult &Result) override;

protected:
  void checkClass(const clang::CXXRecordDecl *Class, ModuleModel &Model) override;

private:
  void report(const clang::FieldDecl *Field, const Registrations::Store &Store,
              clang::ASTContext &Context);
  void checkOtherModule(const clang::CXXOperatorCallExpr *Assign, const clang::MemberExpr *Target,
                        clang::ASTContext &Context);
  void checkHandle(const clang::CXXOperatorCallExpr *Assign, clang::ASTContext &Context);
  void suggestCopy(const clang::Expr *Target, const clang::Expr *Value, clang::ASTContext &Context);
};

} // namespace torchtidy

#endif
