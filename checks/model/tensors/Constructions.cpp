// BuiltOptions, from a construction to its options: `Linear(LinearOptions(2, 2).bias(flag))`.
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Walk.h"
#include "model/tensors/BuiltOptions.h"
#include "model/torch/Names.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

Verdict worse(const Verdict &A, const Verdict &B) {
  auto Rank = [](Built State) {
    switch (State) {
    case Built::Undefined:
      return 5;
    case Built::Flag:
      return 4;
    case Built::Caller:
      return 3;
    case Built::Any:
      return 2;
    case Built::Unknown:
      return 1;
    case Built::Defined:
      return 0;
    }
    return 1;
  };
  return Rank(B.State) > Rank(A.State) ? B : A;
}

Verdict BuiltOptions::evalFlag(const Expr *E, const Bindings &Bound, unsigned Depth) {
  E = stripValue(throughDefault(stripValue(E)));
  if (!E || Depth > 12)
    return {};
  bool Value;
  if (!E->isValueDependent() && E->EvaluateAsBooleanCondition(Value, Context))
    return {Value ? Built::Defined : Built::Undefined, E, nullptr};
  if (const auto *Unary = dyn_cast<UnaryOperator>(E); Unary && Unary->getOpcode() == UO_LNot) {
    Verdict Inner = evalFlag(Unary->getSubExpr(), Bound, Depth + 1);
    if (Inner.State == Built::Defined || Inner.State == Built::Undefined)
      return {Inner.State == Built::Defined ? Built::Undefined : Built::Defined, E, nullptr};
    return {Built::Flag, E, E};
  }
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    if (const auto *Param = dyn_cast<ParmVarDecl>(Ref->getDecl()))
      if (auto It = Bound.find(Param); It != Bound.end() && It->second) {
        Bindings None;
        return evalFlag(It->second, None, Depth + 1);
      }
    if (const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl());
        Variable && Variable->isLocalVarDecl() && Index.valuesOf(Variable).size() == 1) {
      Verdict Inner = evalFlag(initialiserOf(Variable), Bound, Depth + 1);
      if (Inner.State == Built::Defined || Inner.State == Built::Undefined)
        return Inner;
    }
  }
  return {Built::Flag, E, E};
}

Verdict BuiltOptions::evalCallee(const CallExpr *Call, const OptionalTensor &Access,
                                 const Bindings &Bound, bool Module, unsigned Depth) {
  const FunctionDecl *Callee = Call->getDirectCallee();
  if (!Callee || Depth > 8)
    return {};
  const FunctionDecl *Body = Callee->getDefinition();
  if (!Body || !Body->hasBody() || !isProjectCode(Body, Context.getSourceManager()))
    return {};
  Bindings Inner;
  for (auto [Argument, Parameter] : argumentsWithParameters(Call, Body)) {
    // An argument that is itself a bound parameter is passed through.
    const auto *Passed = dyn_cast_or_null<ParmVarDecl>(namedVariable(Argument));
    auto It = Passed ? Bound.find(Passed) : Bound.end();
    Inner[Parameter] = It == Bound.end() ? Argument : It->second;
  }
  Verdict All{Built::Defined, nullptr, nullptr};
  auto Returned = returnsOf(Body);
  if (Returned.empty())
    return {};
  for (const Expr *Value : Returned)
    All = worse(All, Module ? evalModule(Value, Access, Inner, Depth + 1)
                            : evalOptions(Value, Access, Inner, Depth + 1));
  if (!All.Evidence)
    All.Evidence = Call;
  return All;
}

Verdict BuiltOptions::evalOptions(const Expr *E, const OptionalTensor &Access,
                                  const Bindings &Bound, unsigned Depth) {
  if (!E || Depth > 24)
    return {};
  E = stripValue(E);
  if (const auto *Cast = dyn_cast<ExplicitCastExpr>(E))
    return evalOptions(Cast->getSubExpr(), Access, Bound, Depth + 1);
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E)) {
    if (!isOptionsType(Call->getImplicitObjectArgument()->getType()))
      return evalCallee(Call, Access, Bound, false, Depth + 1);
    if (calleeName(Call) == Access.Option && Call->getNumArgs() == 1) {
      Verdict Set = evalFlag(Call->getArg(0), Bound, Depth + 1);
      Set.Evidence = Call->getArg(0);
      return Set;
    }
    return evalOptions(Call->getImplicitObjectArgument(), Access, Bound, Depth + 1);
  }
  if (const auto *Call = dyn_cast<CallExpr>(E))
    return evalCallee(Call, Access, Bound, false, Depth + 1);
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(E)) {
    // LinearOptions from BilinearOptions and the like: through the argument.
    if (Construct->getNumArgs() == 1 && isOptionsType(Construct->getArg(0)->getType()))
      return evalOptions(Construct->getArg(0), Access, Bound, Depth + 1);
    return {Access.Default ? Built::Defined : Built::Undefined, E, nullptr};
  }
  if (const auto *Choice = dyn_cast<ConditionalOperator>(E))
    return worse(evalOptions(Choice->getTrueExpr(), Access, Bound, Depth + 1),
                 evalOptions(Choice->getFalseExpr(), Access, Bound, Depth + 1));
  return evalNamedOptions(E, Access, Bound, Depth + 1);
}

// Options of their own: a variable, a parameter, a member.
Verdict BuiltOptions::evalNamedOptions(const Expr *E, const OptionalTensor &Access,
                                       const Bindings &Bound, unsigned Depth) {
  const ValueDecl *D = namedDecl(E);
  if (!D)
    return {};
  if (const auto *Param = dyn_cast<ParmVarDecl>(D)) {
    if (auto It = Bound.find(Param); It != Bound.end() && It->second) {
      Bindings None;
      return evalOptions(It->second, Access, None, Depth);
    }
    return {Built::Caller, E, nullptr};
  }
  // `options.bias(false);` as a statement of its own decides over the initial value.
  const CXXMemberCallExpr *Setter = nullptr;
  unsigned Setters = 0;
  for (const CXXMemberCallExpr *Call : Index.settersOf(D))
    if (calleeName(Call) == Access.Option && !isa<FieldDecl>(D)) {
      Setter = Call;
      ++Setters;
    }
  if (Setters > 1)
    return {};
  if (Setter) {
    Verdict Set = evalFlag(Setter->getArg(0), Bound, Depth);
    Set.Evidence = Setter->getArg(0);
    return Set;
  }
  if (isa<FieldDecl>(D))
    return {Built::Caller, E, nullptr};
  llvm::SmallVector<const Expr *, 4> Values = Index.valuesOf(D);
  if (Values.size() != 1 || !Values[0])
    return {};
  return evalOptions(Values[0], Access, Bound, Depth);
}

Verdict BuiltOptions::evalArguments(llvm::ArrayRef<const Expr *> Arguments, const Expr *Whole,
                                    const OptionalTensor &Access, const Bindings &Bound,
                                    unsigned Depth) {
  for (const Expr *Argument : Arguments) {
    QualType Type = stripValue(Argument)->getType();
    if (isOptionsType(Type))
      return evalOptions(Argument, Access, Bound, Depth + 1);
    if (Type->isDependentType())
      return {};
  }
  if (Arguments.empty())
    return {};
  return {Access.Default ? Built::Defined : Built::Undefined, Whole, nullptr};
}

Verdict BuiltOptions::evalModule(const Expr *E, const OptionalTensor &Access, const Bindings &Bound,
                                 unsigned Depth) {
  if (!E || Depth > 16)
    return {};
  E = stripValue(E);
  if (const auto *Init = dyn_cast<InitListExpr>(E); Init && Init->getNumInits() == 1)
    return evalModule(Init->getInit(0), Access, Bound, Depth + 1);
  if (const auto *Choice = dyn_cast<ConditionalOperator>(E))
    return worse(evalModule(Choice->getTrueExpr(), Access, Bound, Depth + 1),
                 evalModule(Choice->getFalseExpr(), Access, Bound, Depth + 1));
  if (const auto *New = dyn_cast<CXXNewExpr>(E))
    return New->getConstructExpr() ? evalModule(New->getConstructExpr(), Access, Bound, Depth + 1)
                                   : Verdict{};
  if (const auto *Cast = dyn_cast<ExplicitCastExpr>(E))
    return evalModule(Cast->getSubExpr(), Access, Bound, Depth + 1);
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(E)) {
    llvm::ArrayRef<const Expr *> Arguments = writtenArguments(Construct);
    if (Arguments.size() == 1) {
      const Expr *Only = stripValue(Arguments[0]);
      if (Only->getType()->isNullPtrType())
        return {Built::Defined, E, nullptr}; // null: another rule's business
      if (classifyType(Only->getType()).isModule())
        return evalModule(Only, Access, Bound, Depth + 1);
    }
    const CXXRecordDecl *Record = moduleOf(Construct->getType());
    if (!Record || !isLibTorchDecl(Record))
      return {}; // a class of the project that derives from the library's: its constructor decides
    return evalArguments(Arguments, E, Access, Bound, Depth + 1);
  }
  if (const auto *Call = dyn_cast<CallExpr>(E)) {
    llvm::StringRef Name = calleeName(Call);
    std::optional<RegistrationKind> Registers = registrationKind(Name);
    if ((Registers == RegistrationKind::Module || Registers == RegistrationKind::Replacement) &&
        Call->getNumArgs() == 2)
      return evalModule(Call->getArg(1), Access, Bound, Depth + 1);
    if (Name == "make_shared" || Name == "make_unique") {
      const CXXRecordDecl *Record = moduleOf(Call->getType());
      if (!Record || !isLibTorchDecl(Record))
        return {};
      return evalArguments(argumentsOf(Call), E, Access, Bound, Depth + 1);
    }
    if (const CXXRecordDecl *Record = moduleOf(Call->getType());
        Record && !isa<CXXMemberCallExpr>(Call) && !isa<CXXOperatorCallExpr>(Call))
      return evalCallee(Call, Access, Bound, true, Depth + 1);
    if (const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Call->getDirectCallee());
        Method && isProjectCode(Method, Context.getSourceManager()) && isa<CXXMemberCallExpr>(Call))
      return evalCallee(Call, Access, Bound, true, Depth + 1);
    return builtFrom(E, Access, Depth + 1);
  }
  if (const ValueDecl *D = namedDecl(E)) {
    if (const auto *Param = dyn_cast<ParmVarDecl>(D))
      if (auto It = Bound.find(Param); It != Bound.end() && It->second) {
        Bindings None;
        return evalModule(It->second, Access, None, Depth + 1);
      }
    return builtFrom(E, Access, Depth + 1);
  }
  return {};
}

Verdict BuiltOptions::joinModules(llvm::ArrayRef<const Expr *> Values, const OptionalTensor &Access,
                                  unsigned Depth) {
  if (Values.empty())
    return {};
  Bindings None;
  Verdict All{Built::Defined, nullptr, nullptr};
  for (const Expr *Value : Values)
    All = worse(All, Value ? evalModule(Value, Access, None, Depth + 1) : Verdict{});
  return All;
}

Verdict BuiltOptions::evalValues(const ValueDecl *D, const OptionalTensor &Access, unsigned Depth) {
  llvm::SmallVector<const Expr *, 4> Live;
  for (const Expr *Value : Index.valuesOf(D))
    if (!Value || !isOverwritten(Value, D))
      Live.push_back(Value);
  return joinModules(Live, Access, Depth);
}

} // namespace torchtidy
