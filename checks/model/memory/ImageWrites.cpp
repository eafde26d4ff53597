#include "model/memory/ImageWrites.h"
#include "model/memory/Images.h"
#include "model/memory/Storage.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Places.h"
#include "model/syntax/Walk.h"

using namespace clang;

namespace torchtidy {

namespace {

// What the place where an image is named does with it.
struct Use {
  enum What { Reads, Writes, Escapes } Does = Reads;
  ImageWrite Write;
};

bool isConstant(QualType Type) {
  return !Type->isReferenceType() || Type->getPointeeType().isConstQualified();
}

// Members that are not const for what they return, or that keep the type.
bool keepsType(llvm::StringRef Method) {
  return llvm::is_contained({"ptr", "at", "begin", "end", "release", "setTo", "forEach"}, Method);
}

Use ofMember(const MemberExpr *Member, ASTContext &Context) {
  const auto *Method = dyn_cast<CXXMethodDecl>(Member->getMemberDecl());
  if (!Method || Method->isConst() || keepsType(nameOf(Method)))
    return {};
  const auto *Call = enclosing<CXXMemberCallExpr>(Member, Context);
  return Call ? Use{Use::Writes, {Call, nullptr}} : Use{Use::Escapes, {}};
}

Use ofOperator(const CXXOperatorCallExpr *Operator, const Expr *Image) {
  auto Assign = asAssignment(Operator);
  if (Assign && Assign->IsCompound)
    return {};
  if (!Assign || stripValue(Assign->Target) != Image)
    return {Use::Writes, {Operator, nullptr}};
  // `image = 0` and `image = Scalar(…)` fill it.
  const Expr *Value = Assign->Value;
  QualType Type = Value->getType();
  bool IsImage = isImage(Type) || nameOf(Type->getAsCXXRecordDecl()) == "MatExpr";
  return IsImage ? Use{Use::Writes, {Operator, Value}} : Use();
}

Use ofArgument(const CallExpr *Call, const Expr *Image) {
  for (auto [Argument, Parameter] : argumentsWithParameters(Call, calleeOf(Call)))
    if (throughProxy(Argument) == Image) {
      QualType Type = Parameter->getType();
      // What draws into an image keeps its type.
      bool IsRead = isImageProxy(Type) ? isOnlyDrawnInto(Type) || !isOutputProxy(Type)
                                       : isConstant(Type) && !Type->isPointerType();
      return IsRead ? Use() : Use{Use::Writes, {Call, nullptr}};
    }
  return {Use::Escapes, {}};
}

Use useOf(const Expr *Image, ASTContext &Context) {
  if (Image->getType().isConstQualified())
    return {};
  Use Found{Use::Escapes, {}};
  walkUp(Image, Context, [&](const DynTypedNode &Above) {
    if (const auto *Variable = Above.get<VarDecl>()) {
      Found.Does = isConstant(Variable->getType()) ? Use::Reads : Use::Escapes;
      return false;
    }
    const auto *Outer = Above.get<Stmt>();
    if (!Outer)
      return false;
    if (const auto *Cast = dyn_cast<CastExpr>(Outer)) {
      bool IsConst = isImage(Cast->getType()) && Cast->getType().isConstQualified();
      if (IsConst)
        Found.Does = Use::Reads;
      return !IsConst;
    }
    if (isa<ParenExpr, MaterializeTemporaryExpr, CXXBindTemporaryExpr, FullExpr>(Outer))
      return true;
    if (const auto *Construct = dyn_cast<CXXConstructExpr>(Outer)) {
      if (isOutputProxy(Construct->getType()))
        return true;
      const CXXConstructorDecl *Constructor = Construct->getConstructor();
      for (auto [Argument, Parameter] : argumentsWithParameters(Construct, Constructor))
        if (stripValue(Argument) == Image && isConstant(Parameter->getType()))
          Found.Does = Use::Reads;
    } else if (const auto *Member = dyn_cast<MemberExpr>(Outer)) {
      Found = ofMember(Member, Context);
    } else if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Outer)) {
      Found = ofOperator(Operator, Image);
    } else if (const auto *Call = dyn_cast<CallExpr>(Outer)) {
      Found = ofArgument(Call, Image);
    } else if (isa<ReturnStmt, CompoundStmt>(Outer)) {
      Found.Does = Use::Reads;
    }
    return false;
  });
  return Found;
}

} // namespace

std::optional<llvm::SmallVector<ImageWrite, 4>> imageWrites(const ValueDecl *Image,
                                                            const Stmt *Code, ASTContext &Context) {
  llvm::SmallVector<ImageWrite, 4> Found;
  bool Escapes = anyDescendant<Expr>(Code, [&](const Expr *E) {
    bool IsName = (isa<DeclRefExpr>(E) && cast<DeclRefExpr>(E)->getDecl() == Image) ||
                  (isa<MemberExpr>(E) && cast<MemberExpr>(E)->getMemberDecl() == Image);
    if (!IsName)
      return false;
    Use Here = useOf(E, Context);
    if (Here.Does == Use::Writes)
      Found.push_back(Here.Write);
    return Here.Does == Use::Escapes;
  });
  return Escapes ? std::nullopt : std::optional(Found);
}

} // namespace torchtidy
