#include "model/facts/ProjectIndex.h"
#include "model/torch/ModuleClass.h"
#include "model/torch/Names.h"
#include "model/torch/Operations.h"

using namespace clang;

namespace torchtidy {

bool isExternalDecl(const Decl *D, const SourceManager &Sources) {
  SourceLocation Loc = D->getLocation();
  if (Loc.isValid() && Sources.isInSystemHeader(Sources.getExpansionLoc(Loc)))
    return true;
  const DeclContext *Top = nullptr;
  for (const DeclContext *Ctx = isa<NamespaceDecl>(D) ? cast<NamespaceDecl>(D)
                                                      : D->getDeclContext();
       Ctx; Ctx = Ctx->getParent())
    if (isa<NamespaceDecl>(Ctx))
      Top = Ctx;
  const auto *Namespace = dyn_cast_or_null<NamespaceDecl>(Top);
  if (!Namespace)
    return false;
  llvm::StringRef Name = Namespace->getName();
  return llvm::is_contained(
      {"torch", "at", "c10", "caffe2", "std", "torchtidy", "__gnu_cxx", "c10d"}, Name);
}

bool isProjectFunction(const FunctionDecl *Function, const SourceManager &Sources) {
  if (!Function->doesThisDeclarationHaveABody() || Function->isImplicit() ||
      Function->isDependentContext() || Function->isDefaulted() || Function->isDeleted())
    return false;
  if (const auto *Method = dyn_cast<CXXMethodDecl>(Function);
      Method && Method->getParent()->isLambda())
    return false;
  return !isExternalDecl(Function, Sources);
}

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
      const CXXMethodDecl *Method = Call->getMethodDecl();
      if (Method && Method->getIdentifier() && Call->getNumArgs() == 0 &&
          (Method->getName() == "get" || Method->getName() == "ptr" ||
           Method->getName() == "value") &&
          // shared_ptr inherits get() from a base: ask the object's own type
          classifyType(Call->getImplicitObjectArgument()->IgnoreParenImpCasts()->getType())
              .Module) {
        E = Call->getImplicitObjectArgument();
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

const ValueDecl *namedDecl(const Expr *E) {
  E = stripValue(E);
  if (!E)
    return nullptr;
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
    return Ref->getDecl();
  if (const auto *Member = dyn_cast<MemberExpr>(E))
    return dyn_cast<FieldDecl>(Member->getMemberDecl());
  return nullptr;
}

// Calls that some rule asks for by name.
static bool isAskedFor(llvm::StringRef Name) {
  return registrationKind(Name) == RegistrationKind::Parameter ||
         operationNamed(Name).setsRequiresGrad() ||
         llvm::is_contained({"find", "contains", "from_pretrained"}, Name);
}

// Walks the project's declarations only; with a precompiled header the rest is never loaded.
class IndexVisitor : public RecursiveASTVisitor<IndexVisitor> {
public:
  IndexVisitor(ProjectIndex &Index, const ASTContext &Context) : Index(Index), Context(Context) {}

  bool shouldVisitTemplateInstantiations() const { return true; }
  bool shouldVisitImplicitCode() const { return false; }

  bool TraverseDecl(Decl *D) {
    if (!D)
      return true;
    if (D->getDeclContext() && D->getDeclContext()->isFileContext() &&
        isExternalDecl(D, Context.getSourceManager()))
      return true;
    auto *Function = dyn_cast<FunctionDecl>(D);
    if (!Function)
      return RecursiveASTVisitor::TraverseDecl(D);
    if (Function->isDependentContext() && !isa<CXXMethodDecl>(Function))
      return RecursiveASTVisitor::TraverseDecl(D);
    const FunctionDecl *Outer = Current;
    const auto *Method = dyn_cast<CXXMethodDecl>(Function);
    bool Lambda = Method && Method->getParent()->isLambda();
    if (!Lambda) {
      Current = Function;
      if (Function->doesThisDeclarationHaveABody() && !Function->isDependentContext())
        Index.Functions.push_back(Function);
    }
    bool Go = RecursiveASTVisitor::TraverseDecl(D);
    Current = Outer;
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
      Index.Values[D].push_back(Init);
    return true;
  }

  bool VisitVarDecl(VarDecl *D) {
    if (const Expr *Init = D->getInit(); Init && !isa<ParmVarDecl>(D))
      Index.Values[D->getCanonicalDecl()].push_back(Init);
    return true;
  }

  bool VisitCXXConstructorDecl(CXXConstructorDecl *D) {
    for (const CXXCtorInitializer *Init : D->inits())
      if (const FieldDecl *Field = Init->getAnyMember();
          Field && Init->isWritten() && !isa<CXXDefaultInitExpr>(Init->getInit()))
        Index.Values[Field].push_back(Init->getInit());
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
    if (Op->getOpcode() == BO_Assign)
      store(Op->getLHS(), Op->getRHS());
    return true;
  }

  bool VisitLambdaExpr(LambdaExpr *Lambda) {
    for (const ParmVarDecl *Param : Lambda->getCallOperator()->parameters())
      Index.Lambdas[Param] = Lambda;
    // The operator of a generic lambda that is called is an instantiation with parameters of its
    // own.
    if (const FunctionTemplateDecl *Template =
            Lambda->getLambdaClass()->getDependentLambdaCallOperator())
      for (const FunctionDecl *Instance : Template->specializations()) {
        for (const ParmVarDecl *Param : Instance->parameters())
          Index.Lambdas[Param] = Lambda;
        if (Instance->hasBody())
          TraverseStmt(Instance->getBody());
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
    if (Callee->getIdentifier() && isAskedFor(Callee->getName()))
      Index.Named[Callee->getName()].push_back({Call, Current});
    else if (Callee->getOverloadedOperator() == OO_Subscript)
      Index.Named["[]"].push_back({Call, Current});
    if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(Call)) {
      if (Op->getOperator() == OO_Equal && Op->getNumArgs() == 2)
        store(Op->getArg(0), Op->getArg(1));
      return true;
    }
    if (const auto *MemberCall = dyn_cast<CXXMemberCallExpr>(Call))
      visitMemberCall(MemberCall);
    else if (Callee->getIdentifier() && Callee->getName() == "make_shared")
      construction(Call, Call->getType());
    escape(Call, Callee);
    return true;
  }

  bool VisitCXXConstructExpr(CXXConstructExpr *E) {
    if (const CXXConstructorDecl *Constructor = E->getConstructor())
      Index.Calls[Constructor->getCanonicalDecl()].push_back({nullptr, Current});
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
    for (auto [Field, Param] : Aliases) {
      llvm::SmallVector<const Expr *, 2> Stored(Index.valuesOf(Param));
      Index.Values[Field->getCanonicalDecl()].append(Stored);
    }
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
    if (const auto *Unary = dyn_cast<UnaryOperator>(E); Unary && Unary->getOpcode() == UO_AddrOf)
      E = stripValue(Unary->getSubExpr());
    if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
      if (const auto *Function = dyn_cast<FunctionDecl>(Ref->getDecl()))
        Index.Callbacks.insert(Function->getCanonicalDecl());
      // auto init = [](Module &m) {…}; net->apply(init);
      if (const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl()); Variable && Variable->getInit())
        if (const auto *Lambda = dyn_cast<LambdaExpr>(stripValue(Variable->getInit())))
          Index.LambdaCalls[Lambda] = Call;
    }
  }

  void construction(const Expr *E, QualType Type) {
    TypeInfo Info = classifyType(Type);
    if (Info.Kind == TypeKind::Holder || Info.Kind == TypeKind::SharedPtr ||
        Info.Kind == TypeKind::Impl) {
      const CXXRecordDecl *Class = Current ? enclosingClass(Current) : CurrentClass;
      Index.Constructions.push_back({E, Info.Module, Current, Class});
    }
  }

  void store(const Expr *Target, const Expr *Value) {
    if (const ValueDecl *D = namedDecl(Target))
      Index.Values[D->getCanonicalDecl()].push_back(Value);
    // v[i] = x
    const auto *Op = dyn_cast<CXXOperatorCallExpr>(stripValue(Target));
    if (Op && Op->getOperator() == OO_Subscript)
      if (const ValueDecl *D = namedDecl(stripOwner(Op->getArg(0))))
        Index.Elements[D->getCanonicalDecl()].push_back(Value);
  }

  void visitMemberCall(const CXXMemberCallExpr *Call) {
    const CXXMethodDecl *Method = Call->getMethodDecl();
    const Expr *Object = Call->getImplicitObjectArgument();
    if (!Method || !Method->getIdentifier() || !Object)
      return;
    llvm::StringRef Name = Method->getName();
    const ValueDecl *D = namedDecl(stripOwner(Object));
    if (!D)
      return;
    if (Call->getNumArgs() >= 1 && isFiller(Name)) {
      const Expr *Last = Call->getArg(Call->getNumArgs() - 1);
      Index.Elements[D->getCanonicalDecl()].push_back(Last);
      return;
    }
    if (Name == "swap" || Name == "reset" || Name == "swapped")
      Index.Values[D->getCanonicalDecl()].push_back(nullptr);
    if (Call->getNumArgs() == 1)
      Index.Setters[D->getCanonicalDecl()].push_back(Call);
  }

  // A member handed to a helper by non-const reference may be given any value there.
  void escape(const CallExpr *Call, const FunctionDecl *Callee) {
    for (unsigned I = 0; I < Call->getNumArgs() && I < Callee->getNumParams(); ++I) {
      QualType Type = Callee->getParamDecl(I)->getType();
      if (!Type->isLValueReferenceType() || Type->getPointeeType().isConstQualified())
        continue;
      if (classifyType(Type).Kind != TypeKind::Holder &&
          classifyType(Type).Kind != TypeKind::SharedPtr)
        continue;
      const auto *Field = dyn_cast_or_null<FieldDecl>(namedDecl(Call->getArg(I)));
      if (!Field)
        continue;
      if (const FunctionDecl *Body = Callee->getDefinition();
          Body && !isExternalDecl(Body, Context.getSourceManager()))
        Aliases.push_back({Field, Body->getParamDecl(I)});
      else if (!isLibTorchDecl(Callee))
        Index.Values[Field->getCanonicalDecl()].push_back(nullptr);
    }
  }

  ProjectIndex &Index;
  const ASTContext &Context;
  const FunctionDecl *Current = nullptr;
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

llvm::ArrayRef<const Expr *> ProjectIndex::valuesOf(const ValueDecl *D) const {
  return lookUp(Values, D);
}
llvm::ArrayRef<const Expr *> ProjectIndex::elementsOf(const ValueDecl *D) const {
  return lookUp(Elements, D);
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
bool ProjectIndex::isCallback(const FunctionDecl *Function) const {
  return Callbacks.contains(Function->getCanonicalDecl());
}

} // namespace torchtidy
