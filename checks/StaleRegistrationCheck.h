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
  /// The edits that make assignments write into the registered tensor.
  struct Rewrite {
    llvm::SmallVector<clang::FixItHint, 4> Hints;
    clang::SourceLocation Where;
    bool Sets = false;
  };
  void addRewrite(const clang::Expr *Target, const clang::Expr *Value,
                  const clang::FieldDecl *Field, clang::ASTContext &Context, Rewrite &Fix);
  void suggest(const Rewrite &Fix);
};

} // namespace torchtidy

#endif
