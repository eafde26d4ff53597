#include "model/paths/PathValues.h"
#include "model/syntax/Arguments.h"
#include "model/torch/ModuleExprs.h"

using namespace clang;

namespace torchtidy {

bool PathState::sameFacts(const PathState &O) const {
  return Values == O.Values && Results == O.Results && Conditions == O.Conditions &&
         Compared == O.Compared && Aliases == O.Aliases && Versions == O.Versions &&
         References == O.References && WasRegistered == O.WasRegistered && Visits == O.Visits &&
         Names == O.Names && Escaped == O.Escaped;
}

void PathState::mergePath(const PathState &O) {
  Merged |= O.Merged || Path != O.Path;
  llvm::erase_if(Path, [&](const Branch &B) { return !llvm::is_contained(O.Path, B); });
}

bool isModuleName(const ValueDecl *D) {
  TypeInfo Info = classifyType(D->getType());
  if (Info.Kind == TypeKind::Container)
    if (const CXXRecordDecl *Record = D->getType().getNonReferenceType()->getAsCXXRecordDecl())
      return (isNamed(Record, "c10::optional") || isNamed(Record, "std::optional")) &&
             Info.HoldsModules;
  return Info.Kind == TypeKind::Holder || Info.Kind == TypeKind::SharedPtr ||
         Info.Kind == TypeKind::UniquePtr || Info.Kind == TypeKind::AnyModule;
}

bool PathValues::follows(const ValueDecl *D) const {
  return isModuleName(D) || (Tensors && isTensorType(D->getType()));
}

const ValueDecl *placeOnPath(const Expr *E, const PathState &State) {
  E = stripValue(E);
  if (const FieldDecl *Field = fieldOfThis(E))
    return Field;
  if (isa_and_nonnull<CXXMemberCallExpr>(E) &&
      llvm::is_contained({"ptr", "get", "value"}, calleeName(E)))
    return placeOnPath(objectOf(E), State);
  const VarDecl *Var = namedVariable(E);
  if (!Var)
    return nullptr;
  auto It = State.References.find(Var);
  return It == State.References.end() ? Var : It->second;
}

PathValue &PathValues::of(const ValueDecl *D, PathState &State) {
  auto [It, New] = State.Values.try_emplace(D);
  if (New) {
    // What D holds from the start has one number on all paths, so that their states can agree.
    auto [Number, First] = AtStart.try_emplace(D, NextSymbol);
    NextSymbol += First;
    It->second.Symbol = Number->second;
    if (const auto *Parameter = dyn_cast<ParmVarDecl>(D);
        Parameter && Parameter->hasDefaultArg() && !Parameter->hasUninstantiatedDefaultArg() &&
        !Parameter->hasUnparsedDefaultArg())
      It->second.NullByDefault = isNullModule(Parameter->getDefaultArg());
  }
  return It->second;
}

PathValue PathValues::evaluate(const Expr *E, PathState &State) {
  PathValue Value;
  E = stripValue(E);
  if (!E)
    return Value;
  if (const auto *Choice = dyn_cast<AbstractConditionalOperator>(E))
    for (const Branch &Decision : llvm::reverse(State.Path))
      if (Decision.Terminator == Choice)
        return evaluate(Decision.Taken ? Choice->getTrueExpr() : Choice->getFalseExpr(), State);
  if (auto It = State.Results.find(E); It != State.Results.end())
    return It->second;
  if (isNullModule(E)) {
    Value.Null = Nullness::Null;
    return Value;
  }
  if (const ValueDecl *D = placeOnPath(E, State); D && follows(D))
    return of(D, State);
  if (const Expr *Default = throughDefault(E); Default != E)
    return evaluate(Default, State);
  if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E))
    return evaluate(Cast->getSubExpr(), State);
  if (const auto *List = dyn_cast<InitListExpr>(E))
    return List->getNumInits() == 1 ? evaluate(List->getInit(0), State) : Value;
  if (const auto *Comma = dyn_cast<BinaryOperator>(E); Comma && Comma->getOpcode() == BO_Comma)
    return evaluate(Comma->getRHS(), State);
  if (const auto *Call = dyn_cast<CallExpr>(E)) {
    if (calleeName(Call).ends_with("_pointer_cast") && Call->getNumArgs() == 1)
      return evaluate(Call->getArg(0), State);
    if (constructsModule(E))
      Value.Null = Nullness::NonNull;
    return Value;
  }
  if (isa<CXXNewExpr>(E)) {
    Value.Null = Nullness::NonNull;
    return Value;
  }
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(E)) {
    if (Construct->getNumArgs() == 1) {
      const Expr *Argument = Construct->getArg(0);
      if (classifyType(Argument->getType()).isModule() && !constructsModule(Construct))
        return evaluate(Argument, State);
      if (isNullModule(Argument)) {
        Value.Null = Nullness::Null;
        return Value;
      }
    }
    bool IsUndefined = Construct->getNumArgs() == 0 && isTensorType(Construct->getType());
    Value.Null = IsUndefined ? Nullness::Null : Nullness::NonNull;
    return Value;
  }
  return Value;
}

PathValue PathValues::stored(const ValueDecl *D, const Expr *E, PathState &State) {
  PathValue Value = E ? evaluate(E, State) : PathValue();
  Value.Site = E;
  // What is made at one place has one number on all paths, so that their states can agree.
  if (!Value.Symbol && E && Value.Null != Nullness::Null && isTensorType(D->getType())) {
    auto [Number, First] = AtSite.try_emplace(E, NextSymbol);
    NextSymbol += First;
    Value.Symbol = Number->second;
  }
  return Value;
}

PathValue PathValues::unknown(const Expr *Site) {
  return PathValue{Nullness::Unknown, NextSymbol++, false, false, Site};
}

} // namespace torchtidy
