#include "model/modules/Constructed.h"
#include "model/facts/ForwardReach.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Comparisons.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "model/torch/ModuleExprs.h"

using namespace clang;

namespace torchtidy {

namespace {

// What the conditions of a constructor come to for one list of arguments.
class Arguments {
public:
  Arguments(const CXXConstructorDecl *Constructor, llvm::ArrayRef<const Expr *> Values,
            const ASTContext &Context)
      : Context(Context) {
    bind(Constructor, Values);
    forget(Constructor);
  }

  /// Every decision of the path is the one that the arguments make.
  bool leadTo(const PathState &End) const {
    return !End.Merged && llvm::all_of(End.Path, [&](const Branch &B) {
      return isa<SwitchStmt>(B.Terminator) ? isConstant(valueOf(B.Condition)) && !contradicts(B)
                                           : truthOf(B.Condition) == B.Taken;
    });
  }
  bool contradicts(const PathState &End) const {
    return llvm::any_of(End.Path, [&](const Branch &B) { return contradicts(B); });
  }

private:
  bool contradicts(const Branch &B) const {
    if (const auto *Switch = dyn_cast<SwitchStmt>(B.Terminator)) {
      std::string Value = valueOf(B.Condition);
      if (!isConstant(Value))
        return false;
      if (const auto *Case = dyn_cast_or_null<CaseStmt>(B.Label))
        return !Case->getRHS() && valueOf(Case->getLHS()) != Value;
      for (const SwitchCase *Case = Switch->getSwitchCaseList(); Case;
           Case = Case->getNextSwitchCase())
        if (const auto *Named = dyn_cast<CaseStmt>(Case);
            Named && valueOf(Named->getLHS()) == Value)
          return true;
      return false;
    }
    std::optional<bool> Truth = truthOf(B.Condition);
    return Truth && *Truth != B.Taken;
  }

  void bind(const CXXConstructorDecl *Constructor, llvm::ArrayRef<const Expr *> Values) {
    const FunctionDecl *Definition = nullptr;
    if (!Constructor->isDefined(Definition))
      return;
    for (unsigned I = 0; I < Definition->getNumParams(); ++I) {
      const ParmVarDecl *Parameter = Definition->getParamDecl(I);
      if (I < Values.size())
        Bound[Parameter] = valueOf(Values[I]);
      else if (const ParmVarDecl *Declared = Constructor->getParamDecl(I);
               Declared->hasDefaultArg() && !Declared->hasUninstantiatedDefaultArg() &&
               !Declared->hasUnparsedDefaultArg())
        Bound[Parameter] = valueOf(Declared->getDefaultArg());
    }
    for (const CXXCtorInitializer *Init : cast<CXXConstructorDecl>(Definition)->inits()) {
      const Expr *Value = Init->getInit();
      if (const auto *Default = dyn_cast_or_null<CXXDefaultInitExpr>(Value))
        Value = Default->getExpr();
      if (const FieldDecl *Field = Init->getAnyMember(); Field && Value)
        Bound[Field] = valueOf(Value);
      else if (const auto *Construct = dyn_cast_or_null<CXXConstructExpr>(Value);
               Construct && Init->isDelegatingInitializer())
        bind(Construct->getConstructor(),
             llvm::ArrayRef(Construct->getArgs(), Construct->getNumArgs()));
    }
  }

  // What the constructor or a helper writes is no longer what it was given.
  void forget(const CXXConstructorDecl *Constructor) {
    for (const auto &[Function, Call] : reachFrom({Constructor}))
      for (const Stmt *Code : codeOf(Function))
        forEach<Expr>(Code, [&](const Expr *E) {
          if (const ValueDecl *D = namedDecl(writtenBy(E)))
            if (auto It = Bound.find(D); It != Bound.end())
              It->second.clear();
        });
  }

  // "3", "\"conv", "true" for what is spelled out, a name for a variable, empty for the rest.
  std::string valueOf(const Expr *E) const {
    E = stripValue(E);
    if (!E)
      return {};
    if (const auto *Default = dyn_cast<CXXDefaultArgExpr>(E))
      return valueOf(Default->getExpr());
    if (const auto *Construct = dyn_cast<CXXConstructExpr>(E);
        Construct && Construct->getNumArgs() >= 1)
      return valueOf(Construct->getArg(0));
    if (const auto *List = dyn_cast<InitListExpr>(E))
      return List->getNumInits() == 1 ? valueOf(List->getInit(0)) : std::string();
    if (std::optional<llvm::StringRef> Text = literalText(E))
      return "\"" + Text->str();
    Expr::EvalResult Result;
    if (!E->isValueDependent() && E->getType()->isIntegralOrEnumerationType() &&
        E->EvaluateAsInt(Result, Context))
      return llvm::toString(Result.Val.getInt(), 10);
    if (const ValueDecl *D = fieldOfThis(E) ? fieldOfThis(E) : variable(E)) {
      auto It = Bound.find(D);
      if (It != Bound.end())
        return It->second;
      return "@" + llvm::utohexstr(reinterpret_cast<uintptr_t>(D));
    }
    if (isa<UnaryOperator, BinaryOperator, CXXOperatorCallExpr>(E))
      if (std::optional<bool> Truth = truthOf(E))
        return *Truth ? "1" : "0";
    return {};
  }

  static const ValueDecl *variable(const Expr *E) {
    const auto *Ref = dyn_cast<DeclRefExpr>(E);
    return Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
  }
  static bool isConstant(llvm::StringRef Value) { return !Value.empty() && Value[0] != '@'; }

  std::optional<bool> compare(const Expr *Left, const Expr *Right, BinaryOperatorKind Kind) const {
    std::string L = valueOf(Left), R = valueOf(Right);
    bool Decided = !L.empty() && (L == R || (isConstant(L) && isConstant(R)));
    if (Decided && (Kind == BO_EQ || Kind == BO_NE))
      return (L == R) == (Kind == BO_EQ);
    long long A = 0, B = 0;
    if (L.empty() || llvm::StringRef(L).getAsInteger(10, A) ||
        llvm::StringRef(R).getAsInteger(10, B))
      return std::nullopt;
    switch (Kind) {
    case BO_LT:
      return A < B;
    case BO_GT:
      return A > B;
    case BO_LE:
      return A <= B;
    case BO_GE:
      return A >= B;
    default:
      return std::nullopt;
    }
  }

  std::optional<bool> truthOf(const Expr *E) const {
    E = stripValue(E);
    if (const auto *Unary = dyn_cast<UnaryOperator>(E); Unary && Unary->getOpcode() == UO_LNot) {
      std::optional<bool> Inner = truthOf(Unary->getSubExpr());
      return Inner ? std::optional<bool>(!*Inner) : std::nullopt;
    }
    if (const auto *Binary = dyn_cast<BinaryOperator>(E); Binary && Binary->isLogicalOp()) {
      std::optional<bool> L = truthOf(Binary->getLHS()), R = truthOf(Binary->getRHS());
      bool Or = Binary->getOpcode() == BO_LOr;
      if ((L && *L == Or) || (R && *R == Or))
        return Or;
      return L && R ? std::optional<bool>(!Or) : std::nullopt;
    }
    if (const auto *Binary = dyn_cast<BinaryOperator>(E); Binary && Binary->isComparisonOp())
      return compare(Binary->getLHS(), Binary->getRHS(), Binary->getOpcode());
    if (std::optional<Equality> Test = asEquality(E))
      return compare(Test->Left, Test->Right, Test->IsEqual ? BO_EQ : BO_NE);
    if (!isa<DeclRefExpr, MemberExpr, CXXBoolLiteralExpr, IntegerLiteral>(E))
      return std::nullopt;
    std::string Value = valueOf(E);
    if (!isConstant(Value) || Value[0] == '"')
      return std::nullopt;
    return Value != "0";
  }

  const ASTContext &Context;
  std::map<const ValueDecl *, std::string> Bound;
};

// The arguments that reach the constructor of the Impl.
llvm::SmallVector<const Expr *, 8> argumentsOf(const Expr *Construction) {
  llvm::SmallVector<const Expr *, 8> Values;
  const Expr *E = stripValue(Construction);
  if (const auto *Call = dyn_cast<CallExpr>(E))
    Values.append(Call->arg_begin(), Call->arg_end());
  else if (const auto *Construct = dyn_cast<CXXConstructExpr>(E))
    Values.append(Construct->arg_begin(), Construct->arg_end());
  llvm::erase_if(Values, [](const Expr *A) { return isa<CXXDefaultArgExpr>(A); });
  return Values;
}

// The only constructor that takes so many arguments, else null.
const ConstructorOutcome *outcomeFor(unsigned Count, llvm::ArrayRef<ConstructorOutcome> Outcomes) {
  const ConstructorOutcome *Found = nullptr;
  for (const ConstructorOutcome &Outcome : Outcomes) {
    const CXXConstructorDecl *C = Outcome.Constructor;
    if (C->isCopyOrMoveConstructor() || Count < C->getMinRequiredArguments() ||
        Count > C->getNumParams())
      continue;
    if (Found)
      return nullptr;
    Found = &Outcome;
  }
  return Found;
}

} // namespace

Constructed constructed(const CXXRecordDecl *Class, llvm::ArrayRef<ConstructorOutcome> Outcomes,
                        const ProjectIndex &Index, const ASTContext &Context,
                        llvm::function_ref<bool(const PathState &)> Has) {
  Constructed Result;
  for (const ProjectIndex::Construction &Built : Index.constructions()) {
    if (!Built.Module || Built.Module->getCanonicalDecl() != Class->getCanonicalDecl())
      continue;
    // The class itself copies what it is given.
    if (Built.In && isa<CXXConstructorDecl>(Built.In) && Built.Class == Class)
      continue;
    Result.Any = true;
    llvm::SmallVector<const Expr *, 8> Values = argumentsOf(Built.Value);
    const ConstructorOutcome *Outcome = outcomeFor(Values.size(), Outcomes);
    bool With = false, Without = false;
    if (Outcome && !Outcome->Unknown) {
      Arguments Bound(Outcome->Constructor, Values, Context);
      auto Sure = llvm::find_if(Outcome->Ends, [&](const auto &End) { return Bound.leadTo(End); });
      for (const PathState &End : Outcome->Ends)
        if (Sure == Outcome->Ends.end() ? !Bound.contradicts(End) : &End == &*Sure)
          (Has(End) ? With : Without) = true;
    }
    if (With == Without)
      Result.Unsure = true;
    else
      (With ? Result.With : Result.Without) = Built.Value;
  }
  return Result;
}

} // namespace torchtidy
