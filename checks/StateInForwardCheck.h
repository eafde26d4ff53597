#ifndef TORCHTIDY_CHECKS_STATEINFORWARDCHECK_H
#define TORCHTIDY_CHECKS_STATEINFORWARDCHECK_H

#include "ModuleCheck.h"
#include "model/tensors/MemberWrites.h"

namespace torchtidy {

class KeptGraphs;

/// torch-state-in-forward: see rules/state-in-forward/rule.md.
class StateInForwardCheck : public ModuleCheck {
public:
  StateInForwardCheck(llvm::StringRef Name, clang::tidy::ClangTidyContext *Context);
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &Opts) override;

protected:
  void checkClass(const clang::CXXRecordDecl *Class, ModuleModel &Model) override;

private:
  bool keepsGraph(const MemberWrite &Write, const clang::FunctionDecl *Function,
                  llvm::ArrayRef<MemberWrite> All, const Reach &Forward, const KeptGraphs &Graphs,
                  ModuleModel &Model) const;

  const std::string ForwardNames;
  const std::string StateMembers;
};

} // namespace torchtidy

#endif
