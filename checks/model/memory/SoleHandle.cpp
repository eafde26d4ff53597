#include "model/memory/SoleHandle.h"
#include "model/memory/Storage.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Walk.h"
#include "model/torch/Names.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// What making an object says of its memory.
enum class Made { Own, Nothing, Unknown };

// cv::Mat(rows, cols, type): memory of its own; cv::Mat(rows, cols, type, pointer) is a view.
Made constructedImage(const CXXConstructExpr *E) {
  llvm::ArrayRef<const Expr *> Written = writtenArguments(E);
  if (Written.empty())
    return Made::Nothing;
  for (const Expr *Argument : Written)
    if (Argument->getType()->isPointerType() || isImage(Argument->getType()))
      return Made::Unknown;
  return Made::Own;
}

Made madeImage(const Expr *E) {
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(E))
    return constructedImage(Construct);
  const FunctionDecl *Callee = calleeOf(E);
  if (!Callee || outermostNamespace(Callee) != "cv")
    return Made::Unknown;
  const auto *Method = dyn_cast<CXXMethodDecl>(Callee);
  // img(roi), img.row(0) and img.reshape(…) show the same memory; clone() and a MatExpr do not.
  bool IsPart = Method && !Method->isStatic() && !isa<CXXConversionDecl>(Method) &&
                !operationNamed(nameOf(Method)).is(Op::clone);
  return IsPart ? Made::Unknown : Made::Own;
}

Made madeTensor(const Expr *E) {
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(E))
    return Construct->getNumArgs() ? Made::Unknown : Made::Nothing;
  const auto *Call = dyn_cast<CallExpr>(E);
  if (!Call || !isLibTorchDecl(calleeOf(Call)))
    return Made::Unknown;
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call)) {
    OverloadedOperatorKind Kind = Operator->getOperator();
    bool Computes = Kind == OO_Plus || Kind == OO_Minus || Kind == OO_Star || Kind == OO_Slash ||
                    CXXOperatorCallExpr::isComparisonOp(Kind);
    return Computes && isTensorType(Call->getType()) ? Made::Own : Made::Unknown;
  }
  return operationOf(Call).alwaysCopies() ? Made::Own : Made::Unknown;
}

Made madeShared(const Expr *E) {
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(E)) {
    if (Construct->getNumArgs() == 0)
      return Made::Nothing;
    return isa<CXXNewExpr>(stripValue(Construct->getArg(0))) ? Made::Own : Made::Unknown;
  }
  llvm::StringRef Name = calleeName(E);
  return isStdDecl(calleeOf(E)) && (Name == "make_shared" || Name == "allocate_shared")
             ? Made::Own
             : Made::Unknown;
}

Made made(const Expr *E) {
  if (!E)
    return Made::Unknown;
  E = stripValue(E);
  if (const auto *Wrapped = dyn_cast<CXXFunctionalCastExpr>(E))
    E = stripValue(Wrapped->getSubExpr());
  QualType Type = E->getType();
  if (isImage(Type) || outermostNamespace(Type->getAsCXXRecordDecl()) == "cv")
    return madeImage(E);
  if (isTensorType(Type))
    return madeTensor(E);
  return storageOf(Type) == Storage::Shared ? madeShared(E) : Made::Unknown;
}

bool isNamedBy(const Expr *E, const VarDecl *Handle) { return namedVariable(E) == Handle; }

// The handle is copied, or given to what may keep it.
bool copies(const Stmt *S, const VarDecl *Handle) {
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(S))
    return llvm::any_of(Construct->arguments(),
                        [&](const Expr *E) { return isNamedBy(E, Handle); });
  if (auto Assign = asPlainAssignment(S))
    return isNamedBy(Assign->Value, Handle) && !isNamedBy(Assign->Target, Handle);
  if (const auto *List = dyn_cast<InitListExpr>(S))
    return llvm::any_of(List->inits(), [&](const Expr *E) { return isNamedBy(E, Handle); });
  if (const auto *Lambda = dyn_cast<LambdaExpr>(S))
    return llvm::any_of(Lambda->captures(), [&](const LambdaCapture &C) {
      return C.capturesVariable() && C.getCapturedVar() == Handle;
    });
  const auto *Call = dyn_cast<CallExpr>(S);
  return isa_and_nonnull<CXXMemberCallExpr>(Call) && isFiller(calleeName(Call)) &&
         llvm::any_of(Call->arguments(), [&](const Expr *E) { return isNamedBy(E, Handle); });
}

// Functions of OpenCV write their results into memory that they make where the size asks for it:
// resize(image, out, size), image.convertTo(out, CV_32F), capture.read(out), capture >> out.
bool fillsImage(const Stmt *S, const VarDecl *Handle) {
  const auto *Call = dyn_cast<CallExpr>(S);
  const FunctionDecl *Callee = calleeOf(S);
  if (!Call || outermostNamespace(Callee) != "cv")
    return false;
  for (auto [Argument, Parameter] : argumentsWithParameters(Call, Callee))
    if (isNamedBy(Argument, Handle) && Parameter->getType()->isReferenceType() &&
        !(isImage(Parameter->getType()) &&
          Parameter->getType().getNonReferenceType().isConstQualified()))
      return true;
  return false;
}

} // namespace

bool makesOwnMemory(const Expr *E) { return made(E) == Made::Own; }

bool isCopiedElsewhere(const VarDecl *Handle) {
  const auto *Function = dyn_cast_or_null<FunctionDecl>(Handle->getDeclContext());
  return !Function ||
         anyDescendant<Stmt>(Function->getBody(), [&](const Stmt *S) { return copies(S, Handle); });
}

bool isSoleHandle(const VarDecl *Handle, const ProjectIndex &Index) {
  const auto *Function = dyn_cast_or_null<FunctionDecl>(Handle->getDeclContext());
  if (!Function || isa<ParmVarDecl>(Handle) || !Handle->hasLocalStorage())
    return false;
  bool IsMade = false;
  for (const Expr *Value : Index.valuesOf(Handle)) {
    Made By = made(Value);
    if (By == Made::Unknown)
      return false;
    IsMade |= By == Made::Own;
  }
  const Stmt *Body = Function->getBody();
  if (isCopiedElsewhere(Handle))
    return false;
  return IsMade || (isImage(Handle->getType()) && anyDescendant<Stmt>(Body, [&](const Stmt *S) {
                      return fillsImage(S, Handle);
                    }));
}

} // namespace torchtidy
