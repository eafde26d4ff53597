#ifndef TORCHTIDY_CHECKS_MISSINGEVALCHECK_H
#define TORCHTIDY_CHECKS_MISSINGEVALCHECK_H

#include "FunctionCheck.h"
#include "model/training/LoadedModels.h"

namespace torchtidy {

/// torch-missing-eval: see rules/missing-eval/rule.md.
class MissingEvalCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;
  void onEndOfTranslationUnit() override {
    Models.reset();
    FunctionCheck::onEndOfTranslationUnit();
  }

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;

private:
  std::optional<LoadedModels> Models;
};

} // namespace torchtidy

#endif
