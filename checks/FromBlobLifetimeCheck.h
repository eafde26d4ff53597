#ifndef TORCHTIDY_CHECKS_FROMBLOBLIFETIMECHECK_H
#define TORCHTIDY_CHECKS_FROMBLOBLIFETIMECHECK_H

#include "FunctionCheck.h"
#include "model/memory/Blobs.h"

namespace torchtidy {

/// Tensors made by from_blob that outlive the memory that they show. See
/// rules/from-blob-lifetime/rule.md.
class FromBlobLifetimeCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;

  void onEndOfTranslationUnit() override {
    Made.reset();
    FunctionCheck::onEndOfTranslationUnit();
  }

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;

private:
  void report(const Borrow &Value, const Dangling &Found, const clang::FunctionDecl *Body,
              clang::ASTContext &Context);

  std::unique_ptr<Blobs> Made; // of this translation unit
};

} // namespace torchtidy

#endif
