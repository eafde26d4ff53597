#include "model/hooks/HookSites.h"
#include "model/torch/ModuleClass.h"
#include "model/torch/Names.h"
#include "clang/AST/ParentMapContext.h"

using namespace clang;

namespace torchtidy {

namespace {

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

} // namespace

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

  if (isHookFunction(Name)) {
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

} // namespace torchtidy
