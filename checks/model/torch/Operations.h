// What LibTorch's operations do with tensors, by name: Operations.def, which is generated from
// LibTorch's declarations, and OperationTraits.def, which is written by hand.
#ifndef TORCHTIDY_CHECKS_MODEL_TORCH_OPERATIONS_H
#define TORCHTIDY_CHECKS_MODEL_TORCH_OPERATIONS_H

#include "model/Clang.h"

namespace torchtidy {

/// One enumerator an operation, named as it is: Op::detach. Op::None is what the tables do not
/// list.
enum class Op : uint16_t {
  None,
#define OPERATION(Name, Gives, Traits) Name,
#include "model/torch/Operations.def"
#define MEMBER(Name, Gives, Traits) Name,
#include "model/torch/OperationTraits.def"
};

/// What an operation's result has to do with its argument's memory.
enum class ResultKind : uint8_t {
  Nothing, // there is none
  Host,    // a number, a size, a truth value, a pointer
  New,     // a tensor with memory of its own
  View,    // a tensor over the argument's memory
  MayView, // one or the other: contiguous(), to(), reshape()
  Self,    // the argument itself
  Another, // a tensor that is there already: grad()
};

enum OperationTraits : uint16_t {
  NoTraits = 0,
  Creates = 1 << 0,        // from sizes and numbers: its result depends on no graph
  CutsGraph = 1 << 1,      // its result has no gradient
  InPlace = 1 << 2,        // counts as in place for autograd
  Writes = 1 << 3,         // writes the values in the argument's memory
  KeepsValues = 1 << 4,    // in place on shape and strides alone
  SetsProperty = 1 << 5,   // sets a flag, the name or the storage
  Converts = 1 << 6,       // to another device, dtype or layout
  Waits = 1 << 7,          // for the device
  HasEffect = 1 << 8,      // not for its result alone
  TakesUndefined = 1 << 9, // called on an undefined tensor it does not throw
  Fills = 1 << 10,         // gives values that do not depend on those before
  Random = 1 << 11,        // another result each time
  KeepsOrder = 1 << 12,    // its result lies in memory as its argument does
};

/// An operation as its name tells it. Names that LibTorch gives by rule are known without an entry:
/// `add_out` writes its first argument, and `newer_op_` works in place.
struct Operation {
  Op Name = Op::None;
  ResultKind Gives = ResultKind::Nothing;
  uint16_t Traits = NoTraits;
  bool IsOut = false; // `add_out(result, x, y)`
  bool IsKnown = false;

  /// The tables or the rules of names say what it does.
  explicit operator bool() const { return IsKnown; }
  bool is(Op Other) const { return Name == Other && !IsOut; }
  bool isOneOf(std::initializer_list<Op> Others) const {
    return llvm::any_of(Others, [&](Op Other) { return is(Other); });
  }
  bool has(OperationTraits Trait) const { return Traits & Trait; }

  /// `x.detach_()` is an operation in place by name only.
  bool isInPlace() const { return has(InPlace); }
  bool writesValues() const { return has(Writes); }
  bool alwaysCopies() const { return Gives == ResultKind::New; }
  bool isView() const { return Gives == ResultKind::View; }
  bool mayView() const { return isView() || Gives == ResultKind::MayView; }
  /// The result starts a graph anew: `zeros()`, `x.detach()`.
  bool givesLeaf() const { return has(Creates) || (isView() && has(CutsGraph)); }
  /// The same memory in another shape, at most copied where strides ask for it; not converted.
  bool reshapes() const { return mayView() && !has(Converts) && !has(CutsGraph); }
  bool setsRequiresGrad() const { return is(Op::requires_grad_) || is(Op::set_requires_grad); }
  /// Gives values and, behind them, their positions: `max(x, 1)`, `topk(x, 3)`.
  bool givesPositionsToo() const {
    return isOneOf({Op::sort, Op::max, Op::min, Op::topk, Op::kthvalue, Op::mode, Op::median,
                    Op::nanmedian, Op::cummax, Op::cummin});
  }
  /// Called for its result alone, so that dropping it is a mistake.
  bool hasNoSideEffect() const {
    return IsKnown && Gives != ResultKind::Nothing && Gives != ResultKind::Self && !IsOut &&
           !has(HasEffect) && !has(Waits);
  }
};

Operation operationNamed(llvm::StringRef Name);

/// The operation that \p Call calls, if it is a function of LibTorch; overloaded operators are
/// none.
Operation operationOf(const clang::CallExpr *Call);

/// The name of \p Name's entry; empty for Op::None.
llvm::StringRef nameOf(Op Name);

/// `x[0] = y`, `x.data() = y`: an assignment to an rvalue copies into the tensor that it shows,
/// where `x = y` only rebinds the name.
bool copiesInto(const clang::CXXOperatorCallExpr *Assign);

} // namespace torchtidy

#endif
