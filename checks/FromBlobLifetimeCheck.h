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

  void registerMatchers(clang::ast_matchers::MatchFinder *Finder) override;
  void check(const clang::ast_matchers::MatchFinder::MatchResult &Result) override;
  void onEndOfTranslationUnit() override {
    Made.reset();
    FunctionCheck::onEndOfTranslationUnit();
  }

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;

private:
  /// \p Init stands in no function: of a member in its class, of a variable at file level.
  void checkInitialiser(const clang::ValueDecl *Keeper, const clang::Expr *Init,
                        clang::ASTContext &Context);
  Blobs &blobs(clang::ASTContext &Context);
  /// \p Body is null for an initialiser that stands in no function.
  void report(const Borrow &Value, const Dangling &Found, const clang::FunctionDecl *Body,
              clang::ASTContext &Context);

  std::unique_ptr<Blobs> Made; // of this translation unit
};

} // namespace torchtidy

#endif
