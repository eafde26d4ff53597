// Calls that pass a tensor which the function cannot use.
#include "model/memory/DTypeUses.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Walk.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// Every call of the function runs \p S: no condition, loop or lambda around it, no return before.
bool alwaysRuns(const Stmt *S, const FunctionDecl *Function, ASTContext &Context) {
  bool IsAlways = true;
  walkUp(S, Context, [&](const DynTypedNode &Above) {
    const auto *Around = Above.get<Stmt>();
    const auto *Binary = Above.get<BinaryOperator>();
    if (Around == Function->getBody() || Above.get<FunctionDecl>())
      return false;
    IsAlways = !(Around && (isa<IfStmt, SwitchStmt, ForStmt, WhileStmt, DoStmt, CXXForRangeStmt,
                                CXXTryStmt, LambdaExpr, ConditionalOperator>(Around) ||
                            (Binary && Binary->isLogicalOp())));
    return IsAlways;
  });
  const SourceManager &Sources = Context.getSourceManager();
  return IsAlways && !anyDescendant<Stmt>(Function->getBody(), [&](const Stmt *Other) {
           return isa<ReturnStmt, CXXThrowExpr, GotoStmt>(Other) && !contains(Other, S) &&
                  Sources.isBeforeInTranslationUnit(Other->getBeginLoc(), S->getBeginLoc());
         });
}

} // namespace

llvm::SmallVector<RefusedArgument, 2>
refusedArguments(const DTypeUse &Use, const FunctionDecl *Function, KnownDTypes &DTypes,
                 const ProjectIndex &Index, ASTContext &Context) {
  llvm::SmallVector<RefusedArgument, 2> Found;
  bool NamesParameter = anyDescendant<DeclRefExpr>(Use.Tensor, [](const DeclRefExpr *Ref) {
    const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl());
    return Variable && isTensorType(Variable->getType());
  });
  const auto *Method = dyn_cast<CXXMethodDecl>(Function);
  bool IsOneOfMany = Function->isTemplateInstantiation() || (Method && Method->isVirtual());
  if (!NamesParameter || IsOneOfMany || !alwaysRuns(Use.Call, Function, Context))
    return Found;
  for (const ParmVarDecl *Parameter : Function->parameters()) {
    if (!isTensorType(Parameter->getType()))
      continue;
    for (const ProjectIndex::CallSite &Site : Index.callsOf(Function)) {
      const Expr *Argument =
          Site.Call ? argumentFor(Site.Call, Parameter->getFunctionScopeIndex()) : nullptr;
      std::optional<KnownDType> Passed = Argument && !dependsOnDType(Site.Call, Context)
                                             ? DTypes.of(Argument, Site.Call)
                                             : std::nullopt;
      std::optional<KnownDType> Is =
          Passed ? DTypes.ofParameter(Use.Tensor, Use.Call, Parameter, *Passed) : std::nullopt;
      if (Is && Is->Maker == Passed->Maker && refuses(Use, Is->Is, Context))
        Found.push_back({Site.Call, Argument, *Is});
    }
  }
  return Found;
}

} // namespace torchtidy
