// Where memory is read in the order of indices.
#include "model/memory/MemoryOrder.h"
#include "model/memory/Storage.h"
#include "model/memory/StridedMemory.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/CallWalk.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "model/torch/Constants.h"
#include "model/torch/Names.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

bool copiesInOrder(const CallExpr *Call, const Layout &Of) {
  const FunctionDecl *Callee = Call->getDirectCallee();
  llvm::StringRef Name = nameOf(Callee);
  if (isLibTorchDecl(Callee))
    return false;
  // `queue.memcpy(to, from, n)` may copy on the device.
  if (Of.Is == Layout::OnDevice && isa<CXXMemberCallExpr>(Call) && !isStdDecl(Callee))
    return false;
  if (isStdDecl(Callee) && (operationNamed(Name).is(Op::copy) || isFiller(Name)))
    return Call->getNumArgs() >= 2; // std::copy(p, p + n, to), v.assign(p, p + n)
  return llvm::is_contained({"memcpy", "memmove", "copy_n", "fwrite", "write"}, Name);
}

bool takesInOrder(const CXXConstructExpr *Construct) {
  const CXXRecordDecl *Record = Construct->getConstructor()->getParent();
  return (isStdNamed(Record, {"vector", "basic_string"}) && Construct->getNumArgs() >= 2) ||
         isImage(Construct->getType()) ||
         (outermostNamespace(Record) == "Eigen" && nameOf(Record) == "Map");
}

// std::span, and those of other libraries.
bool isSpan(QualType Type) {
  return storageOf(Type) == Storage::View &&
         nameOf(Type.getNonReferenceType()->getAsCXXRecordDecl()) == "span";
}

// `s.begin()`, `s.data()` of the span \p Object.
bool leadsIntoSpan(const CallExpr *Call, const Expr *Object) {
  return isa<CXXMemberCallExpr>(Call) && isSpan(objectOf(Call)->getType()) &&
         contains(objectOf(Call), Object) &&
         llvm::is_contained({"begin", "cbegin", "data"}, calleeName(Call));
}

bool isVariableIndex(const Expr *Index, const Layout &Of, const ASTContext &Context) {
  if (integerConstant(Index, Context))
    return false;
  // With strides of its own the code may well know where they lie.
  return Of.Is != Layout::Skipping ||
         !anyDescendant<BinaryOperator>(
             Index, [](const BinaryOperator *Binary) { return Binary->isMultiplicativeOp(); });
}

// from_blob is told where the memory lies, or may be: by options that are more than a dtype.
bool mayNameDevice(const CallExpr *Blob) {
  return llvm::any_of(writtenArguments(Blob), [](const Expr *Argument) {
    return isTensorOptions(Argument->getType()) && !isa<CXXConstructExpr>(stripValue(Argument));
  });
}

// `memcpy(y.data_ptr(), x.data_ptr(), n)` of `y = torch::empty_like(x)`, which lies as x does.
bool goesToTwin(const CallExpr *Copy, const Expr *Pointer) {
  const auto *From = dyn_cast<CallExpr>(stripValue(Pointer));
  const VarDecl *Tensor = From && objectOf(From) ? namedVariable(objectOf(From)) : nullptr;
  return Tensor && llvm::any_of(Copy->arguments(), [&](const Expr *Argument) {
           const auto *To = dyn_cast<CallExpr>(stripValue(Argument));
           const VarDecl *Other = To && isDataPointer(To) ? namedVariable(objectOf(To)) : nullptr;
           const Expr *Init = Other ? Other->getInit() : nullptr;
           const auto *Made = Init ? dyn_cast<CallExpr>(stripValue(Init)) : nullptr;
           return Made && !isToldMemoryFormat(Made) &&
                  operationOf(Made).isOneOf(
                      {Op::empty_like, Op::zeros_like, Op::ones_like, Op::full_like}) &&
                  argumentFor(Made, 0) && namedVariable(argumentFor(Made, 0)) == Tensor;
         });
}

// `from_blob(p, {4, 3}, {1, 4})`
bool isToldStrides(const CallExpr *Blob) {
  return llvm::count_if(writtenArguments(Blob),
                        [](const Expr *Argument) { return isArrayRef(Argument->getType()); }) > 1;
}

// All that is computed in the statement around \p E.
const Expr *wholeExpression(const Expr *E, ASTContext &Context) {
  while (const auto *Outer = dyn_cast_or_null<Expr>(parentStmt(E, Context)))
    E = Outer;
  return E;
}

// `for (i …; i < t.numel(); …) sum += p[i] * p[i];`, `p[i] *= 2;`: all elements, each for itself,
// in whatever order.
bool goesThroughAll(const ArraySubscriptExpr *Subscript, ASTContext &Context) {
  const auto *Loop = enclosing<ForStmt>(Subscript, Context);
  const ValueDecl *Counter = namedDecl(Subscript->getIdx());
  if (!Loop || !Loop->getCond() || !Counter || !mentions(Loop->getCond(), Counter) ||
      !anyDescendant<CallExpr>(
          Loop->getCond(), [](const CallExpr *Call) { return operationOf(Call).is(Op::numel); }))
    return false;
  const ValueDecl *Pointer = namedDecl(Subscript->getBase());
  const Expr *Whole = wholeExpression(Subscript, Context);
  auto Assign = asAssignment(stripValue(Whole));
  if (!Pointer || !Assign)
    return false;
  const Expr *Target = stripValue(Assign->Target);
  bool IsSum = Assign->IsCompound && Target->getType()->isArithmeticType() &&
               isa<DeclRefExpr, MemberExpr>(Target);
  const auto *Element = dyn_cast<ArraySubscriptExpr>(Target);
  bool IsElement = Element && namedDecl(Element->getBase()) == Pointer;
  // The counter finds elements of this memory alone.
  unsigned Counted = 0, Found = 0;
  forEach<DeclRefExpr>(Whole,
                       [&](const DeclRefExpr *Ref) { Counted += Ref->getDecl() == Counter; });
  forEach<ArraySubscriptExpr>(Whole, [&](const ArraySubscriptExpr *Each) {
    Found += namedDecl(Each->getBase()) == Pointer && namedDecl(Each->getIdx()) == Counter;
  });
  return (IsSum || IsElement) && Counted == Found;
}

// The variables that are multiplied in an index: `i` of `[i * columns + j]`.
llvm::SmallPtrSet<const ValueDecl *, 4> scaledIn(const Expr *Index) {
  llvm::SmallPtrSet<const ValueDecl *, 4> Found;
  forEach<BinaryOperator>(Index, [&](const BinaryOperator *Product) {
    if (Product->isMultiplicativeOp())
      forEach<DeclRefExpr>(Product, [&](const DeclRefExpr *Ref) { Found.insert(Ref->getDecl()); });
  });
  return Found;
}

// `out[i * columns + j] = p[j * rows + i];`: the code itself reorders.
bool reordersByHand(const ArraySubscriptExpr *Subscript, ASTContext &Context) {
  const Expr *Whole = wholeExpression(Subscript, Context);
  auto Own = scaledIn(Subscript->getIdx());
  auto Plain = [&](const Expr *Index, const ValueDecl *Name, const auto &Scaled) {
    return !Scaled.contains(Name) && mentions(Index, Name);
  };
  return anyDescendant<ArraySubscriptExpr>(Whole, [&](const ArraySubscriptExpr *Other) {
    if (Other == Subscript)
      return false;
    auto Others = scaledIn(Other->getIdx());
    return llvm::any_of(Own,
                        [&](const ValueDecl *D) { return Plain(Other->getIdx(), D, Others); }) &&
           llvm::any_of(Others,
                        [&](const ValueDecl *D) { return Plain(Subscript->getIdx(), D, Own); });
  });
}

// `Eigen::Map<Eigen::MatrixXf>` goes through memory column by column, as a matrix that was
// transposed lies.
bool goesByColumns(const CXXConstructExpr *Map, const Layout &Of, const ASTContext &Context) {
  const auto *Class = dyn_cast<ClassTemplateSpecializationDecl>(Map->getConstructor()->getParent());
  if (Of.Is != Layout::Reordered || outermostNamespace(Class) != "Eigen" || !Class ||
      Class->getTemplateArgs().size() == 0 ||
      Class->getTemplateArgs()[0].getKind() != TemplateArgument::Type)
    return false;
  const auto *Matrix = dyn_cast_or_null<ClassTemplateSpecializationDecl>(
      Class->getTemplateArgs()[0].getAsType()->getAsCXXRecordDecl());
  if (!Matrix || Matrix->getTemplateArgs().size() < 3)
    return false;
  auto Number = [&](unsigned I) {
    const TemplateArgument &Argument = Matrix->getTemplateArgs()[I];
    return Argument.getKind() == TemplateArgument::Integral ? Argument.getAsIntegral().getExtValue()
                                                            : 0;
  };
  bool ByRows = Matrix->getTemplateArgs().size() > 3 && Number(3) % 2 != 0;
  // Two dimensions change places, or all of a permutation of two.
  const InitListExpr *Dimensions =
      operationOf(Of.Maker).is(Op::permute) ? listIn(Of.Maker) : nullptr;
  return !ByRows && Number(1) != 1 && Number(2) != 1 &&
         (!operationOf(Of.Maker).is(Op::permute) || (Dimensions && Dimensions->getNumInits() == 2));
}

// The expression around the pointer \p E that reads what it shows; null where none does, and
// \p Keeper is the variable that it is stored in.
const Expr *readThrough(const Expr *E, const Layout &Of, ASTContext &Context,
                        const VarDecl *&Keeper) {
  const Expr *Found = nullptr, *Inner = E;
  bool IsMoved = false;
  walkUp(E, Context, [&](const DynTypedNode &Above) {
    if (const auto *Variable = Above.get<VarDecl>())
      Keeper =
          Variable->getType()->isPointerType() || isSpan(Variable->getType()) ? Variable : nullptr;
    const auto *Outer = Above.get<Expr>();
    if (!Outer)
      return false;
    const Expr *Child = Inner;
    Inner = Outer;
    if (isa<CastExpr, ParenExpr, FullExpr, MaterializeTemporaryExpr, CXXBindTemporaryExpr>(Outer))
      return true;
    if (isa<MemberExpr>(Outer))
      return isSpan(Child->getType());
    if (const auto *Binary = dyn_cast<BinaryOperator>(Outer); Binary && Binary->isAdditiveOp()) {
      IsMoved |= isVariableIndex(Binary->getLHS() == Child ? Binary->getRHS() : Binary->getLHS(),
                                 Of, Context);
      return true;
    }
    if (const auto *Subscript = dyn_cast<ArraySubscriptExpr>(Outer)) {
      if (isVariableIndex(Subscript->getIdx(), Of, Context) &&
          (Of.Is == Layout::OnDevice ||
           !(goesThroughAll(Subscript, Context) || reordersByHand(Subscript, Context))))
        Found = Subscript;
    } else if (const auto *Unary = dyn_cast<UnaryOperator>(Outer)) {
      if (Unary->isIncrementDecrementOp()) {
        IsMoved = true;
        return true;
      }
      if (Unary->getOpcode() == UO_Deref && IsMoved)
        Found = Unary;
    } else if (const auto *Call = dyn_cast<CallExpr>(Outer)) {
      if (leadsIntoSpan(Call, E))
        return true;
      const CXXOperatorCallExpr *Subscript = asOperator(Call, OO_Subscript);
      bool IsElement = Subscript && isSpan(Subscript->getArg(0)->getType()) &&
                       isVariableIndex(Subscript->getArg(1), Of, Context);
      if (IsElement || (copiesInOrder(Call, Of) && !goesToTwin(Call, E)) ||
          (operationOf(Call).is(Op::from_blob) && !isToldStrides(Call) &&
           (Of.Is != Layout::OnDevice || !mayNameDevice(Call))))
        Found = Call;
    } else if (const auto *Construct = dyn_cast<CXXConstructExpr>(Outer)) {
      if (takesInOrder(Construct))
        Found = goesByColumns(Construct, Of, Context) ? nullptr : Construct;
      else
        return Construct->getNumArgs() == 1 || isSpan(Construct->getType());
    }
    return false;
  });
  return Found;
}

const Expr *readOf(const CallExpr *Pointer, const Layout &Of, const FunctionDecl *Body,
                   ASTContext &Context) {
  const VarDecl *Keeper = nullptr;
  if (const Expr *Read = readThrough(Pointer, Of, Context, Keeper))
    return Read;
  const Expr *Found = nullptr;
  if (Keeper)
    forEach<DeclRefExpr>(Body->getBody(), [&](const DeclRefExpr *Ref) {
      const VarDecl *Ignored = nullptr;
      if (!Found && Ref->getDecl() == Keeper)
        Found = readThrough(Ref, Of, Context, Ignored);
    });
  return Found;
}

} // namespace

bool isDataPointer(const CallExpr *Call) {
  Operation Called = operationOf(Call);
  return isa<CXXMemberCallExpr>(Call) && isTensorType(objectOf(Call)->getType()) &&
         Call->getType()->isPointerType() &&
         (Called.is(Op::data_ptr) || Called.is(Op::const_data_ptr) ||
          Called.is(Op::mutable_data_ptr) || Called.is(Op::data)); // data<T>() of old
}

void forEachStridedRead(const FunctionDecl *Function, ControlFlowGraphs &Graphs,
                        llvm::function_ref<void(const StridedRead &)> Visit) {
  ASTContext &Context = Graphs.context();
  forEachCall(Function, [&](const CallExpr *Call, const UseContext &Where) {
    if (!isDataPointer(Call))
      return;
    const FunctionDecl *Body = Where.Frames.back().Function;
    const Expr *Tensor = stripValue(objectOf(Call));
    Layout Of = layoutAt(Tensor, Call, Body, Graphs);
    const Expr *Read = Of ? readOf(Call, Of, Body, Context) : nullptr;
    if (Read)
      Visit({Of, Tensor, Read});
  });
}

} // namespace torchtidy
