#ifndef TORCHTIDY_CHECKS_DANGLINGARRAYREFCHECK_H
#define TORCHTIDY_CHECKS_DANGLINGARRAYREFCHECK_H

#include "FunctionCheck.h"
#include "model/memory/BorrowPaths.h"

namespace torchtidy {

/// ArrayRefs that outlive the list that they refer to: variables, members, results. See
/// rules/dangling-array-ref/rule.md.
class DanglingArrayRefCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

  void registerMatchers(clang::ast_matchers::MatchFinder *Finder) override;
  void check(const clang::ast_matchers::MatchFinder::MatchResult &Result) override;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;

private:
  void checkMember(const clang::FieldDecl *Field, clang::ASTContext &Context);
  void checkGlobal(const clang::VarDecl *Variable, clang::ASTContext &Context);
  void report(const Borrow &Value, const Dangling &Found, clang::ASTContext &Context);
  void offerContainer(const clang::DeclaratorDecl *D, const clang::Expr *Stored,
                      clang::ASTContext &Context);
};

} // namespace torchtidy

#endif
