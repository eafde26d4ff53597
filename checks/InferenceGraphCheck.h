#ifndef TORCHTIDY_CHECKS_INFERENCEGRAPHCHECK_H
#define TORCHTIDY_CHECKS_INFERENCEGRAPHCHECK_H

#include "ModelRunCheck.h"

namespace torchtidy {

/// torch-inference-graph: see rules/inference-graph/rule.md.
class InferenceGraphCheck : public ModelRunCheck {
public:
  using ModelRunCheck::ModelRunCheck;

protected:
  void checkRuns(const clang::FunctionDecl *Function, LoadedModels &Models,
                 clang::ASTContext &Context) override;
};

} // namespace torchtidy

#endif
