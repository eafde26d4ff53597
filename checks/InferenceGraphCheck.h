#ifndef TORCHTIDY_CHECKS_INFERENCEGRAPHCHECK_H
#define TORCHTIDY_CHECKS_INFERENCEGRAPHCHECK_H

#include "FunctionCheck.h"
#include "model/training/LoadedModels.h"

namespace torchtidy {

/// torch-inference-graph: see rules/inference-graph/rule.md.
class InferenceGraphCheck : public FunctionCheck {
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
