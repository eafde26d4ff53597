#include "model/paths/Conditions.h"
#include "model/facts/ForwardReach.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Comparisons.h"
#include "model/syntax/Literals.h"
#include "model/syntax/SourceText.h"
#include "model/syntax/Walk.h"
#include "model/torch/ModuleExprs.h"
#include "clang/AST/PrettyPrinter.h"

using namespace clang;

namespace torchtidy {

const Expr *stripCondition(const Expr *E) {
  while (true) {
    E = E->IgnoreParenImpCasts();
    if (const auto *Cast = dyn_cast<CXXStaticCastExpr>(E); Cast && Cast->getType()->isBooleanType())
      E = Cast->getSubExpr();
    else if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E);
             Cast && Cast->getType()->isBooleanType())
      E = Cast->getSubExpr();
    else if (const auto *Full = dyn_cast<FullExpr>(E))
      E = Full->getSubExpr();
    else if (calleeName(E) == "__builtin_expect")
      E = cast<CallExpr>(E)->getArg(0);
    else
      return E;
  }
}

const Expr *stripNot(const Expr *E, bool &Value) {
  E = stripCondition(E);
  while (const auto *Not = dyn_cast<UnaryOperator>(E)) {
    if (Not->getOpcode() != UO_LNot)
      break;
    E = stripCondition(Not->getSubExpr());
    Value = !Value;
  }
  return E;
}

namespace {

// The spelling of a condition, whichever way it is asked.
std::string rough(const Expr *E, const ASTContext &Context) {
  bool Ignored = true;
  E = stripNot(E, Ignored);
  std::string Text;
  for (char C : onOneLine(E, Context))
    if (isalnum(static_cast<unsigned char>(C)))
      Text += C;
  if (llvm::StringRef(Text).starts_with("this"))
    Text = Text.substr(4);
  return Text;
}

// Calls Visit on what Code decides on. A flag stands for its initialiser.
void forEachCondition(const Stmt *Code, llvm::function_ref<void(const Expr *)> Visit) {
  forEach<Stmt>(Code, [&](const Stmt *S) {
    if (const auto *If = dyn_cast<IfStmt>(S)) {
      Visit(If->getCond());
    } else if (const auto *Choice = dyn_cast<ConditionalOperator>(S)) {
      Visit(Choice->getCond());
    } else if (const auto *Binary = dyn_cast<BinaryOperator>(S); Binary && Binary->isLogicalOp()) {
      Visit(Binary->getLHS());
      Visit(Binary->getRHS());
    } else if (const auto *Declaration = dyn_cast<DeclStmt>(S)) {
      for (const Decl *D : Declaration->decls())
        if (const auto *Variable = dyn_cast<VarDecl>(D);
            Variable && Variable->getInit() && Variable->getType()->isBooleanType())
          Visit(Variable->getInit());
    }
  });
}

// What counts how often Subject is compared.
std::string compared(const Expr *Subject, const ASTContext &Context) {
  return "=" + rough(Subject, Context);
}

// Calls Visit on what Code compares with something else.
void forEachCompared(const Stmt *Code, llvm::function_ref<void(const Expr *)> Visit) {
  forEach<Stmt>(Code, [&](const Stmt *S) {
    if (const auto *Switch = dyn_cast<SwitchStmt>(S))
      Visit(Switch->getCond());
    else if (std::optional<Equality> Test = asEquality(S))
      Visit(Test->Left);
  });
}

} // namespace

std::optional<PathConditions::NullTest> PathConditions::asNullTest(const Expr *E,
                                                                   const PathState &State) const {
  E = stripCondition(E);
  if (const auto *Not = dyn_cast<UnaryOperator>(E); Not && Not->getOpcode() == UO_LNot) {
    auto Inner = asNullTest(Not->getSubExpr(), State);
    if (Inner)
      Inner->NonNullWhenTrue = !Inner->NonNullWhenTrue;
    return Inner;
  }
  auto Of = [&](const Expr *Subject, bool NonNullWhenTrue) -> std::optional<NullTest> {
    const ValueDecl *D = placeOnPath(Subject, State);
    if (!D || !isModuleName(D))
      return std::nullopt;
    return NullTest{D, NonNullWhenTrue};
  };
  if (std::optional<Equality> Test = asEquality(E)) {
    if (isNullModule(Test->Right))
      return Of(Test->Left, !Test->IsEqual);
    if (isNullModule(Test->Left))
      return Of(Test->Right, !Test->IsEqual);
    return std::nullopt;
  }
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E); Call && Call->getMethodDecl()) {
    const Expr *Object = objectOf(Call);
    if (isa<CXXConversionDecl>(Call->getMethodDecl()) || calleeName(Call) == "has_value")
      return Of(Object, true);
    bool OnHolder = Object && !isa<CXXOperatorCallExpr>(Object);
    if (calleeName(Call) == "is_empty" && OnHolder)
      return Of(Object, false);
  }
  return Of(E, true);
}

PathConditions::Canonical PathConditions::canonical(const Expr *E, const PathState &State) const {
  E = stripCondition(E);
  if (const Expr *Default = throughDefault(E); Default != E)
    return canonical(Default, State);
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(E);
      Construct && Construct->getNumArgs() == 1)
    return canonical(Construct->getArg(0), State);
  if (const auto *Temporary = dyn_cast<MaterializeTemporaryExpr>(E))
    return canonical(Temporary->getSubExpr(), State);
  if (const auto *Bind = dyn_cast<CXXBindTemporaryExpr>(E))
    return canonical(Bind->getSubExpr(), State);
  if (const auto *Unary = dyn_cast<UnaryOperator>(E); Unary && Unary->getOpcode() == UO_LNot) {
    auto [Key, Negated] = canonical(Unary->getSubExpr(), State);
    return {Key, !Negated};
  }
  if (const auto *Binary = dyn_cast<BinaryOperator>(E))
    return canonicalOperation(Binary, State);
  if (const ValueDecl *D = placeOnPath(E, State))
    return canonicalPlace(D, State);
  if (const auto *Member = dyn_cast<MemberExpr>(E))
    return {canonical(Member->getBase(), State).first + "." +
                Member->getMemberDecl()->getNameAsString(),
            false};
  if (const auto *Call = dyn_cast<CallExpr>(E)) {
    std::string Key;
    if (const auto *Method = dyn_cast<CXXMemberCallExpr>(E);
        Method && Method->getImplicitObjectArgument())
      Key = canonical(Method->getImplicitObjectArgument(), State).first + ".";
    if (const FunctionDecl *Callee = Call->getDirectCallee())
      Key += Callee->getNameAsString();
    Key += "(";
    for (const Expr *Argument : Call->arguments())
      Key += key(Argument, State) + ",";
    return {Key + ")", false};
  }
  std::string Text;
  llvm::raw_string_ostream Stream(Text);
  E->printPretty(Stream, nullptr, Context.getPrintingPolicy());
  return {Stream.str(), false};
}

// `a != b`, `a >= b` and `a <= b` are negations.
PathConditions::Canonical PathConditions::canonicalOperation(const BinaryOperator *Binary,
                                                             const PathState &State) const {
  std::string Left = key(Binary->getLHS(), State), Right = key(Binary->getRHS(), State);
  switch (Binary->getOpcode()) {
  case BO_NE:
    return {"(" + Left + "==" + Right + ")", true};
  case BO_GE:
    return {"(" + Left + "<" + Right + ")", true};
  case BO_LE:
    return {"(" + Left + ">" + Right + ")", true};
  default:
    return {"(" + Left + Binary->getOpcodeStr().str() + Right + ")", false};
  }
}

// What D was given, or D as it was last written.
PathConditions::Canonical PathConditions::canonicalPlace(const ValueDecl *D,
                                                         const PathState &State) const {
  auto Alias = State.Aliases.find(D);
  if (Alias != State.Aliases.end() && !Alias->second.empty()) {
    bool Negated = Alias->second[0] == '!';
    return {Negated ? Alias->second.substr(1) : Alias->second, Negated};
  }
  auto Version = State.Versions.find(D);
  return {D->getNameAsString() + "@" + std::to_string(reinterpret_cast<uintptr_t>(D)) + "#" +
              std::to_string(Version == State.Versions.end() ? 0 : Version->second),
          false};
}

// A number, enumerator or string that is spelled out; empty for any other.
std::string PathConditions::constant(const Expr *E) const {
  E = stripValue(E);
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(E);
      Construct && Construct->getNumArgs() >= 1)
    E = stripValue(Construct->getArg(0));
  if (std::optional<llvm::StringRef> Text = literalText(E))
    return "\"" + Text->str();
  Expr::EvalResult Result;
  if (E->isValueDependent() || !E->getType()->isIntegralOrEnumerationType() ||
      E->getType()->isBooleanType() || !E->EvaluateAsInt(Result, Context))
    return {};
  return llvm::toString(Result.Val.getInt(), 10);
}

static bool isNumber(const Expr *E) {
  QualType Type = stripCondition(E)->getType();
  return Type->isIntegerType() && !Type->isEnumeralType();
}

std::optional<PathConditions::Comparison> PathConditions::asComparison(const Expr *E) const {
  E = stripCondition(E);
  if (const auto *Not = dyn_cast<UnaryOperator>(E); Not && Not->getOpcode() == UO_LNot) {
    auto Inner = asComparison(Not->getSubExpr());
    if (Inner)
      Inner->EqualWhenTrue = !Inner->EqualWhenTrue;
    return Inner;
  }
  std::optional<Equality> Test = asEquality(E);
  if (!Test)
    return std::nullopt;
  if (std::string Value = constant(Test->Right); !Value.empty())
    return Comparison{Test->Left, Value, Test->IsEqual, isNumber(Test->Right)};
  if (std::string Value = constant(Test->Left); !Value.empty())
    return Comparison{Test->Right, Value, Test->IsEqual, isNumber(Test->Left)};
  return std::nullopt;
}

bool PathConditions::assumeEqual(const Expr *Subject, const std::string &Value, bool Equal,
                                 PathState &State) const {
  Subject = stripCondition(Subject);
  std::string Key = key(Subject, State);
  // A parameter that stands for a constant has that for a key.
  KnownValue &Known = State.Compared[Key];
  if (Equal) {
    bool Possible = Known.Is.empty() ? !Known.IsNot.count(Value) : Known.Is == Value;
    Known = {Value, {}};
    return Possible;
  }
  if (!Known.Is.empty())
    return Known.Is != Value;
  Known.IsNot.insert(Value);
  // Past every enumerator there is none left.
  const auto *Enum = Subject->getType().getNonReferenceType()->getAs<EnumType>();
  if (!Enum)
    return true;
  return llvm::any_of(Enum->getDecl()->enumerators(), [&](const EnumConstantDecl *Enumerator) {
    return !Known.IsNot.count(llvm::toString(Enumerator->getInitVal(), 10));
  });
}

bool PathConditions::assumeCase(const SwitchStmt *Switch, const SwitchCase *Label,
                                PathState &State) {
  if (!isComparedTwice(Switch->getCond()))
    return true;
  const auto *Case = dyn_cast_or_null<CaseStmt>(Label);
  if (Case)
    return Case->getRHS() || constant(Case->getLHS()).empty() ||
           assumeEqual(Switch->getCond(), constant(Case->getLHS()), true, State);
  for (const SwitchCase *Other = Switch->getSwitchCaseList(); Other;
       Other = Other->getNextSwitchCase())
    if (const auto *Named = dyn_cast<CaseStmt>(Other);
        Named && !Named->getRHS() && !constant(Named->getLHS()).empty() &&
        !assumeEqual(Switch->getCond(), constant(Named->getLHS()), false, State))
      return false;
  return true;
}

bool PathConditions::assume(const Expr *Condition, bool Taken, PathState &State) {
  const Expr *E = stripCondition(Condition);
  if (std::optional<bool> Value = boolLiteral(E))
    return *Value == Taken;
  // A block that ends a chain of && or || is asked for the whole chain: its last operand decides.
  if (const auto *Binary = dyn_cast<BinaryOperator>(E); Binary && Binary->isLogicalOp())
    return assume(Binary->getRHS(), Taken, State);
  if (auto Test = asNullTest(E, State)) {
    PathValue &Value = Values.of(Test->Place, State);
    bool NonNull = Taken == Test->NonNullWhenTrue;
    if (Value.Null == Nullness::Unknown) {
      unsigned Symbol = Value.Symbol;
      Value.Null = NonNull ? Nullness::NonNull : Nullness::Null;
      if (Symbol)
        for (auto &[Other, OtherValue] : State.Values)
          if (OtherValue.Symbol == Symbol)
            OtherValue.Null = Value.Null;
      return true;
    }
    return (Value.Null == Nullness::NonNull) == NonNull;
  }
  if (auto Compared = asComparison(E); Compared && isComparedTwice(Compared->Subject))
    return assumeEqual(Compared->Subject, Compared->Value, Taken == Compared->EqualWhenTrue, State);
  auto [Key, Negated] = canonical(E, State);
  if (Key == "true" || Key == "false")
    return (Key == "true") != Negated ? Taken : !Taken;
  auto Known = State.Conditions.find(Key);
  if (Known != State.Conditions.end())
    return Known->second == (Taken != Negated);
  if (isRepeated(E))
    State.Conditions.emplace(Key, Taken != Negated);
  return true;
}

bool PathConditions::isRepeated(const Expr *Condition) {
  return spelled(rough(Condition, Context)) > 1;
}

bool PathConditions::isComparedTwice(const Expr *Subject) {
  return spelled(compared(Subject, Context)) > 1;
}

unsigned PathConditions::spelled(const std::string &Text) {
  if (!SpellingsKnown) {
    SpellingsKnown = true;
    for (const CXXMethodDecl *Method : visibleMethods(Class))
      for (const Stmt *Code : codeOf(Method)) {
        forEachCondition(Code, [&](const Expr *E) {
          if (E)
            ++Spellings[rough(E, Context)];
        });
        forEachCompared(Code, [&](const Expr *E) { ++Spellings[compared(E, Context)]; });
        // same_(in == out): the member stands for its initialiser.
        if (const auto *Init = dyn_cast<Expr>(Code); Init && Init->getType()->isBooleanType())
          ++Spellings[rough(Init, Context)];
      }
  }
  auto It = Spellings.find(Text);
  return It == Spellings.end() ? 0 : It->second;
}

std::string PathConditions::key(const Expr *E, const PathState &State) const {
  auto [Key, Negated] = canonical(E, State);
  return Negated ? "!" + Key : Key;
}

} // namespace torchtidy
