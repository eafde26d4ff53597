#ifndef TORCHTIDY_CHECKS_MODULEINFORWARDCHECK_H
#define TORCHTIDY_CHECKS_MODULEINFORWARDCHECK_H

#include "ModuleCheck.h"
#include "model/modules/ForwardBuilds.h"

namespace torchtidy {

/// torch-module-in-forward: see rules/module-in-forward/rule.md.
class ModuleInForwardCheck : public ModuleCheck {
public:
  ModuleInForwardCheck(llvm::StringRef Name, clang::tidy::ClangTidyContext *Context);
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &Opts) override;

protected:
  void checkClass(const clang::CXXRecordDecl *Class, ModuleModel &Model) override;

private:
  using Group = std::vector<ForwardBuild>;
  void report(const Group &Builds, bool Once, bool Conditional, ModuleModel &Model);
  /// False where what only the first call of forward does is not worth a word of its own.
  bool reportFirstCall(const ForwardBuild &First, bool Kept);
  void reportEachCall(const ForwardBuild &First);

  const std::string ForwardNames;
};

} // namespace torchtidy

#endif
