#include "HookCheck.h"
#include "clang-tidy/utils/OptionsUtils.h"
#include "model/facts/CompileErrors.h"
#include "model/syntax/Places.h"
#include "model/torch/Names.h"

using namespace clang;
using namespace clang::ast_matchers;

namespace torchtidy {

HookCheck::HookCheck(llvm::StringRef Name, tidy::ClangTidyContext *Context)
    : TorchCheck(Name, Context), HookFunctions(Options.get("HookFunctions", "").str()),
      MoreNames(tidy::utils::options::parseStringList(HookFunctions)) {}

void HookCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &Opts) {
  Options.store(Opts, "HookFunctions", HookFunctions);
}

void HookCheck::registerMatchers(MatchFinder *Finder) {
  std::vector<llvm::StringRef> Names(hookFunctionNames().begin(), hookFunctionNames().end());
  Names.insert(Names.end(), MoreNames.begin(), MoreNames.end());
  Finder->addMatcher(
      callExpr(callee(functionDecl(hasAnyName(Names))), unless(isExpansionInSystemHeader()))
          .bind("call"),
      this);
}

void HookCheck::check(const MatchFinder::MatchResult &Result) {
  const auto *Call = Result.Nodes.getNodeAs<CallExpr>("call");
  auto Site = hookSite(*Call, MoreNames, *Result.Context);
  if (Site && !isInIncompleteFunction(Call, *Result.Context))
    checkSite(*Site, *Result.Context);
}

void HookCheck::noteSite(const HookSite &Site) {
  diag(Site.Call->getExprLoc(), "the hook is installed here", DiagnosticIDs::Note);
}

std::string quotedReceiver(const HookSite &Site, ASTContext &Context, llvm::StringRef Fallback) {
  const Expr *Receiver = Site.Receiver;
  // node->add_post_hook(): the receiver is what the arrow hands out.
  if (const CXXOperatorCallExpr *Arrow = asOperator(stripValue(Receiver), OO_Arrow))
    Receiver = Arrow->getArg(0);
  std::string Text = sourceText(Receiver, Context, "", MaxQuoted);
  return Text.empty() ? Fallback.str() : "'" + Text + "'";
}

std::string subjectOf(const HookSite &Site, ASTContext &Context) {
  if (Site.Kind == HookKind::RecordFunction)
    return "callback";
  return "hook on " + quotedReceiver(Site, Context, "its target");
}

llvm::SmallVector<FixItHint, 2> appendCall(const Expr *E, llvm::StringRef Suffix,
                                           ASTContext &Context) {
  llvm::SmallVector<FixItHint, 2> Fixes;
  SourceLocation End = isEditable(E) ? endOfToken(E->getEndLoc(), Context) : SourceLocation();
  if (End.isInvalid())
    return Fixes;
  const auto *Operator = dyn_cast<CXXOperatorCallExpr>(E->IgnoreParenImpCasts());
  bool BindsLess = isa<AbstractConditionalOperator>(E->IgnoreParenImpCasts()) ||
                   (Operator && Operator->getOperator() != OO_Subscript &&
                    Operator->getOperator() != OO_Call && Operator->getOperator() != OO_Arrow);
  bool NeedsParens = BindsLess && !isa<ParenExpr>(E);
  if (NeedsParens) {
    Fixes.push_back(FixItHint::CreateInsertion(E->getBeginLoc(), "("));
    Fixes.push_back(FixItHint::CreateInsertion(End, (")" + Suffix).str()));
  } else {
    Fixes.push_back(FixItHint::CreateInsertion(End, Suffix));
  }
  return Fixes;
}

} // namespace torchtidy
