#ifndef TORCHTIDY_CHECKS_LAYEROPTIONSCHECK_H
#define TORCHTIDY_CHECKS_LAYEROPTIONSCHECK_H

#include "FunctionCheck.h"

namespace torchtidy {

/// torch-layer-options: see rules/layer-options/rule.md.
class LayerOptionsCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;
  void registerMatchers(clang::ast_matchers::MatchFinder *Finder) override;
  void check(const clang::ast_matchers::MatchFinder::MatchResult &Result) override;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;

private:
  void checkConstruction(const clang::Expr *E, clang::ASTContext &Context);
};

} // namespace torchtidy

#endif
