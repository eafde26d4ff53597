#include "model/hooks/HookSites.h"
#include "model/torch/ModuleClass.h"
#include "clang/AST/ParentMapContext.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxDepth = 12;

bool isRuntimeDecl(const Decl *D) {
  for (const DeclContext *Ctx = D->getDeclContext(); Ctx; Ctx = Ctx->getParent())
    if (const auto *Namespace = dyn_cast<NamespaceDecl>(Ctx))
      if (Namespace->getParent()->getRedeclContext()->isTranslationUnit())
        return Namespace->getName() == "torchtidy";
  return false;
}

// The statement around S in the same function; a variable's initialiser stands in its declaration.
const Stmt *parentStmt(const Stmt *S, ASTContext &Context) {
  DynTypedNode Node = DynTypedNode::create(*S);
  while (true) {
    auto Parents = Context.getParents(Node);
    if (Parents.empty())
      return nullptr;
    Node = Parents[0];
    if (const auto *Statement = Node.get<Stmt>())
      return Statement;
    if (!Node.get<VarDecl>())
      return nullptr;
  }
}

bool isFactoryName(llvm::StringRef Name) {
  static constexpr llvm::StringRef Names[] = {
      "zeros",         "ones",         "rand",      "randn",         "randint",     "empty",
      "full",          "tensor",       "arange",    "range",         "eye",         "linspace",
      "logspace",      "from_blob",    "randperm",  "scalar_tensor", "normal",      "empty_strided",
      "make_variable", "zeros_like",   "ones_like", "rand_like",     "randn_like",  "empty_like",
      "full_like",     "randint_like", "new_zeros", "new_ones",      "new_empty",   "new_full",
      "new_tensor",    "detach",       "data",      "variable_data", "tensor_data", "hann_window"};
  return llvm::is_contained(Names, Name);
}

// Tensor methods that hand back the tensor itself.
bool isSelfReturning(llvm::StringRef Name) {
  return Name == "requires_grad_" || Name == "set_requires_grad" || Name == "set_data";
}

bool isParameterList(llvm::StringRef Name) {
  return Name == "parameters" || Name == "named_parameters" || Name == "buffers" ||
         Name == "named_buffers";
}

bool isElementAccess(llvm::StringRef Name) {
  return Name == "at" || Name == "front" || Name == "back" || Name == "value" || Name == "key" ||
         Name == "find" || Name == "begin" || Name == "get" || Name == "second" || Name == "data";
}

// Joins the origins of several assignments: one graph result makes the variable one, since hooks on
// it are then installed anew each time round.
Origin join(Origin A, Origin B) {
  if (A.Life == B.Life)
    return A;
  if (A.Life == Lifetime::Graph || B.Life == Lifetime::Graph)
    return A.Life == Lifetime::Graph ? A : B;
  return {};
}

class OriginFinder {
public:
  OriginFinder(const FunctionDecl *Function, ASTContext &Context)
      : Function(Function), Context(Context) {}

  Origin tensor(const Expr *E, unsigned Depth = 0);
  Origin node(const Expr *E, unsigned Depth = 0);
  Origin module(const Expr *E, unsigned Depth = 0);

private:
  Origin container(const Expr *E, unsigned Depth);
  Origin variable(const VarDecl *Variable, unsigned Depth, bool IsContainer);
  Origin member(const MemberExpr *Member, unsigned Depth);
  Origin call(const CallExpr *Call, unsigned Depth);
  void joinAssignments(Origin &Result, const ValueDecl *Target, unsigned Depth);

  const FunctionDecl *Function;
  ASTContext &Context;
};

Origin OriginFinder::tensor(const Expr *E, unsigned Depth) {
  E = stripValue(E);
  if (!E || Depth > MaxDepth)
    return {};
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    if (const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl()))
      return variable(Variable, Depth, false);
    if (const auto *Binding = dyn_cast<BindingDecl>(Ref->getDecl()))
      if (const auto *Decomposed = dyn_cast_or_null<VarDecl>(Binding->getDecomposedDecl()))
        return variable(Decomposed, Depth, true);
    return {};
  }
  if (const auto *Member = dyn_cast<MemberExpr>(E))
    return member(Member, Depth);
  if (const auto *Conditional = dyn_cast<ConditionalOperator>(E))
    return join(tensor(Conditional->getTrueExpr(), Depth + 1),
                tensor(Conditional->getFalseExpr(), Depth + 1));
  if (const auto *Call = dyn_cast<CallExpr>(E))
    return call(Call, Depth);
  if (const auto *Deref = dyn_cast<UnaryOperator>(E))
    if (Deref->getOpcode() == UO_Deref)
      return container(Deref->getSubExpr(), Depth + 1);
  if (const auto *Subscript = dyn_cast<ArraySubscriptExpr>(E))
    return container(Subscript->getBase(), Depth + 1);
  return {};
}

Origin OriginFinder::call(const CallExpr *Call, unsigned Depth) {
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call)) {
    const Expr *Object = Operator->getNumArgs() ? Operator->getArg(0) : nullptr;
    switch (Operator->getOperator()) {
    case OO_Subscript:
    case OO_Star:
    case OO_Arrow:
      if (!isTensorType(Object->getType()))
        return container(Object, Depth + 1);
      return {Lifetime::Graph};
    case OO_Call:
      return isModuleCall(Call) ? Origin{Lifetime::Graph} : Origin{};
    case OO_Equal:
      return tensor(Operator->getArg(1), Depth + 1);
    default:
      return isTensorType(Object->getType()) ? Origin{Lifetime::Graph} : Origin{};
    }
  }
  const FunctionDecl *Callee = Call->getDirectCallee();
  llvm::StringRef Name = calleeName(Call);
  if (!Callee || Name.empty())
    return {};
  if (Name == "register_parameter" || Name == "register_buffer")
    return {Lifetime::Lasting, "parameter"};
  if (isModuleCall(Call))
    return {Lifetime::Graph};
  if (const auto *Method = dyn_cast<CXXMemberCallExpr>(Call)) {
    const Expr *Object = Method->getImplicitObjectArgument();
    if (isTensorType(Object->getType())) {
      if (isSelfReturning(Name))
        return tensor(Object, Depth + 1);
      if (Name == "grad" || Name == "mutable_grad")
        return {};
      return isFactoryName(Name) ? Origin{Lifetime::LocalLeaf} : Origin{Lifetime::Graph};
    }
    if (isElementAccess(Name))
      return container(Object, Depth + 1);
    return {};
  }
  if (!isLibTorchDecl(Callee) || !isTensorType(Call->getType()))
    return {};
  return isFactoryName(Name) ? Origin{Lifetime::LocalLeaf} : Origin{Lifetime::Graph};
}

Origin OriginFinder::member(const MemberExpr *Member, unsigned Depth) {
  const auto *Field = dyn_cast<FieldDecl>(Member->getMemberDecl());
  if (!Field) {
    const auto *Static = dyn_cast<VarDecl>(Member->getMemberDecl());
    return Static ? Origin{Lifetime::Lasting, "static variable", Static} : Origin{};
  }
  if (const CXXRecordDecl *Record = dyn_cast<CXXRecordDecl>(Field->getParent());
      Record && !Record->isLambda()) {
    const Expr *Base = Member->getBase()->IgnoreParenImpCasts();
    bool OfThis = isa<CXXThisExpr>(Base);
    if (OfThis || isModuleClass(Record)) {
      // In LibTorch's own modules the tensors are the parameters and buffers.
      Origin Result{Lifetime::Lasting,
                    isModuleClass(Record) && !OfThis ? "parameter" : "data member"};
      joinAssignments(Result, Field, Depth);
      return Result;
    }
    if (Record->isInStdNamespace()) // pair::first, pair::second
      return container(Base, Depth + 1);
    if (const auto *Outer = dyn_cast<MemberExpr>(Base))
      return member(Outer, Depth + 1);
  }
  return {};
}

Origin OriginFinder::container(const Expr *E, unsigned Depth) {
  E = stripValue(E);
  if (!E || Depth > MaxDepth)
    return {};
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl());
    return Variable ? variable(Variable, Depth, true) : Origin{};
  }
  if (const auto *Member = dyn_cast<MemberExpr>(E))
    return member(Member, Depth);
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(E)) {
    if (Operator->getOperator() == OO_Subscript || Operator->getOperator() == OO_Star ||
        Operator->getOperator() == OO_Arrow)
      return container(Operator->getArg(0), Depth + 1);
    return {};
  }
  if (const auto *Deref = dyn_cast<UnaryOperator>(E))
    return container(Deref->getSubExpr(), Depth + 1);
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E)) {
    llvm::StringRef Name = calleeName(Call);
    const CXXRecordDecl *Record = Call->getRecordDecl();
    if (isParameterList(Name) && Record && isModuleClass(Record))
      return {Lifetime::Lasting, "parameter"};
    if (isElementAccess(Name))
      return container(Call->getImplicitObjectArgument(), Depth + 1);
  }
  return {};
}

Origin OriginFinder::variable(const VarDecl *Variable, unsigned Depth, bool IsContainer) {
  if (Variable->hasGlobalStorage())
    return {Lifetime::Lasting, "static variable", Variable};
  Origin Result;
  if (isa<ParmVarDecl>(Variable)) {
    Result.Life = Lifetime::FunctionParam;
  } else {
    const Expr *Init = Variable->getInit();
    bool FromRange = false;
    // for (auto &p : range): the loop variable is initialised from *__begin.
    for (const DynTypedNode &Parent : Context.getParents(*Variable))
      if (const auto *Statement = Parent.get<DeclStmt>())
        for (const DynTypedNode &Grand : Context.getParents(*Statement))
          if (const auto *Range = Grand.get<CXXForRangeStmt>();
              Range && Range->getLoopVariable() == Variable) {
            Init = Range->getRangeInit();
            FromRange = true;
          }
    if (Init)
      Result = FromRange || IsContainer ? container(Init, Depth + 1) : tensor(Init, Depth + 1);
  }
  Result.Variable = Variable;
  if (!Variable->getType()->isReferenceType() || isa<ParmVarDecl>(Variable))
    joinAssignments(Result, Variable, Depth);
  Result.Variable = Variable;
  return Result;
}

// x = relu(x) in the same function makes x a graph result, whatever it was first.
void OriginFinder::joinAssignments(Origin &Result, const ValueDecl *Target, unsigned Depth) {
  if (!Function || !Function->getBody() || Depth > MaxDepth / 2)
    return;
  forEachStmt(Function->getBody(), [&](const Stmt *S) {
    const auto *Assign = dyn_cast<CXXOperatorCallExpr>(S);
    if (!Assign || Assign->getOperator() != OO_Equal || Assign->getNumArgs() != 2)
      return;
    const Expr *Left = Assign->getArg(0)->IgnoreParenImpCasts();
    const ValueDecl *Assigned = nullptr;
    if (const auto *Ref = dyn_cast<DeclRefExpr>(Left))
      Assigned = Ref->getDecl();
    else if (const auto *Member = dyn_cast<MemberExpr>(Left))
      Assigned = Member->getMemberDecl();
    if (Assigned != Target)
      return;
    Origin From = tensor(Assign->getArg(1), Depth + MaxDepth / 2);
    bool Undecided =
        Result.Life == Lifetime::Unknown && isa<VarDecl>(Target) && !isa<ParmVarDecl>(Target);
    Result = Undecided ? From : join(Result, From);
  });
}

Origin OriginFinder::node(const Expr *E, unsigned Depth) {
  E = stripValue(E);
  if (!E || Depth > MaxDepth)
    return {};
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(E))
    return Operator->getNumArgs() ? node(Operator->getArg(0), Depth + 1) : Origin{};
  if (const auto *Call = dyn_cast<CallExpr>(E)) {
    llvm::StringRef Name = calleeName(Call);
    if (Name == "grad_fn")
      return {Lifetime::Graph}; // leaves have none
    if (Name == "grad_accumulator" && Call->getNumArgs())
      return tensor(Call->getArg(0), Depth + 1);
    if (Name == "get")
      if (const auto *Method = dyn_cast<CXXMemberCallExpr>(Call))
        return node(Method->getImplicitObjectArgument(), Depth + 1);
    return {};
  }
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
    if (const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl()))
      return Variable->getInit() ? node(Variable->getInit(), Depth + 1) : Origin{};
  return {};
}

Origin OriginFinder::module(const Expr *E, unsigned Depth) {
  E = stripValue(E);
  if (!E || Depth > MaxDepth)
    return {};
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(E))
    return Operator->getNumArgs() ? module(Operator->getArg(0), Depth + 1) : Origin{};
  if (const auto *Deref = dyn_cast<UnaryOperator>(E))
    return module(Deref->getSubExpr(), Depth + 1);
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E))
    return module(Call->getImplicitObjectArgument(), Depth + 1);
  if (isa<CXXThisExpr>(E))
    return {Lifetime::Lasting, "module"};
  if (const auto *Member = dyn_cast<MemberExpr>(E)) {
    if (isa<CXXThisExpr>(Member->getBase()->IgnoreParenImpCasts()))
      return {Lifetime::Lasting, "module"};
    return module(Member->getBase(), Depth + 1);
  }
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
    if (const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl())) {
      if (Variable->hasGlobalStorage())
        return {Lifetime::Lasting, "module", Variable};
      if (isa<ParmVarDecl>(Variable))
        return {Lifetime::FunctionParam, "", Variable};
    }
  return {};
}

} // namespace

llvm::ArrayRef<llvm::StringRef> hookFunctionNames() {
  static constexpr llvm::StringRef Names[] = {
      "register_hook",
      "register_post_accumulate_grad_hook",
      "add_pre_hook",
      "add_post_hook",
      "add_tensor_pre_hook",
      "add_retains_grad_hook",
      "addGlobalCallback",
      "addThreadLocalCallback",
      "register_comm_hook",
      "registerOnCompletionHook",
      "register_forward_pre_hook",
      "register_forward_hook",
      "register_full_backward_hook",
      "register_full_backward_pre_hook",
      "register_module_forward_pre_hook",
      "register_module_forward_hook",
      "register_module_full_backward_hook",
      "register_module_full_backward_pre_hook",
      "register_tensor_hook",
  };
  return Names;
}

llvm::StringRef calleeName(const CallExpr *Call) {
  const FunctionDecl *Callee = Call ? Call->getDirectCallee() : nullptr;
  return Callee && Callee->getIdentifier() ? Callee->getName() : llvm::StringRef();
}

bool isModuleCall(const CallExpr *Call) {
  const FunctionDecl *Callee = Call->getDirectCallee();
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call)) {
    if (Operator->getOperator() != OO_Call || !Operator->getNumArgs())
      return false;
    return classifyType(Operator->getArg(0)->getType()).isModule();
  }
  const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Callee);
  return Method && calleeName(Call).starts_with("forward") &&
         (isModuleClass(Method->getParent()) ||
          classifyType(Method->getThisType()->getPointeeType()).isModule());
}

void forEachStmt(const Stmt *Root, llvm::function_ref<void(const Stmt *)> Visit) {
  if (!Root)
    return;
  Visit(Root);
  // A lambda's children are its captures and, under some versions only, its body.
  if (const auto *Lambda = dyn_cast<LambdaExpr>(Root)) {
    for (const Expr *Init : Lambda->capture_inits())
      forEachStmt(Init, Visit);
    forEachStmt(Lambda->getBody(), Visit);
    return;
  }
  for (const Stmt *Child : Root->children())
    forEachStmt(Child, Visit);
}

void forEachMainFileBody(ASTContext &Context, llvm::function_ref<void(const Stmt *)> Visit) {
  const SourceManager &Sources = Context.getSourceManager();
  auto Walk = [&](auto &&Self, const DeclContext *Scope) -> void {
    for (const Decl *D : Scope->noload_decls()) {
      if (!Sources.isInMainFile(Sources.getExpansionLoc(D->getLocation())))
        continue;
      if (const auto *Function = dyn_cast<FunctionDecl>(D)) {
        if (Function->doesThisDeclarationHaveABody())
          Visit(Function->getBody());
        if (const auto *Constructor = dyn_cast<CXXConstructorDecl>(D))
          for (const CXXCtorInitializer *Init : Constructor->inits())
            Visit(Init->getInit());
      } else if (const auto *Template = dyn_cast<FunctionTemplateDecl>(D)) {
        if (const Stmt *Body = Template->getTemplatedDecl()->getBody())
          Visit(Body);
      } else if (const auto *Template = dyn_cast<ClassTemplateDecl>(D)) {
        Self(Self, Template->getTemplatedDecl());
      } else if (isa<NamespaceDecl, LinkageSpecDecl, CXXRecordDecl>(D)) {
        Self(Self, cast<DeclContext>(D));
      }
    }
  };
  Walk(Walk, Context.getTranslationUnitDecl());
}

const FunctionDecl *innermostFunction(const Stmt *S, ASTContext &Context) {
  DynTypedNode Node = DynTypedNode::create(*S);
  while (true) {
    auto Parents = Context.getParents(Node);
    if (Parents.empty())
      return nullptr;
    Node = Parents[0];
    if (const auto *Function = Node.get<FunctionDecl>())
      return Function;
    if (const auto *Lambda = Node.get<LambdaExpr>()) {
      // Captures belong to the function outside.
      bool InBody = false;
      forEachStmt(Lambda->getBody(), [&](const Stmt *Inner) { InBody |= Inner == S; });
      if (InBody)
        return Lambda->getCallOperator();
    }
  }
}

const Stmt *loopSince(const Stmt *S, const VarDecl *Variable, ASTContext &Context) {
  const SourceManager &Sources = Context.getSourceManager();
  for (const Stmt *Current = parentStmt(S, Context); Current;
       Current = parentStmt(Current, Context)) {
    if (isa<LambdaExpr>(Current))
      return nullptr;
    if (!isa<ForStmt, WhileStmt, DoStmt, CXXForRangeStmt>(Current))
      continue;
    SourceLocation Declared = Sources.getExpansionLoc(Variable->getLocation());
    SourceLocation Begin = Sources.getExpansionLoc(Current->getBeginLoc());
    if (Sources.isBeforeInTranslationUnit(Declared, Begin))
      return Current;
  }
  return nullptr;
}

bool underNoGrad(const Stmt *S, ASTContext &Context) {
  const Stmt *Child = S;
  while (const Stmt *Parent = parentStmt(Child, Context)) {
    if (const auto *Block = dyn_cast<CompoundStmt>(Parent))
      for (const Stmt *Earlier : Block->body()) {
        if (Earlier == Child)
          break;
        const auto *Declaration = dyn_cast<DeclStmt>(Earlier);
        if (!Declaration)
          continue;
        for (const Decl *D : Declaration->decls()) {
          const auto *Variable = dyn_cast<VarDecl>(D);
          const CXXRecordDecl *Record =
              Variable ? Variable->getType()->getAsCXXRecordDecl() : nullptr;
          if (!Record || !Record->getIdentifier() || !isLibTorchDecl(Record))
            continue;
          if (Record->getName() == "NoGradGuard" || Record->getName() == "InferenceMode")
            return true;
          if (Record->getName() == "AutoGradMode") {
            bool IsFalse = false;
            forEachStmt(Variable->getInit(), [&](const Stmt *Inner) {
              if (const auto *Literal = dyn_cast<CXXBoolLiteralExpr>(Inner))
                IsFalse |= !Literal->getValue();
            });
            if (IsFalse)
              return true;
          }
        }
      }
    Child = Parent;
  }
  return false;
}

std::string sourceOf(const Expr *E, ASTContext &Context, llvm::StringRef Fallback) {
  if (!E || E->getBeginLoc().isMacroID() || E->getEndLoc().isMacroID())
    return Fallback.str();
  llvm::StringRef Text = Lexer::getSourceText(CharSourceRange::getTokenRange(E->getSourceRange()),
                                              Context.getSourceManager(), Context.getLangOpts());
  if (Text.empty() || Text.size() > 48 || Text.contains('\n'))
    return Fallback.str();
  return Text.str();
}

std::optional<HookSite> hookSite(const CallExpr &Call, llvm::ArrayRef<llvm::StringRef> MoreNames,
                                 ASTContext &Context) {
  const FunctionDecl *Callee = Call.getDirectCallee();
  if (!Callee || !Callee->getIdentifier() || Call.isTypeDependent())
    return std::nullopt;
  HookSite Site;
  Site.Call = &Call;
  Site.Callee = Callee;
  llvm::StringRef Name = Callee->getName();
  const auto *Method = dyn_cast<CXXMethodDecl>(Callee);
  const auto *MemberCall = dyn_cast<CXXMemberCallExpr>(&Call);
  const CXXRecordDecl *Class = Method ? Method->getParent() : nullptr;
  auto InScope = [&](llvm::StringRef Scope) {
    return llvm::StringRef(Callee->getQualifiedNameAsString()).starts_with(Scope);
  };
  if (MemberCall)
    Site.Receiver = MemberCall->getImplicitObjectArgument();

  if (llvm::is_contained(hookFunctionNames(), Name)) {
    if (Class && derivesFrom(Class, "at::TensorBase")) {
      Site.Kind = HookKind::Tensor;
    } else if (Class && derivesFrom(Class, "torch::autograd::Node")) {
      Site.Kind = HookKind::Node;
    } else if (Name.ends_with("Callback") && InScope("at::")) {
      Site.Kind = HookKind::RecordFunction;
    } else if (InScope("c10d::")) {
      Site.Kind = HookKind::Distributed;
    } else if (isRuntimeDecl(Callee)) {
      Site.Kind = HookKind::Module;
      if (!MemberCall && Call.getNumArgs() > 1)
        Site.Receiver = Call.getArg(0);
    } else {
      Site.Call = nullptr;
    }
  } else {
    Site.Call = nullptr;
  }
  if (!Site.Call) {
    bool Listed = llvm::any_of(MoreNames, [&](llvm::StringRef Wanted) {
      return Wanted.contains("::") ? Callee->getQualifiedNameAsString() == Wanted : Name == Wanted;
    });
    if (!Listed)
      return std::nullopt;
    Site.Call = &Call;
    Site.Kind = HookKind::Named;
    if (!MemberCall && Call.getNumArgs() > 1)
      Site.Receiver = Call.getArg(0);
  }
  Site.Enclosing = innermostFunction(&Call, Context);
  return Site;
}

Origin tensorOrigin(const Expr *E, const FunctionDecl *Function, ASTContext &Context) {
  return OriginFinder(Function, Context).tensor(E);
}

Origin receiverOrigin(const HookSite &Site, ASTContext &Context) {
  if (Site.Kind == HookKind::RecordFunction || !Site.Receiver)
    return {Lifetime::Lasting, "process"};
  // A lambda that installs the hook sees the variables of the functions around it.
  const FunctionDecl *Function = Site.Enclosing;
  OriginFinder Finder(Function, Context);
  switch (Site.Kind) {
  case HookKind::Node:
    return Finder.node(Site.Receiver);
  case HookKind::Tensor:
    return Finder.tensor(Site.Receiver);
  default:
    break;
  }
  if (isTensorType(Site.Receiver->getType()))
    return Finder.tensor(Site.Receiver);
  return Finder.module(Site.Receiver);
}

} // namespace torchtidy
