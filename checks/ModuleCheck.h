// Base of the checks that look at one Module class at a time.
#ifndef TORCHTIDY_CHECKS_MODULECHECK_H
#define TORCHTIDY_CHECKS_MODULECHECK_H

#include "TorchCheck.h"
#include "model/modules/RegistrationFix.h"

namespace torchtidy {

class ModuleCheck : public TorchCheck {
public:
  using TorchCheck::TorchCheck;

  void registerMatchers(clang::ast_matchers::MatchFinder *Finder) override;
  void check(const clang::ast_matchers::MatchFinder::MatchResult &Result) override;
  void onEndOfTranslationUnit() override;

protected:
  /// Called once for each Module class of the project that is defined and not dependent.
  virtual void checkClass(const clang::CXXRecordDecl *Class, ModuleModel &Model) = 0;

  /// A note that carries \p Fix, which archives feel: it is not applied unasked. Nothing for none.
  void offerRegistration(const clang::FieldDecl *Field, const RegistrationFix &Fix);

private:
  llvm::DenseSet<const clang::CXXRecordDecl *> Checked;
};

} // namespace torchtidy

#endif
