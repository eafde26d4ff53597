#include "model/training/LeafLosses.h"
#include "model/facts/GradMode.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "model/torch/ModelRuns.h"
#include "model/torch/Names.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"
#include "model/training/GraphSources.h"
#include "model/training/TrainingCalls.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxDepth = 24;
constexpr unsigned MaxNames = 32;

// What a tensor may hide in.
bool mayHoldTensors(QualType Type) {
  Type = Type.getNonReferenceType();
  while (Type->isPointerType() || Type->isArrayType())
    Type = Type->isArrayType() ? QualType(Type->getArrayElementTypeNoTypeQual(), 0)
                               : Type->getPointeeType();
  const CXXRecordDecl *Record = Type->getAsCXXRecordDecl();
  if (!Record)
    return false;
  TypeInfo Info = classifyType(Type);
  if (Info.isTensor() || Info.HoldsTensors || Info.HoldsModules || Info.isModule() ||
      nameOf(Record) == "IValue" || nameOf(Record).ends_with("ListRef"))
    return true;
  if (!isLibTorchDecl(Record) && !isStdDecl(Record))
    return true;
  const auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(Record);
  return Spec && llvm::any_of(Spec->getTemplateArgs().asArray(), [](const TemplateArgument &Each) {
           return Each.getKind() == TemplateArgument::Type && mayHoldTensors(Each.getAsType());
         });
}

bool isFunctional(const FunctionDecl *Callee) {
  const auto *Space = Callee ? dyn_cast<NamespaceDecl>(Callee->getDeclContext()) : nullptr;
  return isLibTorchDecl(Callee) && nameOf(Space) == "functional";
}

// Not told `false`, and no variable that may be.
bool isAskedTrue(const CallExpr *Call) {
  const Expr *Flag = argumentFor(Call, 0);
  return !Flag || boolLiteral(Flag) == true;
}

// The values of \p Made are given, not the sizes alone, and computed.
bool isOfComputedValues(const CallExpr *Made) {
  Operation Called = operationOf(Made);
  unsigned Position = Called.isOneOf({Op::full, Op::full_like, Op::new_full}) ? 1 : 0;
  if (Position == 0 &&
      !Called.isOneOf({Op::tensor, Op::scalar_tensor, Op::from_blob, Op::new_tensor}))
    return false;
  const Expr *Values = argumentFor(Made, Position);
  return anyDescendant<Expr>(Values, [](const Expr *E) {
    const VarDecl *Variable = isa<DeclRefExpr>(E) ? namedVariable(E) : nullptr;
    const auto *Call = dyn_cast<CallExpr>(E);
    return (Variable && !Variable->getType().isConstQualified()) || isa<MemberExpr>(E) ||
           (Call && operationOf(Call).Gives == ResultKind::Host && operationOf(Call));
  });
}

struct Value {
  bool IsKnown = true;   // all that it is computed of is in view
  bool HasLeaf = false;  // some of it is such a leaf
  bool IsItself = false; // it may be the leaf, or show its memory

  void join(const Value &Other) {
    IsKnown &= Other.IsKnown;
    HasLeaf |= Other.HasLeaf;
    IsItself |= Other.IsItself;
  }
};

class Tracer {
public:
  Tracer(const FunctionDecl *Function, const ProjectIndex &Index, ASTContext &Context)
      : Function(Function), Index(Index), Context(Context) {}

  /// The leaf that \p Loss is computed of; null where that is not all, or not all of it is seen.
  const CallExpr *leafOf(const Expr *Loss) {
    All = of(Loss, 0);
    for (size_t I = 0; I < Names.size() && All.IsKnown; ++I) {
      if (I == MaxNames)
        return nullptr;
      follow(Names[I].first, Names[I].second);
    }
    return All.IsKnown && All.HasLeaf && CarriesValues && !Leaves.empty() ? Leaves.front()
                                                                          : nullptr;
  }
  llvm::ArrayRef<const CallExpr *> leaves() const { return Leaves; }

private:
  static Value unknown() { return {false, false, false}; }
  Value leaf(const CallExpr *Call) {
    if (!llvm::is_contained(Leaves, Call))
      Leaves.push_back(Call);
    return {true, true, true};
  }

  // --- what a tensor is computed of --------------------------------------------------------------

  Value of(const Expr *E, unsigned Depth) {
    E = stripValue(E);
    if (!E || Depth > MaxDepth)
      return unknown();
    if (const auto *Choice = dyn_cast<ConditionalOperator>(E)) {
      Value Found = of(Choice->getTrueExpr(), Depth + 1);
      Found.join(of(Choice->getFalseExpr(), Depth + 1));
      return Found;
    }
    if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
      return ofVariable(dyn_cast<VarDecl>(Ref->getDecl()), Depth);
    if (const auto *Construct = dyn_cast<CXXConstructExpr>(E)) {
      auto Arguments = writtenArguments(Construct);
      return Arguments.empty()       ? Value()
             : Arguments.size() == 1 ? of(Arguments[0], Depth + 1)
                                     : unknown();
    }
    const auto *Call = dyn_cast<CallExpr>(E);
    return Call && isTensorType(Call->getType()) ? ofCall(Call, Depth) : unknown();
  }

  Value ofVariable(const VarDecl *Variable, unsigned Depth) {
    if (!isOwn(Variable))
      return unknown();
    if (llvm::is_contained(Active, Variable))
      return {}; // `loss = loss + x`: what it was before is asked there
    Active.push_back(Variable);
    Value Found;
    for (const ProjectIndex::Store &Store : Index.storesOf(Variable))
      Found.join(Store.Value && Store.Kind == ProjectIndex::Store::Written
                     ? of(Store.Value, Depth + 1)
                     : unknown());
    // `loss.set_requires_grad(true);`
    forEach<CXXMemberCallExpr>(Function->getBody(), [&](const CXXMemberCallExpr *Call) {
      if (operationOf(Call).setsRequiresGrad() && namedVariable(objectOf(Call)) == Variable)
        Found.join(isAskedTrue(Call) ? leaf(Call) : unknown());
    });
    Active.pop_back();
    name(Variable, Found.IsItself);
    return Found;
  }

  // A tensor that the function makes, of which it shows all uses.
  static bool isOwn(const VarDecl *Variable) {
    return Variable && Variable->isLocalVarDecl() && !Variable->hasGlobalStorage() &&
           !Variable->getType()->isReferenceType() && isTensorType(Variable->getType()) &&
           !Variable->isCXXForRangeDecl() && !Variable->isInitCapture();
  }

  Value ofCall(const CallExpr *Call, unsigned Depth) {
    const FunctionDecl *Callee = calleeOf(Call);
    Operation Called = operationOf(Call);
    if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call);
        Operator && isLibTorchDecl(Callee) && !isLossRun(Call))
      return Operator->isComparisonOp()           ? Value()
             : Operator->getOperator() == OO_Call ? unknown()
                                                  : ofParts(Operator, Depth);
    if (!isLibTorchDecl(Callee) && !isLossRun(Call))
      return unknown();
    if (Called.setsRequiresGrad()) {
      Value Receiver = of(objectOf(Call), Depth + 1);
      return Receiver.IsKnown && isAskedTrue(Call) ? leaf(Call) : unknown();
    }
    if (Called.has(Creates)) {
      CarriesValues |= isOfComputedValues(Call);
      return GraphSources::asksForGrad(Call) ? leaf(Call) : Value();
    }
    if (Called.has(CutsGraph)) {
      CarriesValues |= Called.isView();
      return Called.isInPlace() ? unknown() : Value();
    }
    if (isLossRun(Call) || (isFunctional(Callee) && !Called))
      return ofParts(Call, Depth);
    if (!Called || Called.IsOut || Called.Gives == ResultKind::Another)
      return unknown();
    Value Found = ofParts(Call, Depth);
    Found.IsItself &= Called.Gives != ResultKind::New;
    return Found;
  }

  // All tensors among the arguments and the object.
  Value ofParts(const CallExpr *Call, unsigned Depth) {
    Value Found;
    if (const Expr *Object = isLossRun(Call) ? nullptr : objectOf(Call))
      Found.join(ofPart(Object, Depth + 1));
    for (const Expr *Argument : writtenArguments(Call))
      Found.join(ofPart(Argument, Depth + 1));
    return Found;
  }

  // A tensor; or what none is in: `{0, 1}`, `torch::kMean`; or a braced list of tensors.
  Value ofPart(const Expr *Part, unsigned Depth) {
    const Expr *E = stripValue(Part);
    if (!mayHoldTensors(E->getType()))
      return holdsNone(E) ? Value() : unknown();
    if (isTensorType(E->getType()))
      return of(E, Depth);
    if (const auto *Std = dyn_cast<CXXStdInitializerListExpr>(E))
      return ofPart(Std->getSubExpr(), Depth + 1);
    Value Found;
    if (const auto *List = dyn_cast<InitListExpr>(E)) {
      for (const Expr *Each : List->inits())
        Found.join(ofPart(Each, Depth + 1));
      return Found;
    }
    const auto *Construct = dyn_cast<CXXConstructExpr>(E);
    if (!Construct)
      return unknown();
    for (const Expr *Each : writtenArguments(Construct))
      Found.join(ofPart(Each, Depth + 1));
    return Found;
  }

  // Options that are given a tensor (`.weight(w)`) carry it.
  static bool holdsNone(const Expr *E) {
    return E->getType()->isArithmeticType() || !anyDescendant<Expr>(E, [](const Expr *Part) {
             return isTensorType(Part->getType()) && !Part->getType()->isVoidType();
           });
  }

  // --- who else sees it --------------------------------------------------------------------------

  void name(const VarDecl *Variable, bool IsItself) {
    for (auto &[Known, Flag] : Names)
      if (Known == Variable) {
        if (Flag || !IsItself)
          return;
      }
    Names.push_back({Variable, IsItself});
  }

  void follow(const VarDecl *Variable, bool IsItself) {
    forEach<DeclRefExpr>(Function->getBody(), [&](const DeclRefExpr *Ref) {
      if (Ref->getDecl() == Variable && All.IsKnown)
        use(Ref, IsItself);
    });
  }

  void refuse() { All.IsKnown = false; }

  void use(const Expr *Mention, bool IsItself) {
    const Stmt *Below = Mention;
    walkUp(Mention, Context, [&](const DynTypedNode &Above) {
      if (const auto *Variable = Above.get<VarDecl>()) {
        taken(Variable, IsItself);
        return false;
      }
      const auto *S = Above.get<Stmt>();
      bool Goes = S && step(S, Below, IsItself);
      Below = S;
      return Goes && All.IsKnown;
    });
  }

  // Another name for the same tensor.
  void taken(const VarDecl *Variable, bool IsItself) {
    if (isOwn(Variable))
      name(Variable, IsItself);
    else if (IsItself || Variable->getType()->isReferenceType())
      refuse();
  }

  // True: the tensor itself goes on to what stands around \p S.
  bool step(const Stmt *S, const Stmt *Below, bool IsItself) {
    if (isa<ReturnStmt>(S)) {
      if (IsItself)
        refuse();
      return false;
    }
    const auto *E = dyn_cast<Expr>(S);
    if (!E || isa<LambdaExpr>(E))
      return isa<DeclStmt>(S); // what a lambda does with what it captures is seen in its body
    if (auto Assign = asAssignment(E))
      return assigned(*Assign, Below, IsItself);
    if (const auto *Call = dyn_cast<CallExpr>(E))
      return called(Call, Below, IsItself);
    const auto *Address = dyn_cast<UnaryOperator>(E);
    const auto *Construct = dyn_cast<CXXConstructExpr>(E);
    const auto *Class = Construct ? Construct->getConstructor()->getParent() : nullptr;
    if (isa<CXXNewExpr>(E) || (Address && Address->getOpcode() == UO_AddrOf) ||
        (Class && !isLibTorchDecl(Class) && !isStdDecl(Class)))
      refuse();
    return true;
  }

  bool assigned(const Assignment &Assign, const Stmt *Below, bool IsItself) {
    if (!contains(Assign.Value, Below)) {
      // `loss += x`, `loss[0] = x`; of `loss = x` the stores tell.
      if (Assign.IsCompound || !namedVariable(Assign.Target))
        All.join(ofPart(Assign.Value, 0));
      return false;
    }
    const VarDecl *Target = namedVariable(Assign.Target);
    if (!Assign.IsCompound && isOwn(Target))
      name(Target, IsItself);
    else if (!Assign.IsCompound && IsItself)
      refuse();
    return false;
  }

  bool called(const CallExpr *Call, const Stmt *Below, bool IsItself) {
    const FunctionDecl *Callee = calleeOf(Call);
    Operation Called = operationOf(Call);
    const Expr *Object = objectOf(Call);
    bool IsObject = Object && (contains(Object, Below) ||
                               (isa<CXXMemberCallExpr>(Call) && Call->getCallee() == Below));
    if (isLossRun(Call))
      return false;
    if (isStdDecl(Callee)) {
      bool IsMove = isStdNamed(Callee, {"move", "forward", "as_const"});
      bool IsPrinted = isa<CXXOperatorCallExpr>(Call);
      if (IsItself && !IsMove && !IsPrinted)
        refuse();
      return IsMove;
    }
    if (!isLibTorchDecl(Callee)) {
      refuse();
      return false;
    }
    if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call)) {
      if (Operator->getOperator() == OO_Call)
        refuse();
      return Operator->getOperator() == OO_Subscript;
    }
    if (runsBackward(Call) && IsObject && Called.is(Op::backward))
      return false;
    if (Called.setsRequiresGrad() && IsObject) {
      All.join(isAskedTrue(Call) ? leaf(Call) : unknown());
      return true;
    }
    bool IsHarmless = Called.isOneOf({Op::retain_grad, Op::print});
    if (!IsHarmless &&
        ((!Called && !isFunctional(Callee)) || Called.IsOut || Called.is(Op::register_hook) ||
         Called.Gives == ResultKind::Another || (Called && Called.Gives == ResultKind::Nothing))) {
      refuse();
      return false;
    }
    if (Called.isInPlace()) {
      if (!IsObject)
        return false;
      if (Called.has(CutsGraph))
        refuse();
      for (const Expr *Argument : writtenArguments(Call))
        All.join(ofPart(Argument, 0));
      return true;
    }
    return !Called.has(CutsGraph) && (Called.mayView() || Called.Gives == ResultKind::Self);
  }

  const FunctionDecl *Function;
  const ProjectIndex &Index;
  ASTContext &Context;
  Value All;
  bool CarriesValues = false; // what the leaf holds was computed, or cut off a graph
  llvm::SmallVector<const CallExpr *, 2> Leaves;
  llvm::SmallVector<std::pair<const VarDecl *, bool>, 8> Names;
  llvm::SmallVector<const VarDecl *, 8> Active;
};

// `optimizer.step()`, `optimizer.zero_grad()`, `net->zero_grad()`
bool trains(const FunctionDecl *Function) {
  return anyDescendant<CXXMemberCallExpr>(Function->getBody(), [](const CXXMemberCallExpr *Call) {
    llvm::StringRef Name = calleeName(Call);
    if (Name != "step" && Name != "zero_grad")
      return false;
    const Expr *Object = objectOf(Call);
    return Object &&
           (isOptimizer(Object->getType()) || (Name == "zero_grad" && moduleOf(Object->getType())));
  });
}

// `torch::tensor(loss.item<float>(), …)` where the loss has a graph.
bool isOfItemWithGraph(llvm::ArrayRef<const CallExpr *> Leaves, GraphSources Sources) {
  return llvm::any_of(Leaves, [&](const CallExpr *Leaf) {
    return anyDescendant<CXXMemberCallExpr>(Leaf, [&](const CXXMemberCallExpr *Call) {
      return operationOf(Call).is(Op::item) && Sources.of(objectOf(Call));
    });
  });
}

} // namespace

void forEachLeafLoss(const FunctionDecl *Function, ASTContext &Context,
                     llvm::function_ref<const ProjectIndex &()> Index,
                     llvm::function_ref<void(const LeafLoss &)> Visit) {
  llvm::SmallPtrSet<const CallExpr *, 4> Told;
  // Nobody else asks for a gradient, so the code must at least make a leaf.
  std::optional<bool> MakesLeaf;
  forEach<CXXMemberCallExpr>(Function->getBody(), [&](const CXXMemberCallExpr *Call) {
    if (!operationOf(Call).is(Op::backward) || !objectOf(Call) ||
        !isTensorType(objectOf(Call)->getType()))
      return;
    if (!MakesLeaf)
      MakesLeaf = anyDescendant<CallExpr>(Function->getBody(), [](const CallExpr *Each) {
        return GraphSources::asksForGrad(Each) != nullptr;
      });
    if (!*MakesLeaf)
      return;
    Tracer Trace(Function, Index(), Context);
    const CallExpr *Leaf = Trace.leafOf(objectOf(Call));
    if (!Leaf || isUnderNoGrad(Call, Context) ||
        !(trains(Function) || isOfItemWithGraph(Trace.leaves(), GraphSources(Index(), Context))))
      return;
    if (Told.insert(Leaf).second)
      Visit({Call, Leaf});
  });
}

} // namespace torchtidy
