#include "model/training/GraphSources.h"
#include "model/facts/GradMode.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/syntax/TemplateArguments.h"
#include "model/syntax/Walk.h"
#include "model/torch/DTypes.h"
#include "model/torch/Layers.h"
#include "model/torch/ModuleExprs.h"
#include "model/torch/Operations.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxDepth = 24;

// Tensors, what holds some, and values of scripts that may.
bool carries(QualType Type) {
  Type = Type.getNonReferenceType();
  if (Type->isPointerType())
    Type = Type->getPointeeType();
  TypeInfo Info = classifyType(Type);
  return Info.isTensor() || Info.HoldsTensors ||
         llvm::is_contained(
             {"IValue", "Tuple", "intrusive_ptr", "vector", "List", "tuple", "TupleElements"},
             nameOf(Type->getAsCXXRecordDecl()));
}

bool isComparison(const CallExpr *Call) {
  const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call);
  return Operator && Operator->isComparisonOp();
}

// `fc->weight` of a layer of LibTorch.
bool isLayerParameter(const MemberExpr *Member) {
  const auto *Field = dyn_cast<FieldDecl>(Member->getMemberDecl());
  const auto *Class = Field ? dyn_cast<CXXRecordDecl>(Field->getParent()) : nullptr;
  return Class && isLibTorchDecl(Class) && isModuleClass(Class) && isTensorType(Field->getType()) &&
         (nameOf(Field) == "weight" || nameOf(Field) == "bias");
}

bool turnsOff(const CallExpr *Call) {
  const Expr *Flag = argumentFor(Call, 0);
  return Flag && boolLiteral(Flag) == false;
}

bool turnsOn(const CallExpr *Call) {
  const Expr *Flag = argumentFor(Call, 0);
  return !Flag || boolLiteral(Flag) == true;
}

bool isOfOwnTensor(const CallExpr *Call) {
  const VarDecl *Variable = namedVariable(objectOf(Call));
  const Expr *Made = initialiserOf(Variable);
  return Made && isTensorType(Variable->getType()) && !Variable->getType()->isReferenceType();
}

// Its result counts elements; LibTorch's table of derivatives is silent about it.
bool givesPositions(const Operation &Called) {
  return Called.isOneOf({Op::argmax, Op::argmin, Op::argsort, Op::searchsorted, Op::bucketize,
                         Op::nonzero_numpy, Op::nonzero_static});
}

// `to(…)`, `contiguous()` give the tensor itself where there is nothing to do; not `to(kCUDA)`.
bool mayBeItself(const CallExpr *Call, const Operation &Called) {
  if (Called.Gives != ResultKind::MayView || Called.is(Op::reshape))
    return false;
  bool MustCopy = Called.is(Op::cuda) || anyDescendant<DeclRefExpr>(Call, [](const auto *Ref) {
                    return nameOf(Ref->getDecl()) == "kCUDA" || nameOf(Ref->getDecl()) == "kDouble";
                  });
  return !MustCopy;
}

// `x.to(torch::kLong)`: elements that are no floating point numbers have no gradient.
bool makesWhole(const CallExpr *Call, const Operation &Called) {
  return Called.has(Converts) && anyDescendant<DeclRefExpr>(Call, [](const DeclRefExpr *Ref) {
           const auto *Enum = Ref->getType()->getAsTagDecl();
           Expr::EvalResult Value;
           if (nameOf(Enum) != "ScalarType" ||
               !Ref->EvaluateAsInt(Value, Ref->getDecl()->getASTContext()))
             return false;
           std::optional<DType> Told = dtypeOf(Value.Val.getInt().getExtValue());
           return Told && !takesGradients(*Told);
         });
}

} // namespace

bool endsGraph(const CallExpr *Call) {
  Operation Called = operationOf(Call);
  if (isComparison(Call) || Called.has(Creates) || Called.has(CutsGraph) ||
      givesPositions(Called) || Called.Gives == ResultKind::Another || makesWhole(Call, Called))
    return true;
  std::optional<unsigned> Part = partOfTuple(Call);
  return Part && GraphSources::isIndexPart(Call->getArg(0), *Part);
}

// Of what \p Tuple is computed: positions, through which no gradient goes.
bool GraphSources::isIndexPart(const Expr *Tuple, unsigned Part) {
  Tuple = stripValue(Tuple);
  if (const VarDecl *Variable = namedVariable(Tuple))
    Tuple = initialiserOf(Variable);
  const auto *Call = dyn_cast_or_null<CallExpr>(Tuple ? stripValue(Tuple) : nullptr);
  return Part > 0 && Call && operationOf(Call).givesPositionsToo();
}

GraphSources::GraphSources(const ProjectIndex &Index, ASTContext &Context)
    : Index(Index), Context(Context) {
  for (Op Name : {Op::requires_grad_, Op::set_requires_grad})
    for (const ProjectIndex::CallSite &Site : Index.callsNamed(nameOf(Name)))
      // `p.set_requires_grad(on)`: by a helper that freezes and thaws.
      MayBeFrozen |= Site.Call && !turnsOn(Site.Call) && !isOfOwnTensor(Site.Call);
}

const CallExpr *GraphSources::asksForGrad(const Expr *E) {
  const auto *Call = dyn_cast_or_null<CallExpr>(stripValue(E));
  Operation Called = operationOf(Call);
  if (!Call)
    return nullptr;
  if (Called.setsRequiresGrad())
    return turnsOff(Call) ? nullptr : Call;
  if (!Called.has(Creates))
    return nullptr;
  const auto *Space = dyn_cast<NamespaceDecl>(Call->getDirectCallee()->getDeclContext());
  if (nameOf(Space) == "at")
    return nullptr; // it ignores the flag
  for (const Expr *Argument : writtenArguments(Call))
    if (anyDescendant<CallExpr>(Argument, [](const CallExpr *Option) {
          return calleeName(Option) == nameOf(Op::requires_grad) &&
                 isLibTorchDecl(Option->getDirectCallee()) &&
                 (Option->getNumArgs() == 0 || optionalBool(Option->getArg(0)) == true);
        }))
      return Call;
  return nullptr;
}

GraphSource GraphSources::ofAny(llvm::ArrayRef<const Expr *> Parts, unsigned Depth) {
  for (const Expr *Part : Parts)
    if (GraphSource Found = of(Part, Depth + 1))
      return Found;
  return {};
}

GraphSource GraphSources::of(const Expr *E, unsigned Depth) {
  E = stripValue(E);
  if (!E || Depth > MaxDepth)
    return {};
  if (const auto *Choice = dyn_cast<ConditionalOperator>(E))
    return ofAny({Choice->getTrueExpr(), Choice->getFalseExpr()}, Depth);
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    GraphSource Found = ofVariable(Ref->getDecl(), Depth);
    const CallExpr *Made = Found ? nullptr : madeLeafBefore(Ref);
    return Made ? GraphSource{Made, true} : Found;
  }
  if (const auto *Member = dyn_cast<MemberExpr>(E))
    return isLayerParameter(Member) && !MayBeFrozen ? GraphSource{Member, true} : GraphSource{};
  if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E))
    return of(Cast->getSubExpr(), Depth + 1);
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(E))
    return carries(E->getType()) ? ofAny(writtenArguments(Construct), Depth) : GraphSource{};
  if (const auto *List = dyn_cast<InitListExpr>(E))
    return ofAny(llvm::ArrayRef<const Expr *>(List->getInits(), List->getNumInits()), Depth);
  if (const auto *Std = dyn_cast<CXXStdInitializerListExpr>(E))
    return of(Std->getSubExpr(), Depth + 1);
  const auto *Call = dyn_cast<CallExpr>(E);
  return Call ? ofCall(Call, Depth) : GraphSource{};
}

// `x.requires_grad_();` as a statement of its own above the mention.
const CallExpr *GraphSources::madeLeafBefore(const DeclRefExpr *Ref) {
  const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl());
  const auto *Owner = Variable && Variable->isLocalVarDecl() && !isCutLoose(Variable)
                          ? dyn_cast<FunctionDecl>(Variable->getDeclContext())
                          : nullptr;
  const CallExpr *Found = nullptr;
  if (Owner && isTensorType(Variable->getType()))
    forEach<CXXMemberCallExpr>(Owner->getBody(), [&](const CXXMemberCallExpr *Call) {
      if (operationOf(Call).setsRequiresGrad() && namedVariable(objectOf(Call)) == Variable &&
          isStatement(Call, Context) &&
          Context.getSourceManager().isBeforeInTranslationUnit(Call->getBeginLoc(),
                                                               Ref->getBeginLoc()))
        Found = Call;
    });
  return Found;
}

// `x.detach_()`, `x.set_requires_grad(false)`
bool GraphSources::isCutLoose(const VarDecl *Variable) {
  const auto *Owner = dyn_cast<FunctionDecl>(Variable->getDeclContext());
  return Owner && anyDescendant<CXXMemberCallExpr>(Owner->getBody(), [&](const auto *Call) {
           Operation Called = operationOf(Call);
           return namedVariable(objectOf(Call)) == Variable &&
                  (Called.is(Op::detach_) || (Called.setsRequiresGrad() && turnsOff(Call)));
         });
}

GraphSource GraphSources::ofVariable(const ValueDecl *D, unsigned Depth) {
  if (llvm::is_contained(Active, D))
    return {};
  Active.push_back(D);
  GraphSource Found;
  if (const auto *Binding = dyn_cast<BindingDecl>(D)) {
    const auto *Whole = dyn_cast_or_null<DecompositionDecl>(Binding->getDecomposedDecl());
    llvm::ArrayRef<BindingDecl *> Parts;
    if (Whole)
      Parts = Whole->bindings();
    unsigned Part = llvm::find(Parts, Binding) - Parts.begin();
    if (Whole && Whole->hasInit() && !isIndexPart(Whole->getInit(), Part))
      Found = of(Whole->getInit(), Depth + 1);
  } else if (const auto *Variable = dyn_cast<VarDecl>(D);
             Variable && Variable->isLocalVarDeclOrParm() && !isCutLoose(Variable)) {
    const auto *Bind = llvm::find_if(llvm::reverse(Bound), [&](const auto &Pair) {
                         return Pair.first == Variable;
                       }).base();
    if (Bind != Bound.begin()) {
      Found = of(std::prev(Bind)->second, Depth + 1);
    } else {
      for (const ProjectIndex::Store &Store : Index.storesOf(Variable))
        if (!Found && Store.Value)
          Found = of(Store.Value, Depth + 1);
    }
  }
  Active.pop_back();
  return Found;
}

GraphSource GraphSources::ofCall(const CallExpr *Call, unsigned Depth) {
  if (!carries(Call->getType()))
    return {};
  auto IsOff = [&] { return isUnderNoGrad(Call, Context); };
  if (auto Run = asModelRun(Call)) {
    bool Has = Run->IsScript || hasParameters(moduleOf(Run->Model->getType())) ||
               (moduleOf(Run->Model->getType()) == nullptr); // AnyModule
    if (Has && !MayBeFrozen)
      return IsOff() ? GraphSource{} : GraphSource{Call, false};
    GraphSource Found = ofAny(argumentsOf(Call), Depth);
    return Found && !IsOff() ? GraphSource{Found.At, false} : GraphSource{};
  }
  if (const CallExpr *Asks = asksForGrad(Call))
    return {Asks, true};
  const FunctionDecl *Callee = Call->getDirectCallee();
  Operation Called = operationOf(Call);
  if (!Callee || endsGraph(Call))
    return {};
  if (!isLibTorchDecl(Callee) && !isStdDecl(Callee)) {
    const FunctionDecl *Definition = visibleDefinition(Callee);
    return Definition && !IsOff() ? ofResult(Call, Definition, Depth) : GraphSource{};
  }
  llvm::SmallVector<const Expr *, 4> Parts(argumentsOf(Call));
  if (const Expr *Object = objectOf(Call))
    Parts.push_back(Object);
  GraphSource Found = ofAny(Parts, Depth);
  bool IsSame = isStdDecl(Callee) || Called.Gives == ResultKind::Self || mayBeItself(Call, Called);
  return !Found || IsOff() ? GraphSource{} : GraphSource{Found.At, Found.IsLeaf && IsSame};
}

// What a function in view returns, its parameters taken as this call gives them.
GraphSource GraphSources::ofResult(const CallExpr *Call, const FunctionDecl *Definition,
                                   unsigned Depth) {
  if (llvm::is_contained(Active, Definition))
    return {};
  Active.push_back(Definition);
  size_t Before = Bound.size();
  for (auto [Argument, Parameter] : argumentsWithParameters(Call, Definition))
    Bound.push_back({Parameter, Argument});
  GraphSource Found;
  for (const Expr *Returned : returnsOf(Definition))
    if (!Found && !isUnderNoGrad(Returned, Context))
      Found = of(Returned, Depth + 1);
  Bound.truncate(Before);
  Active.pop_back();
  return Found;
}

} // namespace torchtidy
