#include "model/memory/Images.h"
#include "model/syntax/Names.h"
#include "model/syntax/Places.h"

using namespace clang;

namespace torchtidy {

namespace {

llvm::StringRef imageClass(QualType Type) {
  const CXXRecordDecl *Record =
      Type.isNull() ? nullptr : Type.getNonReferenceType()->getAsCXXRecordDecl();
  return outermostNamespace(Record) == "cv" ? nameOf(Record) : llvm::StringRef();
}

} // namespace

bool isImageProxy(QualType Type) {
  return imageClass(Type) == "_InputArray" || isOutputProxy(Type);
}

bool isOutputProxy(QualType Type) {
  return llvm::is_contained({"_OutputArray", "_InputOutputArray"}, imageClass(Type));
}

bool isOnlyDrawnInto(QualType Type) { return imageClass(Type) == "_InputOutputArray"; }

const Expr *throughProxy(const Expr *E) {
  E = stripValue(E);
  const auto *Construct = dyn_cast_or_null<CXXConstructExpr>(E);
  return Construct && isImageProxy(Construct->getType()) && Construct->getNumArgs()
             ? stripValue(Construct->getArg(0))
             : E;
}

} // namespace torchtidy
