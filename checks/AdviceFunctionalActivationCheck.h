#ifndef TORCHTIDY_CHECKS_ADVICEFUNCTIONALACTIVATIONCHECK_H
#define TORCHTIDY_CHECKS_ADVICEFUNCTIONALACTIVATIONCHECK_H

#include "FunctionCheck.h"
#include "model/torch/Layers.h"

namespace torchtidy {

/// Functional activations in forward, which no hook sees. See
/// rules/advice-functional-activation/rule.md.
class AdviceFunctionalActivationCheck : public FunctionCheck {
public:
  AdviceFunctionalActivationCheck(llvm::StringRef Name, clang::tidy::ClangTidyContext *Context);
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &Options) override;
  void onStartOfTranslationUnit() override {
    FunctionCheck::onStartOfTranslationUnit();
    Offered.clear();
  }

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;

private:
  struct Site {
    const clang::CallExpr *Call;
    ActivationCall Activation;
  };
  void offerMember(const clang::CXXRecordDecl *Class, llvm::ArrayRef<Site> Sites,
                   clang::ASTContext &Context);

  const std::string IgnoredActivations, ForwardNames;
  // (class, activation) pairs that a fix was offered for: one inserts the member.
  llvm::DenseSet<std::pair<const clang::Decl *, llvm::StringRef>> Offered;
};

} // namespace torchtidy

#endif
