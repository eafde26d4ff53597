#include "UnstoredHookHandleCheck.h"
#include "model/hooks/HookFacts.h"
#include "model/syntax/ProjectCode.h"
#include "model/syntax/Walk.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"
#include "llvm/ADT/StringSet.h"

using namespace clang;

namespace torchtidy {

namespace {

// What the hook does until it is removed, for the message.
llvm::StringRef consequence(const HookSite &Site) {
  switch (Site.Kind) {
  case HookKind::RecordFunction:
    return "the callback runs at every operator for the rest of the process";
  case HookKind::Distributed:
    return "the hook runs at every reduction for as long as the group lives";
  case HookKind::Module:
  case HookKind::Named:
    return "the hook runs at every call for as long as its target lives";
  case HookKind::Tensor:
  case HookKind::Node:
    return "the hook runs at every backward for as long as its target lives";
  }
  return "";
}

// A variable may be declared in place of the call: in a block, past which nothing jumps.
bool mayDeclare(const HookSite &Site, ASTContext &Context) {
  const Stmt *Around = parentStmt(Site.Call, Context);
  while (isa_and_nonnull<FullExpr>(Around))
    Around = parentStmt(Around, Context);
  if (!isa_and_nonnull<CompoundStmt>(Around))
    return false;
  const auto *Switch = enclosing<SwitchStmt>(Site.Call, Context);
  return !Switch &&
         !(Site.Enclosing && anyDescendant<LabelStmt>(Site.Enclosing->getBody(),
                                                      [](const LabelStmt *) { return true; }));
}

// A name that nothing in the function has, nor the fix of a call that stands before this one.
std::string freeVariable(const HookSite &Site, ASTContext &Context) {
  const Stmt *Body = Site.Enclosing ? Site.Enclosing->getBody() : nullptr;
  unsigned Number = 0;
  llvm::StringSet<> Taken;
  forEach<CXXMemberCallExpr>(Body, [&](const CXXMemberCallExpr *Call) {
    Number += calleeName(Call) == calleeName(Site.Call) &&
              Context.getSourceManager().isBeforeInTranslationUnit(Call->getExprLoc(),
                                                                   Site.Call->getExprLoc());
  });
  forEach<DeclStmt>(Body, [&](const DeclStmt *S) {
    for (const Decl *D : S->decls())
      Taken.insert(nameOf(dyn_cast<NamedDecl>(D)));
  });
  if (Site.Enclosing)
    for (const ParmVarDecl *Parameter : Site.Enclosing->parameters())
      Taken.insert(nameOf(Parameter));
  std::string Name = Number ? "hook_" + std::to_string(Number) : "hook";
  return Taken.contains(Name) ? Name + "_" : Name;
}

// The scoped form of the statement, for a discarded handle of a Tensor hook.
std::string scopedForm(const HookSite &Site, ASTContext &Context) {
  if (Site.Kind != HookKind::Tensor ||
      !operationNamed(calleeName(Site.Call)).is(Op::register_hook) ||
      Site.Call->getNumArgs() != 1 || !isEditable(Site.Call) || !mayDeclare(Site, Context))
    return {};
  std::string Receiver = sourceText(Site.Receiver, Context, "", MaxQuoted);
  llvm::StringRef Callable = rawText(Site.Call->getArg(0)->getSourceRange(), Context);
  const auto *Member = dyn_cast<MemberExpr>(Site.Call->getCallee()->IgnoreParens());
  if (Receiver.empty() || Callable.empty() || !Member || Member->isArrow() ||
      Member->isImplicitAccess())
    return {};
  return ("torchtidy::ScopedTensorHook " + freeVariable(Site, Context) + "(" + Receiver + ", " +
          Callable + ")")
      .str();
}

} // namespace

void UnstoredHookHandleCheck::checkSite(const HookSite &Site, ASTContext &Context) {
  const HandleUse &Use = facts(Context).hooks().handleOf(Site);
  if (Use.Fate != HandleFate::Discarded && Use.Fate != HandleFate::Unread)
    return;
  if (isOwningHandle(Site)) {
    if (!Site.Call->getBeginLoc().isMacroID())
      diag(Site.Call->getExprLoc(), "handle of the hook on %0 is discarded; its destructor removes "
                                    "the hook at the end of this statement, it never runs")
          << quotedReceiver(Site, Context, "its target") << Site.Call->getSourceRange();
    return;
  }

  const HookTarget &Target = facts(Context).hooks().targetOf(Site);
  const Stmt *Loop = nullptr;
  if (Target.Life == Lifetime::LocalLeaf && Target.Variable)
    Loop = loopSince(Site.Call, Target.Variable, Context);
  if (Target.Life != Lifetime::Lasting && !Loop)
    return;
  // at::clearCallbacks() and its kin take all callbacks away, without a handle.
  if (Site.Kind == HookKind::RecordFunction && facts(Context).hooks().clearsCallbacks())
    return;
  // A callback installed once in main is meant to last as long as the process.
  if (Site.Kind == HookKind::RecordFunction && Site.Enclosing && Site.Enclosing->isMain())
    return;

  std::string What = "the " + subjectOf(Site, Context);
  if (Use.Fate == HandleFate::Discarded)
    diag(Site.Call->getExprLoc(), "handle of %0 is discarded; %1, and nothing can remove it")
        << What << consequence(Site) << Site.Call->getSourceRange();
  else
    diag(Site.Call->getExprLoc(), "handle of %0 goes into %1, which nothing reads; %2")
        << What << Use.Holder << consequence(Site) << Site.Call->getSourceRange();

  if (Use.Fate == HandleFate::Unread)
    diag(Use.Holder->getLocation(), "%0 is written and never read", DiagnosticIDs::Note)
        << Use.Holder;
  if (Loop)
    diag(Loop->getBeginLoc(), "every pass of the loop installs one more", DiagnosticIDs::Note);
  else if (Site.Receiver)
    diag(Site.Receiver->getExprLoc(), "the target is a %0, it outlives this statement",
         DiagnosticIDs::Note)
        << (Target.What.empty() ? "lasting object" : Target.What);

  if (Use.Fate == HandleFate::Discarded)
    if (std::string Scoped = scopedForm(Site, Context); !Scoped.empty())
      diag(Site.Call->getExprLoc(),
           "unsafe fix: a scoped handle removes the hook at the end of the block, where the hook "
           "lived on before; needs <torchtidy/tensor_hook.h>",
           DiagnosticIDs::Note)
          << FixItHint::CreateReplacement(Site.Call->getSourceRange(), Scoped);
}

} // namespace torchtidy
