// Base of the checks that look at how a function runs a model that it loads or prepares.
#ifndef TORCHTIDY_CHECKS_MODELRUNCHECK_H
#define TORCHTIDY_CHECKS_MODELRUNCHECK_H

#include "FunctionCheck.h"
#include "model/training/LoadedModels.h"

namespace torchtidy {

class ModelRunCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

  void onEndOfTranslationUnit() override;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) final;

  /// Called for each function of the project that runs some model.
  virtual void checkRuns(const clang::FunctionDecl *Function, LoadedModels &Models,
                         clang::ASTContext &Context) = 0;

private:
  std::optional<LoadedModels> Models;
};

} // namespace torchtidy

#endif
