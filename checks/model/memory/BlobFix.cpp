#include "model/memory/BlobFix.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/SourceText.h"
#include "model/syntax/Walk.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// `from_blob(…).view(…)[0]` around its first call.
const Expr *chainAround(const Expr *Seed, ASTContext &Context) {
  const Expr *Chain = Seed;
  walkUp(Seed, Context, [&](const DynTypedNode &Node) {
    const auto *Above = Node.get<Expr>();
    if (!Above)
      return false;
    if (isa<MemberExpr, ImplicitCastExpr, MaterializeTemporaryExpr, CXXBindTemporaryExpr>(Above))
      return true;
    const Expr *Object = objectOf(Above);
    bool IsLink = Object && contains(Object, Chain) && isTensorType(Above->getType()) &&
                  isLibTorchDecl(calleeOf(Above));
    if (IsLink)
      Chain = Above;
    return IsLink;
  });
  return Chain;
}

// Does the code touch the memory between the making of the tensor and the end?
bool isTouchedAfter(const Borrow &Value, const Expr *Chain, const Stmt *End,
                    const FunctionDecl *Body, ASTContext &Context) {
  const SourceManager &Sources = Context.getSourceManager();
  return anyDescendant<DeclRefExpr>(Body->getBody(), [&](const DeclRefExpr *Ref) {
    const auto *Named = cast<ValueDecl>(Ref->getDecl()->getCanonicalDecl());
    bool IsOwner = (Value.Owner.Owner && Named == Value.Owner.Owner->getCanonicalDecl()) ||
                   llvm::is_contained(Value.Owner.Pointers, Named);
    return IsOwner && !(End && contains(End, Ref)) &&
           Sources.isBeforeInTranslationUnit(Chain->getEndLoc(), Ref->getBeginLoc());
  });
}

SourceLocation behind(const Expr *E, ASTContext &Context) {
  bool IsPostfix = isa<DeclRefExpr, MemberExpr, CallExpr>(E) &&
                   (!isa<CXXOperatorCallExpr>(E) || asOperator(E, OO_Subscript));
  return IsPostfix && isEditable(E) ? endOfToken(E->getEndLoc(), Context) : SourceLocation();
}

} // namespace

SourceLocation clonePlace(const Borrow &Value, const Dangling &Found, const FunctionDecl *Body,
                          ASTContext &Context) {
  const Expr *Leaving = Found.Value ? stripValue(Found.Value) : nullptr;
  if (Found.How != Dangling::Used && !Found.IsPast && Leaving && isTensorType(Leaving->getType()))
    return behind(Leaving, Context);
  const Expr *Chain = chainAround(Value.Seed, Context);
  if (!Body || !isTensorType(Chain->getType()) ||
      isTouchedAfter(Value, Chain, Found.End, Body, Context))
    return {};
  return behind(Chain, Context);
}

} // namespace torchtidy
