#include "model/facts/ProjectIndex.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Walk.h"
#include "model/torch/ModuleExprs.h"
#include "model/torch/Names.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

const Expr *stripOwner(const Expr *E) {
  while (E) {
    E = stripValue(E);
    if (!E)
      return nullptr;
    if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(E)) {
      if ((Op->getOperator() == OO_Arrow || Op->getOperator() == OO_Star) &&
          Op->getNumArgs() == 1) {
        E = Op->getArg(0);
        continue;
      }
      return E;
    }
    if (const auto *Unary = dyn_cast<UnaryOperator>(E);
        Unary && (Unary->getOpcode() == UO_Deref || Unary->getOpcode() == UO_AddrOf)) {
      E = Unary->getSubExpr();
      continue;
    }
    if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E)) {
      if (llvm::is_contained({"get", "ptr", "value"}, calleeName(Call)) &&
          Call->getNumArgs() == 0 &&
          // shared_ptr inherits get() from a base: ask the object's own type
          classifyType(objectOf(Call)->getType()).Module) {
        E = objectOf(Call);
        continue;
      }
      return E;
    }
    if (const auto *Cast = dyn_cast<ExplicitCastExpr>(E)) {
      // Casts of pointers and references keep the object; functional casts build one.
      if (Cast->getCastKind() == CK_NoOp || Cast->getCastKind() == CK_BaseToDerived ||
          Cast->getCastKind() == CK_DerivedToBase || Cast->getCastKind() == CK_Dynamic) {
        E = Cast->getSubExpr();
        continue;
      }
    }
    return E;
  }
  return E;
}

// Calls that some rule asks for by name.
static bool isAskedFor(llvm::StringRef Name) {
  return registrationKind(Name) == RegistrationKind::Parameter ||
         operationNamed(Name).setsRequiresGrad() ||
         llvm::is_contained({"find", "contains", "from_pretrained", "set_default_dtype"}, Name);
}

// Walks the project's declarations only; with a precompiled header the rest is never loaded.
class IndexVisitor : public RecursiveASTVisitor<IndexVisitor> {
  using Store = ProjectIndex::Store;

public:
  IndexVisitor(ProjectIndex &Index, const ASTContext &Context) : Index(Index), Context(Context) {}

  bool shouldVisitTemplateInstantiations() const { return true; }
  bool shouldVisitImplicitCode() const { return false; }

  bool TraverseDecl(Decl *D) {
    if (!D)
      return true;
    if (D->getDeclContext() && D->getDeclContext()->isFileContext() && !isOwn(D))
      return true;
    auto *Function = dyn_cast<FunctionDecl>(D);
    if (!Function)
      return RecursiveASTVisitor::TraverseDecl(D);
    if (Function->isDependentContext() && !isa<CXXMethodDecl>(Function))
      return RecursiveASTVisitor::TraverseDecl(D);
    const FunctionDecl *Outer = Current, *OuterBody = Innermost;
    Innermost = Function;
    if (!isLambdaBody(Function)) {
      Current = Function;
      if (Function->doesThisDeclarationHaveABody() && !Function->isDependentContext())
        Index.Functions.push_back(Function);
    }
    bool Go = RecursiveASTVisitor::TraverseDecl(D);
    Current = Outer;
    Innermost = OuterBody;
    return Go;
  }

  bool TraverseCXXRecordDecl(CXXRecordDecl *D) {
    const CXXRecordDecl *Outer = CurrentClass;
    if (!D->isLambda())
      CurrentClass = D;
    bool Go = RecursiveASTVisitor::TraverseCXXRecordDecl(D);
    CurrentClass = Outer;
    return Go;
  }

  bool VisitCXXRecordDecl(CXXRecordDecl *D) {
    if (D->isThisDeclarationADefinition() && !D->isDependentContext() && !D->isLambda())
      Index.Classes.push_back(D);
    return true;
  }

  bool VisitFieldDecl(FieldDecl *D) {
    if (const Expr *Init = D->getInClassInitializer())
      addStore(D, {Store::Written, Init, nullptr, nullptr});
    return true;
  }

  bool VisitVarDecl(VarDecl *D) {
    if (const Expr *Init = D->getInit(); Init && !isa<ParmVarDecl>(D))
      addStore(D, {Store::Written, Init, Innermost, nullptr});
    return true;
  }

  bool VisitCXXConstructorDecl(CXXConstructorDecl *D) {
    for (const CXXCtorInitializer *Init : D->inits())
      if (const FieldDecl *Field = Init->getAnyMember();
          Field && Init->getInit() && !isa<CXXDefaultInitExpr>(Init->getInit()))
        addStore(Field, {Init->isWritten() ? Store::Written : Store::Implicit, Init->getInit(), D,
                         nullptr});
    return true;
  }

  bool VisitInitListExpr(InitListExpr *List) {
    forEachFieldOfList(List, [&](const FieldDecl *Field, const Expr *Init) {
      if (!isLibTorchDecl(Field))
        addStore(Field, {Store::Written, Init, Innermost, nullptr});
    });
    return true;
  }

  bool VisitCXXForRangeStmt(CXXForRangeStmt *S) {
    if (const VarDecl *Variable = S->getLoopVariable()) {
      Index.Ranges[Variable] = S->getRangeInit();
      if (const auto *Decomposition = dyn_cast<DecompositionDecl>(Variable))
        for (const BindingDecl *Binding : Decomposition->bindings())
          Index.Ranges[Binding] = S->getRangeInit();
    }
    return true;
  }

  bool VisitBinaryOperator(BinaryOperator *Op) {
    if (auto Assign = asPlainAssignment(Op))
      store(Assign->Target, Assign->Value);
    return true;
  }

  bool TraverseLambdaExpr(LambdaExpr *Lambda) {
    const FunctionDecl *Outer = Innermost;
    Innermost = Lambda->getCallOperator();
    bool Go = RecursiveASTVisitor::TraverseLambdaExpr(Lambda);
    Innermost = Outer;
    return Go;
  }

  bool VisitLambdaExpr(LambdaExpr *Lambda) {
    for (const ParmVarDecl *Param : Lambda->getCallOperator()->parameters())
      Index.Lambdas[Param] = Lambda;
    // The operator of a generic lambda that is called is an instantiation with parameters of its
    // own.
    for (const FunctionDecl *Body : lambdaBodies(Lambda)) {
      if (Body == Lambda->getCallOperator())
        continue;
      for (const ParmVarDecl *Param : Body->parameters())
        Index.Lambdas[Param] = Lambda;
      TraverseStmt(Body->getBody());
    }
    return true;
  }

  bool VisitCallExpr(CallExpr *Call) {
    const FunctionDecl *Callee = Call->getDirectCallee();
    for (const Expr *Argument : Call->arguments())
      noteCallable(Call, Argument);
    if (!Callee)
      return true;
    Index.Calls[Callee->getCanonicalDecl()].push_back({Call, Current});
    const FunctionDecl *Forward = calledForward(Call);
    passArguments(Forward ? Forward : Callee, argumentsOf(Call));
    llvm::StringRef Name = nameOf(Callee);
    if (isAskedFor(Name))
      Index.Named[Name].push_back({Call, Current});
    else if (Callee->getOverloadedOperator() == OO_Subscript)
      Index.Named["[]"].push_back({Call, Current});
    if (auto Assign = asPlainAssignment(Call))
      store(Assign->Target, Assign->Value);
    if (const auto *MemberCall = dyn_cast<CXXMemberCallExpr>(Call))
      visitMemberCall(MemberCall);
    else if (Name == "make_shared")
      construction(Call, Call->getType());
    // Of the overloaded operators only a call takes anything to change it.
    if (!isa<CXXOperatorCallExpr>(Call) || asOperator(Call, OO_Call))
      escape(Call, Callee);
    return true;
  }

  bool VisitCXXConstructExpr(CXXConstructExpr *E) {
    if (const CXXConstructorDecl *Constructor = E->getConstructor()) {
      Index.Calls[Constructor->getCanonicalDecl()].push_back({nullptr, Current});
      if (!Constructor->isCopyOrMoveConstructor())
        passArguments(Constructor, argumentsOf(E));
    }
    // A copy or move, or the wrapping of an existing shared_ptr, builds no new module.
    if (E->getNumArgs() == 1) {
      QualType Argument = stripValue(E->getArg(0))->getType();
      if (Argument->isNullPtrType() || classifyType(Argument).isModule())
        return true;
    }
    construction(E, E->getType());
    return true;
  }

  // What a helper stores through its reference parameter is stored in the member behind it.
  void resolveAliases() {
    for (auto [Field, Param] : Aliases)
      for (const Expr *Value : Index.valuesOf(Param))
        Index.Stores[Field->getCanonicalDecl()].push_back(
            {Value ? Store::ThroughAlias : Store::Opaque, Value, nullptr, nullptr});
  }

private:
  void noteCallable(const CallExpr *Call, const Expr *Argument) {
    const Expr *E = stripValue(Argument);
    // std::function's converting constructor
    if (const auto *Construct = dyn_cast<CXXConstructExpr>(E);
        Construct && Construct->getNumArgs() >= 1)
      E = stripValue(Construct->getArg(0));
    if (const auto *Lambda = dyn_cast<LambdaExpr>(E))
      Index.LambdaCalls[Lambda] = Call;
    E = pointee(E);
    if (const auto *Function = dyn_cast_or_null<FunctionDecl>(namedDecl(E)))
      Index.Callbacks[Function->getCanonicalDecl()].push_back(Call);
    // auto init = [](Module &m) {…}; net->apply(init);
    if (const auto *Lambda = dyn_cast_or_null<LambdaExpr>(initialiserOf(E)))
      Index.LambdaCalls[Lambda] = Call;
  }

  void construction(const Expr *E, QualType Type) {
    TypeInfo Info = classifyType(Type);
    if (Info.Kind == TypeKind::Holder || Info.Kind == TypeKind::SharedPtr ||
        Info.Kind == TypeKind::Impl) {
      const CXXRecordDecl *Class = Current ? enclosingClass(Current) : CurrentClass;
      Index.Constructions.push_back({E, Info.Module, Current, Class});
    }
  }

  void addStore(const ValueDecl *D, ProjectIndex::Store What) {
    Index.Stores[D->getCanonicalDecl()].push_back(What);
  }

  void store(const Expr *Target, const Expr *Value) {
    if (const ValueDecl *D = namedDecl(Target))
      addStore(D, {Store::Written, Value, Innermost, Target});
  }

  void passArguments(const FunctionDecl *Callee, llvm::ArrayRef<const Expr *> Arguments) {
    const FunctionDecl *Body = visibleDefinition(Callee);
    if (!Body || isStdDecl(Body) || isLibTorchDecl(Body))
      return;
    for (auto [Argument, Parameter] : llvm::zip(Arguments, Body->parameters()))
      addStore(Parameter, {Store::Argument, Argument, Innermost, nullptr});
  }

  void visitMemberCall(const CXXMemberCallExpr *Call) {
    llvm::StringRef Name = calleeName(Call);
    const Expr *Object = objectOf(Call);
    const ValueDecl *D = Object ? namedDecl(stripOwner(Object)) : nullptr;
    if (Name.empty() || !D)
      return;
    if (Call->getNumArgs() >= 1 && isFiller(Name))
      return;
    // fc.reset(new Impl(..)) on a smart pointer.
    if (Name == "reset" && Call->getNumArgs() == 1 && isStdDecl(Call->getMethodDecl()))
      addStore(D, {Store::Written, Call->getArg(0), Innermost, Object});
    else if (Name == "swap" || Name == "reset" || Name == "swapped")
      addStore(D, {Store::Opaque, nullptr, Innermost, nullptr});
    if (Call->getNumArgs() == 1)
      Index.Setters[D->getCanonicalDecl()].push_back(Call);
  }

  // A member handed to a helper by non-const reference may be given any value there.
  void escape(const CallExpr *Call, const FunctionDecl *Callee) {
    for (auto [Argument, Parameter] : argumentsWithParameters(Call, Callee)) {
      QualType Type = Parameter->getType();
      if (!Type->isLValueReferenceType() || Type->getPointeeType().isConstQualified())
        continue;
      if (classifyType(Type).Kind != TypeKind::Holder &&
          classifyType(Type).Kind != TypeKind::SharedPtr)
        continue;
      const FieldDecl *Field = namedField(Argument);
      if (!Field)
        continue;
      if (const FunctionDecl *Body = Callee->getDefinition(); Body && isOwn(Body))
        Aliases.push_back({Field, Body->getParamDecl(Parameter->getFunctionScopeIndex())});
      else if (!isLibTorchDecl(Callee))
        addStore(Field, {Store::Opaque, nullptr, Innermost, nullptr});
    }
  }

  bool isOwn(const Decl *D) const { return isProjectCode(D, Context.getSourceManager()); }

  ProjectIndex &Index;
  const ASTContext &Context;
  const FunctionDecl *Current = nullptr;   // but for lambdas
  const FunctionDecl *Innermost = nullptr; // lambdas too
  const CXXRecordDecl *CurrentClass = nullptr;
  std::vector<std::pair<const FieldDecl *, const ParmVarDecl *>> Aliases;
};

ProjectIndex::ProjectIndex(const ASTContext &Context) {
  IndexVisitor Visitor(*this, Context);
  for (Decl *Scope : Context.getTraversalScope()) {
    if (auto *Unit = dyn_cast<TranslationUnitDecl>(Scope)) {
      for (Decl *D : Unit->decls())
        Visitor.TraverseDecl(D);
    } else {
      Visitor.TraverseDecl(Scope);
    }
  }
  Visitor.resolveAliases();
}

namespace {
template <typename Map>
auto lookUp(const Map &M, const Decl *D) -> llvm::ArrayRef<typename Map::mapped_type::value_type> {
  auto It = D ? M.find(D->getCanonicalDecl()) : M.end();
  if (It == M.end())
    return {};
  return It->second;
}
} // namespace

llvm::ArrayRef<ProjectIndex::Store> ProjectIndex::storesOf(const ValueDecl *D) const {
  return lookUp(Stores, D);
}
llvm::SmallVector<const Expr *, 4> ProjectIndex::valuesOf(const ValueDecl *D) const {
  llvm::SmallVector<const Expr *, 4> Values;
  for (const Store &S : storesOf(D))
    if (S.Kind != Store::Implicit && S.Kind != Store::Argument)
      Values.push_back(S.Value);
  return Values;
}
llvm::ArrayRef<ProjectIndex::CallSite> ProjectIndex::callsOf(const FunctionDecl *Function) const {
  return lookUp(Calls, Function);
}
llvm::ArrayRef<ProjectIndex::CallSite> ProjectIndex::callsNamed(llvm::StringRef Name) const {
  auto It = Named.find(Name);
  if (It == Named.end())
    return {};
  return It->second;
}
llvm::ArrayRef<const CXXMemberCallExpr *> ProjectIndex::settersOf(const ValueDecl *D) const {
  return lookUp(Setters, D);
}
const Expr *ProjectIndex::rangeOf(const ValueDecl *D) const {
  auto It = Ranges.find(D);
  return It == Ranges.end() ? nullptr : It->second;
}
const CallExpr *ProjectIndex::callTaking(const LambdaExpr *Lambda) const {
  auto It = LambdaCalls.find(Lambda);
  return It == LambdaCalls.end() ? nullptr : It->second;
}
const LambdaExpr *ProjectIndex::lambdaOf(const ParmVarDecl *D) const {
  auto It = Lambdas.find(D);
  return It == Lambdas.end() ? nullptr : It->second;
}
llvm::ArrayRef<const CallExpr *> ProjectIndex::callsTaking(const FunctionDecl *Function) const {
  return lookUp(Callbacks, Function);
}

const ValueDecl *takerOf(const Expr *E, const FunctionDecl *Function, ASTContext &Context) {
  if (const auto *Constructor = dyn_cast_or_null<CXXConstructorDecl>(Function))
    for (const CXXCtorInitializer *Init : Constructor->inits())
      if (Init->isWritten() && Init->isMemberInitializer() && contains(Init->getInit(), E))
        return Init->getMember();
  const ValueDecl *Found = nullptr;
  walkUp(E, Context, [&](const DynTypedNode &Above) {
    if (const auto *Variable = Above.get<VarDecl>())
      Found = Variable;
    if (auto Assign = asPlainAssignment(Above.get<Stmt>()))
      Found = namedDecl(stripOwner(Assign->Target));
    return !Found && Above.get<Expr>();
  });
  return Found;
}

} // namespace torchtidy
