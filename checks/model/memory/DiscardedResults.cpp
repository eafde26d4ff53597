#include "model/memory/DiscardedResults.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Loops.h"
#include "model/syntax/Walk.h"
#include "model/torch/Names.h"
#include "model/torch/Types.h"
#include <functional>

using namespace clang;

namespace torchtidy {

namespace {

// --- which calls ---------------------------------------------------------------------------------

bool isValueOperator(const CXXOperatorCallExpr *Call) {
  switch (Call->getOperator()) {
  case OO_Plus:
  case OO_Minus:
  case OO_Star:
  case OO_Slash:
  case OO_Percent:
  case OO_Amp:
  case OO_Pipe:
  case OO_Caret:
  case OO_Tilde:
  case OO_Exclaim:
  case OO_EqualEqual:
  case OO_ExclaimEqual:
  case OO_Less:
  case OO_LessEqual:
  case OO_Greater:
  case OO_GreaterEqual:
    return isLibTorchDecl(Call->getDirectCallee()) && isTensorType(Call->getType());
  default:
    return false;
  }
}

// `F::relu(x, F::ReLUFuncOptions().inplace(true))`, and options that are not made here.
bool mayWriteByOptions(const CallExpr *Call) {
  for (const Expr *Argument : writtenArguments(Call)) {
    const CXXRecordDecl *Record = Argument->getType().getNonReferenceType()->getAsCXXRecordDecl();
    if (!nameOf(Record).ends_with("Options") || nameOf(Record) == "TensorOptions")
      continue;
    if (namedDecl(Argument) || anyDescendant<Expr>(Argument, [](const Expr *E) {
          const auto *Construct = dyn_cast<CXXConstructExpr>(E); // F::relu(x, true)
          return isWritingOption(calleeName(E)) ||
                 (Construct && Construct->getNumArgs() == 1 &&
                  Construct->getArg(0)->getType()->isBooleanType());
        }))
      return true;
  }
  return false;
}

bool isTensorObject(const Expr *Object) {
  QualType Type = Object->getType();
  return isTensorType(Type->isPointerType() ? Type->getPointeeType() : Type);
}

// A call that is made for the tensor that it returns.
bool isForItsResult(const CallExpr *Call) {
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call))
    return isValueOperator(Operator);
  Operation Called = operationOf(Call);
  if (!Called.hasNoSideEffect() || Called.has(Creates) || Called.Gives == ResultKind::Host ||
      Called.Gives == ResultKind::Another || !holdsTensors(Call->getType()))
    return false;
  const auto *Member = dyn_cast<CXXMemberCallExpr>(Call);
  return Member ? isTensorObject(objectOf(Member)) : !mayWriteByOptions(Call);
}

// --- what they work on ---------------------------------------------------------------------------

// The first tensor that \p Call is given: `x` of `x.op()`, `op(x, y)`, `x + y`, `cat({x, y})`.
const Expr *operandOf(const CallExpr *Call) {
  if (isa<CXXMemberCallExpr>(Call))
    return stripValue(objectOf(Call));
  for (const Expr *Argument : Call->arguments()) {
    const Expr *E = stripValue(Argument);
    if (isTensorType(E->getType()))
      return E;
    if (!holdsTensors(E->getType()) && !isTensorObject(E)) {
      const Expr *Listed = nullptr;
      forEach<DeclRefExpr>(E, [&](const DeclRefExpr *Ref) {
        Listed = Listed || !holdsTensors(Ref->getType()) ? Listed : Ref;
      });
      if (Listed)
        return Listed;
    } else {
      return E;
    }
  }
  return nullptr;
}

// What the operand is a view of or computed from.
const Expr *originOf(const Expr *Operand) {
  while (const auto *Call = dyn_cast_or_null<CallExpr>(Operand)) {
    const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call);
    bool IsOperation =
        Operator ? isValueOperator(Operator) : operationOf(Call) && holdsTensors(Call->getType());
    if (!IsOperation)
      break;
    Operand = operandOf(Call);
  }
  return Operand;
}

// `item.value()` of `for (auto &item : net->named_parameters())`, `(*list.find(name))`: the tensor
// that lies there.
bool isOfOrderedDict(const CallExpr *Call) {
  const auto *Method = dyn_cast_or_null<CXXMethodDecl>(calleeOf(Call));
  const CXXRecordDecl *Class = Method ? Method->getParent() : nullptr;
  return isLibTorchDecl(Class) && llvm::is_contained({"OrderedDict", "Item"}, nameOf(Class));
}

// Some tensor among the operands comes from a call of other than an operation: `matmul(x, net(x))`.
bool callsOthers(const CallExpr *Call) {
  return anyDescendant<CallExpr>(Call, [&](const CallExpr *Inner) {
    if (Inner == Call || !holdsTensors(Inner->getType()))
      return false;
    if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Inner))
      return Operator->getOperator() == OO_Call;
    return !operationOf(Inner) && !isStdDecl(calleeOf(Inner)) && !isOfOrderedDict(Inner);
  });
}

// `x.detach().set_requires_grad(false)`: the flag of a tensor that ends with the statement.
bool setsFlagOfResult(const CallExpr *Call) {
  const Expr *Object = operationOf(Call).setsRequiresGrad() ? objectOf(Call) : nullptr;
  const auto *Made = dyn_cast_or_null<CallExpr>(Object ? stripValue(Object) : nullptr);
  return Made && isForItsResult(Made) && operationOf(Made).Gives != ResultKind::Self;
}

bool isForNothing(const CallExpr *Call) {
  return (isForItsResult(Call) || setsFlagOfResult(Call)) && !callsOthers(Call);
}

// --- where they stand ----------------------------------------------------------------------------

// Names of what measures: clocks, timers, waiting for a device.
bool saysMeasuring(llvm::StringRef Name) {
  std::string Lower = Name.lower();
  return Lower == "now" ||
         llvm::any_of(llvm::ArrayRef<llvm::StringRef>{"timer", "stopwatch", "bench", "profil",
                                                      "synchronize", "clock", "warm", "wtime",
                                                      "gettimeofday", "eventrecord"},
                      [&](llvm::StringRef Word) { return llvm::StringRef(Lower).contains(Word); });
}

bool measures(const Stmt *S) {
  return anyDescendant<Expr>(S, [](const Expr *E) {
    if (const auto *Construct = dyn_cast<CXXConstructExpr>(E))
      return saysMeasuring(nameOf(Construct->getConstructor()->getParent()));
    return saysMeasuring(calleeName(E));
  });
}

// A loop that does nothing else, and the same each time.
bool isRepeatedForTime(const Expr *Discarded, ASTContext &Context) {
  const Stmt *Inner = Discarded;
  const Stmt *Loop = nullptr;
  walkUp(Discarded, Context, [&](const DynTypedNode &Above) {
    const auto *S = Above.get<Stmt>();
    if (!S || isa<LambdaExpr>(S))
      return false;
    if (isLoop(S)) {
      Loop = S;
      return false;
    }
    if (const auto *Compound = dyn_cast<CompoundStmt>(S); Compound && Compound->size() != 1)
      return false;
    Inner = S;
    return true;
  });
  if (const auto *Range = dyn_cast_or_null<CXXForRangeStmt>(Loop))
    return !mentions(Discarded, Range->getLoopVariable());
  const auto *For = dyn_cast_or_null<ForStmt>(Loop);
  if (!For || !For->getInc())
    return Loop != nullptr;
  return !anyDescendant<DeclRefExpr>(
      For->getInc(), [&](const DeclRefExpr *Ref) { return mentions(Discarded, Ref->getDecl()); });
}

// Something beside it in its block, or the name of the function, says that time is measured.
bool isMeasured(const Expr *Discarded, const FunctionDecl *Function, ASTContext &Context) {
  if (saysMeasuring(nameOf(Function)) || isRepeatedForTime(Discarded, Context))
    return true;
  const auto *Block = enclosing<CompoundStmt>(Discarded, Context);
  // Out of blocks that stand there, or under a condition, for it alone.
  for (bool IsAlone = true; Block && IsAlone;) {
    if (llvm::any_of(Block->body(),
                     [](const Stmt *S) { return isa<Expr, DeclStmt>(S) && measures(S); }))
      return true;
    const Stmt *Above = parentStmt(Block, Context);
    if (isa_and_nonnull<IfStmt>(Above))
      Above = parentStmt(Above, Context);
    IsAlone = Block->size() == 1;
    Block = dyn_cast_or_null<CompoundStmt>(Above);
  }
  return false;
}

// `timeIt([&] { w.matmul(w); })`, `expectThrow([this] { x.view({7}); })`: the code is handed to a
// function of the project, which measures it or waits for its exception.
bool isHandedOver(const Expr *Discarded, const Stmt *UsedAt, ASTContext &Context) {
  const auto *Lambda = enclosing<LambdaExpr>(Discarded, Context);
  if (!Lambda || !Lambda->getCallOperator()->parameters().empty() || contains(Lambda, UsedAt))
    return false;
  const auto *Call = enclosing<CallExpr>(Lambda, Context);
  const FunctionDecl *Callee = calleeOf(Call);
  return Callee && !isa<CXXOperatorCallExpr>(Call) && !isStdDecl(Callee) &&
         !isLibTorchDecl(Callee) &&
         enclosing<CompoundStmt>(Lambda, Context) == enclosing<CompoundStmt>(Call, Context);
}

// `EXPECT_THROW(x.view({3}), c10::Error)`: a macro is given the expression to do something with it.
bool isArgumentOfMacro(const CallExpr *Call, ASTContext &Context) {
  const SourceManager &Sources = Context.getSourceManager();
  if (!Sources.isMacroArgExpansion(Call->getExprLoc()))
    return false;
  const auto *Lambda = enclosing<LambdaExpr>(Call, Context);
  return !Lambda || !Sources.isMacroArgExpansion(Lambda->getBeginLoc());
}

// --- whether it matters --------------------------------------------------------------------------

// What stands for the object beyond the function: a member, a global, what a parameter or a
// reference leads to, an element of a range. Tensors are handles, so a copy of one does as well.
bool outlives(const Place &Root, const FunctionDecl *Innermost) {
  if (Root.IsThis)
    return true;
  const auto *Variable = dyn_cast<VarDecl>(Root.Root);
  if (!Variable)
    return false;
  if (Variable->isLocalVarDeclOrParm() && Variable->getDeclContext() != Innermost)
    return false; // captured
  return Variable->hasGlobalStorage() || isa<ParmVarDecl>(Variable) ||
         Variable->isCXXForRangeDecl() || Variable->getType()->isReferenceType() ||
         Root.ThroughPointer;
}

// The names in \p Body that stand in what is thrown away: none of them needs a new value.
llvm::SmallPtrSet<const Stmt *, 8> namesInDiscarded(const Stmt *Body) {
  llvm::SmallPtrSet<const Stmt *, 8> Names;
  forEachDiscarded(Body, [&](const Expr *E) {
    if (const auto *Call = dyn_cast<CallExpr>(E);
        Call && Call->getDirectCallee() && isForNothing(Call))
      forEach<DeclRefExpr>(Call, [&](const DeclRefExpr *Ref) { Names.insert(Ref); });
  });
  return Names;
}

// The next use of \p Root after \p Call, with the value that it has there; null where all that come
// are thrown away, too.
const Stmt *useAfter(const CallExpr *Call, const ValueDecl *Root, const FunctionPaths &Paths,
                     const FunctionDecl *Innermost) {
  llvm::SmallPtrSet<const Stmt *, 8> Discarded = namesInDiscarded(Innermost->getBody());
  llvm::SmallPtrSet<const Stmt *, 8> Targets;
  forEach<Expr>(Innermost->getBody(), [&](const Expr *E) {
    if (assigns(E, Root))
      Targets.insert(stripValue(asPlainAssignment(E)->Target));
  });
  auto IsUse = [&](const Stmt *S) {
    if (const auto *Lambda = dyn_cast<LambdaExpr>(S))
      return llvm::any_of(Lambda->captures(), [&](const LambdaCapture &Capture) {
        return Capture.capturesVariable() && Capture.getCapturedVar() == Root;
      });
    const auto *Ref = dyn_cast<DeclRefExpr>(S);
    return Ref && Ref->getDecl() == Root && !Targets.contains(Ref) && !contains(Call, Ref);
  };
  auto IsWanted = [&](const Stmt *S) { return IsUse(S) && !Discarded.contains(S); };
  auto Renews = [&](const Stmt *S) { return declares(S, Root) || assigns(S, Root); };
  return Paths.findAfter(Call, IsWanted, Renews) ? Paths.findAfter(Call, IsUse, Renews) : nullptr;
}

// `try { x.view({2, 2}); …`: whether the sizes fit.
bool isFirstView(const CallExpr *Call, const CompoundStmt *Block) {
  Operation Called = operationOf(Call);
  return (Called.isView() || Called.reshapes()) && !Block->body_empty() &&
         contains(*Block->body_begin(), Call);
}

std::string operationText(const CallExpr *Call) {
  return Call->getDirectCallee()->getNameAsString();
}

} // namespace

void forEachDiscarded(const Stmt *Root, llvm::function_ref<void(const Expr *)> Visit) {
  llvm::SmallPtrSet<const Stmt *, 4> Taken; // the value of `({ …; value; })`
  std::function<void(const Stmt *)> Drop = [&](const Stmt *S) {
    const auto *Whole = dyn_cast_or_null<Expr>(S);
    if (!Whole || Taken.contains(Whole))
      return;
    const Expr *E = stripValue(Whole);
    if (const auto *Comma = dyn_cast<BinaryOperator>(E); Comma && Comma->isCommaOp()) {
      Drop(Comma->getLHS());
      Drop(Comma->getRHS());
    } else if (const auto *Choice = dyn_cast<ConditionalOperator>(E)) {
      Drop(Choice->getTrueExpr());
      Drop(Choice->getFalseExpr());
    } else {
      Visit(E);
    }
  };
  walk(Root, [&](const Stmt *S) {
    if (const auto *Valued = dyn_cast<StmtExpr>(S); Valued && !Valued->getSubStmt()->body_empty())
      Taken.insert(Valued->getSubStmt()->body_back());
    else if (const auto *Compound = dyn_cast<CompoundStmt>(S))
      llvm::for_each(Compound->body(), Drop);
    else if (const auto *If = dyn_cast<IfStmt>(S))
      llvm::for_each(std::initializer_list<const Stmt *>{If->getThen(), If->getElse()}, Drop);
    else if (const auto *For = dyn_cast<ForStmt>(S))
      llvm::for_each(std::initializer_list<const Stmt *>{For->getInc(), For->getBody()}, Drop);
    else if (const auto *Range = dyn_cast<CXXForRangeStmt>(S))
      Drop(Range->getBody());
    else if (const auto *While = dyn_cast<WhileStmt>(S))
      Drop(While->getBody());
    else if (const auto *Do = dyn_cast<DoStmt>(S))
      Drop(Do->getBody());
    else if (const auto *Case = dyn_cast<SwitchCase>(S))
      Drop(Case->getSubStmt());
    return true;
  });
}

void forEachDiscardedResult(const FunctionDecl *Function, ControlFlowGraphs &Graphs,
                            llvm::function_ref<void(const DiscardedResult &)> Visit) {
  ASTContext &Context = Graphs.context();
  forEachDiscarded(Function->getBody(), [&](const Expr *E) {
    const auto *Call = dyn_cast<CallExpr>(E);
    if (!Call || !Call->getDirectCallee() || !isForNothing(Call))
      return;
    const Expr *Operand = operandOf(Call);
    const Expr *Origin = originOf(Operand);
    const auto *Item = dyn_cast_or_null<CXXMemberCallExpr>(Origin);
    Place Root = placeOf(
        stripSubscripts(Item && isOfOrderedDict(Item) ? stripValue(objectOf(Item)) : Origin));
    if (!Root || isArgumentOfMacro(Call, Context) || isMeasured(Call, Function, Context))
      return;
    const FunctionDecl *Innermost = innermostFunction(Call, Context);
    const FunctionPaths *Paths = Graphs.of(Innermost);
    const Stmt *UsedAt =
        Paths && Root.Root ? useAfter(Call, Root.Root, *Paths, Innermost) : nullptr;
    if (isHandedOver(Call, UsedAt, Context))
      return;
    // A try block whose last word it is asks for the exception, and one that begins with a view
    // may.
    if (const auto *Try = enclosing<CXXTryStmt>(Call, Context);
        Try && contains(Try->getTryBlock(), Call) &&
        (!contains(Try->getTryBlock(), UsedAt) || isFirstView(Call, Try->getTryBlock())))
      return;
    if (UsedAt || outlives(Root, Innermost))
      Visit({Call, operationText(Call), Origin, Origin == Operand, UsedAt});
  });
}

} // namespace torchtidy
