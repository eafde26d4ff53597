#include "model/torch/Constants.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Names.h"
#include "model/syntax/Walk.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

bool isEnum(QualType Type, llvm::StringRef Name) {
  const auto *Enum = Type.getNonReferenceType()->getAs<EnumType>();
  return Enum && nameOf(Enum->getDecl()) == Name && isLibTorchDecl(Enum->getDecl());
}

// Of a type that gives a dtype or a device by what it was made from.
bool mayHold(QualType Type, llvm::StringRef Enum) {
  const CXXRecordDecl *Record = Type.getNonReferenceType()->getAsCXXRecordDecl();
  return Record && isLibTorchDecl(Record) && (nameOf(Record) != "Device" || Enum == "DeviceType");
}

void search(const Expr *E, llvm::StringRef Enum, const ASTContext &Context, Spoken &Found,
            bool &IsAmbiguous, unsigned Depth) {
  if (!E || Depth > 4)
    return;
  forEach<Expr>(E, [&](const Expr *Part) {
    const auto *Ref = dyn_cast<DeclRefExpr>(Part);
    if (!Ref)
      return;
    if (isEnum(Ref->getType(), Enum)) {
      Found.IsNamed = true;
      std::optional<int64_t> Value = integerConstant(Ref, Context);
      IsAmbiguous |= !Value || (Found.Value && *Found.Value != *Value);
      Found.Value = Value;
      return;
    }
    const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl());
    if (!Variable || !mayHold(Variable->getType(), Enum))
      return;
    const Expr *Init = initialiserOf(Variable);
    if (!Init || isTensorType(Variable->getType()))
      Found.IsNamed = IsAmbiguous = true; // a parameter, another tensor's options
    search(Init, Enum, Context, Found, IsAmbiguous, Depth + 1);
  });
}

Spoken spokenIn(const Expr *E, llvm::StringRef Enum, const ASTContext &Context) {
  Spoken Found;
  bool IsAmbiguous = false;
  search(E, Enum, Context, Found, IsAmbiguous, 0);
  if (IsAmbiguous)
    Found.Value.reset();
  return Found;
}

} // namespace

Spoken dtypeIn(const Expr *E, const ASTContext &Context) {
  return spokenIn(E, "ScalarType", Context);
}

Spoken deviceIn(const Expr *E, const ASTContext &Context) {
  return spokenIn(E, "DeviceType", Context);
}

} // namespace torchtidy
