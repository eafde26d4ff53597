// What every check has: the facts of the AST that it looks at, shared with all others.
#ifndef TORCHTIDY_CHECKS_TORCHCHECK_H
#define TORCHTIDY_CHECKS_TORCHCHECK_H

#include "model/TorchFacts.h"

namespace torchtidy {

class TorchCheck : public clang::tidy::ClangTidyCheck {
public:
  using ClangTidyCheck::ClangTidyCheck;

  bool isLanguageVersionSupported(const clang::LangOptions &Options) const override {
    return Options.CPlusPlus;
  }
  void onEndOfTranslationUnit() override { Facts.reset(); }

protected:
  TorchFacts &facts(clang::ASTContext &Context) {
    if (!Facts)
      Facts = TorchFacts::get(Context);
    return *Facts;
  }

private:
  std::shared_ptr<TorchFacts> Facts;
};

} // namespace torchtidy

#endif
