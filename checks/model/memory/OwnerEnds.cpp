#include "model/memory/OwnerEnds.h"
#include "model/memory/SoleHandle.h"
#include "model/memory/Storage.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
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

} // namespace

OwnerEvent eventOf(const Stmt *S, const MemoryOwner &Owner, bool HasReserve) {
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
