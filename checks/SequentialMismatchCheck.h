#ifndef TORCHTIDY_CHECKS_SEQUENTIALMISMATCHCHECK_H
#define TORCHTIDY_CHECKS_SEQUENTIALMISMATCHCHECK_H

#include "FunctionCheck.h"

namespace torchtidy {

/// torch-sequential-mismatch: see rules/sequential-mismatch/rule.md.
class SequentialMismatchCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;

private:
  llvm::DenseSet<clang::SourceLocation> Seen; // instantiations share their places
};

} // namespace torchtidy

#endif
