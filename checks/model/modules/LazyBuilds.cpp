#include "model/modules/LazyBuilds.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Comparisons.h"
#include "model/syntax/Walk.h"
#include "model/torch/ModuleExprs.h"
#include "model/torch/Operations.h"

using namespace clang;

namespace torchtidy {

namespace {

// `m` of m, m.get(), m.ptr()
const FieldDecl *memberBehind(const Expr *E) {
  E = stripValue(E);
  if (isa_and_nonnull<CXXMemberCallExpr>(E) && llvm::is_contained({"get", "ptr"}, calleeName(E)))
    E = objectOf(E);
  return E ? fieldOfThis(E) : nullptr;
}

bool isTrainingFlag(const Expr *E) {
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E))
    return isNamed(Call->getMethodDecl(), "torch::nn::Module::is_training");
  return E->getType()->isBooleanType() && nameOf(namedDecl(E)).contains_insensitive("train");
}

} // namespace

bool LazyBuilds::isSetInForward(const FieldDecl *Field) const {
  return llvm::any_of(Forward, [&](const auto &Entry) {
    return anyDescendant<Expr>(Entry.first->getBody(), [&](const Expr *E) {
      if (const Expr *Target = writtenBy(E))
        return fieldOfThis(Target) == Field;
      return isa<CXXMemberCallExpr>(E) && fieldOfThis(objectOf(E)) == Field &&
             (isFiller(calleeName(E)) || calleeName(E) == "reset");
    });
  });
}

bool LazyBuilds::saysUnset(const Expr *Condition, bool Holds) const {
  auto IsSet = [&](const FieldDecl *Field) { return Field && isSetInForward(Field); };
  if (std::optional<Equality> Test = asEquality(Condition)) {
    bool Null = isNullModule(Test->Left) || isNullModule(Test->Right);
    const FieldDecl *Field = memberBehind(Test->Left);
    Field = Field ? Field : memberBehind(Test->Right);
    return Null && Holds == Test->IsEqual && IsSet(Field);
  }
  if (const FieldDecl *Field = memberBehind(Condition)) {
    TypeInfo Info = classifyType(Field->getType());
    bool IsFlag = Field->getType()->isBooleanType();
    bool IsNull = (Info.isModule() || isOptional(Field->getType())) && !Holds;
    return (IsFlag || IsNull) && IsSet(Field);
  }
  if (!isa<CXXMemberCallExpr>(Condition))
    return false;
  llvm::StringRef Name = calleeName(Condition);
  Operation Called = operationNamed(Name);
  bool Empty = Name == "is_empty" || Name == "empty";
  bool There = Called.is(Op::defined) || Called.is(Op::has_value);
  return (Empty ? Holds : There && !Holds) && IsSet(fieldOfThis(objectOf(Condition)));
}

bool LazyBuilds::isGuarded(const Expr *Where, const FunctionDecl *Function, unsigned Depth) {
  const FunctionPaths *Paths = Graphs.of(Function);
  if (!Paths || Depth > 3)
    return false;
  if (!Paths->placeOf(Where)) {
    // std::call_once(flag, [&] { … }) runs its lambda once.
    bool Once = false;
    walkUp(Where, Graphs.context(), [&](const DynTypedNode &Above) {
      Once |= calleeName(Above.get<Stmt>()) == "call_once";
      return !Once;
    });
    return Once;
  }
  auto Unset = [&](const Expr *E, bool Holds) { return saysUnset(E, Holds); };
  auto Nothing = [](const Stmt *) { return Effect::None; };
  if (Guards.holdsAt(Function, Where, Unset, Nothing).Holds)
    return true;
  if (!Forward.lookup(Function))
    return false;
  bool All = true;
  for (const auto &Reached : Forward) {
    const FunctionDecl *Caller = Reached.first;
    forEach<CallExpr>(Caller->getBody(), [&](const CallExpr *Call) {
      if (visibleDefinition(calleeOf(Call)) == Function)
        All &= isGuarded(Call, Caller, Depth + 1);
    });
  }
  return All;
}

bool LazyBuilds::isConditional(const Expr *Where) const {
  bool Found = false;
  walkUp(Where, Graphs.context(), [&](const DynTypedNode &Above) {
    Found = isa_and_nonnull<IfStmt, SwitchStmt, ConditionalOperator>(Above.get<Stmt>());
    return !Found && !Above.get<FunctionDecl>();
  });
  return Found;
}

bool LazyBuilds::followsTrainingFlag(const Expr *Where, const FunctionDecl *Function) {
  const FunctionPaths *Paths = Graphs.of(Function);
  if (!Paths || !Paths->placeOf(Where))
    return false;
  auto Trains = [](const Expr *E, bool Holds) { return Holds && isTrainingFlag(stripValue(E)); };
  auto Nothing = [](const Stmt *) { return Effect::None; };
  if (Guards.holdsAt(Function, Where, Trains, Nothing).Holds)
    return true;
  const auto *Var = enclosing<VarDecl>(Where, Graphs.context());
  return Var &&
         anyDescendant<CXXMemberCallExpr>(Function->getBody(), [&](const CXXMemberCallExpr *Call) {
           const Expr *Object = objectOf(Call);
           if (const CXXOperatorCallExpr *Arrow = asOperator(Object, OO_Arrow))
             Object = Arrow->getArg(0);
           return llvm::is_contained({"train", "eval"}, calleeName(Call)) && Object &&
                  namedVariable(Object) == Var;
         });
}

} // namespace torchtidy
