#include "model/hooks/HookSites.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Loops.h"
#include "model/syntax/Walk.h"
#include "model/torch/Names.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

bool isModuleCall(const CallExpr *Call) {
  if (const CXXOperatorCallExpr *Operator = asOperator(Call, OO_Call))
    return classifyType(Operator->getArg(0)->getType()).isModule();
  const auto *Method = dyn_cast_or_null<CXXMethodDecl>(calleeOf(Call));
  return Method && calleeName(Call).starts_with("forward") &&
         (isModuleClass(Method->getParent()) ||
          classifyType(Method->getThisType()->getPointeeType()).isModule());
}

const Stmt *loopSince(const Stmt *S, const VarDecl *Variable, ASTContext &Context) {
  const SourceManager &Sources = Context.getSourceManager();
  for (const Stmt *Current = parentStmt(S, Context); Current;
       Current = parentStmt(Current, Context)) {
    if (isa<LambdaExpr>(Current))
      return nullptr;
    if (!isLoop(Current))
      continue;
    SourceLocation Declared = Sources.getExpansionLoc(Variable->getLocation());
    SourceLocation Begin = Sources.getExpansionLoc(Current->getBeginLoc());
    if (Sources.isBeforeInTranslationUnit(Declared, Begin))
      return Current;
  }
  return nullptr;
}

std::optional<HookSite> hookSite(const CallExpr &Call, llvm::ArrayRef<llvm::StringRef> MoreNames,
                                 ASTContext &Context) {
  const FunctionDecl *Callee = Call.getDirectCallee();
  llvm::StringRef Name = nameOf(Callee);
  if (Name.empty() || Call.isTypeDependent())
    return std::nullopt;
  HookSite Site;
  Site.Call = &Call;
  Site.Callee = Callee;
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
    } else if (outermostNamespace(Callee) == "torchtidy") {
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
