#include "model/memory/Borrow.h"
#include "model/memory/MemoryOrder.h"
#include "model/memory/Storage.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "model/torch/Constants.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxDepth = 24;

bool anyArgumentCarries(llvm::ArrayRef<TemplateArgument> Arguments, unsigned Depth);

bool canCarryIn(QualType Type, unsigned Depth) {
  Type = Type.getNonReferenceType().getCanonicalType();
  if (Type->isPointerType() || Type->isMemberPointerType())
    return true;
  if (const ArrayType *Array = Type->getAsArrayTypeUnsafe())
    return canCarryIn(Array->getElementType(), Depth);
  const CXXRecordDecl *Record = Type->getAsCXXRecordDecl();
  if (!Record)
    return false;
  // Buffers and arrays of other libraries: SmallVector, Eigen::Matrix.
  if (const auto *Buffer = dyn_cast<ClassTemplateSpecializationDecl>(Record);
      Buffer && !isStdDecl(Record) && Depth <= 4 &&
      (storageOf(Type) == Storage::Buffer || storageOf(Type) == Storage::Inline))
    return anyArgumentCarries(Buffer->getTemplateArgs().asArray().take_front(1), Depth + 1);
  if (!isStdDecl(Record) || Depth > 4)
    return true;
  const auto *Template = dyn_cast<ClassTemplateSpecializationDecl>(Record);
  if (!Template || storageOf(Type) == Storage::View)
    return true;
  if (isStdNamed(Record, {"basic_string", "atomic"}))
    return false;
  // How many of a template's arguments say what its objects hold; others are allocators and such.
  unsigned Holding = ~0u;
  if (isStdNamed(Record,
                 {"vector", "array", "deque", "list", "forward_list", "set", "unordered_set",
                  "unique_ptr", "shared_ptr", "optional", "initializer_list", "valarray"}))
    Holding = 1;
  else if (isStdNamed(Record, {"map", "unordered_map", "multimap", "unordered_multimap"}))
    Holding = 2;
  else if (!isStdNamed(Record, {"pair", "tuple", "variant"}))
    return true;
  return anyArgumentCarries(Template->getTemplateArgs().asArray().take_front(
                                std::min<size_t>(Holding, Template->getTemplateArgs().size())),
                            Depth + 1);
}

bool anyArgumentCarries(llvm::ArrayRef<TemplateArgument> Arguments, unsigned Depth) {
  return llvm::any_of(Arguments, [&](const TemplateArgument &A) {
    if (A.getKind() == TemplateArgument::Pack)
      return anyArgumentCarries(A.getPackAsArray(), Depth);
    return A.getKind() == TemplateArgument::Type && canCarryIn(A.getAsType(), Depth);
  });
}

// Views that show the elements of what lies in order in that same order.
bool keepsOrder(const CallExpr *Call, Operation Called) {
  if (Called.isOneOf({Op::view, Op::view_as, Op::unsqueeze, Op::squeeze, Op::detach, Op::data,
                      Op::alias, Op::unflatten, Op::tensor_data, Op::variable_data, Op::unbind,
                      Op::from_blob}))
    return true;
  // The outermost dimension: whole rows.
  if (!Called.isOneOf({Op::select, Op::slice, Op::narrow}))
    return false;
  const Expr *Dimension = argumentFor(Call, 0);
  const auto *Number =
      Dimension ? dyn_cast<IntegerLiteral>(stripValue(throughDefault(Dimension))) : nullptr;
  return Number && Number->getValue() == 0;
}

bool copiesOnlyWhereStrided(Operation Called) {
  return Called.isOneOf({Op::contiguous, Op::reshape, Op::reshape_as, Op::flatten, Op::ravel,
                         Op::atleast_1d, Op::atleast_2d, Op::atleast_3d, Op::resolve_conj,
                         Op::resolve_neg});
}

class Carrying {
public:
  Carrying(const Borrow &Value, bool SeedIsFresh, HeldFn Held, const ASTContext &Context)
      : Value(Value), SeedIsFresh(SeedIsFresh), Held(Held), Context(Context) {}

  Carry of(const Expr *E, unsigned Depth = 0) {
    while (E && Depth++ < MaxDepth) {
      if (E == Value.Seed)
        return SeedIsFresh ? Carry{Value.IsStrided ? Carry::Strided : Carry::Same, Value.MayCopy}
                           : Carry();
      const Expr *Inner = unwrapped(E);
      if (Inner == E)
        return canCarry(E->getType()) ? ofBare(E, Depth) : Carry();
      E = Inner;
    }
    return {};
  }

private:
  // One layer at a time: the seed may be any of them.
  static const Expr *unwrapped(const Expr *E) {
    if (const auto *Paren = dyn_cast<ParenExpr>(E))
      return Paren->getSubExpr();
    if (const auto *Full = dyn_cast<FullExpr>(E))
      return Full->getSubExpr();
    if (const auto *Temporary = dyn_cast<MaterializeTemporaryExpr>(E))
      return Temporary->getSubExpr();
    if (const auto *Bind = dyn_cast<CXXBindTemporaryExpr>(E))
      return Bind->getSubExpr();
    if (const auto *Cast = dyn_cast<CastExpr>(E))
      return Cast->getSubExpr();
    if (const auto *List = dyn_cast<CXXStdInitializerListExpr>(E))
      return List->getSubExpr();
    if (const auto *Construct = dyn_cast<CXXConstructExpr>(E);
        Construct && Construct->getNumArgs() >= 1 &&
        Construct->getConstructor()->isCopyOrMoveConstructor())
      return Construct->getArg(0);
    if (const auto *Call = dyn_cast<CallExpr>(E);
        Call && Call->getNumArgs() == 1 &&
        isStdNamed(Call->getDirectCallee(), {"move", "forward", "as_const", "ref", "cref"}))
      return Call->getArg(0);
    return E;
  }

  Carry any(llvm::ArrayRef<const Expr *> Parts, unsigned Depth) {
    for (const Expr *Part : Parts)
      if (Carry Found = of(Part, Depth))
        return Found;
    return {};
  }
  Carry anyTensor(llvm::ArrayRef<const Expr *> Parts, unsigned Depth) {
    for (const Expr *Part : Parts)
      if (Carry Found = storageOf(Part->getType()) == Storage::View ||
                                Part->getType()->isPointerType() ||
                                isTensorAccessor(Part->getType())
                            ? Carry()
                            : of(Part, Depth))
        return Found;
    return {};
  }
  Carry any(const CallExpr *Call, unsigned Depth) {
    return any(llvm::ArrayRef<const Expr *>(Call->getArgs(), Call->getNumArgs()), Depth);
  }

  Carry ofBare(const Expr *E, unsigned Depth) {
    if (const auto *Choice = dyn_cast<ConditionalOperator>(E))
      return any({Choice->getTrueExpr(), Choice->getFalseExpr()}, Depth);
    if (const auto *List = dyn_cast<InitListExpr>(E))
      return any(llvm::ArrayRef<const Expr *>(List->getInits(), List->getNumInits()), Depth);
    if (const auto *Lambda = dyn_cast<LambdaExpr>(E))
      return captured(Lambda, Depth);
    if (const auto *New = dyn_cast<CXXNewExpr>(E))
      return New->getInitializer() ? of(New->getInitializer(), Depth) : Carry();
    if (const auto *Construct = dyn_cast<CXXConstructExpr>(E))
      return constructed(Construct, Depth);
    if (const auto *Binary = dyn_cast<BinaryOperator>(E))
      return binary(Binary, Depth);
    if (isa<DeclRefExpr, MemberExpr>(E))
      return Held(resolvedPlace(E));
    if (const auto *Unary = dyn_cast<UnaryOperator>(E))
      return unary(Unary, Depth);
    if (const auto *Subscript = dyn_cast<ArraySubscriptExpr>(E))
      return of(Subscript->getBase(), Depth);
    if (const auto *Call = dyn_cast<CallExpr>(E))
      return called(Call, Depth);
    return {};
  }

  Carry binary(const BinaryOperator *E, unsigned Depth) {
    if (E->getOpcode() == BO_Comma || E->getOpcode() == BO_Assign)
      return of(E->getRHS(), Depth);
    return E->isAdditiveOp() ? any({E->getLHS(), E->getRHS()}, Depth) : Carry();
  }

  // &p[i], &t; *holder; ++p
  Carry unary(const UnaryOperator *E, unsigned Depth) {
    const Expr *Part = E->getSubExpr()->IgnoreParens();
    if (const auto *Subscript = dyn_cast<ArraySubscriptExpr>(Part);
        Subscript && E->getOpcode() == UO_AddrOf)
      return of(Subscript->getBase(), Depth);
    if (E->getOpcode() == UO_AddrOf || E->getOpcode() == UO_Deref || E->isIncrementDecrementOp())
      return of(Part, Depth);
    return {};
  }

  Carry captured(const LambdaExpr *Lambda, unsigned Depth) {
    auto Init = Lambda->capture_init_begin();
    for (const LambdaCapture &Capture : Lambda->captures()) {
      const Expr *Captured = *Init++;
      if (Capture.capturesVariable() && Capture.getCaptureKind() == LCK_ByCopy && Captured)
        if (Carry Found = of(Captured, Depth))
          return Found;
    }
    return {};
  }

  Carry constructed(const CXXConstructExpr *E, unsigned Depth) {
    const CXXRecordDecl *Record = E->getConstructor()->getParent();
    llvm::ArrayRef<const Expr *> Arguments = argumentsOf(E);
    if (isStdDecl(Record) || isLibTorchDecl(Record) || storageOf(E->getType()) != Storage::Other ||
        Record->isLambda())
      // What copies elements is of a type that cannot carry; options and IValues copy lists.
      return isLibTorchDecl(Record) && storageOf(E->getType()) == Storage::Other
                 ? anyTensor(Arguments, Depth)
                 : any(Arguments, Depth);
    // A class of the project, where the constructor is in view and keeps its parameter.
    const auto *Definition =
        dyn_cast_or_null<CXXConstructorDecl>(visibleDefinition(E->getConstructor()));
    if (!Definition)
      return {};
    for (auto [Argument, Parameter] : argumentsWithParameters(E, Definition))
      if (keepsInMember(Definition, Parameter))
        if (Carry Found = of(Argument, Depth))
          return Found;
    return {};
  }

  static bool keepsInMember(const CXXConstructorDecl *Constructor, const ParmVarDecl *Parameter) {
    return llvm::any_of(Constructor->inits(), [&](const CXXCtorInitializer *Init) {
      return Init->isAnyMemberInitializer() && canCarry(Init->getAnyMember()->getType()) &&
             namedVariable(Init->getInit()) == Parameter;
    });
  }

  Carry called(const CallExpr *Call, unsigned Depth) {
    const FunctionDecl *Callee = Call->getDirectCallee();
    if (!Callee)
      return {};
    if (isa<CXXOperatorCallExpr>(Call))
      return operatorCall(cast<CXXOperatorCallExpr>(Call), Depth);
    const Expr *Object = objectOf(Call);
    if (isLibTorchDecl(Callee))
      return ofLibTorch(Call, Object, Depth);
    if (Object) {
      // An element, iterator or pointer of what holds it; not a copy of its memory.
      Storage Kind = storageOf(Object->getType());
      if (isImage(Object->getType()) && operationNamed(nameOf(Callee)).is(Op::clone))
        return {};
      return Kind != Storage::Other || isStdDecl(Callee) ? of(Object, Depth) : Carry();
    }
    if (!isStdDecl(Callee))
      return {};
    return llvm::is_contained({"make_pair", "make_tuple", "tie", "forward_as_tuple",
                               "make_optional", "make_shared", "make_unique", "get", "begin", "end",
                               "data", "bind", "async", "next"},
                              nameOf(Callee))
               ? any(Call, Depth)
               : Carry();
  }

  Carry operatorCall(const CXXOperatorCallExpr *Call, unsigned Depth) {
    const Expr *First = Call->getArg(0);
    switch (Call->getOperator()) {
    case OO_Subscript:
      // x[mask] copies
      return isTensorType(First->getType()) && isTensorType(Call->getArg(1)->getType())
                 ? Carry()
                 : of(First, Depth);
    case OO_Star:
    case OO_Arrow:
      return Call->getNumArgs() == 1 ? of(First, Depth) : Carry();
    case OO_Plus:
    case OO_Minus: // of iterators
      return isTensorType(Call->getType()) ? Carry() : of(First, Depth);
    case OO_PlusPlus:
      return of(First, Depth);
    case OO_Equal:
      return copiesInto(Call) ? of(First, Depth) : of(Call->getArg(1), Depth);
    default:
      // x += y on a tensor is x
      return isCompoundAssignment(Call->getOperator()) ? of(First, Depth) : Carry();
    }
  }

  Carry ofLibTorch(const CallExpr *Call, const Expr *Object, unsigned Depth) {
    QualType Type = Object ? Object->getType() : QualType();
    if (Object && Type->isPointerType())
      Type = Type->getPointeeType();
    if (Object && !isTensorType(Type)) // IValue::toTensor(), ArrayRef::slice()
      return of(Object, Depth);
    const Expr *Source = Object ? Object : argumentFor(Call, 0);
    if (!Source)
      return {};
    Carry From = of(Source, Depth);
    if (!From)
      return {};
    // Sizes are no part of the memory; a pointer or accessor leads there.
    if (isArrayRef(Call->getType()))
      return {};
    if (Call->getType()->isPointerType() || isTensorAccessor(Call->getType()))
      return isTensorType(Source->getType()) ? From : Carry();
    return ofOperation(Call, operationOf(Call), From);
  }

  Carry ofOperation(const CallExpr *Call, Operation Called, Carry From) {
    if (Called.is(Op::set_) || Called.is(Op::resize_) || Called.is(Op::resize_as_))
      return {};
    if (Called.Gives == ResultKind::Self)
      return Called.has(KeepsValues) ? Carry{Carry::Strided, From.MayCopy} : From;
    if (Called.is(Op::index))
      return picksByTensor(Call) ? Carry() : Carry{Carry::Strided, From.MayCopy};
    if (Called.isView())
      return keepsOrder(Call, Called) ? From : Carry{Carry::Strided, From.MayCopy};
    if (copiesOnlyWhereStrided(Called)) {
      bool Reorders = Called.is(Op::contiguous) && !writtenArguments(Call).empty();
      return From.Kind == Carry::Same && !Reorders ? From : Carry();
    }
    return Called.mayView() && Called.has(Converts) ? converted(Call, Called, From) : Carry();
  }

  // to(…) gives its argument itself where dtype and device are those that it has.
  Carry converted(const CallExpr *Call, Operation Called, Carry From) {
    if (Called.is(Op::cpu))
      return From;
    if (!Called.is(Op::to) && !Called.is(Op::toType))
      return {};
    const FunctionDecl *Callee = Call->getDirectCallee();
    unsigned Flags = 0; // non_blocking, then copy
    for (auto [Argument, Parameter] : argumentsWithParameters(Call, Callee)) {
      if (isa<CXXDefaultArgExpr>(Argument))
        continue;
      if (Parameter->getType()->isBooleanType()) {
        if (++Flags == 2 && boolLiteral(Argument) != false)
          return {};
        continue;
      }
      if (isTensorType(Argument->getType()))
        return {};
      Spoken DType = dtypeIn(Argument, Context), Device = deviceIn(Argument, Context);
      if (DType.IsNamed && (!DType.Value || DType.Value != Value.DType))
        return {};
      if (Device.IsNamed && Device.Value && *Device.Value != CpuDevice)
        return {};
      bool IsDevice = isDevice(Parameter->getType());
      if (!DType.IsNamed && !Device.IsNamed && !IsDevice)
        return {}; // options that are not in view
      if (!Device.Value && (Device.IsNamed || IsDevice))
        From.MayCopy = Call;
    }
    return From;
  }

  const Borrow &Value;
  const bool SeedIsFresh;
  HeldFn Held;
  const ASTContext &Context;
};

} // namespace

bool canCarry(QualType Type) { return !Type.isNull() && canCarryIn(Type, 0); }

Place resolvedPlace(const Expr *E) {
  Place Found = placeOf(E);
  for (unsigned Steps = 0; Steps < 8; ++Steps) {
    const auto *Variable = dyn_cast_or_null<VarDecl>(Found.Root);
    const Expr *Init = Variable && Variable->isLocalVarDecl() && Variable->hasLocalStorage()
                           ? initialiserOf(Variable)
                           : nullptr;
    bool IsAlias =
        Init &&
        (Variable->getType()->isReferenceType() ||
         (Variable->getType()->isPointerType() && Found.ThroughPointer && pointee(Init) != Init));
    Place Next = IsAlias ? placeOf(Init) : Place();
    if (!Next)
      break;
    if (Found.Last && Found.Last != Found.Root)
      Next.Last = Found.Last;
    Found = Next;
  }
  return Found;
}

Carry carriedBy(const Expr *E, const Borrow &Value, bool SeedIsFresh, HeldFn Held,
                const ASTContext &Context) {
  return Carrying(Value, SeedIsFresh, Held, Context).of(E);
}

} // namespace torchtidy
