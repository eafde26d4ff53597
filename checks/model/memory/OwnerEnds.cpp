#include "model/memory/OwnerEnds.h"
#include "model/memory/Amount.h"
#include "model/memory/SoleHandle.h"
#include "model/memory/Storage.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Walk.h"
#include "model/torch/Names.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

bool isSame(const ValueDecl *A, const ValueDecl *B) {
  return A && B && A->getCanonicalDecl() == B->getCanonicalDecl();
}

// Looks through casts: free((void *)p).
const ValueDecl *namedBy(const Expr *E) {
  E = stripValue(E);
  while (const auto *Cast = dyn_cast_or_null<ExplicitCastExpr>(E))
    E = stripValue(Cast->getSubExpr());
  return E ? namedDecl(E) : nullptr;
}

bool leadsThere(const Expr *Pointer, const MemoryOwner &Owner) {
  const ValueDecl *Named = namedBy(Pointer);
  return llvm::any_of(Owner.Pointers, [&](const ValueDecl *D) { return isSame(D, Named); });
}

bool isOwner(const Expr *E, const MemoryOwner &Owner) {
  if (const auto *Arrow = asOperator(E ? E->IgnoreParenImpCasts() : nullptr, OO_Arrow))
    E = Arrow->getArg(0); // p->clear() of a smart pointer
  return Owner.Owner && E && isSame(namedDecl(E), Owner.Owner);
}

bool frees(llvm::StringRef Name) {
  return llvm::is_contained({"free", "realloc", "cfree", "_mm_free", "aligned_free",
                             "_aligned_free", "cudaFreeHost", "cudaFree", "munmap", "av_free",
                             "stbi_image_free", "fftw_free", "fftwf_free"},
                            Name);
}

bool replaces(llvm::StringRef Name) {
  return llvm::is_contained(
      {"clear", "resize", "reserve", "shrink_to_fit", "assign", "reset", "conservativeResize"},
      Name);
}

OwnerEvent memberCall(const CXXMemberCallExpr *Call, const MemoryOwner &Owner, bool HasReserve) {
  llvm::StringRef Name = calleeName(Call);
  Storage Kind = storageOf(Owner.Owner->getType());
  bool IsPointer = isStdNamed(Call->getMethodDecl()->getParent(), {"unique_ptr"});
  if (Name == "swap" || (Name == "release" && IsPointer))
    return OwnerEvent::Passes;
  if (Kind == Storage::Inline && Name != "reset")
    return OwnerEvent::None;
  if (Name == "release" && isImage(Owner.Owner->getType()))
    return OwnerEvent::Ends;
  if (!Owner.IsOwnBuffer) // an element's buffer goes along when the container grows
    return Name == "clear" || Name == "reset" ? OwnerEvent::Ends : OwnerEvent::None;
  if (replaces(Name))
    return OwnerEvent::Ends;
  return isFiller(Name) && !HasReserve ? OwnerEvent::Ends : OwnerEvent::None;
}

// The vector whose size `v(other.size())` is, or that `v(other)` copies; constant, so that it keeps
// it.
const VarDecl *modelOf(const Expr *E) {
  E = stripValue(E);
  if (const auto *Size = dyn_cast<CXXMemberCallExpr>(E))
    E = calleeName(Size) == "size" ? objectOf(Size) : nullptr;
  const VarDecl *Model = E ? namedVariable(E) : nullptr;
  return Model && Model->getType().getNonReferenceType().isConstQualified() ? Model : nullptr;
}

// `v.assign(9, 0.f)`, `v.resize(n)` or `v = other` of a vector that was made with as many elements,
// or resized to as many before: vectors keep what they have room for.
bool fitsAsItWas(const Stmt *S, const MemoryOwner &Owner, const ASTContext &Context) {
  const auto *Variable = dyn_cast_or_null<VarDecl>(Owner.Owner);
  if (!Variable || !Owner.IsOwnBuffer || !Variable->isLocalVarDecl() ||
      !isStdNamed(Variable->getType()->getAsCXXRecordDecl(), {"vector"}))
    return false;
  const Expr *Init = initialiserOf(Variable);
  const auto *Construct = Init ? dyn_cast<CXXConstructExpr>(stripValue(Init)) : nullptr;
  llvm::ArrayRef<const Expr *> Made =
      Construct ? writtenArguments(Construct) : llvm::ArrayRef<const Expr *>();
  if (auto Assign = asPlainAssignment(S)) {
    const VarDecl *Model = isOwner(Assign->Target, Owner) ? modelOf(Assign->Value) : nullptr;
    return Model &&
           ((!Made.empty() && modelOf(Made[0]) == Model) || (Init && modelOf(Init) == Model));
  }
  auto CountOf = [&](const Stmt *Resize) -> std::optional<Amount> {
    const auto *Call = dyn_cast<CXXMemberCallExpr>(Resize);
    if (const InitListExpr *List = Call && isOwner(objectOf(Call), Owner) &&
                                           calleeName(Call) == "assign" && Call->getNumArgs() == 1
                                       ? listIn(Call->getArg(0))
                                       : nullptr)
      return Amount{List->getNumInits(), {}};
    if (!Call || !isOwner(objectOf(Call), Owner) || Call->getNumArgs() == 0 ||
        !Call->getArg(0)->getType()->isIntegerType() ||
        !llvm::is_contained({"assign", "resize", "reserve"}, calleeName(Call)))
      return std::nullopt;
    return amountOf(Call->getArg(0), Context);
  };
  std::optional<Amount> Now = CountOf(S);
  if (!Now)
    return false;
  auto HasRoom = [&](std::optional<Amount> Before) {
    return Before && Before->isComparable(*Now) && Now->Times <= Before->Times;
  };
  if (!Made.empty() && !Construct->isListInitialization() && Made[0]->getType()->isIntegerType() &&
      HasRoom(amountOf(Made[0], Context)))
    return true;
  // In the block that declares it, so that nothing leads around it.
  const auto *Function = dyn_cast<FunctionDecl>(Variable->getDeclContext());
  const auto *Block = Function ? dyn_cast_or_null<CompoundStmt>(Function->getBody()) : nullptr;
  return Block && llvm::any_of(Block->body(), [&](const Stmt *Before) {
           const auto *E = dyn_cast<Expr>(Before);
           return E && E->getBeginLoc() < S->getBeginLoc() && HasRoom(CountOf(stripValue(E)));
         });
}

} // namespace

OwnerEvent eventOf(const Stmt *S, const MemoryOwner &Owner, bool HasReserve,
                   const ASTContext *Context) {
  if (Context && fitsAsItWas(S, Owner, *Context))
    return OwnerEvent::None;
  // A handle that shares with what is out of view ends nothing.
  if (Owner.Owner && !Owner.IsOwnBuffer && storageOf(Owner.Owner->getType()) == Storage::Shared)
    return OwnerEvent::None;
  if (const auto *Delete = dyn_cast<CXXDeleteExpr>(S))
    return leadsThere(Delete->getArgument(), Owner) ? OwnerEvent::Ends : OwnerEvent::None;
  if (auto Assign = asPlainAssignment(S)) {
    if (leadsThere(Assign->Target, Owner))
      return OwnerEvent::Passes; // the pointer leads elsewhere now
    // x = x.cpu() may be the same tensor still.
    if (isOwner(Assign->Target, Owner) && isTensorType(Assign->Target->getType()) &&
        !makesOwnMemory(Assign->Value))
      return OwnerEvent::Passes;
    bool IsWhole = isOwner(Assign->Target, Owner) && !Owner.Owner->getType()->isPointerType();
    return IsWhole && storageOf(Owner.Owner->getType()) != Storage::Inline ? OwnerEvent::Ends
                                                                           : OwnerEvent::None;
  }
  if (auto Assign = asAssignment(S)) // text += more
    return isOwner(Assign->Target, Owner) && Owner.IsOwnBuffer &&
                   isStdNamed(Owner.Owner->getType().getNonReferenceType()->getAsCXXRecordDecl(),
                              {"basic_string"})
               ? OwnerEvent::Ends
               : OwnerEvent::None;
  const auto *Call = dyn_cast<CallExpr>(S);
  if (!Call)
    return OwnerEvent::None;
  llvm::StringRef Name = calleeName(Call);
  if (const auto *Member = dyn_cast<CXXMemberCallExpr>(Call)) {
    const Expr *Object = objectOf(Member);
    return isOwner(Object, Owner) ? memberCall(Member, Owner, HasReserve) : OwnerEvent::None;
  }
  if (frees(Name) && Call->getNumArgs() >= 1)
    return leadsThere(Call->getArg(0), Owner) ? OwnerEvent::Ends : OwnerEvent::None;
  bool HandsOver = isStdDecl(Call->getDirectCallee()) &&
                   (Name == "move" || Name == "swap" || Name == "exchange");
  return HandsOver && llvm::any_of(
                          Call->arguments(),
                          [&](const Expr *E) { return isOwner(E, Owner) || leadsThere(E, Owner); })
             ? OwnerEvent::Passes
             : OwnerEvent::None;
}

bool reserves(const Stmt *Body, const MemoryOwner &Owner) {
  return anyDescendant<CXXMemberCallExpr>(Body, [&](const CXXMemberCallExpr *Call) {
    return calleeName(Call) == "reserve" && isOwner(objectOf(Call), Owner);
  });
}

std::string saysEnd(const Stmt *End) {
  if (isa<CXXDeleteExpr>(End))
    return "is deleted";
  if (asAssignment(End))
    return "is given another value";
  llvm::StringRef Name = calleeName(End);
  if (Name == "clear")
    return "is cleared";
  if (Name == "resize" || Name == "conservativeResize")
    return "is resized";
  if (Name == "reset" || Name == "release")
    return "is released";
  if (frees(Name))
    return "is freed";
  return "may move its memory";
}

} // namespace torchtidy
