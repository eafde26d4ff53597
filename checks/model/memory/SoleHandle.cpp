#include "model/memory/SoleHandle.h"
#include "model/memory/Images.h"
#include "model/memory/Storage.h"
#include "model/paths/ReachingValues.h"
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
  // Mat(vector) shows the vector's memory.
  for (const Expr *Argument : Written)
    if (QualType Type = Argument->getType();
        !Type->isIntegralOrEnumerationType() &&
        !llvm::is_contained({"Size_", "Scalar", "Scalar_"}, nameOf(Type->getAsCXXRecordDecl())))
      return Made::Unknown;
  return Made::Own;
}

Made madeImage(const Expr *E) {
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(E))
    return constructedImage(Construct);
  const FunctionDecl *Callee = calleeOf(E);
  if (!Callee || outermostNamespace(Callee) != "cv" || nameOf(Callee) == "cvarrToMat")
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

// What of OpenCV makes two images share memory although nothing looks like a copy.
bool sharesImages(const FunctionDecl *Callee) {
  return llvm::is_contained({"swap", "assignTo"}, nameOf(Callee));
}

// Looks for what copies a handle, or gives it to what may keep it, from the outside in.
class CopyFinder {
public:
  explicit CopyFinder(const VarDecl *Handle, unsigned Depth = 0) : Handle(Handle), Depth(Depth) {}

  bool findIn(const FunctionDecl *Function) {
    return anyDescendant<Stmt>(Function->getBody(), [&](const Stmt *S) { return copies(S); });
  }

private:
  bool copies(const Stmt *S) {
    if (const auto *Construct = dyn_cast<CXXConstructExpr>(S))
      return !Lent.contains(S) && isAmong(Construct->arguments());
    if (auto Assign = asPlainAssignment(S))
      return isHandle(Assign->Value) && !isHandle(Assign->Target);
    if (const auto *List = dyn_cast<InitListExpr>(S))
      return isAmong(List->inits());
    if (const auto *Lambda = dyn_cast<LambdaExpr>(S))
      return llvm::any_of(Lambda->captures(), [&](const LambdaCapture &C) {
        return C.capturesVariable() && C.getCapturedVar() == Handle;
      });
    const auto *Call = dyn_cast<CallExpr>(S);
    if (!Call)
      return false;
    if (isImage(Handle->getType()) &&
        (outermostNamespace(calleeOf(Call)) == "cv" ? copiesImage(Call) : isKeptBy(Call)))
      return true;
    // w.set_data(t) makes the tensor another handle of its memory.
    if (operationOf(Call).isOneOf({Op::set_data, Op::set_}) && isAmong(argumentsOf(Call)))
      return true;
    bool Keeps = isa<CXXMemberCallExpr>(Call)
                     ? isFiller(calleeName(Call))
                     : isStdNamed(calleeOf(Call), {"make_pair", "make_tuple", "make_optional",
                                                   "make_shared", "make_unique"});
    return Keeps && isAmong(argumentsOf(Call));
  }

  bool isHandle(const Expr *E) const { return isNamedBy(E, Handle) || isKeptView(E); }

  // `keep.push_back(t.view({-1}))`, `storage = t.storage()`, `return {p, u};` after
  // `auto u = t.detach();`: another handle of the same memory.
  bool isKeptView(const Expr *E) const {
    if (!E || !isTensorType(Handle->getType()))
      return false;
    E = stripValue(E);
    if (const VarDecl *Other = namedVariable(E))
      return Other != Handle && Other->isLocalVarDecl() && Other->getInit() &&
             Other->getDeclContext() == Handle->getDeclContext() &&
             isTensorType(Other->getType()) && isSharedBy(Other->getInit());
    return isSharedBy(E);
  }
  bool isSharedBy(const Expr *E, unsigned Steps = 0) const {
    const auto *Call = dyn_cast<CallExpr>(stripValue(E));
    Operation Called = Call ? operationOf(Call) : Operation();
    bool IsPart =
        Call && (Called.isView() || Called.is(Op::storage) || asOperator(Call, OO_Subscript));
    const Expr *Whole = IsPart ? objectOf(Call) : nullptr;
    if (!Whole || Steps > MaxDepth || Call->getType()->isPointerType())
      return false;
    return isNamedBy(Whole, Handle) || isSharedBy(Whole, Steps + 1);
  }
  template <typename Range> bool isAmong(const Range &Expressions) const {
    return llvm::any_of(Expressions, [&](const Expr *E) { return isHandle(E); });
  }

  // A function of the project may copy the image, or give it another's memory.
  bool isKeptBy(const CallExpr *Call) const {
    const FunctionDecl *Callee = calleeOf(Call);
    if (!Callee)
      return isAmong(argumentsOf(Call));
    if (isStdDecl(Callee) || isLibTorchDecl(Callee))
      return false;
    const FunctionDecl *Definition = visibleDefinition(Callee);
    for (auto [Argument, Parameter] : argumentsWithParameters(Call, Callee)) {
      if (!isHandle(Argument) || !Parameter->getType()->isReferenceType())
        continue;
      if (!Definition || Depth > MaxDepth)
        return true;
      const ParmVarDecl *Taken = Definition->getParamDecl(Parameter->getFunctionScopeIndex());
      if (isAssignedIn(Definition->getBody(), Taken) ||
          CopyFinder(Taken, Depth + 1).findIn(Definition))
        return true;
    }
    return false;
  }

  // A function of OpenCV has its arguments for the call, but for what makes objects that may keep
  // them.
  bool copiesImage(const CallExpr *Call) {
    const FunctionDecl *Callee = calleeOf(Call);
    const Expr *Object = objectOf(Call);
    if (sharesImages(Callee) && ((Object && isHandle(Object)) || isAmong(argumentsOf(Call))))
      return true;
    bool IsPart = isPartOf(Call);
    if (isFiller(nameOf(Callee)) || isImageOwner(Call->getType()))
      return false; // the proxies among its arguments count as copies
    for (const Expr *Argument : argumentsOf(Call))
      if (isImageProxy(Argument->getType()))
        lend(Argument);
    if (Object && !givesPart(Call))
      lend(Object);
    return IsPart && !Lent.contains(Call);
  }

  // cv::Ptr<cv::ml::TrainData>
  static bool isImageOwner(QualType Type) { return nameOf(Type->getAsCXXRecordDecl()) == "Ptr"; }

  // `image(roi)`, `image.row(0)`: an image over the memory of another.
  static bool givesPart(const CallExpr *Call) {
    return Call->isPRValue() && isImage(Call->getType()) &&
           !operationNamed(calleeName(Call)).is(Op::clone);
  }
  bool isPartOf(const CallExpr *Call) const {
    const Expr *Object = objectOf(Call);
    if (!Object || !isImage(Object->getType()) || !givesPart(Call))
      return false;
    const auto *Inner = dyn_cast<CallExpr>(stripValue(Object));
    return isHandle(Object) || (Inner && isPartOf(Inner));
  }

  // The proxy, and a part that it stands for, end with the call.
  void lend(const Expr *E) {
    Lent.insert(stripValue(E));
    Lent.insert(stripValue(throughProxy(E)));
  }

  static constexpr unsigned MaxDepth = 3;
  const VarDecl *Handle;
  const unsigned Depth;
  llvm::SmallPtrSet<const Stmt *, 8> Lent;
};

// Functions of OpenCV write their results into memory that they make where the size asks for it:
// resize(image, out, size), image.convertTo(out, CV_32F), capture.read(out), capture >> out.
bool fillsImage(const Stmt *S, const VarDecl *Handle) {
  const auto *Call = dyn_cast<CallExpr>(S);
  const FunctionDecl *Callee = calleeOf(S);
  if (!Call || outermostNamespace(Callee) != "cv" || sharesImages(Callee))
    return false;
  for (auto [Argument, Parameter] : argumentsWithParameters(Call, Callee)) {
    QualType Type = Parameter->getType();
    bool IsRead = isImageProxy(Type)
                      ? !isOutputProxy(Type)
                      : isImage(Type) && Type.getNonReferenceType().isConstQualified();
    if (isNamedBy(throughProxy(Argument), Handle) && Type->isReferenceType() && !IsRead)
      return true;
  }
  return false;
}

} // namespace

bool makesOwnMemory(const Expr *E) { return made(E) == Made::Own; }

bool isCopiedElsewhere(const VarDecl *Handle) {
  const auto *Function = dyn_cast_or_null<FunctionDecl>(Handle->getDeclContext());
  return !Function || CopyFinder(Handle).findIn(Function);
}

bool isSoleHandle(const VarDecl *Handle, const ProjectIndex &Index, const Stmt *At,
                  ControlFlowGraphs *Graphs) {
  const auto *Function = dyn_cast_or_null<FunctionDecl>(Handle->getDeclContext());
  if (!Function || isa<ParmVarDecl>(Handle) || !Handle->hasLocalStorage())
    return false;
  bool IsMade = false;
  for (const Expr *Value :
       Graphs ? valuesFrom(Handle, At, *Graphs, Index) : Index.valuesOf(Handle)) {
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
