#include "model/memory/ReboundNames.h"
#include "model/memory/SpelledSizes.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/SourceText.h"
#include "model/syntax/Walk.h"
#include "model/torch/Names.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// A result that is made to be kept: of an operation without side effects, of arithmetic.
bool isOperation(const Expr *Value) {
  const auto *Call = dyn_cast<CallExpr>(stripValue(Value));
  if (!Call || !isLibTorchDecl(calleeOf(Call)) || !isTensorType(Call->getType()))
    return false;
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call))
    return Call->isPRValue() && Operator->getOperator() != OO_Call; // net(x)
  Operation Called = operationOf(Call);
  return Called.hasNoSideEffect() && Called.Gives != ResultKind::Another;
}

// Another object's tensor: w.grad(), fc->weight, rows[i], x.select(0, 1), *p.
bool isKeptElsewhere(const Expr *E) {
  E = stripValue(E);
  if (const auto *Member = dyn_cast<MemberExpr>(E))
    return isa<FieldDecl>(Member->getMemberDecl());
  const auto *Call = dyn_cast<CallExpr>(E);
  if (!Call)
    return false;
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call))
    return Operator->getOperator() == OO_Subscript &&
           isa<DeclRefExpr, MemberExpr>(stripValue(Operator->getArg(0)));
  Operation Called = operationOf(Call);
  return Called.isOneOf({Op::grad, Op::mutable_grad, Op::data, Op::select, Op::narrow, Op::slice});
}

// `net->parameters()`: elements of a list that ends with the loop.
bool listsParameters(const Expr *Range) {
  const auto *Call = dyn_cast<CXXMemberCallExpr>(stripValue(Range));
  return Call && Call->isPRValue() && listingNamed(calleeName(Call)) == Listing::Parameters &&
         isLibTorchDecl(Call->getMethodDecl());
}

// The loop that declares Variable; null for any other one.
const CXXForRangeStmt *loopOf(const VarDecl *Variable, const FunctionDecl *Function) {
  const CXXForRangeStmt *Found = nullptr;
  if (Variable->isCXXForRangeDecl())
    forEach<CXXForRangeStmt>(Function->getBody(), [&](const CXXForRangeStmt *Loop) {
      if (Loop->getLoopVariable() == Variable)
        Found = Loop;
    });
  return Found;
}

// What Variable stands for; nothing where it is a tensor of its own.
std::optional<ReboundName> nameOfOther(const VarDecl *Variable, const FunctionDecl *Function) {
  bool IsReference = Variable->getType()->isReferenceType();
  if (const CXXForRangeStmt *Loop = loopOf(Variable, Function)) {
    if (IsReference && !listsParameters(Loop->getRangeInit()))
      return std::nullopt; // the element itself
    return ReboundName{ReboundName::Element, nullptr, Variable, Loop->getRangeInit()};
  }
  if (IsReference || Variable->isStaticLocal())
    return std::nullopt;
  if (isa<ParmVarDecl>(Variable))
    return ReboundName{ReboundName::Parameter, nullptr, Variable, nullptr};
  const Expr *Init = initialiserOf(Variable);
  if (!Variable->isLocalVarDecl() || !Init || !isKeptElsewhere(Init))
    return std::nullopt;
  return ReboundName{ReboundName::Local, nullptr, Variable, Init};
}

// Something else leads to it: `&t`, `auto &r = t`, a lambda.
bool isSharedIn(const VarDecl *Variable, const Stmt *Body) {
  return anyDescendant<Stmt>(Body, [&](const Stmt *S) {
    if (const auto *Unary = dyn_cast<UnaryOperator>(S))
      return Unary->getOpcode() == UO_AddrOf && namedVariable(Unary->getSubExpr()) == Variable;
    if (const auto *Lambda = dyn_cast<LambdaExpr>(S))
      return llvm::any_of(Lambda->captures(), [&](const LambdaCapture &Capture) {
        return Capture.capturesVariable() && Capture.getCapturedVar() == Variable;
      });
    const auto *Declared = dyn_cast<DeclStmt>(S);
    return Declared && llvm::any_of(Declared->decls(), [&](const Decl *D) {
             const auto *Other = dyn_cast<VarDecl>(D);
             return Other && Other->getType()->isReferenceType() && Other->getInit() &&
                    namedVariable(Other->getInit()) == Variable;
           });
  });
}

// Read, or given another value: a value in between that nobody needs is no attempt to write.
bool isUsedAfter(const Expr *Assignment, const VarDecl *Variable, const FunctionPaths &Paths) {
  const Expr *Target = stripValue(asPlainAssignment(Assignment)->Target); // in another round
  auto IsUse = [&](const Stmt *S) {
    const auto *Ref = dyn_cast<DeclRefExpr>(S);
    return Ref && Ref->getDecl() == Variable && Ref != Target;
  };
  auto Renews = [&](const Stmt *S) { return declares(S, Variable); };
  return Paths.findAfter(Assignment, IsUse, Renews) != nullptr;
}

// In code that is not compiled here, or not in this instantiation: `DBG(x)` in a release.
bool isNamedOutOfView(const VarDecl *Variable, const FunctionDecl *Function,
                      const ASTContext &Context) {
  // Members may be called the same.
  llvm::DenseSet<SourceLocation> Named;
  auto Note = [&](const ValueDecl *D, SourceLocation At) {
    if (nameOf(D) == Variable->getName())
      Named.insert(Context.getSourceManager().getSpellingLoc(At));
  };
  forEach<Stmt>(Function->getBody(), [&](const Stmt *S) {
    if (const auto *Ref = dyn_cast<DeclRefExpr>(S))
      Note(Ref->getDecl(), Ref->getLocation());
    else if (const auto *Member = dyn_cast<MemberExpr>(S))
      Note(Member->getMemberDecl(), Member->getMemberLoc());
    else if (const auto *Declared = dyn_cast<DeclStmt>(S))
      for (const Decl *D : Declared->decls())
        if (const auto *Value = dyn_cast<ValueDecl>(D))
          Note(Value, Value->getLocation());
    if (const auto *Loop = dyn_cast<CXXForRangeStmt>(S))
      Note(Loop->getLoopVariable(), Loop->getLoopVariable()->getLocation());
  });
  return timesWritten(Variable->getName(), Function->getBody()->getSourceRange(), Context) >
         Named.size();
}

// `logits = torch::empty({0});` lets go of the tensor.
bool freesMemory(const Expr *Value, const FunctionDecl *Function) {
  std::optional<SpelledSizes> Sizes = spelledSizes(Value, Function, Function->getASTContext());
  return Sizes && (Sizes->empty() || llvm::is_contained(*Sizes, std::optional<int64_t>(0)));
}

} // namespace

void forEachReboundName(const FunctionDecl *Function, ControlFlowGraphs &Graphs,
                        llvm::function_ref<void(const ReboundName &)> Visit) {
  ASTContext &Context = Graphs.context();
  forEach<Expr>(Function->getBody(), [&](const Expr *E) {
    auto Assigned = asPlainAssignment(E);
    const VarDecl *Variable = Assigned ? namedVariable(Assigned->Target) : nullptr;
    if (!Variable || !isTensorType(Variable->getType().getNonReferenceType()) ||
        !isOperation(Assigned->Value) || enclosing<CXXTryStmt>(E, Context))
      return;
    const FunctionDecl *Innermost = innermostFunction(E, Context);
    const FunctionPaths *Paths =
        Innermost && Variable->getDeclContext() == Innermost ? Graphs.of(Innermost) : nullptr;
    std::optional<ReboundName> Found = Paths ? nameOfOther(Variable, Innermost) : std::nullopt;
    if (!Found || isSharedIn(Variable, Innermost->getBody()) || isUsedAfter(E, Variable, *Paths))
      return;
    if (isNamedOutOfView(Variable, Innermost, Context) || freesMemory(Assigned->Value, Innermost))
      return;
    Found->Assignment = E;
    Visit(*Found);
  });
}

} // namespace torchtidy
