#include "model/modules/MemberGuards.h"
#include "model/torch/ModuleClass.h"
#include "clang/Analysis/Analyses/Dominators.h"
#include "clang/Analysis/CFG.h"

using namespace clang;

namespace torchtidy {

namespace {

class Reads : public RecursiveASTVisitor<Reads> {
public:
  explicit Reads(const ValueDecl *Field) : Field(Field) {}
  bool Found = false;
  bool VisitMemberExpr(MemberExpr *Member) {
    const auto *D = dyn_cast<FieldDecl>(Member->getMemberDecl());
    if (!D)
      return true;
    bool OnThis = isa<CXXThisExpr>(Member->getBase()->IgnoreParenImpCasts());
    Found |= D == Field || (OnThis && !classifyType(D->getType()).isModule() &&
                            !classifyType(D->getType()).isTensor());
    return true;
  }
  bool VisitDeclRefExpr(DeclRefExpr *Ref) {
    Found |= Ref->getDecl() == Field;
    return true;
  }

private:
  const ValueDecl *Field;
};

bool reads(const Expr *E, const ValueDecl *Field) {
  Reads Visitor(Field);
  Visitor.TraverseStmt(const_cast<Expr *>(E));
  return Visitor.Found;
}

} // namespace

bool isGuarded(const Expr *Site, const FunctionDecl *In, const ValueDecl *Field,
               ControlFlowGraphs &Graphs) {
  const FunctionPaths *Paths = Graphs.of(In);
  if (!Paths)
    return false;
  std::optional<FunctionPaths::Place> Place = Paths->placeOf(Site);
  if (!Place)
    return true; // in a lambda: what guards the call of it is not followed
  ControlDependencyCalculator Control(&Paths->graph());
  llvm::SmallVector<CFGBlock *, 8> Todo{const_cast<CFGBlock *>(Place->first)};
  llvm::SmallPtrSet<CFGBlock *, 16> Seen;
  while (!Todo.empty()) {
    CFGBlock *Current = Todo.pop_back_val();
    if (!Seen.insert(Current).second)
      continue;
    for (CFGBlock *On : Control.getControlDependencies(Current)) {
      if (const auto *Condition = dyn_cast_or_null<Expr>(On->getTerminatorCondition());
          Condition && reads(Condition, Field))
        return true;
      Todo.push_back(On);
    }
  }
  return false;
}

} // namespace torchtidy
