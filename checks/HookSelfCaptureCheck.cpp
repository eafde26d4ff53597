#include "HookSelfCaptureCheck.h"
#include "model/facts/GradMode.h"
#include "model/hooks/HookFacts.h"
#include "model/hooks/HookStores.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Walk.h"
#include "model/torch/Names.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"
#include "model/training/GraphSources.h"

using namespace clang;

namespace torchtidy {

namespace {

enum class Cycle { None, Itself, Owner, Result };

// The module expression that a tensor or a module expression belongs to: net in net->fc->weight, in
// net->parameters()[0], in *net.
const VarDecl *ownerOf(const Expr *E, ASTContext &Context, unsigned Depth = 0) {
  E = stripValue(E);
  if (!E || Depth > 12)
    return nullptr;
  if (const VarDecl *Variable = namedVariable(E)) {
    TypeInfo Type = classifyType(Variable->getType());
    if (Type.isModule())
      return Type.Kind == TypeKind::Holder || Type.Kind == TypeKind::SharedPtr ||
                     Type.Kind == TypeKind::AnyModule
                 ? Variable
                 : nullptr;
    // for (auto &p : net->parameters()): the range is an initialiser of the loop.
    const CXXForRangeStmt *Range = rangeLoopOf(Variable, Context);
    return ownerOf(Range ? Range->getRangeInit() : initialiserOf(Variable), Context, Depth + 1);
  }
  if (const auto *Member = dyn_cast<MemberExpr>(E))
    return ownerOf(Member->getBase(), Context, Depth + 1);
  if (const auto *Unary = dyn_cast<UnaryOperator>(E))
    return ownerOf(Unary->getSubExpr(), Context, Depth + 1);
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(E)) {
    OverloadedOperatorKind Kind = Operator->getOperator();
    return Kind == OO_Arrow || Kind == OO_Star || Kind == OO_Subscript
               ? ownerOf(Operator->getArg(0), Context, Depth + 1)
               : nullptr;
  }
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E)) {
    llvm::StringRef Name = calleeName(Call);
    if (listingNamed(Name) || Name == "value" || Name == "at" || Name == "front" ||
        Name == "back" || Name == "get" || Name == "ptr" || Name == "find" || Name == "key")
      return ownerOf(Call->getImplicitObjectArgument(), Context, Depth + 1);
  }
  return nullptr;
}

// The variable that E is a copy of, through plain copies: auto alias = t;
const ValueDecl *resolved(const Expr *E) {
  E = followInitialiser(E, [](const VarDecl *Variable) {
    // What is computed has no name but the variable's.
    const Expr *Init = initialiserOf(Variable);
    return isa_and_nonnull<DeclRefExpr, MemberExpr>(Init) ? Init : nullptr;
  });
  if (const auto *Member = dyn_cast_or_null<MemberExpr>(E); Member && !isThis(Member->getBase()))
    return nullptr;
  return namedDecl(E);
}

// Text of what is named when no variable stands behind it: fc->weight.
bool sameText(const Expr *A, const Expr *B, ASTContext &Context) {
  std::string Left = sourceText(A, Context, "", MaxQuoted);
  std::string Right = sourceText(B, Context, "", MaxQuoted);
  return !Left.empty() && Left == Right;
}

// A tensor computed from Receiver in view: its graph leads back to the hook.
bool computedFrom(const Expr *E, const ValueDecl *Receiver, ASTContext &Context,
                  unsigned Depth = 0) {
  E = stripValue(E);
  if (!E || Depth > 8 || !Receiver)
    return false;
  if (const VarDecl *Variable = namedVariable(E))
    return computedFrom(initialiserOf(Variable), Receiver, Context, Depth + 1);
  const auto *Call = dyn_cast<CallExpr>(E);
  if (!Call || !isTensorType(Call->getType()) || endsGraph(Call) || isUnderNoGrad(Call, Context))
    return false;
  auto Leads = [&](const Expr *Argument) {
    return isTensorType(Argument->getType()) &&
           (resolved(Argument) == Receiver || computedFrom(Argument, Receiver, Context, Depth + 1));
  };
  if (const auto *Method = dyn_cast<CXXMemberCallExpr>(Call))
    if (Leads(Method->getImplicitObjectArgument()))
      return true;
  return llvm::any_of(Call->arguments(), Leads);
}

Cycle cycleOf(const HookCapture &Capture, const HookSite &Site, ASTContext &Context) {
  if (!Capture.ByValue || !Capture.Source)
    return Cycle::None;
  const Expr *Source = stripValue(Capture.Source);
  TypeInfo Type = classifyType(Source->getType());
  if (Type.isTensor()) {
    const ValueDecl *Receiver = resolved(Site.Receiver);
    if ((Receiver && resolved(Source) == Receiver) || sameText(Source, Site.Receiver, Context))
      return Cycle::Itself;
    if (Site.Kind == HookKind::Tensor && computedFrom(Source, Receiver, Context))
      return Cycle::Result;
    return Cycle::None;
  }
  if (Type.Kind != TypeKind::Holder && Type.Kind != TypeKind::SharedPtr &&
      Type.Kind != TypeKind::AnyModule)
    return Cycle::None;
  // auto self = shared_from_this() in a method that hooks a tensor of this object.
  const Expr *Init = initialiserOf(Source), *Made = Init ? Init : Source;
  if (const auto *Call = dyn_cast<CallExpr>(Made);
      Call && (isa<CallExpr>(Source) || calleeName(Call) == "shared_from_this")) {
    return calleeName(Call) == "shared_from_this" && Site.Receiver && placeOf(Site.Receiver).IsThis
               ? Cycle::Owner
               : Cycle::None;
  }
  const VarDecl *Owner = ownerOf(Site.Receiver, Context);
  return Owner && ownerOf(Source, Context) == Owner && isa<DeclRefExpr>(Source) ? Cycle::Owner
                                                                                : Cycle::None;
}

} // namespace

void HookSelfCaptureCheck::checkSite(const HookSite &Site, ASTContext &Context) {
  if (!Site.Receiver || Site.Kind == HookKind::RecordFunction)
    return;
  // A hook that somebody removes lets go of its captures.
  const HandleUse &Use = facts(Context).hooks().handleOf(Site);
  if (Use.Fate == HandleFate::Kept || Use.Fate == HandleFate::Removed)
    return;
  for (const HookBody &Body : facts(Context).hooks().bodiesOf(Site)) {
    if (anyDescendant<CallExpr>(Body.body(), isHookRemoval))
      continue;
    for (const HookCapture &Capture : Body.Captures) {
      Cycle Found = cycleOf(Capture, Site, Context);
      if (Found == Cycle::None)
        continue;
      diag(
          Capture.Loc,
          "hook on %0 captures by value %select{the tensor itself|the module that owns it|a tensor "
          "computed from it}1; the two keep each other alive, the memory is never freed")
          << quotedReceiver(Site, Context) << static_cast<int>(Found) - 1;
      noteSite(Site);
      std::string Name = sourceText(Capture.Source, Context, "t", MaxQuoted);
      if (Found == Cycle::Itself)
        diag(Capture.Loc,
             "capture a weak reference, or a detached tensor when only the values are read: "
             "'[weak = c10::weak_intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>(%0"
             ".getIntrusivePtr())]'",
             DiagnosticIDs::Note)
            << Name;
      else if (Found == Cycle::Owner)
        diag(Capture.Loc,
             "capture a weak reference instead: '[weak = std::weak_ptr<torch::nn::Module>(%0)]'",
             DiagnosticIDs::Note)
            << (classifyType(Capture.Source->getType()).Kind == TypeKind::SharedPtr
                    ? Name
                    : Name + ".ptr()");
      else
        diag(Capture.Loc, "capture a detached copy instead: its graph leads back to the hook",
             DiagnosticIDs::Note);
    }
  }
}

} // namespace torchtidy
