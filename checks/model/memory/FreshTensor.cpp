#include "model/memory/FreshTensor.h"
#include "model/memory/KnownDTypes.h"
#include "model/memory/LayoutQuestions.h"
#include "model/memory/MemoryOrder.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Walk.h"
#include "model/torch/Constants.h"
#include "model/torch/Layers.h"
#include "model/torch/Names.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxDepth = 12;

// Of parentheses, casts and temporaries, but not of copies: a copy is another tensor object over
// the same values.
const Expr *bare(const Expr *E) {
  while (E) {
    const Expr *Before = E;
    E = E->IgnoreParenImpCasts();
    if (const auto *Full = dyn_cast<FullExpr>(E))
      E = Full->getSubExpr();
    else if (const auto *Temporary = dyn_cast<MaterializeTemporaryExpr>(E))
      E = Temporary->getSubExpr();
    else if (const auto *Bind = dyn_cast<CXXBindTemporaryExpr>(E))
      E = Bind->getSubExpr();
    else if (const auto *Construct = dyn_cast<CXXConstructExpr>(E);
             Construct && Construct->isElidable() && Construct->getNumArgs() == 1)
      E = Construct->getArg(0);
    if (E == Before)
      break;
  }
  return E;
}

// Layers that may give their argument itself.
bool mayHandOn(const CXXRecordDecl *Module) {
  Layer Is = layerOf(Module);
  return Is == Layer::Identity || familyOf(Is) == LayerFamily::Dropout ||
         familyOf(Is) == LayerFamily::Reshaping;
}

// net->forward(x), net(x), module.forward(x): the run of a model.
bool isModuleRun(const CallExpr *Call) {
  const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Call->getDirectCallee());
  if (!Method)
    return false;
  const CXXRecordDecl *Class = Method->getParent();
  if (const auto *Operator = asOperator(Call, OO_Call)) {
    QualType Model = Operator->getArg(0)->getType();
    return classifyType(Model).isModule() && isTensorType(Call->getType()) &&
           !mayHandOn(moduleOf(Model));
  }
  if (!nameOf(Method).starts_with("forward"))
    return false;
  if (isNamed(Class, "torch::jit::Module") || derivesFrom(Class, "torch::jit::Object"))
    return true;
  return (isModuleClass(Class) || classifyType(objectOf(Call)->getType()).isModule()) &&
         !mayHandOn(Class);
}

// The call of forward under `.toTensor()` on a temporary IValue.
const CallExpr *underToTensor(const CallExpr *Call) {
  const auto *Member = dyn_cast<CXXMemberCallExpr>(Call);
  if (!Member || !isNamed(Member->getRecordDecl(), "c10::IValue") || !isTensorType(Call->getType()))
    return nullptr;
  return dyn_cast<CallExpr>(bare(Member->getImplicitObjectArgument()));
}

bool isArithmetic(const CXXOperatorCallExpr *Call) {
  OverloadedOperatorKind Kind = Call->getOperator();
  return isTensorType(Call->getType()) && Call->isPRValue() &&
         (Kind == OO_Plus || Kind == OO_Minus || Kind == OO_Star || Kind == OO_Slash ||
          Kind == OO_Percent || Kind == OO_Tilde || Kind == OO_Amp || Kind == OO_Pipe ||
          CXXOperatorCallExpr::isComparisonOp(Kind));
}

// Views whatever the strides: index() by slices and numbers, a dimension put in front.
bool neverCopies(Operation Called) {
  return Called.isOneOf({Op::index, Op::atleast_1d, Op::atleast_2d, Op::atleast_3d});
}

class FreshTensor {
public:
  FreshTensor(const ProjectIndex &Index, bool AsObject) : Index(Index), AsObject(AsObject) {}

  Fresh of(const Expr *E, unsigned Depth = 0) const {
    E = bare(E);
    const auto *Call = dyn_cast_or_null<CallExpr>(E);
    if (!Call || Depth > MaxDepth)
      return {};
    if (const CallExpr *Forward = underToTensor(Call))
      return {isModuleResult(Forward, Depth), nullptr};
    if (isModuleResult(Call, Depth))
      return {true, nullptr};
    const FunctionDecl *Callee = Call->getDirectCallee();
    // std::get<0>(x.max(0))
    if (isStdNamed(Callee, {"get"}) && Call->getNumArgs() == 1) {
      const auto *Made = dyn_cast<CallExpr>(bare(Call->getArg(0)));
      return {Made && operationOf(Made).alwaysCopies(), nullptr};
    }
    if (!Callee || !isLibTorchDecl(Callee) || !isTensorType(Call->getType()))
      return {};
    if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call)) {
      if (isArithmetic(Operator))
        return {true, nullptr};
      // Not of a dictionary, which keeps the tensor itself.
      bool IsElement =
          Operator->getOperator() == OO_Subscript && isTensorType(Operator->getArg(0)->getType());
      return IsElement ? viewOf(Operator->getArg(0), Depth) : Fresh();
    }
    return operation(Call, operationOf(Call), Depth);
  }

private:
  // A result that the module does not keep: of one in view, all that its function returns is made
  // there.
  bool isModuleResult(const CallExpr *Call, unsigned Depth) const {
    if (!isModuleRun(Call))
      return false;
    const FunctionDecl *Definition = visibleDefinition(Call->getDirectCallee());
    if (!Definition || !Definition->hasBody() || !isTensorType(Call->getType()))
      return true;
    return !anyDescendant<ReturnStmt>(
        Definition->getBody(),
        [&](const ReturnStmt *Return) {
          return Return->getRetValue() && !isMadeHere(Return->getRetValue(), nullptr, Depth + 1);
        },
        LambdaBodies::Skip);
  }

  // \p Within is the variable whose values are being read: what is a view of itself says nothing.
  bool isMadeHere(const Expr *E, const VarDecl *Within, unsigned Depth) const {
    E = stripValue(E);
    if (!E || Depth > MaxDepth)
      return false;
    if (const auto *Choice = dyn_cast<ConditionalOperator>(E))
      return isMadeHere(Choice->getTrueExpr(), Within, Depth + 1) &&
             isMadeHere(Choice->getFalseExpr(), Within, Depth + 1);
    if (const VarDecl *Variable = namedVariable(E)) {
      if (Variable == Within)
        return true;
      llvm::SmallVector<const Expr *, 4> Values = Index.valuesOf(Variable);
      llvm::erase_if(Values, [](const Expr *Value) {
        const auto *Construct = Value ? dyn_cast<CXXConstructExpr>(stripValue(Value)) : nullptr;
        return Construct && Construct->getNumArgs() == 0; // Tensor y;
      });
      return Variable->hasLocalStorage() && !Variable->getType()->isReferenceType() &&
             !Values.empty() && llvm::all_of(Values, [&](const Expr *Value) {
               return Value && isMadeHere(Value, Variable, Depth + 1);
             });
    }
    const auto *Call = dyn_cast<CallExpr>(E);
    Operation Called = Call ? operationOf(Call) : Operation();
    bool Hands = Called && !Called.is(Op::from_blob) &&
                 (Called.mayView() || Called.Gives == ResultKind::Self);
    if (Hands && isa<CXXMemberCallExpr>(Call))
      return isMadeHere(objectOf(Call), Within, Depth + 1);
    return of(E, Depth + 1).Is;
  }

  Fresh operation(const CallExpr *Call, Operation Called, unsigned Depth) const {
    const Expr *Source = isa<CXXMemberCallExpr>(Call) ? objectOf(Call) : argumentFor(Call, 0);
    if (Called.is(Op::from_blob) || Called.Gives == ResultKind::Another || !Called)
      return {};
    if (Called.alwaysCopies())
      return {true, nullptr};
    if (!Source || !isTensorType(Source->getType()))
      return {};
    if (Called.is(Op::index) && picksByTensor(Call))
      return {true, nullptr};
    if (Called.isView() || neverCopies(Called))
      return viewOf(Source, Depth);
    if (Called.Gives == ResultKind::Self)
      return Call->isPRValue() || bare(Source)->isPRValue() || isa<CallExpr>(bare(Source))
                 ? of(Source, Depth + 1)
                 : Fresh();
    if (!Called.mayView())
      return {};
    if (Fresh Whole = of(Source, Depth + 1); Whole.Is)
      return Whole.MayCopy ? Fresh{true, Call} : Whole;
    if (isKnownNotToCopy(Call, Called, Source))
      return {};
    return {true, Call};
  }

  // A view shows the values of its whole, in an object of its own.
  Fresh viewOf(const Expr *Whole, unsigned Depth) const {
    return AsObject ? Fresh{true, nullptr} : of(Whole, Depth + 1);
  }

  // net->named_parameters()["w"], fc->weight, p of a loop over parameters(): layers make them in
  // order.
  bool isParameter(const Expr *E) const {
    E = stripValue(E);
    if (const auto *Member = dyn_cast<MemberExpr>(E))
      return isLibTorchDecl(Member->getMemberDecl()) && isa<FieldDecl>(Member->getMemberDecl());
    if (const auto *Item = dyn_cast<CXXMemberCallExpr>(E)) // item.value()
      E = stripValue(Item->getImplicitObjectArgument());
    const VarDecl *Variable = namedVariable(E);
    const Expr *Range = Variable ? Index.rangeOf(Variable) : nullptr;
    return anyDescendant<CXXMemberCallExpr>(Range ? Range : E, [](const CXXMemberCallExpr *Call) {
      return listingNamed(calleeName(Call)) == Listing::Parameters &&
             isLibTorchDecl(Call->getMethodDecl());
    });
  }

  // The variable under operations that may give it itself: `x.cpu().contiguous()`.
  static const VarDecl *rootOf(const Expr *Source) {
    for (const Expr *E = stripValue(Source); E;) {
      const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
      if (!Call || operationOf(Call).Gives != ResultKind::MayView)
        return namedVariable(E);
      E = stripValue(objectOf(Call));
    }
    return nullptr;
  }

  // The code asks for what decides whether the operation copies.
  static bool isAskedFor(Operation Called, const FunctionDecl *Function, const VarDecl *Tensor) {
    if (asksStrides(Function, Tensor))
      return true;
    return Called.has(Converts) &&
           (asksDevice(Function, Tensor) || mayChangeOrAskDType(Function, Tensor));
  }

  // contiguous() of a parameter, of what was made in order, resized, or asked whether it is; cpu()
  // of what was made there.
  bool isKnownNotToCopy(const CallExpr *Call, Operation Called, const Expr *Source) const {
    if (Called.is(Op::contiguous) && writtenArguments(Call).empty() && isParameter(Source))
      return true;
    const VarDecl *Variable = rootOf(Source);
    const auto *Function =
        Variable ? dyn_cast_or_null<FunctionDecl>(Variable->getDeclContext()) : nullptr;
    if (!Variable || !Function || !Function->hasBody())
      return false;
    if (isAskedFor(Called, Function, Variable))
      return true;
    if (Variable != namedVariable(Source))
      return false;
    if (anyDescendant<CallExpr>(Function->getBody(), [&](const CallExpr *Sizes) {
          return operationOf(Sizes).is(Op::resize_) && objectOf(Sizes) &&
                 namedVariable(objectOf(Sizes)) == Variable;
        }))
      return true;
    llvm::SmallVector<const Expr *, 4> Values = Index.valuesOf(Variable);
    if (isa<ParmVarDecl>(Variable) || Values.empty())
      return false;
    if (isToHost(Call, Called) &&
        llvm::all_of(Values, [&](const Expr *Value) { return Value && liesOnHost(Value); }))
      return true;
    return llvm::all_of(Values, [&](const Expr *Value) {
      const auto *Made = dyn_cast_or_null<CallExpr>(Value ? bare(Value) : nullptr);
      if (!Made)
        return false;
      Operation Making = operationOf(Made);
      // Made by the same call before: x = x.contiguous();
      if (Making.is(Called.Name) && !Called.is(Op::to))
        return true;
      return Making.has(Creates) && Called.is(Op::contiguous);
    });
  }

  static const ASTContext &contextOf(const CallExpr *Call) {
    return Call->getDirectCallee()->getASTContext();
  }

  // `x.cpu()`, `x.to(torch::kCPU)`
  bool isToHost(const CallExpr *Call, Operation Called) const {
    if (Called.is(Op::cpu))
      return true;
    llvm::ArrayRef<const Expr *> Written = writtenArguments(Call);
    return Called.is(Op::to) && Written.size() == 1 &&
           deviceIn(Written[0], contextOf(Call)).Value == CpuDevice &&
           !dtypeIn(Written[0], contextOf(Call)).IsNamed;
  }

  // Made without options or brought there, and not taken away since.
  bool liesOnHost(const Expr *E, unsigned Depth = 0) const {
    const auto *Call = dyn_cast_or_null<CallExpr>(stripValue(E));
    Operation Called = Call ? operationOf(Call) : Operation();
    if (!Called || Depth > MaxDepth)
      return false;
    if (isToHost(Call, Called))
      return true;
    bool NamesDevice = llvm::any_of(writtenArguments(Call), [&](const Expr *Argument) {
      return isTensorOptions(Argument->getType()) && (deviceIn(Argument, contextOf(Call)).IsNamed ||
                                                      !dtypeIn(Argument, contextOf(Call)).IsNamed);
    });
    if (Called.has(Creates))
      return !NamesDevice;
    const Expr *Object = isa<CXXMemberCallExpr>(Call) ? objectOf(Call) : nullptr;
    bool KeepsDevice = Called.has(Converts) ? Called.is(Op::to) && isToDType(Call) : true;
    return Object && KeepsDevice && liesOnHost(Object, Depth + 1);
  }
  bool isToDType(const CallExpr *Call) const {
    llvm::ArrayRef<const Expr *> Written = writtenArguments(Call);
    return Written.size() == 1 && dtypeIn(Written[0], contextOf(Call)).IsNamed &&
           !deviceIn(Written[0], contextOf(Call)).IsNamed;
  }

  const ProjectIndex &Index;
  const bool AsObject;
};

} // namespace

Fresh hasFreshValues(const Expr *E, const ProjectIndex &Index) {
  return FreshTensor(Index, false).of(E);
}

Fresh isFreshObject(const Expr *E, const ProjectIndex &Index) {
  return FreshTensor(Index, true).of(E);
}

} // namespace torchtidy
