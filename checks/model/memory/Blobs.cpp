#include "model/memory/Blobs.h"
#include "model/memory/BlobElements.h"
#include "model/memory/Storage.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/CallWalk.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Walk.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// `[](void *) {}` and nullptr keep nothing.
bool doesNothing(const Expr *Deleter) {
  const Expr *E = stripValue(Deleter);
  while (const auto *Construct = dyn_cast<CXXConstructExpr>(E)) {
    if (Construct->getNumArgs() == 0)
      return true;
    E = stripValue(Construct->getArg(0));
  }
  if (const auto *Lambda = dyn_cast<LambdaExpr>(E))
    return Lambda->capture_size() == 0 && Lambda->getCompoundStmtBody()->body_empty();
  return isa<CXXNullPtrLiteralExpr>(E);
}

bool isCallable(QualType Type) {
  return isStdNamed(Type.getNonReferenceType()->getAsCXXRecordDecl(), {"function"});
}

bool isTensors(const MemoryOwner &Owner) {
  return (Owner.Owner && isTensorType(Owner.Owner->getType())) ||
         (Owner.Temporary && isTensorType(Owner.Temporary->getType()));
}

// What from_blob is told of the tensor.
void readOptions(const CallExpr *Call, Borrow &Value, const ASTContext &Context) {
  Value.DType = blobDType(Call, Context);
  unsigned Lists = 0; // sizes, then strides
  for (auto [Argument, Parameter] : argumentsWithParameters(Call, Call->getDirectCallee()))
    Value.IsStrided |=
        !isa<CXXDefaultArgExpr>(Argument) && isArrayRef(Parameter->getType()) && ++Lists == 2;
}

} // namespace

bool isPlainBlob(const CallExpr *Call) {
  if (!operationOf(Call).is(Op::from_blob) || Call->getNumArgs() == 0)
    return false;
  for (auto [Argument, Parameter] : argumentsWithParameters(Call, Call->getDirectCallee()))
    if (isCallable(Parameter->getType()) && !isa<CXXDefaultArgExpr>(Argument) &&
        !doesNothing(Argument))
      return false;
  return true;
}

bool makesBlobs(const Stmt *Code) {
  return anyDescendant<CallExpr>(Code, [](const CallExpr *Call) {
    const FunctionDecl *Callee = Call->getDirectCallee();
    return Callee && (isLibTorchDecl(Callee) ? operationOf(Call).is(Op::from_blob)
                                             : isTensorType(Call->getType()) && isVisible(Callee));
  });
}

bool makesBlobs(const FunctionDecl *Function) {
  return llvm::any_of(codeOf(Function), [](const Stmt *S) { return makesBlobs(S); });
}

void Blobs::forEach(const FunctionDecl *Function,
                    llvm::function_ref<void(const Borrow &, const FunctionDecl *)> Visit) {
  forEachCall(Function, [&](const CallExpr *Call, const UseContext &Where) {
    std::optional<Borrow> Value = blobOf(Call);
    if (Value && Value->Owner.isKnown())
      Visit(*Value, Where.Frames.back().Function);
  });
}

void Blobs::forEachIn(const Expr *Init, llvm::function_ref<void(const Borrow &)> Visit) {
  torchtidy::forEach<CallExpr>(
      Init,
      [&](const CallExpr *Call) {
        if (std::optional<Borrow> Value = blobOf(Call); Value && Value->Owner.isKnown())
          Visit(*Value);
      },
      LambdaBodies::Skip);
}

std::optional<Borrow> Blobs::blobOf(const CallExpr *Call) {
  Borrow Value;
  Value.Seed = Call;
  if (isPlainBlob(Call)) {
    Value.Owner = Owners.behind(Call->getArg(0));
    if (isTensors(Value.Owner)) // TensorPointers follow it
      return std::nullopt;
    readOptions(Call, Value, Graphs.context());
    return Value;
  }
  const FunctionDecl *Callee = Call->getDirectCallee();
  if (!Callee || !isTensorType(Call->getType()) || isLibTorchDecl(Callee) ||
      isa<CXXOperatorCallExpr>(Call))
    return std::nullopt;
  const ValueDecl *Wrapped = wrappedBy(visibleDefinition(Callee));
  if (isa_and_nonnull<FieldDecl>(Wrapped)) {
    // Image(path).tensor(): the member ends with the object.
    const Expr *Object = objectOf(Call);
    if (!Object || Object->getType()->isPointerType())
      return std::nullopt;
    Value.Owner = Owners.owning(Object);
    return Value.Owner.isLocal() ? std::optional(Value) : std::nullopt;
  }
  const auto *Parameter = dyn_cast_or_null<ParmVarDecl>(Wrapped);
  const Expr *Argument =
      Parameter ? argumentFor(Call, Parameter->getFunctionScopeIndex()) : nullptr;
  if (!Argument)
    return std::nullopt;
  Value.Owner =
      Parameter->getType()->isPointerType() ? Owners.behind(Argument) : Owners.bufferOf(Argument);
  return Value;
}

const ValueDecl *Blobs::wrappedBy(const FunctionDecl *Function) {
  if (!Function || !isTensorType(Function->getReturnType()))
    return nullptr;
  auto [It, IsNew] = Wrapped.try_emplace(Function, nullptr);
  if (!IsNew)
    return It->second;
  const ValueDecl *Found = nullptr;
  forEach(Function, [&](const Borrow &Value, const FunctionDecl *Body) {
    const ValueDecl *Owner = Value.Owner.Owner;
    Storage Kept = Owner ? storageOf(Owner->getType()) : Storage::Other;
    bool IsMember =
        isa_and_nonnull<FieldDecl>(Owner) && (Kept == Storage::Inline || Kept == Storage::Buffer);
    if (Found || Body != Function || Value.Owner.End != MemoryEnd::Explicit ||
        !(isa_and_nonnull<ParmVarDecl>(Owner) || IsMember))
      return;
    // As if it ended with the function: is it returned?
    Borrow AsTemporary = Value;
    AsTemporary.Owner.End = MemoryEnd::Statement;
    std::optional<Dangling> Left = Paths.follow(AsTemporary, Body);
    if (Left && Left->How == Dangling::Returned)
      Found = Owner;
  });
  Wrapped[Function] = Found;
  return Found;
}

} // namespace torchtidy
