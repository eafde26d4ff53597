// What the rules about hooks share: they all start from the calls that install one.
#ifndef TORCHTIDY_CHECKS_HOOKCHECK_H
#define TORCHTIDY_CHECKS_HOOKCHECK_H

#include "TorchCheck.h"
#include "model/hooks/HookSites.h"
#include "model/syntax/SourceText.h"
#include <vector>

namespace torchtidy {

class HookCheck : public TorchCheck {
public:
  HookCheck(llvm::StringRef Name, clang::tidy::ClangTidyContext *Context);

  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &Opts) override;
  void registerMatchers(clang::ast_matchers::MatchFinder *Finder) override;
  void check(const clang::ast_matchers::MatchFinder::MatchResult &Result) override;

protected:
  virtual void checkSite(const HookSite &Site, clang::ASTContext &Context) = 0;

  /// Adds a note that says where the hook is installed, for findings in its body.
  void noteSite(const HookSite &Site);

private:
  const std::string HookFunctions;
  const std::vector<llvm::StringRef> MoreNames; // of HookFunctions
};

/// "'w'" for a short receiver, else \p Fallback.
std::string quotedReceiver(const HookSite &Site, clang::ASTContext &Context,
                           llvm::StringRef Fallback = "the tensor");

/// "hook on 'w'", "callback": the subject of a message.
std::string subjectOf(const HookSite &Site, clang::ASTContext &Context);

/// What is longer is named in a message by what it is, not by its text.
inline constexpr size_t MaxQuoted = 48;

/// Appends \p Suffix to \p E, in parentheses where that is needed.
llvm::SmallVector<clang::FixItHint, 2> appendCall(const clang::Expr *E, llvm::StringRef Suffix,
                                                  clang::ASTContext &Context);

} // namespace torchtidy

#endif
