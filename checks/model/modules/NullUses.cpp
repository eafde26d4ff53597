#include "model/modules/NullUses.h"
#include "model/syntax/Comparisons.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxStarts = 64; // ends of constructors that are followed into the methods

// What stays true of an object after its construction.
PathState afterwards(const PathState &End) {
  PathState Start;
  for (const auto &[D, Value] : End.Values)
    if (isa<FieldDecl>(D))
      Start.Values[D].Null = Value.Null;
  for (const auto &[D, Alias] : End.Aliases)
    if (isa<FieldDecl>(D))
      Start.Aliases[D] = Alias;
  for (const auto &[D, Version] : End.Versions)
    if (isa<FieldDecl>(D))
      Start.Versions[D] = Version;
  Start.Conditions = End.Conditions;
  Start.Compared = End.Compared;
  return Start;
}

std::vector<PathState> startsOf(llvm::ArrayRef<ConstructorOutcome> Outcomes) {
  std::vector<PathState> Starts;
  for (const ConstructorOutcome &Outcome : Outcomes)
    for (const PathState &End : Outcome.Ends) {
      PathState Start = afterwards(End);
      bool AnyNull = llvm::any_of(
          Start.Values, [](const auto &Entry) { return Entry.second.Null == Nullness::Null; });
      if (!End.Escaped && AnyNull && Starts.size() < MaxStarts &&
          llvm::none_of(Starts, [&](const PathState &S) { return S.sameFacts(Start); }))
        Starts.push_back(std::move(Start));
    }
  return Starts;
}

// Methods that no other one calls on this object; what the others call is seen from there.
llvm::SmallVector<const CXXMethodDecl *, 8> entries(const CXXRecordDecl *Class) {
  llvm::MapVector<const CXXMethodDecl *, Reach> Methods;
  for (const CXXMethodDecl *Method : visibleMethods(Class))
    if (!isa<CXXConstructorDecl>(Method) && !Method->isDependentContext())
      Methods.insert({Method, reachFrom({Method})});
  llvm::SmallPtrSet<const FunctionDecl *, 16> Called, Covered;
  for (const auto &[Method, Reached] : Methods)
    for (const auto &[Callee, Call] : Reached)
      if (Callee != Method)
        Called.insert(Callee);
  llvm::SmallVector<const CXXMethodDecl *, 8> Entries;
  auto Add = [&](const CXXMethodDecl *Method, const Reach &Reached) {
    Entries.push_back(Method);
    for (const auto &[Callee, Call] : Reached)
      Covered.insert(Callee);
  };
  for (const auto &[Method, Reached] : Methods)
    if (!Called.count(Method))
      Add(Method, Reached);
  for (const auto &[Method, Reached] : Methods) // that call each other
    if (!Covered.count(Method))
      Add(Method, Reached);
  return Entries;
}

bool isName(const Expr *E) { return stripValue(E)->getType()->isEnumeralType() || literalText(E); }

// kind == "conv", kind_ == Kind::Conv
bool comparesName(const Expr *Condition) {
  const Expr *E = stripValue(Condition);
  if (const auto *Binary = dyn_cast<BinaryOperator>(E); Binary && Binary->isLogicalOp())
    return comparesName(Binary->getLHS()) && comparesName(Binary->getRHS());
  std::optional<Equality> Test = asEquality(E);
  return Test && Test->IsEqual && (isName(Test->Left) || isName(Test->Right));
}

// parts.count("head"), parts.find("head") != parts.end(): of a container that the constructor is
// given.
bool looksUpName(const Expr *Condition) {
  return anyDescendant<CXXMemberCallExpr>(Condition, [](const CXXMemberCallExpr *Call) {
    return isStdDecl(Call->getMethodDecl()) && Call->getNumArgs() == 1 && isName(Call->getArg(0)) &&
           isa_and_nonnull<ParmVarDecl>(namedVariable(objectOf(Call)));
  });
}

} // namespace

std::vector<NullUse> nullUses(const CXXRecordDecl *Class, ModuleModel &Model,
                              llvm::ArrayRef<ConstructorOutcome> Outcomes) {
  std::vector<NullUse> Uses;
  PathWalker Walker(Model.graphs(), Class);
  auto Observe = [&](PathWalker::Event Kind, const Expr *E, const ValueDecl *D,
                     const PathState &State) {
    const auto *Field = dyn_cast_or_null<FieldDecl>(D);
    if (Kind != PathWalker::Event::Dereference || !Field || State.Escaped)
      return;
    if (isNullAt(Field, State) &&
        llvm::none_of(Uses, [&](const NullUse &U) { return U.Where == E && U.Field == Field; }))
      Uses.push_back({Field, E});
  };
  llvm::SmallVector<const CXXMethodDecl *, 8> Entries = entries(Class);
  for (const PathState &Start : startsOf(Outcomes))
    for (const CXXMethodDecl *Method : Entries)
      Walker.run(Method, Start, Observe);
  return Uses;
}

bool isUsedAfter(const FieldDecl *Field, const CXXRecordDecl *Class, ControlFlowGraphs &Graphs,
                 const PathState &End) {
  bool IsUsed = false;
  auto Observe = [&](PathWalker::Event Kind, const Expr *, const ValueDecl *D, const PathState &) {
    IsUsed |= Kind == PathWalker::Event::Dereference && D == Field;
  };
  PathWalker Walker(Graphs, Class);
  for (const CXXMethodDecl *Method : entries(Class))
    if (!IsUsed)
      Walker.run(Method, afterwards(End), Observe);
  return IsUsed;
}

bool isNullAt(const FieldDecl *Field, const PathState &End) {
  auto It = End.Values.find(Field);
  return It != End.Values.end() && It->second.Null == Nullness::Null;
}

bool isOpenEnd(const FieldDecl *Field, const PathState &End, ModuleModel &Model) {
  unsigned Passed = 0;
  for (const Branch &Decision : End.Path) {
    const auto *If = dyn_cast<IfStmt>(Decision.Terminator);
    const auto *Switch = dyn_cast<SwitchStmt>(Decision.Terminator);
    bool LooksUp = If && looksUpName(If->getCond());
    if (Decision.Taken || (!If && !Switch) || (If && !LooksUp && !comparesName(If->getCond())))
      continue;
    bool Stores =
        llvm::any_of(Model.registrations().stores(Field), [&](const Registrations::Store &Store) {
          return !isNullModule(Store.Value) && contains(Decision.Terminator, Store.Value);
        });
    if (Stores && (Switch || LooksUp))
      return true;
    Passed += Stores;
  }
  return Passed > 1;
}

} // namespace torchtidy
