#include "model/memory/TensorPointers.h"
#include "model/memory/Blobs.h"
#include "model/memory/FreshTensor.h"
#include "model/memory/SoleHandle.h"
#include "model/memory/Storage.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/SourceText.h"
#include "model/syntax/Walk.h"
#include "model/torch/Names.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// A type that may lead into a tensor and is no tensor itself.
bool mayLead(QualType Type) { return canCarry(Type) && !isTensorType(Type); }

// The expressions that are bound to something: initialisers, assigned and returned values.
void forEachBound(const Stmt *Code, llvm::function_ref<void(const Expr *)> Visit) {
  forEach<Stmt>(
      Code,
      [&](const Stmt *S) {
        if (const auto *Declared = dyn_cast<DeclStmt>(S)) {
          for (const Decl *D : Declared->decls())
            if (const auto *Variable = dyn_cast<VarDecl>(D);
                Variable && Variable->getInit() && mayLead(Variable->getType()))
              Visit(Variable->getInit());
        } else if (auto Assign = asPlainAssignment(S)) {
          if (mayLead(Assign->Target->getType()))
            Visit(Assign->Value);
        } else if (const auto *Return = dyn_cast<ReturnStmt>(S)) {
          if (Return->getRetValue() && mayLead(Return->getRetValue()->getType()))
            Visit(Return->getRetValue());
        } else if (const auto *Loop = dyn_cast<CXXForRangeStmt>(S)) {
          if (Loop->getRangeInit() && mayLead(Loop->getRangeInit()->getType()))
            Visit(Loop->getRangeInit());
        } else if (const auto *Call = dyn_cast<CXXMemberCallExpr>(S)) {
          if (isFiller(calleeName(Call)) && objectOf(Call) && mayLead(objectOf(Call)->getType()))
            for (const Expr *Argument : Call->arguments())
              Visit(Argument);
        }
      },
      LambdaBodies::Skip);
}

// What ends: the temporary, or the local that keeps it.
std::optional<Borrow> borrowFrom(const CallExpr *Call, PartOfTensor Part,
                                 const ProjectIndex &Index) {
  const Expr *Tensor = objectOf(Call);
  auto Freshness = [&](const Expr *E) {
    return Part == PartOfTensor::Values ? hasFreshValues(E, Index) : isFreshObject(E, Index);
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
      Variable->getType()->isReferenceType() || Index.valuesOf(Variable).empty() ||
      isCopiedElsewhere(Variable))
    return std::nullopt;
  for (const Expr *From : Index.valuesOf(Variable)) {
    Fresh Is = From ? Freshness(From) : Fresh();
    if (!Is.Is)
      return std::nullopt;
    Value.MayCopy = Value.MayCopy ? Value.MayCopy : Is.MayCopy;
  }
  Value.Owner = {MemoryEnd::Scope, Variable, nullptr, true, {}};
  return Value;
}

void visitBound(
    const Expr *Bound, const FunctionDecl *Body, const ProjectIndex &Index,
    llvm::function_ref<void(const Borrow &, PartOfTensor, const FunctionDecl *)> Visit) {
  walk(
      Bound,
      [&](const Stmt *S) {
        const auto *Call = dyn_cast<CallExpr>(S);
        if (!Call)
          return true;
        PartOfTensor Part = partLedTo(Call);
        if (Part == PartOfTensor::None)
          return true;
        if (std::optional<Borrow> Value = borrowFrom(Call, Part, Index))
          Visit(*Value, Part, Body);
        return true;
      },
      LambdaBodies::Skip);
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
  if (!Variable || !isEditable(Declared) || !isEditable(Value.Owner.Temporary) ||
      !isa_and_nonnull<CompoundStmt>(parentStmt(Declared, Context)))
    return {};
  return {Declared, Variable->getNameAsString() + "_tensor",
          rawText(Value.Owner.Temporary->getSourceRange(), Context).str()};
}

void forEachTensorPointer(
    const FunctionDecl *Function, const ProjectIndex &Index,
    llvm::function_ref<void(const Borrow &, PartOfTensor, const FunctionDecl *)> Visit) {
  auto Bodies = [&](const Stmt *Code, const FunctionDecl *Body) {
    forEachBound(Code, [&](const Expr *Bound) { visitBound(Bound, Body, Index, Visit); });
  };
  for (const Stmt *Code : codeOf(Function)) {
    if (const auto *Initialiser = dyn_cast<Expr>(Code);
        Initialiser && mayLead(Initialiser->getType()))
      visitBound(Initialiser, Function, Index, Visit);
    Bodies(Code, Function);
    forEach<LambdaExpr>(Code, [&](const LambdaExpr *Lambda) {
      for (const FunctionDecl *Body : lambdaBodies(Lambda))
        Bodies(Body->getBody(), Body);
    });
  }
}

} // namespace torchtidy
