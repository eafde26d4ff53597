#include "model/torch/ModuleExprs.h"

using namespace clang;

namespace torchtidy {

llvm::StringRef nameOf(const NamedDecl *D) {
  return D && D->getIdentifier() ? D->getName() : llvm::StringRef();
}

bool isVisible(const FunctionDecl *F) {
  const FunctionDecl *Definition = nullptr;
  // A body that was skipped (in an IDE's preamble) is there in name only.
  return F && F->isDefined(Definition) && Definition->hasBody() && !Definition->hasSkippedBody();
}

bool Registration::isOnThis() const {
  return Object && isa<CXXThisExpr>(Object->IgnoreParenImpCasts());
}

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
  const Expr *Object = Call->getImplicitObjectArgument();
  R.Object = Object ? Object->IgnoreParenImpCasts() : nullptr;
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
    } else if (const auto *Comma = dyn_cast<CXXOperatorCallExpr>(Current);
               Comma && Comma->getOperator() == OO_Comma) {
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
  if (const auto *Default = dyn_cast<CXXDefaultArgExpr>(E))
    return isNullModule(Default->getExpr());
  if (const auto *Default = dyn_cast<CXXDefaultInitExpr>(E))
    return isNullModule(Default->getExpr());
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
  if (const auto *Call = dyn_cast<CallExpr>(E)) {
    const FunctionDecl *Callee = Call->getDirectCallee();
    return Callee && isStdDecl(Callee) &&
           llvm::is_contained({"make_shared", "make_unique"}, nameOf(Callee)) &&
           classifyType(Call->getType()).isModule();
  }
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

const FieldDecl *fieldOfThis(const Expr *E) {
  E = E ? stripValue(E) : nullptr;
  const auto *Member = dyn_cast_or_null<MemberExpr>(E);
  const auto *Field = Member ? dyn_cast<FieldDecl>(Member->getMemberDecl()) : nullptr;
  while (Member) {
    const Expr *Base = Member->getBase()->IgnoreParenImpCasts();
    if (isa<CXXThisExpr>(Base))
      return Field;
    if (Member->isArrow())
      return nullptr;
    Member = dyn_cast<MemberExpr>(Base);
  }
  return nullptr;
}

void forEachProjectDecl(ASTContext &Context, llvm::function_ref<void(Decl *)> Visit) {
  const SourceManager &SM = Context.getSourceManager();
  auto IsLibrary = [&](const Decl *D) {
    SourceLocation Loc = SM.getExpansionLoc(D->getLocation());
    if (Loc.isInvalid() || SM.isInMainFile(Loc))
      return false;
    if (SM.isInSystemHeader(Loc))
      return true;
    const auto *Namespace = dyn_cast<NamespaceDecl>(D);
    return Namespace && llvm::is_contained({"torch", "at", "c10", "caffe2", "std", "__gnu_cxx",
                                            "google", "Eigen", "cv", "boost", "fmt", "pybind11"},
                                           nameOf(Namespace));
  };
  for (Decl *Top : Context.getTraversalScope()) {
    if (!isa<TranslationUnitDecl>(Top)) {
      if (!IsLibrary(Top))
        Visit(Top);
      continue;
    }
    for (Decl *D : cast<TranslationUnitDecl>(Top)->decls())
      if (!IsLibrary(D))
        Visit(D);
  }
}

} // namespace torchtidy
