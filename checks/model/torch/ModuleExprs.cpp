#include "model/torch/ModuleExprs.h"
#include "model/syntax/Arguments.h"

using namespace clang;

namespace torchtidy {

bool Registration::isOnThis() const { return isThis(Object); }

std::optional<Registration> asRegistration(const Stmt *S) {
  const auto *Call = dyn_cast_or_null<CXXMemberCallExpr>(S);
  if (!Call || !Call->getMethodDecl())
    return std::nullopt;
  const CXXMethodDecl *Method = Call->getMethodDecl();
  std::optional<RegistrationKind> Kind = registrationKind(nameOf(Method));
  if (!Kind)
    return std::nullopt;
  Registration R;
  R.Kind = *Kind;
  if (Call->getNumArgs() < 2 || !isNamed(Method->getParent(), "torch::nn::Module"))
    return std::nullopt;
  R.Call = Call;
  R.Object = objectOf(Call);
  R.Name = Call->getArg(0);
  R.Value = Call->getArg(1);
  return R;
}

llvm::SmallVector<const Expr *, 2> valueLeaves(const Expr *E) {
  llvm::SmallVector<const Expr *, 2> Leaves, Todo{E};
  while (!Todo.empty()) {
    const Expr *Current = stripValue(Todo.pop_back_val());
    if (!Current)
      continue;
    if (const auto *Choice = dyn_cast<ConditionalOperator>(Current)) {
      Todo.push_back(Choice->getFalseExpr());
      Todo.push_back(Choice->getTrueExpr());
    } else if (const auto *Binary = dyn_cast<BinaryOperator>(Current);
               Binary && Binary->getOpcode() == BO_Comma) {
      Todo.push_back(Binary->getRHS());
    } else if (const CXXOperatorCallExpr *Comma = asOperator(Current, OO_Comma)) {
      Todo.push_back(Comma->getArg(1));
    } else {
      Leaves.push_back(Current);
    }
  }
  return Leaves;
}

const Expr *wrappedModule(const Expr *E) {
  if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E))
    return wrappedModule(Cast->getSubExpr()->IgnoreParenImpCasts());
  const auto *Construct = dyn_cast<CXXConstructExpr>(E);
  if (!Construct || Construct->getNumArgs() == 0)
    return nullptr;
  TypeInfo Result = classifyType(Construct->getType());
  TypeInfo Argument = classifyType(Construct->getArg(0)->getType());
  bool Wraps = Result.Kind == TypeKind::Holder || Result.Kind == TypeKind::SharedPtr ||
               Result.Kind == TypeKind::UniquePtr || Result.Kind == TypeKind::AnyModule;
  if (!Wraps || !Argument.isModule())
    return nullptr;
  // Residual(Linear): a module class that takes a module is a construction, not a conversion.
  if (Result.Kind == TypeKind::Holder && Argument.Module && Result.Module &&
      Argument.Kind != TypeKind::AnyModule &&
      !derivesFrom(Argument.Module, Result.Module->getQualifiedNameAsString()) &&
      Argument.Module->getCanonicalDecl() != Result.Module->getCanonicalDecl())
    return nullptr;
  return Construct->getArg(0);
}

const Expr *throughRegistration(const Expr *E) {
  E = E ? unwrapModule(E) : nullptr;
  auto Site = asRegistration(E);
  return Site ? unwrapModule(Site->Value) : E;
}

const FunctionDecl *calledForward(const CallExpr *Call) {
  const CXXOperatorCallExpr *Operator = asOperator(Call, OO_Call);
  TypeInfo Info = Operator ? classifyType(Operator->getArg(0)->getType()) : TypeInfo();
  if (Info.Kind != TypeKind::Holder || !Info.Module || isLibTorchDecl(Info.Module) ||
      !Info.Module->hasDefinition())
    return nullptr;
  for (const CXXMethodDecl *Method : Info.Module->getDefinition()->methods())
    if (nameOf(Method) == "forward" && isVisible(Method) &&
        Method->getMinRequiredArguments() <= argumentsOf(Call).size())
      return visibleDefinition(Method);
  return nullptr;
}

bool isOptional(QualType Type) {
  const CXXRecordDecl *Record =
      Type.isNull() ? nullptr : Type.getNonReferenceType()->getAsCXXRecordDecl();
  return Record && (isNamed(Record, "c10::optional") || isNamed(Record, "std::optional"));
}

bool isNullModule(const Expr *E) {
  E = stripValue(E);
  if (!E)
    return false;
  if (isa<CXXNullPtrLiteralExpr, GNUNullExpr>(E))
    return true;
  if (const Expr *Default = throughDefault(E); Default != E)
    return isNullModule(Default);
  if (const auto *List = dyn_cast<InitListExpr>(E))
    return List->getNumInits() == 1 && isNullModule(List->getInit(0));
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
    return nameOf(Ref->getDecl()) == "nullopt";
  if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E))
    return isNullModule(Cast->getSubExpr());
  const auto *Construct = dyn_cast<CXXConstructExpr>(E);
  if (!Construct)
    return false;
  if (Construct->getNumArgs() == 1)
    return isNullModule(Construct->getArg(0));
  if (Construct->getNumArgs() > 0)
    return false;
  TypeKind Kind = classifyType(Construct->getType()).Kind;
  return Kind == TypeKind::SharedPtr || Kind == TypeKind::UniquePtr ||
         Kind == TypeKind::AnyModule || isOptional(Construct->getType());
}

bool constructsModule(const Expr *E) {
  E = stripValue(E);
  if (!E || isNullModule(E))
    return false;
  if (const Expr *Inner = wrappedModule(E))
    return constructsModule(Inner);
  if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E))
    return constructsModule(Cast->getSubExpr());
  if (const auto *New = dyn_cast<CXXNewExpr>(E))
    return isModuleClass(New->getAllocatedType()->getAsCXXRecordDecl());
  if (isa<CallExpr>(E))
    return isStdDecl(calleeOf(E)) &&
           llvm::is_contained({"make_shared", "make_unique"}, calleeName(E)) &&
           classifyType(E->getType()).isModule();
  const auto *Construct = dyn_cast<CXXConstructExpr>(E);
  if (!Construct)
    return false;
  TypeInfo Info = classifyType(Construct->getType());
  if (Info.Kind == TypeKind::Holder || Info.Kind == TypeKind::Impl)
    return !Construct->getConstructor()->isCopyOrMoveConstructor();
  if (Info.Kind == TypeKind::SharedPtr || Info.Kind == TypeKind::UniquePtr)
    return Construct->getNumArgs() > 0 && constructsModule(Construct->getArg(0));
  return false;
}

const Expr *unwrapModule(const Expr *E) {
  E = E ? stripValue(E) : nullptr;
  while (const Expr *Inner = E ? wrappedModule(E) : nullptr)
    E = stripValue(Inner);
  return E;
}

} // namespace torchtidy
