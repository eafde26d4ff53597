#include "model/torch/Constants.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Names.h"
#include "model/syntax/Walk.h"
#include "model/torch/Operations.h"
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
    // Another tensor's, also that of a list or an optional.
    if (const auto *Call = dyn_cast<CallExpr>(Part); Call && operationOf(Call).is(Op::options))
      Found.IsNamed = IsAmbiguous = true;
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

// `true`, also made into an optional.
bool saysTrue(const Expr *Flag) {
  const Expr *E = Flag ? stripValue(throughDefault(Flag)) : nullptr;
  while (const auto *Construct = dyn_cast_or_null<CXXConstructExpr>(E))
    E = Construct->getNumArgs() ? stripValue(Construct->getArg(0)) : nullptr;
  return E && boolLiteral(E).value_or(false);
}

constexpr unsigned MaxDepth = 4;

bool givesDType(QualType Type) { return isEnum(Type, "ScalarType") || mayHold(Type, "ScalarType"); }

bool isOpaquePart(const Expr *Part, unsigned Depth);

// A dtype may be named by what is not looked at: a member, a function of the project, a template's
// argument, options that are changed after they were made.
bool isOpaque(const Expr *E, unsigned Depth) {
  return anyDescendant<Expr>(E, [&](const Expr *Part) { return isOpaquePart(Part, Depth); });
}

bool isOpaquePart(const Expr *Part, unsigned Depth) {
  if (const auto *Member = dyn_cast<MemberExpr>(Part))
    return isa<FieldDecl>(Member->getMemberDecl()) && givesDType(Member->getType());
  if (const auto *Call = dyn_cast<CallExpr>(Part)) {
    const FunctionDecl *Callee = Call->getDirectCallee();
    return givesDType(Call->getType()) &&
           (!isLibTorchDecl(Callee) ||
            (Callee->getTemplateSpecializationArgs() && writtenArguments(Call).empty()));
  }
  if (isa<SubstNonTypeTemplateParmExpr, ExplicitCastExpr>(Part) &&
      isEnum(Part->getType(), "ScalarType"))
    return true;
  const auto *Ref = dyn_cast<DeclRefExpr>(Part);
  const auto *Variable = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
  // CppTypeToScalarType<T>::value
  if (Variable && isa<ClassTemplateSpecializationDecl>(Variable->getDeclContext()))
    return isEnum(Variable->getType(), "ScalarType");
  const auto *Function = Variable ? dyn_cast<FunctionDecl>(Variable->getDeclContext()) : nullptr;
  if (!Function || !Variable->getType().getNonReferenceType()->isRecordType() ||
      !givesDType(Variable->getType()))
    return false;
  return isa<ParmVarDecl>(Variable) || isTensorType(Variable->getType()) ||
         isAssignedIn(Function->getBody(), Variable) || Depth > MaxDepth ||
         isOpaque(initialiserOf(Variable), Depth + 1);
}

const CallExpr *asksIn(const Expr *Options, unsigned Depth) {
  if (Depth > MaxDepth)
    return nullptr;
  const CallExpr *Asked = nullptr;
  bool IsDecided = false;
  walk(Options, [&](const Stmt *S) {
    if (IsDecided)
      return false;
    const auto *Call = dyn_cast<CallExpr>(S);
    if (Call && operationOf(Call).is(Op::requires_grad) && Call->getType()->isRecordType()) {
      IsDecided = true;
      Asked = saysTrue(argumentFor(Call, 0)) ? Call : nullptr;
    } else if (const auto *Ref = dyn_cast<DeclRefExpr>(S)) {
      const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl());
      const auto *Function =
          Variable ? dyn_cast<FunctionDecl>(Variable->getDeclContext()) : nullptr;
      bool IsFixed = Function && Variable->getType()->isRecordType() &&
                     !isAssignedIn(Function->getBody(), Variable);
      if (IsFixed)
        Asked = asksIn(initialiserOf(Variable), Depth + 1);
      IsDecided = Asked != nullptr;
    }
    return !IsDecided;
  });
  return Asked;
}

} // namespace

Spoken certainDType(const Expr *E, const ASTContext &Context) {
  Spoken Found = dtypeIn(E, Context);
  bool IsHidden = !Found.IsNamed && isEnum(E->getType(), "ScalarType");
  return IsHidden || isOpaque(E, 0) ? Spoken{true, std::nullopt} : Found;
}

const CallExpr *requiresGradIn(const Expr *Options) { return asksIn(Options, 0); }

Spoken dtypeIn(const Expr *E, const ASTContext &Context) {
  return spokenIn(E, "ScalarType", Context);
}

Spoken deviceIn(const Expr *E, const ASTContext &Context) {
  return spokenIn(E, "DeviceType", Context);
}

} // namespace torchtidy
