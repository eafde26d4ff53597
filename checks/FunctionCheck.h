// What checks that judge one function body at a time have in common: which functions they see, and
// the index of the project's code that they ask.
#ifndef TORCHTIDY_CHECKS_FUNCTIONCHECK_H
#define TORCHTIDY_CHECKS_FUNCTIONCHECK_H

#include "TorchCheck.h"
#include "model/facts/CompileErrors.h"
#include "model/facts/ProjectIndex.h"

namespace torchtidy {

class FunctionCheck : public TorchCheck {
public:
  using TorchCheck::TorchCheck;

  void registerMatchers(clang::ast_matchers::MatchFinder *Finder) override {
    using namespace clang::ast_matchers;
    Finder->addMatcher(functionDecl(isDefinition()).bind("function"), this);
  }
  void check(const clang::ast_matchers::MatchFinder::MatchResult &Result) override {
    const auto *Function = Result.Nodes.getNodeAs<clang::FunctionDecl>("function");
    if (Function && isProjectFunction(Function, *Result.SourceManager) &&
        !isIncomplete(Function, *Result.Context))
      checkFunction(Function, *Result.Context);
  }

protected:
  /// Called for every function definition of the project, instantiations included.
  virtual void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) = 0;

  /// Built at the first call; only a check with a candidate should ask.
  const ProjectIndex &index(clang::ASTContext &Context) { return facts(Context).index(); }
};

} // namespace torchtidy

#endif
