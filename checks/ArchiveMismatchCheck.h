#ifndef TORCHTIDY_CHECKS_ARCHIVEMISMATCHCHECK_H
#define TORCHTIDY_CHECKS_ARCHIVEMISMATCHCHECK_H

#include "FunctionCheck.h"
#include "model/modules/Archives.h"

namespace torchtidy {

/// torch-archive-mismatch: see rules/archive-mismatch/rule.md.
class ArchiveMismatchCheck : public FunctionCheck {
public:
  using FunctionCheck::FunctionCheck;
  void onEndOfTranslationUnit() override {
    Known.reset();
    FunctionCheck::onEndOfTranslationUnit();
  }

protected:
  void checkFunction(const clang::FunctionDecl *Function, clang::ASTContext &Context) override;

private:
  void report(const ArchiveMismatch &Found);
  void report(const ArchiveInStream &Found);

  std::optional<Archives> Known;
};

} // namespace torchtidy

#endif
