#ifndef TORCHTIDY_CHECKS_ADVICEMODULEAPISHADOWCHECK_H
#define TORCHTIDY_CHECKS_ADVICEMODULEAPISHADOWCHECK_H

#include "model/Clang.h"

namespace torchtidy {

/// Members of a Module that hide a function of torch::nn::Module, and forwards that are misspelt.
/// See rules/advice-module-api-shadow/rule.md.
class AdviceModuleApiShadowCheck : public clang::tidy::ClangTidyCheck {
public:
  AdviceModuleApiShadowCheck(llvm::StringRef Name, clang::tidy::ClangTidyContext *Context);
  bool isLanguageVersionSupported(const clang::LangOptions &Options) const override {
    return Options.CPlusPlus;
  }
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &Options) override;
  void registerMatchers(clang::ast_matchers::MatchFinder *Finder) override;
  void check(const clang::ast_matchers::MatchFinder::MatchResult &Result) override;

private:
  const std::string AllowedNames;
};

} // namespace torchtidy

#endif
