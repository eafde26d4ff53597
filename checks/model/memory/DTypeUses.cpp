#include "model/memory/DTypeUses.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/CallWalk.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Literals.h"
#include "model/torch/Constants.h"
#include "model/torch/ModelRuns.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// `T`, or a name that a template gives it.
bool isOfTemplate(QualType Written) {
  if (Written->getAs<SubstTemplateTypeParmType>())
    return true;
  const auto *Alias = Written->getAs<TypedefType>();
  const DeclContext *Around = Alias ? Alias->getDecl()->getDeclContext() : nullptr;
  const auto *Function = dyn_cast_or_null<FunctionDecl>(Around);
  return (Function && Function->isTemplateInstantiation()) ||
         isa_and_nonnull<ClassTemplateSpecializationDecl>(Around);
}

// The T of `data_ptr<T>()`; null where a template's own parameter stands there.
QualType writtenElement(const CallExpr *Call) {
  const auto *Member = dyn_cast<MemberExpr>(Call->getCallee()->IgnoreParenImpCasts());
  if (!Member || Member->getNumTemplateArgs() == 0)
    return {};
  const TemplateArgument &Written = Member->getTemplateArgs()[0].getArgument();
  if (Written.getKind() != TemplateArgument::Type || isOfTemplate(Written.getAsType()))
    return {};
  return Written.getAsType();
}

bool leadsToElements(const Operation &Called) {
  return Called.isOneOf({Op::data_ptr, Op::const_data_ptr, Op::mutable_data_ptr, Op::accessor,
                         Op::packed_accessor32, Op::packed_accessor64, Op::generic_packed_accessor,
                         Op::data});
}

// `(int *)x.data_ptr()`: the cast, unless what it gives is handed on as mere memory.
const ExplicitCastExpr *castOf(const CallExpr *Pointer, ASTContext &Context) {
  const ExplicitCastExpr *Cast = nullptr;
  bool IsMemory = false;
  walkUp(Pointer, Context, [&](const DynTypedNode &Above) {
    if (Above.get<ParenExpr>())
      return true;
    if (const auto *Implicit = Above.get<ImplicitCastExpr>()) {
      IsMemory = Cast && Implicit->getType()->isVoidPointerType();
      return !IsMemory;
    }
    if (Cast)
      return false;
    Cast = Above.get<ExplicitCastExpr>();
    return Cast != nullptr;
  });
  return IsMemory ? nullptr : Cast;
}

std::optional<DTypeUse> pointerUse(const CallExpr *Call, ASTContext &Context) {
  DTypeUse Use;
  Use.Tensor = objectOf(Call);
  Use.Call = Call;
  Use.At = Call;
  if (!Call->getType()->isVoidPointerType()) {
    Use.Element = writtenElement(Call);
    Use.Asked = dtypeOf(Use.Element, Context);
    return Use.Asked ? std::optional(Use) : std::nullopt;
  }
  const ExplicitCastExpr *Cast = castOf(Call, Context);
  if (!Cast || !Cast->getType()->isPointerType())
    return std::nullopt;
  Use.Is = DTypeUse::Cast;
  Use.At = Cast;
  Use.Element = Cast->getType()->getPointeeType();
  bool IsNumber = Use.Element->isBuiltinType() && Use.Element->isArithmeticType() &&
                  !isOfTemplate(Cast->getTypeAsWritten()->getPointeeType());
  return IsNumber ? std::optional(Use) : std::nullopt;
}

// `requires_grad_()`, or a factory of torch:: whose options ask for it; what at:: and members do
// with that is torch-ignored-requires-grad's.
bool asksForGradient(const CallExpr *Call, const Operation &Called) {
  if (Called.setsRequiresGrad()) {
    llvm::ArrayRef<const Expr *> Arguments = argumentsOf(Call);
    return isa<CXXMemberCallExpr>(Call) && Arguments.size() == 1 &&
           boolLiteral(throughDefault(Arguments[0])).value_or(false);
  }
  const FunctionDecl *Callee = Call->getDirectCallee();
  const auto *Space = dyn_cast<NamespaceDecl>(Callee->getDeclContext());
  return Called.has(Creates) && isTensorType(Call->getType()) && Space && nameOf(Space) != "at" &&
         llvm::any_of(writtenArguments(Call), [](const Expr *Argument) {
           return isTensorOptions(Argument->getType()) && requiresGradIn(Argument);
         });
}

void visitCall(const CallExpr *Call, ASTContext &Context,
               llvm::function_ref<void(const DTypeUse &)> Visit) {
  DTypeUse Use;
  Use.Call = Call;
  Use.At = Call;
  if (std::optional<ModelRun> Run = asModelRun(Call); Run && !Run->IsScript) {
    const CXXRecordDecl *Module = moduleOf(Run->Model->getType());
    unsigned Place = 0;
    Use.Taken = Module && isLibTorchDecl(Module) ? indexDTypes(layerOf(Module), Place) : nullptr;
    Use.Is = DTypeUse::Index;
    Use.Tensor = argumentFor(Call, Place);
    if (Use.Taken && Use.Tensor && isTensorType(Use.Tensor->getType()))
      Visit(Use);
    return;
  }
  Operation Called = operationOf(Call);
  if (!Called)
    return;
  if (leadsToElements(Called)) {
    std::optional<DTypeUse> Found =
        isa<CXXMemberCallExpr>(Call) && isTensorType(objectOf(Call)->getType())
            ? pointerUse(Call, Context)
            : std::nullopt;
    if (Found)
      Visit(*Found);
    return;
  }
  if (asksForGradient(Call, Called)) {
    Use.Is = DTypeUse::Gradient;
    Use.Tensor = Called.has(Creates) ? Call : objectOf(Call);
    Visit(Use);
    return;
  }
  for (auto [Argument, Parameter] : argumentsWithParameters(Call, Call->getDirectCallee())) {
    Use.Taken =
        isTensorType(Parameter->getType()) ? indexDTypes(Called, nameOf(Parameter)) : nullptr;
    Use.Is = DTypeUse::Index;
    Use.Tensor = Argument;
    if (Use.Taken)
      Visit(Use);
  }
}

} // namespace

void forEachDTypeUse(const FunctionDecl *Function, ASTContext &Context,
                     llvm::function_ref<void(const DTypeUse &)> Visit) {
  forEachCall(Function, [&](const CallExpr *Call, const UseContext &) {
    if (!Call->isTypeDependent() && !Call->isValueDependent())
      visitCall(Call, Context, Visit);
  });
}

// Bytes may hold anything, bit patterns are read as unsigned, complex numbers as their parts.
static bool isMeant(QualType Element, DType Is, unsigned Size) {
  bool IsBytes = Size == 1 || Is == DType::Byte || Is == DType::Char;
  bool IsBits = !Element->isRealFloatingType() && isFloating(Is) &&
                (Element->isUnsignedIntegerType() || Size == 2);
  bool IsSameInteger = isInteger(Is) && Element->isIntegerType() && Size == sizeOf(Is);
  return IsBytes || IsBits || IsSameInteger ||
         (isComplex(Is) && Element->isRealFloatingType() && Size * 2 == sizeOf(Is));
}

bool refuses(const DTypeUse &Use, DType Is, const ASTContext &Context) {
  switch (Use.Is) {
  case DTypeUse::Pointer:
    return Use.Asked != Is;
  case DTypeUse::Cast: {
    unsigned Size = Context.getTypeSizeInChars(Use.Element).getQuantity();
    bool IsSame = isFloating(Is) && Use.Element->isRealFloatingType() && Size == sizeOf(Is);
    return !IsSame && !isMeant(Use.Element, Is, Size);
  }
  case DTypeUse::Index:
    return !Use.Taken->take(Is);
  case DTypeUse::Gradient:
    return !takesGradients(Is);
  }
  return false;
}

} // namespace torchtidy
