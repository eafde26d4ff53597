#include "model/memory/ContiguousCopies.h"
#include "model/memory/MemoryOrder.h"
#include "model/memory/StridedMemory.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/CallWalk.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/SourceText.h"
#include "model/syntax/Walk.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// What is asked of a tensor without its memory.
bool asksProperty(const Operation &Called) {
  return Called.isOneOf({Op::numel, Op::size, Op::sizes, Op::dim, Op::ndimension, Op::dtype,
                         Op::scalar_type, Op::options, Op::device, Op::get_device, Op::layout,
                         Op::is_cuda, Op::defined, Op::is_contiguous, Op::stride, Op::strides,
                         Op::nbytes, Op::element_size, Op::itemsize});
}

bool asksOrder(const Operation &Called) {
  return Called.isOneOf({Op::is_contiguous, Op::stride, Op::strides});
}

class CopyReader {
public:
  CopyReader(const FunctionDecl *Function, const FunctionPaths &Paths, ASTContext &Context)
      : Function(Function), Paths(Paths), Context(Context) {}

  // Nothing reads what \p Copy holds, or hands it on.
  bool isUnused(const VarDecl *Copy, const CXXMemberCallExpr *Made) const {
    const Stmt *Body = Function->getBody();
    const ValueDecl *Of = namedDecl(objectOf(Made));
    llvm::SmallPtrSet<const Expr *, 8> Harmless;
    forEach<Expr>(Body, [&](const Expr *E) {
      if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E)) {
        if (asksProperty(operationOf(Call)))
          Harmless.insert(stripValue(objectOf(Call)));
      } else if (const auto *Lambda = dyn_cast<LambdaExpr>(E)) {
        // What the body does with it is seen there.
        for (auto [Capture, Init] : llvm::zip(Lambda->captures(), Lambda->capture_inits()))
          if (Capture.capturesVariable() && Capture.getCapturedVar() == Copy)
            Harmless.insert(stripValue(Init));
      }
      if (auto Assign = asPlainAssignment(E)) {
        const CXXMemberCallExpr *Value = asContiguousCopy(Assign->Value);
        if (Value && namedDecl(objectOf(Value)) == Of)
          Harmless.insert(stripValue(Assign->Target));
      }
    });
    llvm::DenseSet<SourceLocation> Named;
    bool IsUsed = anyDescendant<DeclRefExpr>(Body, [&](const DeclRefExpr *Ref) {
      if (Ref->getDecl() != Copy)
        return false;
      Named.insert(Context.getSourceManager().getSpellingLoc(Ref->getLocation()));
      return !Harmless.contains(Ref);
    });
    // Code that is not compiled here, or not in this instantiation, may use it.
    return !IsUsed &&
           timesWritten(Copy->getName(), Function->getSourceRange(), Context) <= Named.size() + 1;
  }

  // The pointers into what was copied that are taken after it, where the copy is in scope.
  void findPointers(UnusedContiguousCopy &Found) const {
    const ValueDecl *Tensor = namedDecl(objectOf(Found.Made));
    const auto *Scope = enclosing<CompoundStmt>(Found.Made, Context);
    auto IsStore = [&](const Stmt *S) { return assigns(S, Tensor); };
    llvm::DenseSet<SourceLocation> Seen;
    forEachCall(Function, [&](const CallExpr *Call, const UseContext &Where) {
      const auto *Pointer = dyn_cast<CXXMemberCallExpr>(Call);
      if (!Pointer || !isDataPointer(Pointer) || namedDecl(objectOf(Pointer)) != Tensor ||
          isOnlyCompared(Pointer))
        return;
      const Stmt *At =
          Where.Frames.size() > 1 ? static_cast<const Stmt *>(Where.Frames[1].Lambda) : Pointer;
      auto IsPlace = [&](const Stmt *S) { return S == At; };
      if (Scope && contains(Scope, At) && Paths.findAfter(Found.Made, IsPlace, IsStore) &&
          Seen.insert(Pointer->getExprLoc()).second)
        Found.Pointers.push_back(Pointer);
    });
  }

private:
  // `x.data_ptr() == y.data_ptr()`, `if (x.data_ptr())`, an address that is printed.
  bool isOnlyCompared(const CXXMemberCallExpr *Pointer) const {
    bool Is = false;
    walkUp(Pointer, Context, [&](const DynTypedNode &Above) {
      const auto *Outer = Above.get<Expr>();
      if (!Outer)
        return false;
      if (isa<CastExpr>(Outer))
        Is |= Outer->getType()->isIntegralOrEnumerationType() || Outer->getType()->isVoidType();
      else if (const auto *Binary = dyn_cast<BinaryOperator>(Outer))
        Is |= Binary->isComparisonOp() || Binary->isLogicalOp();
      else if (isa<CXXOperatorCallExpr>(Outer))
        Is = true;
      return !Is && isa<CastExpr, ParenExpr, FullExpr, MaterializeTemporaryExpr>(Outer);
    });
    return Is;
  }

  const FunctionDecl *Function;
  const FunctionPaths &Paths;
  ASTContext &Context;
};

} // namespace

const CXXMemberCallExpr *asContiguousCopy(const Expr *E) {
  const auto *Call = dyn_cast_or_null<CXXMemberCallExpr>(E ? stripValue(E) : nullptr);
  if (!Call || !operationOf(Call).is(Op::contiguous) || !writtenArguments(Call).empty())
    return nullptr;
  const Expr *Object = objectOf(Call);
  const VarDecl *Variable = namedVariable(Object);
  bool IsNamed = (Variable && Variable->isLocalVarDeclOrParm()) || fieldOfThis(Object);
  return IsNamed && isTensorType(Object->getType()) ? Call : nullptr;
}

// `c.data_ptr() == x.data_ptr()`: whether the copy is the tensor itself.
static bool comparesMemory(const ValueDecl *Tensor, const FunctionDecl *Function) {
  auto IsPointer = [](const Expr *E) {
    const auto *Call = dyn_cast<CallExpr>(stripValue(E));
    return Call && isDataPointer(Call) ? Call : nullptr;
  };
  return anyDescendant<BinaryOperator>(Function->getBody(), [&](const BinaryOperator *E) {
    const CallExpr *Left = E->isEqualityOp() ? IsPointer(E->getLHS()) : nullptr;
    const CallExpr *Right = Left ? IsPointer(E->getRHS()) : nullptr;
    return Right && (namedDecl(objectOf(Left)) == Tensor || namedDecl(objectOf(Right)) == Tensor);
  });
}

bool asksOrderOf(const ValueDecl *Tensor, const FunctionDecl *Function) {
  return comparesMemory(Tensor, Function) ||
         anyDescendant<CallExpr>(Function->getBody(), [&](const CallExpr *Call) {
           llvm::StringRef Name = calleeName(Call);
           bool IsChecked = Name.contains_insensitive(nameOf(Op::contiguous)) &&
                            !operationOf(Call).isOneOf({Op::contiguous, Op::is_contiguous});
           return IsChecked || (isa<CXXMemberCallExpr>(Call) && asksOrder(operationOf(Call)) &&
                                namedDecl(objectOf(Call)) == Tensor);
         });
}

void forEachUnusedContiguousCopy(const FunctionDecl *Function, ControlFlowGraphs &Graphs,
                                 llvm::function_ref<const ProjectIndex &()> Index,
                                 llvm::function_ref<void(const UnusedContiguousCopy &)> Visit) {
  llvm::SmallVector<UnusedContiguousCopy, 2> Candidates;
  auto Consider = [&](const VarDecl *Copy, const Expr *Value) {
    const CXXMemberCallExpr *Made = Copy ? asContiguousCopy(Value) : nullptr;
    if (Made && Copy->isLocalVarDecl() && !Copy->isStaticLocal() &&
        Copy->getDeclContext() == Function && !Copy->hasAttr<UnusedAttr>() &&
        isTensorType(Copy->getType()) && namedDecl(objectOf(Made)) != Copy)
      Candidates.push_back({Copy, Made, {}});
  };
  forEach<Stmt>(
      Function->getBody(),
      [&](const Stmt *S) {
        if (const auto *Declared = dyn_cast<DeclStmt>(S)) {
          for (const Decl *D : Declared->decls())
            if (const auto *Variable = dyn_cast<VarDecl>(D); Variable && Variable->getInit())
              Consider(Variable, Variable->getInit());
        } else if (auto Assign = asPlainAssignment(S)) {
          Consider(namedVariable(Assign->Target), Assign->Value);
        }
      },
      LambdaBodies::Skip);
  const FunctionPaths *Paths = Candidates.empty() ? nullptr : Graphs.of(Function);
  if (!Paths)
    return;
  CopyReader Reader(Function, *Paths, Graphs.context());
  for (UnusedContiguousCopy &Found : Candidates) {
    const ValueDecl *Tensor = namedDecl(objectOf(Found.Made));
    if (!Reader.isUnused(Found.Copy, Found.Made) || asksOrderOf(Tensor, Function))
      continue;
    Reader.findPointers(Found);
    if (!Found.Pointers.empty() && !mayLieInOrder(Tensor, Index()))
      Visit(Found);
  }
}

} // namespace torchtidy
