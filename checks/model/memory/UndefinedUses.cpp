#include "model/memory/UndefinedTensors.h"
#include "model/paths/Flags.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Loops.h"
#include "model/syntax/Walk.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// `Tensor x;`, `Tensor x{};`, `auto x = Tensor();`
bool isMadeEmpty(const VarDecl *Variable) {
  if (!Variable->hasLocalStorage() || isa<ParmVarDecl>(Variable) ||
      !isTensorType(Variable->getType()) || Variable->getType()->isReferenceType() ||
      Variable->isCXXForRangeDecl() || Variable->isExceptionVariable())
    return false;
  const auto *Construct = dyn_cast_or_null<CXXConstructExpr>(initialiserOf(Variable));
  return Construct && Construct->getNumArgs() == 0 && isTensorType(Construct->getType());
}

struct Operand {
  const Expr *Use;
  std::string Operation;
};

// The operands that \p Call, an operation of LibTorch, cannot take undefined.
void operandsOf(const CallExpr *Call, llvm::SmallVectorImpl<Operand> &Found) {
  const FunctionDecl *Callee = Call->getDirectCallee();
  if (!isLibTorchDecl(Callee))
    return;
  auto Take = [&](const Expr *E, std::string Name) {
    E = stripValue(E);
    if (isa<DeclRefExpr>(E) && isTensorType(E->getType()))
      Found.push_back({E, std::move(Name)});
  };
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call)) {
    OverloadedOperatorKind Kind = Operator->getOperator();
    bool IsArithmetic = Kind == OO_Subscript || isTensorType(Call->getType());
    if (asPlainAssignment(Operator) || Kind == OO_LessLess || Kind == OO_Call || !IsArithmetic)
      return;
    for (const Expr *Argument : Operator->arguments())
      Take(Argument, Callee->getNameAsString());
    return;
  }
  Operation Called = operationOf(Call);
  if (!Called || Called.has(TakesUndefined) || Called.has(HasEffect) || Called.IsOut ||
      Called.is(Op::contiguous) || Called.is(Op::size) || Called.is(Op::set_data) ||
      Called.is(Op::requires_grad_))
    return;
  std::string Name = nameOf(Callee).str();
  if (const auto *Member = dyn_cast<CXXMemberCallExpr>(Call)) {
    if (!isTensorType(objectOf(Member)->getType()))
      return;
    Take(objectOf(Member), Name);
  } else if (const auto *Space = dyn_cast<NamespaceDecl>(Callee->getDeclContext());
             !Space || nameOf(Space) != "at") {
    return;
  }
  for (const Expr *Argument : writtenArguments(Call)) {
    Take(Argument, Name);
    // cat({x, y}); an optional<Tensor> is no list.
    forEach<InitListExpr>(Argument, [&](const InitListExpr *List) {
      for (const Expr *Element : List->inits())
        Take(Element, Name);
    });
  }
}

// What may give the variable a value.
class Writes {
public:
  Writes(const VarDecl *Variable, const Stmt *Body) : Variable(Variable) {
    forEach<Expr>(Body, [&](const Expr *E) {
      if (gives(E))
        Sites.insert(E);
    });
    forEach<DeclStmt>(Body, [&](const DeclStmt *Declaration) {
      for (const Decl *D : Declaration->decls())
        if (const auto *Other = dyn_cast<VarDecl>(D);
            Other && Other->getType()->isReferenceType() && isNamed(Other->getInit()))
          Sites.insert(Declaration);
    });
  }
  bool contain(const Stmt *S) const { return Sites.contains(S); }
  const llvm::SmallPtrSetImpl<const Stmt *> &all() const { return Sites; }

private:
  bool isNamed(const Expr *E) const { return E && namedDecl(E) == Variable; }

  bool gives(const Expr *E) const {
    if (auto Assign = asPlainAssignment(E))
      return isNamed(Assign->Target);
    if (const auto *Unary = dyn_cast<UnaryOperator>(E))
      return Unary->getOpcode() == UO_AddrOf && isNamed(Unary->getSubExpr());
    if (const auto *Lambda = dyn_cast<LambdaExpr>(E)) // by reference: it may be what fills it
      return llvm::any_of(Lambda->captures(), [&](const LambdaCapture &Capture) {
        return Capture.capturesVariable() && Capture.getCapturedVar() == Variable &&
               Capture.getCaptureKind() == LCK_ByRef;
      });
    if (const auto *Call = dyn_cast<CallExpr>(E)) {
      const FunctionDecl *Callee = Call->getDirectCallee();
      if (isLibTorchDecl(Callee) && isa<CXXMemberCallExpr>(Call) && isNamed(objectOf(Call)))
        return operationOf(Call).has(HasEffect); // reset, swap
      return handsOut(Call, Callee);
    }
    if (const auto *List = dyn_cast<InitListExpr>(E)) // Out out{x}; of a member by reference
      return List->getType()->isRecordType() && llvm::any_of(List->inits(), [&](const Expr *Init) {
               return isa<DeclRefExpr>(Init->IgnoreParenImpCasts()) && isNamed(Init);
             });
    const auto *Construct = dyn_cast<CXXConstructExpr>(E);
    return Construct && !isTensorType(Construct->getType()) &&
           handsOut(Construct, Construct->getConstructor());
  }

  template <typename CallType>
  bool handsOut(const CallType *Call, const FunctionDecl *Callee) const {
    if (!Callee) {
      for (const Expr *Argument : Call->arguments())
        if (isNamed(Argument))
          return true;
      return false;
    }
    for (auto [Argument, Parameter] : argumentsWithParameters(Call, Callee)) {
      QualType Type = Parameter->getType();
      bool IsOperation = operationNamed(nameOf(Callee)) && isLibTorchDecl(Callee);
      if (isNamed(Argument) && Type->isReferenceType() &&
          !Type.getNonReferenceType().isConstQualified() &&
          !(IsOperation && !operationNamed(nameOf(Callee)).IsOut))
        return true;
    }
    return false;
  }

  const VarDecl *Variable;
  llvm::SmallPtrSet<const Stmt *, 8> Sites;
};

// The function asks whether it has a value, or hands an undefined one on on purpose.
bool asksDefined(const VarDecl *Variable, const Stmt *Body) {
  return anyDescendant<CXXMemberCallExpr>(Body, [&](const CXXMemberCallExpr *Call) {
    return namedDecl(objectOf(Call)) == Variable && operationOf(Call).has(TakesUndefined);
  });
}

const Stmt *loopAround(const Stmt *S, const Stmt *Within, ASTContext &Context) {
  const Stmt *Outermost = nullptr;
  walkUp(S, Context, [&](const DynTypedNode &Above) {
    const auto *Node = Above.get<Stmt>();
    if (!Node || Node == Within)
      return Node != Within && Above.get<VarDecl>();
    if (isLoop(Node))
      Outermost = Node;
    return true;
  });
  return Outermost;
}

// The child of \p Block that \p S runs in whenever that child runs; null where a condition, a loop
// or another function stands between.
const Stmt *plainChild(const CompoundStmt *Block, const Stmt *S, ASTContext &Context) {
  const Stmt *Child = S;
  bool IsPlain = true;
  walkUp(S, Context, [&](const DynTypedNode &Above) {
    const auto *Node = Above.get<Stmt>();
    if (Node == Block)
      return false;
    const auto *Binary = dyn_cast_or_null<BinaryOperator>(Node);
    if (Node && (isLoop(Node) ||
                 isa<IfStmt, SwitchStmt, CXXTryStmt, ConditionalOperator, LambdaExpr>(Node) ||
                 (Binary && Binary->isLogicalOp() && contains(Binary->getRHS(), S))))
      IsPlain = false;
    if (Node)
      Child = Node;
    return IsPlain;
  });
  return IsPlain && llvm::is_contained(Block->body(), Child) ? Child : nullptr;
}

bool mayLeave(const Stmt *S) {
  return anyDescendant<Stmt>(S, [](const Stmt *Part) {
    return isa<ContinueStmt, BreakStmt, ReturnStmt, GotoStmt, CXXThrowExpr>(Part);
  });
}

class UseJudge {
public:
  UseJudge(const VarDecl *Variable, const DeclStmt *Declaration, const FunctionDecl *Function,
           const FunctionPaths &Paths, ASTContext &Context)
      : Variable(Variable), Declaration(Declaration), Paths(Paths), Context(Context),
        Whole(Function->getBody()), Given(Variable, Function->getBody()),
        Block(dyn_cast_or_null<CompoundStmt>(parentStmt(Declaration, Context))) {}

  std::optional<UndefinedUse> judge(const Operand &Found) const {
    auto IsUse = [&](const Stmt *S) { return S == Found.Use; };
    auto Stops = [&](const Stmt *S) { return Given.contain(S); };
    if (!Block || !Paths.findAfter(initialiserOf(Variable), IsUse, Stops) || isPutRight(Found.Use))
      return std::nullopt;
    UndefinedUse Result{Variable, Found.Use, Found.Operation, nullptr};
    bool IsReached = false, OnlyAgain = true;
    const Stmt *Loop = loopAround(Found.Use, Block, Context);
    for (const Stmt *Site : Given.all()) {
      bool Reaches =
          Paths.findAfter(Site, IsUse, [&](const Stmt *S) { return declares(S, Variable); });
      IsReached |= Reaches;
      OnlyAgain &= !Reaches || (Loop && contains(Loop, Site));
    }
    if (!IsReached || isBeforeAllValues(IsUse))
      return Result;
    if (Loop)
      return OnlyAgain && isFirstInLoop(Loop, Found.Use) ? std::optional(Result) : std::nullopt;
    Result.AssignedIn = onlyBranch(Found.Use);
    return Result.AssignedIn ? std::optional(Result) : std::nullopt;
  }

private:
  // Whenever the use runs for the first time, nothing has given a value: each place that does is
  // come to only past the use.
  bool isBeforeAllValues(llvm::function_ref<bool(const Stmt *)> IsUse) const {
    return llvm::none_of(Given.all(), [&](const Stmt *Site) {
      return Paths.findAfter(
          initialiserOf(Variable), [&](const Stmt *S) { return S == Site; }, IsUse);
    });
  }

  // The first round comes to the use before anything in the loop gives a value.
  bool isFirstInLoop(const Stmt *Loop, const Stmt *Use) const {
    const Stmt *Body = loopBody(Loop);
    const auto *Inside = dyn_cast<CompoundStmt>(Body);
    if (!Inside)
      return !isa<IfStmt>(Body) && plainIn(Body, Use);
    const Stmt *Child = plainChild(Inside, Use, Context);
    for (const Stmt *Before : Inside->body()) {
      if (Before == Child)
        break;
      if (mayLeave(Before) ||
          anyDescendant<Stmt>(Before, [&](const Stmt *S) { return Given.contain(S); }))
        return false;
    }
    return Child != nullptr;
  }

  bool plainIn(const Stmt *Body, const Stmt *Use) const {
    return isa<Expr>(Body) && contains(Body, Use) && !anyDescendant<Stmt>(Body, [](const Stmt *S) {
             return isa<ConditionalOperator, LambdaExpr>(S);
           });
  }

  // `try { all = torch::cat({all, x}); } catch (…) { all = x; }`
  bool isPutRight(const Stmt *Use) const {
    const auto *Try = enclosing<CXXTryStmt>(Use, Context);
    if (!Try || !contains(Try->getTryBlock(), Use))
      return false;
    for (unsigned I = 0; I < Try->getNumHandlers(); ++I)
      if (anyDescendant<Stmt>(Try->getHandler(I)->getHandlerBlock(),
                              [&](const Stmt *S) { return Given.contain(S); }))
        return true;
    return false;
  }

  // `CHECK(c);`, `assert(c);`: a macro that asks for the condition of \p If before the use.
  bool isAssured(const IfStmt *If, const Stmt *Use) const {
    auto IsInMacro = [](const Stmt *S) { return S->getBeginLoc().isMacroID(); };
    auto Asks = [&](const Expr *Condition) {
      return anyDescendant<Expr>(Condition, [&](const Expr *Part) {
        return areSpelledAlike(Part, If->getCond(), Context);
      });
    };
    const SourceManager &Sources = Context.getSourceManager();
    return anyDescendant<Stmt>(Whole, [&](const Stmt *S) {
      if (S == If || !IsInMacro(S) ||
          !Sources.isBeforeInTranslationUnit(Sources.getExpansionLoc(S->getBeginLoc()),
                                             Sources.getExpansionLoc(Use->getBeginLoc())))
        return false;
      if (const auto *Other = dyn_cast<IfStmt>(S))
        return Asks(Other->getCond());
      const auto *Choice = dyn_cast<ConditionalOperator>(S);
      return Choice && Asks(Choice->getCond());
    });
  }

  // `if (c) x = …;` without an else, and the use whatever c is.
  const IfStmt *onlyBranch(const Stmt *Use) const {
    const Stmt *Child = plainChild(Block, Use, Context);
    const IfStmt *Found = nullptr;
    bool IsPast = false;
    for (const Stmt *S : Block->body()) {
      if (S == Declaration) {
        IsPast = true;
        continue;
      }
      if (!IsPast)
        continue;
      if (S == Child)
        return Found && !isAssured(Found, Use) ? Found : nullptr;
      bool Gives = anyDescendant<Stmt>(S, [&](const Stmt *Part) { return Given.contain(Part); });
      const auto *If = dyn_cast<IfStmt>(S);
      if (Gives && (Found || !If || If->getElse() || If->isConstexpr() || mayLeave(If)))
        return nullptr;
      if (Gives)
        Found = If;
      else if (mayLeave(S))
        return nullptr;
    }
    return nullptr;
  }

  const VarDecl *Variable;
  const DeclStmt *Declaration;
  const FunctionPaths &Paths;
  ASTContext &Context;
  const Stmt *Whole;
  Writes Given;
  const CompoundStmt *Block;
};

} // namespace

void forEachUndefinedUse(const FunctionDecl *Function, ControlFlowGraphs &Graphs,
                         llvm::function_ref<void(const UndefinedUse &)> Visit) {
  const Stmt *Body = Function->getBody();
  forEach<DeclStmt>(
      Body,
      [&](const DeclStmt *Declaration) {
        for (const Decl *D : Declaration->decls()) {
          const auto *Variable = dyn_cast<VarDecl>(D);
          if (!Variable || !isMadeEmpty(Variable) || asksDefined(Variable, Body))
            continue;
          const FunctionPaths *Paths = Graphs.of(Function);
          if (!Paths)
            return;
          UseJudge Judge(Variable, Declaration, Function, *Paths, Graphs.context());
          llvm::SmallVector<Operand, 4> Operands;
          forEach<CallExpr>(
              Body, [&](const CallExpr *Call) { operandsOf(Call, Operands); }, LambdaBodies::Skip);
          for (const Operand &Used : Operands)
            if (cast<DeclRefExpr>(Used.Use)->getDecl() == Variable)
              if (std::optional<UndefinedUse> Found = Judge.judge(Used)) {
                Visit(*Found);
                break;
              }
        }
      },
      LambdaBodies::Skip);
}

} // namespace torchtidy
