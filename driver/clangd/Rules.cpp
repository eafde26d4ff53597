// Which rules run in the editor. Clangd's "FastCheckFilter: Strict" (its default) drops every check
// that its own table of measured times does not know, and a project without configuration gets a
// short list of clang-tidy's checks: both learn about ours.
#include "JointFindings.h"
#include "RuleTable.h"
#include "Wrap.h"
#include "support/LLVMCompat.h"
#include <optional>

namespace torchtidy {

#define IS_FAST "_ZN5clang6clangd15isFastTidyCheckEN4llvm9StringRefE"
std::optional<bool> theirIsFastTidyCheck(llvm::StringRef Check) TORCHTIDY_THEIRS(IS_FAST);
std::optional<bool> ourIsFastTidyCheck(llvm::StringRef Check) TORCHTIDY_OURS(IS_FAST);

#define DEFAULT_CHECKS "_ZN5clang6clangd20provideDefaultChecksEv"
compat::ClangdTidyProvider theirDefaultChecks() TORCHTIDY_THEIRS(DEFAULT_CHECKS);
compat::ClangdTidyProvider ourDefaultChecks() TORCHTIDY_OURS(DEFAULT_CHECKS);

std::optional<bool> ourIsFastTidyCheck(llvm::StringRef Check) {
  if (const RuleInfo *Rule = Check.starts_with("torch-") ? findRule(Check) : nullptr)
    return Rule->Speed == RuleSpeed::Fast;
  if (Check == JointFindingsCheckName)
    return true;
  return theirIsFastTidyCheck(Check);
}

compat::ClangdTidyProvider ourDefaultChecks() {
  // On LLVM 19 the result only refers to the function object, which therefore must last.
  static const auto Add = [](clang::tidy::ClangTidyOptions &Options, llvm::StringRef File) {
    bool Configured = Options.Checks && !Options.Checks->empty();
    theirDefaultChecks()(Options, File);
    if (!Configured)
      Options.Checks = Options.Checks.value_or("") + ",torch-*,-torch-advice-*";
    // Last, so that what is configured decides of the rules alone.
    *Options.Checks += "," + JointFindingsCheckName.str();
  };
  return Add;
}

} // namespace torchtidy
