#ifndef TORCHTIDY_CHECKS_FROMBLOBLIFETIMECHECK_H
#define TORCHTIDY_CHECKS_FROMBLOBLIFETIMECHECK_H

#include "FunctionCheck.h"
#include "model/memory/Borrow.h"
#include "model/memory/BorrowPaths.h"

namespace torchtidy {

/// Tensors made by from_blob that outlive the memory that they show. See
/// rules/from-blob-lifetime/rule.md.
class FromBlobLifetimeCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;

private:
  void report(const Borrow &Value, const Dangling &Found, const clang::FunctionDecl *Body,
              clang::ASTContext &Context);
};

} // namespace torchtidy

#endif
