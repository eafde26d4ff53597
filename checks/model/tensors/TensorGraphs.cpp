#include "model/tensors/TensorGraphs.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/syntax/SourceText.h"
#include "model/syntax/TemplateArguments.h"
#include "model/syntax/Walk.h"
#include "model/torch/Layers.h"
#include "model/torch/ModelRuns.h"
#include "model/torch/Names.h"
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

// `x.to(torch::kLong)`, `torch::ones(2, options.dtype(torch::kInt))`: no gradient goes through
// whole numbers.
bool isOfWholeNumbers(const CallExpr *Call, const ASTContext &Context) {
  Operation Called = operationOf(Call);
  if (!Called.has(Converts) && !Called.has(Creates))
    return false;
  return llvm::any_of(Call->arguments(), [&](const Expr *Argument) {
    return anyDescendant<DeclRefExpr>(Argument, [&](const DeclRefExpr *Ref) {
      const auto *Type = Ref->getType()->getAs<EnumType>();
      Expr::EvalResult Value;
      if (!Type || nameOf(Type->getDecl()) != "ScalarType" || Ref->isValueDependent() ||
          !Ref->EvaluateAsInt(Value, Context))
        return false;
      return llvm::any_of(Type->getDecl()->enumerators(), [&](const EnumConstantDecl *Constant) {
        return llvm::APSInt::isSameValue(Constant->getInitVal(), Value.Val.getInt()) &&
               isIntegralDtype(nameOf(Constant));
      });
    });
  });
}

// `x.max(1)`, also by the name of what it was assigned to.
bool givesPositionsToo(const Expr *Tuple) {
  const Expr *Made = followInitialiser(Tuple);
  return Made && operationOf(dyn_cast<CallExpr>(stripValue(Made))).givesPositionsToo();
}

// The rows that an embedding looks up: whole numbers.
bool isLookedUp(const ParmVarDecl *Parameter, const FunctionDecl *In) {
  return In->hasBody() && anyDescendant<CallExpr>(In->getBody(), [&](const CallExpr *Call) {
           auto Run = asModelRun(Call);
           return Run &&
                  familyOf(layerOf(moduleOf(Run->Model->getType()))) == LayerFamily::Embedding &&
                  llvm::any_of(writtenArguments(Call), [&](const Expr *Argument) {
                    return namedVariable(Argument) == Parameter;
                  });
         });
}

constexpr unsigned MaxGraphDepth = 64;

class GraphQuestion {
public:
  GraphQuestion(const FieldDecl *Self, ModuleModel &Model) : Self(Self), Model(Model) {}

  bool mayHaveGraph(const Expr *E, unsigned Depth = 0) {
    E = stripValue(E);
    if (!E || Depth > MaxGraphDepth)
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
    if (endsGraph(Callee) || isComparison(Callee) || isOfWholeNumbers(Call, Model.context()))
      return false;
    if (!Callee)
      return true;
    if (partOfTuple(Call).value_or(0) > 0 && givesPositionsToo(Call->getArg(0)))
      return false;
    // A module's result depends on its parameters.
    const auto *Method = dyn_cast<CXXMethodDecl>(Callee);
    if (Method &&
        (derivesFrom(Method->getParent(), "torch::nn::ModuleHolder") ||
         isNamed(Method->getParent(), "torch::nn::AnyModule") ||
         (Method->isInstance() && isModuleClass(Method->getParent()) && !isThis(objectOf(Call)))))
      return true;
    if (!isLibTorchDecl(Callee) && !isStdDecl(Callee))
      return resultMayHaveGraph(Callee, Depth);
    llvm::SmallVector<const Expr *, 4> Parts(Call->arg_begin(), Call->arg_end());
    if (isa<CXXMemberCallExpr>(Call))
      Parts.push_back(objectOf(Call));
    return anyOf(Parts, Depth);
  }

  // A helper gives what it returns; out of view, what it likes.
  bool resultMayHaveGraph(const FunctionDecl *Callee, unsigned Depth) {
    const FunctionDecl *Definition = visibleDefinition(Callee);
    if (!Definition || isForwardName(Definition))
      return true;
    return once(Definition->getCanonicalDecl(), [&] {
      bool Returns = false;
      bool Graph = anyDescendant<ReturnStmt>(
          Definition->getBody(),
          [&](const ReturnStmt *Return) {
            Returns = true;
            return mayHaveGraph(Return->getRetValue(), Depth + 1);
          },
          LambdaBodies::Skip);
      return Graph || !Returns;
    });
  }

  bool variableMayHaveGraph(const ValueDecl *D, unsigned Depth) {
    if (const auto *Binding = dyn_cast<BindingDecl>(D)) {
      const auto *Whole = dyn_cast<DecompositionDecl>(Binding->getDecomposedDecl());
      return !Whole || !Whole->hasInit() || Whole->bindings().front() == Binding ||
             !givesPositionsToo(Whole->getInit());
    }
    const auto *Var = dyn_cast<VarDecl>(D);
    if (!Var || !Var->hasLocalStorage())
      return true;
    return once(Var, [&] { return !isCutLoose(Var) && storesMayHaveGraph(Var, Depth); });
  }

  bool storesMayHaveGraph(const VarDecl *Var, unsigned Depth) {
    auto Stores = Model.registrations().stores(Var);
    if (const auto *Parameter = dyn_cast<ParmVarDecl>(Var)) {
      const auto *Owner = dyn_cast<FunctionDecl>(Var->getDeclContext());
      // act(observation), which gives no tensor to train through; the words of a sentence.
      if (Owner &&
          (isLookedUp(Parameter, Owner) ||
           (Stores.empty() && isa<CXXMethodDecl>(Owner) && !isLambdaBody(Owner) &&
            !Owner->getReturnType()->isVoidType() && !holdsTensor(Owner->getReturnType()))))
        return false;
      bool Called = llvm::any_of(Stores, [](const Registrations::Store &S) { return !S.Target; });
      // Who calls a module from outside may well train what comes before it; what a function that
      // nobody in view calls is handed shows no graph.
      if (!Called && (!Owner || isForwardName(Owner) || isModuleClass(enclosingClass(Owner))))
        return true;
    } else if (Stores.empty()) {
      return !(Var->getInit() && !mayHaveGraph(Var->getInit(), Depth + 1));
    }
    return llvm::any_of(Stores, [&](const Registrations::Store &Store) {
      return mayHaveGraph(Store.Value, Depth + 1);
    });
  }

  // x.set_requires_grad(false), which throws where there is a graph; x.detach_().
  static bool isCutLoose(const VarDecl *Var) {
    const auto *Owner = dyn_cast<FunctionDecl>(Var->getDeclContext());
    return Owner &&
           anyDescendant<CXXMemberCallExpr>(Owner->getBody(), [&](const CXXMemberCallExpr *Call) {
             Operation Called = operationOf(Call);
             bool Off = Called.setsRequiresGrad() && Call->getNumArgs() > 0 &&
                        boolLiteral(Call->getArg(0)) == false;
             return (Off || Called.is(Op::detach_)) && namedVariable(objectOf(Call)) == Var;
           });
  }

  bool memberMayHaveGraph(const MemberExpr *Member) {
    const auto *Field = dyn_cast<FieldDecl>(Member->getMemberDecl());
    if (!Field || Field == Self)
      return Field != Self;
    // What a data loader gives: batch.data.
    if (isNamed(dyn_cast<CXXRecordDecl>(Field->getParent()), "torch::data::Example"))
      return false;
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

  // What a name comes to, asked once; asked again on the way, it decides nothing: `x = x + 1`.
  template <typename Fn> bool once(const Decl *D, Fn Ask) {
    auto [It, New] = Known.try_emplace(D, false);
    if (!New)
      return It->second;
    bool Answer = Ask();
    Known[D] = Answer;
    return Answer;
  }

  const FieldDecl *Self;
  ModuleModel &Model;
  llvm::DenseMap<const Decl *, bool> Known;
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
