#include "model/memory/TensorPointers.h"
#include "model/memory/Blobs.h"
#include "model/memory/Bound.h"
#include "model/memory/FreshTensor.h"
#include "model/memory/KnownDTypes.h"
#include "model/memory/MemoryOrder.h"
#include "model/memory/SoleHandle.h"
#include "model/memory/Storage.h"
#include "model/paths/ReachingValues.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/SourceText.h"
#include "model/syntax/Walk.h"
#include "model/torch/Constants.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// A type that may lead into a tensor and is no tensor itself.
bool mayLead(QualType Type) { return canCarry(Type) && !isTensorType(Type); }

// contiguous() and reshape() of what lies in order give its memory, and so does to() of what has
// the dtype already.
bool isKnownToHandOn(const CallExpr *Call, ControlFlowGraphs &Graphs, const ProjectIndex &Index) {
  const Expr *Tensor = isa<CXXMemberCallExpr>(Call) ? objectOf(Call) : argumentFor(Call, 0);
  Operation Called = operationOf(Call);
  if (Called.isOneOf({Op::contiguous, Op::reshape, Op::reshape_as, Op::flatten, Op::ravel}))
    return liesInOrder(Tensor, Call, Graphs, Index);
  llvm::ArrayRef<const Expr *> Written = writtenArguments(Call);
  if (!Called.is(Op::to) || Written.size() != 1 || deviceIn(Written[0], Graphs.context()).IsNamed)
    return false;
  Spoken Asked = dtypeIn(Written[0], Graphs.context());
  std::optional<KnownDType> Has = KnownDTypes(Graphs, Index).of(Tensor, Call);
  return Asked.Value && Has && dtypeOf(*Asked.Value) == Has->Is;
}

// What ends: the temporary, or the local that keeps it.
std::optional<Borrow> borrowFrom(const CallExpr *Call, PartOfTensor Part, ControlFlowGraphs &Graphs,
                                 const ProjectIndex &Index) {
  const Expr *Tensor = objectOf(Call);
  auto Freshness = [&](const Expr *E) {
    Fresh Is = Part == PartOfTensor::Values ? hasFreshValues(E, Index) : isFreshObject(E, Index);
    return Is.MayCopy && isKnownToHandOn(Is.MayCopy, Graphs, Index) ? Fresh() : Is;
  };
  Borrow Value;
  Value.Seed = Call;
  const VarDecl *Variable = namedVariable(Tensor);
  if (!Variable) {
    Fresh Is = Freshness(Tensor);
    if (!Is.Is)
      return std::nullopt;
    Value.Owner = {MemoryEnd::Statement, nullptr, Tensor, true, {}};
    Value.MayCopy = Is.MayCopy;
    return Value;
  }
  if (!Variable->hasLocalStorage() || isa<ParmVarDecl>(Variable) ||
      Variable->getType()->isReferenceType() || isCopiedElsewhere(Variable))
    return std::nullopt;
  llvm::SmallVector<const Expr *, 4> Values = valuesFrom(Variable, Call, Graphs, Index);
  if (Values.empty())
    return std::nullopt;
  for (const Expr *From : Values) {
    Fresh Is = From ? Freshness(From) : Fresh();
    if (!Is.Is)
      return std::nullopt;
    Value.MayCopy = Value.MayCopy ? Value.MayCopy : Is.MayCopy;
  }
  Value.Owner = {MemoryEnd::Scope, Variable, nullptr, true, {}};
  return Value;
}

} // namespace

PartOfTensor partLedTo(const CallExpr *Call) {
  const auto *Member = dyn_cast<CXXMemberCallExpr>(Call);
  if (!Member || !isTensorType(objectOf(Member)->getType()) || !isLibTorchDecl(calleeOf(Member)))
    return PartOfTensor::None;
  QualType Type = Call->getType();
  if (isTensorAccessor(Type)) // packed ones keep sizes and strides themselves
    return calleeName(Call).contains("packed") ? PartOfTensor::Values : PartOfTensor::Object;
  if (isArrayRef(Type))
    return PartOfTensor::Object;
  bool IsPointer =
      Type->isPointerType() && !isLibTorchDecl(Type->getPointeeType()->getAsCXXRecordDecl());
  return IsPointer ? PartOfTensor::Values : PartOfTensor::None;
}

TemporaryName nameForTemporary(const Borrow &Value, ASTContext &Context) {
  const auto *Declared = enclosing<DeclStmt>(Value.Seed, Context);
  const auto *Variable =
      Declared && Declared->isSingleDecl() ? dyn_cast<VarDecl>(Declared->getSingleDecl()) : nullptr;
  if (!Variable || Variable->isStaticLocal() || !isEditable(Declared) ||
      !isEditable(Value.Owner.Temporary) ||
      !isa_and_nonnull<CompoundStmt>(parentStmt(Declared, Context)))
    return {};
  const FunctionDecl *Function = functionAround(Declared, Context);
  SourceRange Around = Function ? Function->getSourceRange() : Declared->getSourceRange();
  return {Declared, unusedName(Variable->getNameAsString() + "_tensor", Around, Context),
          rawText(Value.Owner.Temporary->getSourceRange(), Context).str()};
}

void forEachTensorPointer(
    const FunctionDecl *Function, ControlFlowGraphs &Graphs, const ProjectIndex &Index,
    llvm::function_ref<void(const Borrow &, PartOfTensor, const FunctionDecl *)> Visit) {
  auto VisitCall = [&](const CallExpr *Call, const FunctionDecl *Body) {
    PartOfTensor Part = Call ? partLedTo(Call) : PartOfTensor::None;
    if (Part == PartOfTensor::None)
      return;
    if (std::optional<Borrow> Value = borrowFrom(Call, Part, Graphs, Index))
      Visit(*Value, Part, Body);
  };
  forEachBound(Function, mayLead, [&](const Expr *E, const FunctionDecl *Body) {
    VisitCall(dyn_cast<CallExpr>(E), Body);
  });
  // A tensor leads there where from_blob makes it of such a pointer.
  forEachBound(Function, isTensorType, [&](const Expr *E, const FunctionDecl *Body) {
    const auto *Blob = dyn_cast<CallExpr>(E);
    if (Blob && isPlainBlob(Blob))
      forEach<CallExpr>(Blob->getArg(0), [&](const CallExpr *Call) { VisitCall(Call, Body); });
  });
}

} // namespace torchtidy
