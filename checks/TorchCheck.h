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
  void onEndOfTranslationUnit() override {
    Facts.reset();
    Seen.clear();
  }

protected:
  TorchFacts &facts(clang::ASTContext &Context) {
    if (!Facts)
      Facts = TorchFacts::get(Context);
    return *Facts;
  }

  /// True the first time: instantiations of one template share their places.
  bool firstTime(clang::SourceLocation Loc) { return Seen.insert(Loc).second; }

private:
  std::shared_ptr<TorchFacts> Facts;
  llvm::DenseSet<clang::SourceLocation> Seen;
};

} // namespace torchtidy

#endif
