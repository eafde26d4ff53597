#ifndef TORCHTIDY_CHECKS_MISSINGEVALCHECK_H
#define TORCHTIDY_CHECKS_MISSINGEVALCHECK_H

#include "ModelRunCheck.h"

namespace torchtidy {

/// torch-missing-eval: see rules/missing-eval/rule.md.
class MissingEvalCheck : public ModelRunCheck {
public:
  using ModelRunCheck::ModelRunCheck;

protected:
  void checkRuns(const clang::FunctionDecl *Function, LoadedModels &Models,
                 clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
