#include "model/tensors/TensorState.h"

using namespace clang;

namespace torchtidy {

namespace {

const FieldDecl *memberField(const Expr *E, const Expr *&Target) {
  E = stripValue(E);
  while (true) {
    if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(E);
        Operator && Operator->getOperator() == OO_Subscript &&
        !classifyType(Operator->getArg(0)->getType()).isTensor())
      E = stripValue(Operator->getArg(0));
    else if (const auto *Subscript = dyn_cast<ArraySubscriptExpr>(E))
      E = stripValue(Subscript->getBase());
    else
      break;
  }
  const auto *Member = dyn_cast<MemberExpr>(E);
  Target = Member;
  return Member ? dyn_cast<FieldDecl>(Member->getMemberDecl()) : nullptr;
}

bool holdsTensor(QualType Type) {
  TypeInfo Info = classifyType(Type);
  return Info.isTensor() || Info.HoldsTensors;
}

class WriteVisitor : public RecursiveASTVisitor<WriteVisitor> {
public:
  explicit WriteVisitor(std::vector<MemberWrite> &Writes) : Writes(Writes) {}

  bool TraverseCXXRecordDecl(CXXRecordDecl *) { return true; }

  bool VisitCXXOperatorCallExpr(CXXOperatorCallExpr *Call) {
    if (Call->getOperator() != OO_Equal)
      return true;
    // x[0] = y on a tensor and x.data() = y copy in place: the assignment to an rvalue.
    if (const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Call->getDirectCallee());
        Method && Method->getRefQualifier() == RQ_RValue)
      return true;
    const Expr *Left = stripValue(Call->getArg(0));
    if (const auto *Tie = dyn_cast<CallExpr>(Left); Tie && Tie->getDirectCallee() &&
                                                    Tie->getDirectCallee()->getIdentifier() &&
                                                    Tie->getDirectCallee()->getName() == "tie") {
      for (const Expr *Name : Tie->arguments())
        add(Call, Name, Call->getArg(1), false);
      return true;
    }
    add(Call, Left, Call->getArg(1), isa<MemberExpr>(Left));
    return true;
  }

  bool VisitCXXMemberCallExpr(CXXMemberCallExpr *Call) {
    const CXXMethodDecl *Method = Call->getMethodDecl();
    if (!Method || !Method->getIdentifier() || !isStdDecl(Method) ||
        !Call->getImplicitObjectArgument())
      return true;
    if (!llvm::is_contained({"push_back", "emplace_back", "emplace", "insert", "push",
                             "insert_or_assign", "push_front"},
                            Method->getName()))
      return true;
    for (const Expr *Argument : Call->arguments())
      if (holdsTensor(Argument->getType())) {
        add(Call, Call->getImplicitObjectArgument(), Argument, false);
        break;
      }
    return true;
  }

private:
  void add(const Expr *Where, const Expr *Left, const Expr *Value, bool IsRebinding) {
    MemberWrite Write;
    Write.Field = memberField(Left, Write.Target);
    if (!Write.Field || !holdsTensor(Write.Field->getType()))
      return;
    Write.Where = Where;
    Write.Value = Value;
    Write.OnThis = fieldOfThis(Write.Target) != nullptr;
    Write.IsRebinding = IsRebinding;
    Writes.push_back(Write);
  }

  std::vector<MemberWrite> &Writes;
};

bool nameIn(const FunctionDecl *F, std::initializer_list<llvm::StringRef> Names) {
  return F && F->getIdentifier() && llvm::is_contained(Names, F->getName());
}

// torch::zeros(..) and the like: a new tensor that depends on no other's graph.
bool isCreation(const FunctionDecl *F) {
  if (!F || !F->getIdentifier() || !isLibTorchDecl(F))
    return false;
  return F->getName().ends_with("_like") ||
         nameIn(F, {"zeros",        "ones",          "rand",      "randn",         "randint",
                    "empty",        "full",          "eye",       "arange",        "range",
                    "linspace",     "logspace",      "tensor",    "from_blob",     "randperm",
                    "normal",       "multinomial",   "bernoulli", "scalar_tensor", "hann_window",
                    "tril_indices", "triu_indices",  "new_zeros", "new_ones",      "new_empty",
                    "new_full",     "empty_strided", "complex"});
}

bool endsGraph(const FunctionDecl *F) {
  return nameIn(F, {"detach",
                    "data",
                    "tensor_data",
                    "variable_data",
                    "argmax",
                    "argmin",
                    "argsort",
                    "eq",
                    "ne",
                    "gt",
                    "lt",
                    "ge",
                    "le",
                    "nonzero",
                    "isnan",
                    "isinf",
                    "isfinite",
                    "logical_and",
                    "logical_or",
                    "logical_not",
                    "sizes",
                    "item",
                    "grad",
                    "mutable_grad",
                    "multinomial",
                    "bernoulli",
                    "requires_grad_",
                    "set_requires_grad",
                    "detach_"});
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
    E = E ? stripValue(E) : nullptr;
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
    if (isCreation(Callee) || endsGraph(Callee) || isComparison(Callee))
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
    if (const auto *Member = dyn_cast<CXXMemberCallExpr>(Call))
      Parts.push_back(Member->getImplicitObjectArgument());
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

std::vector<MemberWrite> memberWrites(const FunctionDecl *Function) {
  std::vector<MemberWrite> Writes;
  WriteVisitor Visitor(Writes);
  Visitor.TraverseStmt(Function->getBody());
  return Writes;
}

bool mayHaveGraph(const Expr *Value, const FieldDecl *Self, ModuleModel &Model) {
  return GraphQuestion(Self, Model).mayHaveGraph(Value);
}

namespace {

class SameTensor {
public:
  explicit SameTensor(bool Unknown) : Unknown(Unknown) {}

  bool holds(const Expr *Value, llvm::function_ref<bool(const Expr *)> Is) {
    if (!Value)
      return false;
    Value = stripValue(Value);
    if (Is(Value))
      return true;
    const auto *Call = dyn_cast<CallExpr>(Value);
    const FunctionDecl *Callee = Call ? Call->getDirectCallee() : nullptr;
    if (!Callee)
      return false;
    if (isLibTorchDecl(Callee)) {
      const auto *Member = dyn_cast<CXXMemberCallExpr>(Call);
      return Member && Callee->getIdentifier() && Callee->getName().ends_with("_") &&
             holds(Member->getImplicitObjectArgument(), Is);
    }
    // The object of a lambda's call stands first.
    unsigned First = isa<CXXOperatorCallExpr>(Call) && isa<CXXMethodDecl>(Callee) ? 1 : 0;
    for (unsigned I = First; I < Call->getNumArgs(); ++I)
      if (I - First < Callee->getNumParams() && holds(Call->getArg(I), Is) &&
          returns(Callee, Callee->getParamDecl(I - First)))
        return true;
    return false;
  }

private:
  class Returns : public RecursiveASTVisitor<Returns> {
  public:
    llvm::SmallVector<const Expr *, 4> Values;
    llvm::SmallPtrSet<const VarDecl *, 4> Assigned;
    bool VisitReturnStmt(ReturnStmt *Return) {
      Values.push_back(Return->getRetValue());
      return true;
    }
    bool VisitCXXOperatorCallExpr(CXXOperatorCallExpr *Call) {
      if (Call->getOperator() == OO_Equal)
        if (const VarDecl *Var = namedVariable(Call->getArg(0)))
          Assigned.insert(Var);
      return true;
    }
    bool TraverseLambdaExpr(LambdaExpr *) { return true; }
  };

  bool returns(const FunctionDecl *Function, const ParmVarDecl *Parameter) {
    const FunctionDecl *Definition = nullptr;
    if (!Function->hasBody(Definition))
      return Unknown;
    const ParmVarDecl *Own = Definition->getParamDecl(Parameter->getFunctionScopeIndex());
    if (!Entered.insert(Own).second)
      return false;
    Returns Body;
    Body.TraverseStmt(Definition->getBody());
    return !Body.Values.empty() && !Body.Assigned.count(Own) &&
           llvm::all_of(Body.Values, [&](const Expr *Value) {
             return holds(Value, [&](const Expr *E) { return namedVariable(E) == Own; });
           });
  }

  const bool Unknown;
  llvm::SmallPtrSet<const ParmVarDecl *, 4> Entered; // a recursive function ends here
};

} // namespace

bool isSameTensor(const Expr *Value, llvm::function_ref<bool(const Expr *)> Is, bool Unknown) {
  return SameTensor(Unknown).holds(Value, Is);
}

bool isInPlaceOf(const Expr *Value, const FieldDecl *Field, bool Unknown) {
  return isSameTensor(Value, [&](const Expr *E) { return fieldOfThis(E) == Field; }, Unknown);
}

bool asksForGrad(const Expr *Value, const ASTContext &Context) {
  llvm::StringRef Text =
      Lexer::getSourceText(CharSourceRange::getTokenRange(Value->getSourceRange()),
                           Context.getSourceManager(), Context.getLangOpts());
  return Text.contains("requires_grad") && !Text.contains("requires_grad(false)") &&
         !Text.contains("requires_grad_(false)") && !Text.contains("set_requires_grad(false)");
}

} // namespace torchtidy
