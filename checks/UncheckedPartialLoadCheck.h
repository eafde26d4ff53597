#ifndef TORCHTIDY_CHECKS_UNCHECKEDPARTIALLOADCHECK_H
#define TORCHTIDY_CHECKS_UNCHECKEDPARTIALLOADCHECK_H

#include "FunctionCheck.h"

namespace torchtidy {

/// Loading weights in part without looking at what was left out. See
/// rules/unchecked-partial-load/rule.md.
class UncheckedPartialLoadCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;
  void registerMatchers(clang::ast_matchers::MatchFinder *Finder) override;
  void check(const clang::ast_matchers::MatchFinder::MatchResult &Result) override;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
