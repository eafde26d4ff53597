#include "model/memory/KnownDTypes.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Walk.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// What the function evaluates first; null where that is a condition of its own.
const Stmt *firstOf(const FunctionPaths &Paths) {
  const CFGBlock *Block = &Paths.graph().getEntry();
  for (unsigned I = 0; I < 4 && Block; ++I) {
    for (const CFGElement &Element : *Block)
      if (std::optional<CFGStmt> S = Element.getAs<CFGStmt>())
        return S->getStmt();
    Block = Block->succ_size() == 1 ? Block->succ_begin()->getReachableBlock() : nullptr;
  }
  return nullptr;
}

} // namespace

std::optional<KnownDType> KnownDTypes::ofParameter(const Expr *Tensor, const Stmt *At,
                                                   const ParmVarDecl *Parameter,
                                                   const KnownDType &Passed) {
  Given = Parameter;
  GivenDType = Passed;
  Known Found = of(Tensor, At);
  Given = nullptr;
  return Found;
}

KnownDTypes::Known KnownDTypes::read(const Expr *E, const Stmt *At) {
  E = E ? stripValue(E) : nullptr;
  if (!E || ++Steps > MaxSteps)
    return std::nullopt;
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(E))
    return ofOperator(Operator);
  if (const auto *Call = dyn_cast<CallExpr>(E))
    return ofCall(Call);
  const ValueDecl *Name = namedDecl(E);
  return Name ? ofName(Name, At) : std::nullopt;
}

bool KnownDTypes::isUncertain(const FunctionDecl *Function, const ValueDecl *Name) {
  auto [Entry, IsNew] = Uncertain.try_emplace(Name, false);
  if (IsNew)
    Entry->second = mayChangeOrAskDType(Function, Name);
  return Entry->second;
}

KnownDTypes::Known KnownDTypes::ofName(const ValueDecl *Name, const Stmt *At) {
  if (!isTensorType(Name->getType()))
    return std::nullopt;
  const auto *Function = dyn_cast_or_null<FunctionDecl>(Name->getDeclContext());
  if (!Function || !Function->hasBody() || isUncertain(Function, Name))
    return std::nullopt;
  if (isa<ParmVarDecl>(Name))
    return Name->getType()->isReferenceType() && Name != Given
               ? std::nullopt
               : ofStores(Name, nullptr, Function, At);
  if (const auto *Binding = dyn_cast<BindingDecl>(Name)) {
    const auto *Whole = dyn_cast_or_null<DecompositionDecl>(Binding->getDecomposedDecl());
    return Whole && Whole->hasInit() && !Index.rangeOf(Binding)
               ? ofStores(Name, Whole->getInit(), Function, At)
               : std::nullopt;
  }
  const auto *Variable = dyn_cast<VarDecl>(Name);
  if (!Variable || !Variable->isLocalVarDecl() || !Variable->hasInit() || Index.rangeOf(Variable))
    return std::nullopt;
  // What a reference names is somebody else's, but for a temporary that it keeps alive.
  if (Variable->getType()->isReferenceType() && !isa<CallExpr>(stripValue(Variable->getInit())))
    return std::nullopt;
  return ofStores(Name, Variable->getInit(), Function, At);
}

// What all stores that reach the place agree on.
KnownDTypes::Known KnownDTypes::ofStores(const ValueDecl *Name, const Expr *Init,
                                         const FunctionDecl *Function, const Stmt *At) {
  const FunctionPaths *Paths = Graphs.of(Function);
  if (!Paths)
    return std::nullopt;
  bool IsPlaced = Paths->placeOf(At).has_value();
  auto IsStore = [&](const Stmt *S) { return assigns(S, Name); };
  auto IsPlace = [&](const Stmt *S) { return S == At; };
  Known All;
  bool IsCertain = true;
  auto Add = [&](const Stmt *Store, llvm::function_ref<Known()> Value) {
    if (!IsCertain ||
        (IsPlaced && Store && Paths->placeOf(Store) && !Paths->findAfter(Store, IsPlace, IsStore)))
      return;
    if (Store && llvm::is_contained(Open, Store))
      return; // the next round of a loop: as the others
    Open.push_back(Store);
    Known Is = Value();
    Open.pop_back();
    IsCertain = Is && (!All || All->Is == Is->Is);
    All = Is;
  };
  const Stmt *First = Init ? stripValue(Init) : firstOf(*Paths);
  Add(First, [&]() -> Known {
    if (!Init) // what the caller passes
      return Name == Given ? GivenDType : std::nullopt;
    const auto *Binding = dyn_cast<BindingDecl>(Name);
    if (!Binding)
      return read(Init, stripValue(Init));
    const auto *Whole = cast<DecompositionDecl>(Binding->getDecomposedDecl());
    auto Place = llvm::find(Whole->bindings(), Binding) - Whole->bindings().begin();
    return ofPart(Init, unsigned(Place));
  });
  forEach<Expr>(Function->getBody(), [&](const Expr *E) {
    if (IsStore(E))
      Add(E, [&] {
        const Expr *Value = asPlainAssignment(E)->Value;
        return read(Value, stripValue(Value));
      });
  });
  return IsCertain ? All : std::nullopt;
}

} // namespace torchtidy
