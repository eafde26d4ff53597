#ifndef TORCHTIDY_CHECKS_UNCHECKEDBIASCHECK_H
#define TORCHTIDY_CHECKS_UNCHECKEDBIASCHECK_H

#include "model/tensors/Definedness.h"

namespace torchtidy {

/// Uses of a layer's `bias` (or a norm's `weight`/`bias`) as a value where it may be an undefined
/// tensor. See rules/unchecked-bias/rule.md.
class UncheckedBiasCheck : public clang::tidy::ClangTidyCheck {
public:
  UncheckedBiasCheck(llvm::StringRef Name, clang::tidy::ClangTidyContext *Context);
  bool isLanguageVersionSupported(const clang::LangOptions &Options) const override {
    return Options.CPlusPlus;
  }
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &Options) override;
  void registerMatchers(clang::ast_matchers::MatchFinder *Finder) override;
  void check(const clang::ast_matchers::MatchFinder::MatchResult &Result) override;
  void onStartOfTranslationUnit() override {
    Model.reset();
    Fixed.clear();
  }

private:
  void report(const OptionalTensor &Access, const TensorUse &Use, const UseContext &Where,
              const Verdict &Found, clang::ASTContext &Context);

  const bool AllowGeneric;
  std::unique_ptr<Definedness> Model;
  // Statements that already carry a fix: a second `if` in front of one would not apply cleanly.
  llvm::SmallPtrSet<const clang::Stmt *, 8> Fixed;
};

} // namespace torchtidy

#endif
