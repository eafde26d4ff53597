#ifndef TORCHTIDY_CHECKS_ADVICEUNNAMEDSEQUENTIALCHECK_H
#define TORCHTIDY_CHECKS_ADVICEUNNAMEDSEQUENTIALCHECK_H

#include "FunctionCheck.h"

namespace torchtidy {

/// Sequentials of unnamed children that other code finds by number. See
/// rules/advice-unnamed-sequential/rule.md.
class AdviceUnnamedSequentialCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;
  void onStartOfTranslationUnit() override {
    FunctionCheck::onStartOfTranslationUnit();
    Reported.clear();
  }

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;

private:
  llvm::SmallPtrSet<const clang::Decl *, 4> Reported;
};

} // namespace torchtidy

#endif
