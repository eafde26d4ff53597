#ifndef TORCHTIDY_CHECKS_STRIDEDMEMORYCHECK_H
#define TORCHTIDY_CHECKS_STRIDEDMEMORYCHECK_H

#include "FunctionCheck.h"

namespace torchtidy {

/// torch-strided-memory: see rules/strided-memory/rule.md.
class StridedMemoryCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;

private:
  void checkPlanes(const clang::FunctionDecl *Function, clang::ASTContext &Context);
  void checkParts(const clang::FunctionDecl *Function, clang::ASTContext &Context);
  void checkGiven(const clang::FunctionDecl *Function, clang::ASTContext &Context);
  void checkCopies(const clang::FunctionDecl *Function, clang::ASTContext &Context);
};

} // namespace torchtidy

#endif
