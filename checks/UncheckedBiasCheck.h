#ifndef TORCHTIDY_CHECKS_UNCHECKEDBIASCHECK_H
#define TORCHTIDY_CHECKS_UNCHECKEDBIASCHECK_H

#include "FunctionCheck.h"
#include "model/tensors/Definedness.h"

namespace torchtidy {

/// Uses of a layer's `bias` (or a norm's `weight`/`bias`) as a value where it may be an undefined
/// tensor. See rules/unchecked-bias/rule.md.
class UncheckedBiasCheck : public FunctionCheck {
public:
  UncheckedBiasCheck(llvm::StringRef Name, clang::tidy::ClangTidyContext *Context);
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &Options) override;
  void onStartOfTranslationUnit() override { Fixed.clear(); }

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;

private:
  void report(const OptionalTensor &Access, const TensorUse &Use, const UseContext &Where,
              const Verdict &Found, clang::ASTContext &Context);
  clang::DiagnosticBuilder warn(const std::string &What, const OptionalTensor &Access,
                                const TensorUse &Use, const Verdict &Found,
                                clang::ASTContext &Context);
  void noteEvidence(const OptionalTensor &Access, const Verdict &Found);

  const bool AllowGeneric;
  // Statements that already carry a fix: a second `if` in front of one would not apply cleanly.
  llvm::SmallPtrSet<const clang::Stmt *, 8> Fixed;
};

} // namespace torchtidy

#endif
