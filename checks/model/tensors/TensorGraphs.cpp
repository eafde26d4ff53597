#include "model/tensors/TensorGraphs.h"
#include "model/syntax/Callee.h"
#include "model/syntax/SourceText.h"
#include "model/torch/Operations.h"

using namespace clang;

namespace torchtidy {

namespace {

bool holdsTensor(QualType Type) {
  TypeInfo Info = classifyType(Type);
  return Info.isTensor() || Info.HoldsTensors;
}

// A new tensor that depends on no other's graph, or one whose graph ends with it.
bool endsGraph(const FunctionDecl *F) {
  Operation Called = operationNamed(nameOf(F));
  return (Called.has(Creates) && isLibTorchDecl(F)) || Called.has(CutsGraph) ||
         Called.Gives == ResultKind::Another || Called.setsRequiresGrad();
}

bool isComparison(const FunctionDecl *F) {
  if (!F)
    return false;
  switch (F->getOverloadedOperator()) {
  case OO_Less:
  case OO_Greater:
  case OO_LessEqual:
  case OO_GreaterEqual:
  case OO_EqualEqual:
  case OO_ExclaimEqual:
    return true;
  default:
    return false;
  }
}

class GraphQuestion {
public:
  GraphQuestion(const FieldDecl *Self, ModuleModel &Model) : Self(Self), Model(Model) {}

  bool mayHaveGraph(const Expr *E, unsigned Depth = 0) {
    E = stripValue(E);
    if (!E || Depth > 12)
      return true;
    if (!holdsTensor(E->getType()) && !isa<CallExpr>(E) && !isa<CXXConstructExpr>(E) &&
        !isa<InitListExpr>(E) && !isa<CXXStdInitializerListExpr>(E))
      return false; // a number, a size, options
    if (const auto *Choice = dyn_cast<ConditionalOperator>(E))
      return mayHaveGraph(Choice->getTrueExpr(), Depth + 1) ||
             mayHaveGraph(Choice->getFalseExpr(), Depth + 1);
    if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
      return variableMayHaveGraph(Ref->getDecl(), Depth);
    if (const auto *Member = dyn_cast<MemberExpr>(E))
      return memberMayHaveGraph(Member);
    if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E))
      return mayHaveGraph(Cast->getSubExpr(), Depth + 1);
    if (const auto *Construct = dyn_cast<CXXConstructExpr>(E))
      return anyOf(llvm::ArrayRef(Construct->getArgs(), Construct->getNumArgs()), Depth);
    if (const auto *List = dyn_cast<InitListExpr>(E))
      return anyOf(llvm::ArrayRef(List->inits()), Depth);
    if (const auto *Std = dyn_cast<CXXStdInitializerListExpr>(E))
      return mayHaveGraph(Std->getSubExpr(), Depth + 1);
    const auto *Call = dyn_cast<CallExpr>(E);
    if (!Call)
      return holdsTensor(E->getType());
    return callMayHaveGraph(Call, Depth);
  }

private:
  bool anyOf(llvm::ArrayRef<const Expr *> Parts, unsigned Depth) {
    return llvm::any_of(Parts, [&](const Expr *Part) { return mayHaveGraph(Part, Depth + 1); });
  }

  bool callMayHaveGraph(const CallExpr *Call, unsigned Depth) {
    const FunctionDecl *Callee = Call->getDirectCallee();
    if (!holdsTensor(Call->getType()))
      return false;
    if (endsGraph(Callee) || isComparison(Callee))
      return false;
    // A module's result depends on its parameters; a function out of LibTorch on what it likes.
    if (!Callee || !(isLibTorchDecl(Callee) || isStdDecl(Callee)))
      return true;
    const auto *Method = dyn_cast<CXXMethodDecl>(Callee);
    if (Method && (isModuleClass(Method->getParent()) ||
                   derivesFrom(Method->getParent(), "torch::nn::ModuleHolder") ||
                   isNamed(Method->getParent(), "torch::nn::AnyModule")))
      return true;
    llvm::SmallVector<const Expr *, 4> Parts(Call->arg_begin(), Call->arg_end());
    if (isa<CXXMemberCallExpr>(Call))
      Parts.push_back(objectOf(Call));
    return anyOf(Parts, Depth);
  }

  bool variableMayHaveGraph(const ValueDecl *D, unsigned Depth) {
    const auto *Var = dyn_cast<VarDecl>(D);
    if (!Var || !Var->hasLocalStorage())
      return true;
    auto Stores = Model.registrations().stores(Var);
    // What a helper's callers pass is in view; what forward's do is not.
    if (isa<ParmVarDecl>(Var)) {
      const auto *Owner = dyn_cast<FunctionDecl>(Var->getDeclContext());
      if (Stores.empty() || !Owner || isForwardName(Owner))
        return true;
    }
    if (Stores.empty())
      return !(Var->getInit() && !mayHaveGraph(Var->getInit(), Depth + 1));
    return llvm::any_of(Stores, [&](const Registrations::Store &Store) {
      return mayHaveGraph(Store.Value, Depth + 1);
    });
  }

  bool memberMayHaveGraph(const MemberExpr *Member) {
    const auto *Field = dyn_cast<FieldDecl>(Member->getMemberDecl());
    if (!Field || Field == Self)
      return Field != Self;
    if (fieldOfThis(Member) != Field)
      return true;
    // A buffer has no graph, a parameter is one.
    for (const auto &[Site, In] : Model.registrations().all())
      if (Site.Kind == RegistrationKind::Parameter && fieldOfThis(Site.Value) == Field)
        return true;
    return !Model.registrations().isRegistered(Field) || isParameter(Field);
  }

  bool isParameter(const FieldDecl *Field) {
    return llvm::any_of(Model.registrations().stores(Field), [](const Registrations::Store &Store) {
      auto Site = asRegistration(Store.Value);
      return Site && Site->Kind == RegistrationKind::Parameter;
    });
  }

  const FieldDecl *Self;
  ModuleModel &Model;
};

} // namespace

bool mayHaveGraph(const Expr *Value, const FieldDecl *Self, ModuleModel &Model) {
  return GraphQuestion(Self, Model).mayHaveGraph(Value);
}

bool asksForGrad(const Expr *Value, const ASTContext &Context) {
  llvm::StringRef Text = rawText(Value->getSourceRange(), Context);
  return Text.contains(nameOf(Op::requires_grad)) && !Text.contains("requires_grad(false)") &&
         !Text.contains("requires_grad_(false)") && !Text.contains("set_requires_grad(false)");
}

} // namespace torchtidy
