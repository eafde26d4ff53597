#include "model/memory/MemoryOwner.h"
#include "model/memory/SoleHandle.h"
#include "model/memory/Storage.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// Pointers lead to pointers; longer chains are not written by hand.
constexpr unsigned MaxDepth = 12;

MemoryOwner explicitly(const ValueDecl *Owner, bool IsOwnBuffer) {
  return {MemoryEnd::Explicit, Owner, nullptr, IsOwnBuffer, {}};
}

// Casts of any kind that keep where a pointer leads.
const Expr *stripPointer(const Expr *E) {
  while (E) {
    const Expr *Before = E;
    E = stripValue(E);
    if (const auto *Cast = dyn_cast<ExplicitCastExpr>(E);
        Cast && (Cast->getType()->isPointerType() || Cast->getType()->isReferenceType()))
      E = Cast->getSubExpr();
    if (E == Before)
      break;
  }
  return E;
}

// Members that give a pointer or iterator into what their object keeps.
bool givesPointer(llvm::StringRef Name) {
  return llvm::is_contained({"data", "c_str", "begin", "cbegin", "get", "ptr"}, Name);
}

// Members that give a part of what their object keeps.
bool givesElement(llvm::StringRef Name) {
  return llvm::is_contained({"at", "front", "back", "value", "row", "col"}, Name);
}

// The initialiser of a reference that keeps a temporary alive: `const auto &v = make();`.
const MaterializeTemporaryExpr *extendedTemporary(const VarDecl *Variable) {
  const Expr *Init = Variable->getInit();
  while (Init && !isa<MaterializeTemporaryExpr>(Init)) {
    if (const auto *Full = dyn_cast<FullExpr>(Init))
      Init = Full->getSubExpr();
    else if (const auto *Cast = dyn_cast<ImplicitCastExpr>(Init))
      Init = Cast->getSubExpr();
    else
      return nullptr;
  }
  const auto *Temporary = dyn_cast_or_null<MaterializeTemporaryExpr>(Init);
  return Temporary && Temporary->getExtendingDecl() == Variable ? Temporary : nullptr;
}

} // namespace

bool allocatesHeap(const Expr *E) {
  E = stripPointer(E);
  if (!E)
    return false;
  return isa<CXXNewExpr>(E) || llvm::is_contained({"malloc", "calloc", "realloc", "aligned_alloc",
                                                   "_mm_malloc", "posix_memalign"},
                                                  calleeName(E));
}

MemoryOwner MemoryOwners::behind(const Expr *Pointer, unsigned Depth) const {
  Pointer = stripPointer(Pointer);
  if (!Pointer || Depth > MaxDepth)
    return {};
  if (const auto *Unary = dyn_cast<UnaryOperator>(Pointer))
    return Unary->getOpcode() == UO_AddrOf ? object(Unary->getSubExpr(), Depth + 1) : MemoryOwner();
  if (Pointer->getType()->isArrayType())
    return object(Pointer, Depth + 1);
  if (const auto *Binary = dyn_cast<BinaryOperator>(Pointer)) {
    if (!Binary->isAdditiveOp())
      return {};
    bool IsLeft = Binary->getLHS()->getType()->isPointerType();
    return behind(IsLeft ? Binary->getLHS() : Binary->getRHS(), Depth + 1);
  }
  if (const auto *Member = dyn_cast<MemberExpr>(Pointer);
      Member && isImage(Member->getBase()->getType()) && nameOf(Member->getMemberDecl()) == "data")
    return Member->isArrow() ? MemoryOwner() : bufferOf(Member->getBase(), Depth + 1);
  if (const auto *Call = dyn_cast<CallExpr>(Pointer))
    return throughCall(Call, Depth);
  const ValueDecl *Named = namedDecl(Pointer);
  if (isa_and_nonnull<VarDecl>(Named) || fieldOfThis(Pointer))
    return pointerVariable(Named, Depth);
  return {};
}

MemoryOwner MemoryOwners::throughCall(const CallExpr *Call, unsigned Depth) const {
  llvm::StringRef Name = calleeName(Call);
  if (const auto *Member = dyn_cast<CXXMemberCallExpr>(Call)) {
    const Expr *Object = objectOf(Member);
    bool IsTensors = Object && isTensorType(Object->getType()) && Call->getType()->isPointerType();
    if (!Object || (!givesPointer(Name) && !IsTensors))
      return {};
    if (!Object->getType()->isPointerType())
      return bufferOf(Object, Depth + 1);
    // p->data() of a raw or of a smart pointer
    const auto *Arrow = asOperator(Object, OO_Arrow);
    return Arrow && storageOf(Object->getType()->getPointeeType()) == Storage::Buffer
               ? bufferOf(Arrow->getArg(0), Depth + 1)
               : MemoryOwner();
  }
  if (const auto *Operator = asOperator(Call, OO_Plus); Operator && Operator->getNumArgs() == 2)
    return behind(Operator->getArg(0), Depth + 1); // an iterator
  if (!isStdDecl(calleeOf(Call)) || Call->getNumArgs() != 1)
    return {};
  if (Name == "addressof" || Name == "__addressof")
    return object(Call->getArg(0), Depth + 1);
  return llvm::is_contained({"data", "begin", "cbegin"}, Name)
             ? bufferOf(Call->getArg(0), Depth + 1)
             : MemoryOwner();
}

MemoryOwner MemoryOwners::pointerVariable(const ValueDecl *Pointer, unsigned Depth) const {
  llvm::SmallVector<const Expr *, 4> Values = Index.valuesOf(Pointer);
  const auto *Variable = dyn_cast<VarDecl>(Pointer);
  MemoryOwner Found;
  if (Values.size() == 1 && Values[0] && Variable && Variable->isLocalVarDecl() &&
      !Variable->getType()->isReferenceType() && !allocatesHeap(Values[0]) &&
      namedVariable(Values[0]) != Variable)
    Found = behind(Values[0], Depth + 1);
  if (!Found.isKnown())
    Found = explicitly(Pointer, false);
  Found.Pointers.push_back(cast<ValueDecl>(Pointer->getCanonicalDecl()));
  return Found;
}

MemoryOwner MemoryOwners::bufferOf(const Expr *Object, unsigned Depth) const {
  Object = stripPointer(Object);
  if (!Object || Depth > MaxDepth)
    return {};
  switch (storageOf(Object->getType())) {
  case Storage::Inline:
    return object(Object, Depth + 1);
  case Storage::Buffer:
  case Storage::Nodes: {
    MemoryOwner Found = object(Object, Depth + 1);
    Found.IsOwnBuffer = namedDecl(Object) && namedDecl(Object) == Found.Owner;
    return Found;
  }
  case Storage::Shared:
    return shared(Object);
  case Storage::View: {
    const VarDecl *Variable = namedVariable(Object);
    const Expr *Shown = Object;
    if (Variable) {
      llvm::SmallVector<const Expr *, 4> Values = Index.valuesOf(Variable);
      if (Values.size() != 1 || !Values[0] || isa<ParmVarDecl>(Variable))
        return {};
      Shown = stripValue(Values[0]);
    }
    const auto *Construct = dyn_cast<CXXConstructExpr>(Shown);
    if (!Construct || Construct->getNumArgs() == 0)
      return {};
    const Expr *First = Construct->getArg(0);
    return First->getType()->isPointerType() ? behind(First, Depth + 1)
                                             : bufferOf(First, Depth + 1);
  }
  case Storage::Other:
    return {};
  }
  return {};
}

// A handle's memory ends with it only where no other has it.
MemoryOwner MemoryOwners::shared(const Expr *Object) const {
  const ValueDecl *Named = namedDecl(Object);
  if (const auto *Variable = dyn_cast_or_null<VarDecl>(Named)) {
    if (isa<ParmVarDecl>(Variable))
      return explicitly(Variable, false); // the caller has it, too
    if (!Variable->getType()->isReferenceType() && isSoleHandle(Variable, Index, Object, Graphs))
      return {MemoryEnd::Scope, Variable, nullptr, true, {}};
    return {};
  }
  if (makesOwnMemory(Object))
    return {MemoryEnd::Statement, nullptr, Object, true, {}};
  return {};
}

MemoryOwner MemoryOwners::variable(const VarDecl *Variable, unsigned Depth) const {
  if (Variable->hasGlobalStorage())
    return explicitly(Variable, false);
  if (!Variable->getType()->isReferenceType())
    return {MemoryEnd::Scope, Variable, nullptr, false, {}};
  if (isa<ParmVarDecl>(Variable))
    return explicitly(Variable, false);
  if (extendedTemporary(Variable))
    return {MemoryEnd::Scope, Variable, nullptr, false, {}};
  return Variable->getInit() ? object(Variable->getInit(), Depth + 1) : MemoryOwner();
}

// The variable, member or temporary that \p Object is, or is a part of.
MemoryOwner MemoryOwners::object(const Expr *Object, unsigned Depth) const {
  Object = stripPointer(Object);
  if (!Object || Depth > MaxDepth)
    return {};
  if (const auto *Ref = dyn_cast<DeclRefExpr>(Object)) {
    if (const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl()))
      return variable(Variable, Depth);
    if (const auto *Binding = dyn_cast<BindingDecl>(Ref->getDecl()))
      if (const auto *Whole = dyn_cast_or_null<VarDecl>(Binding->getDecomposedDecl()))
        return variable(Whole, Depth);
    return {};
  }
  if (const auto *Member = dyn_cast<MemberExpr>(Object)) {
    if (const FieldDecl *Field = fieldOfThis(Member))
      return explicitly(Field, false);
    if (isa<VarDecl>(Member->getMemberDecl()))
      return explicitly(Member->getMemberDecl(), false); // static
    if (Member->getType()->isReferenceType())
      return {};
    const auto *Arrow = asOperator(Member->getBase()->IgnoreParenImpCasts(), OO_Arrow);
    if (Member->isArrow())
      return Arrow ? bufferOf(Arrow->getArg(0), Depth + 1) : MemoryOwner();
    return object(Member->getBase(), Depth + 1);
  }
  if (const auto *Subscript = dyn_cast<ArraySubscriptExpr>(Object))
    return behind(Subscript->getBase(), Depth + 1);
  if (const auto *Unary = dyn_cast<UnaryOperator>(Object))
    return Unary->getOpcode() == UO_Deref ? behind(Unary->getSubExpr(), Depth + 1) : MemoryOwner();
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Object);
      Operator && Object->isLValue()) {
    OverloadedOperatorKind Kind = Operator->getOperator();
    if (Kind == OO_Star && storageOf(Operator->getArg(0)->getType()) == Storage::Other)
      return behind(Operator->getArg(0), Depth + 1); // an iterator
    return Kind == OO_Subscript || Kind == OO_Star ? bufferOf(Operator->getArg(0), Depth + 1)
                                                   : MemoryOwner();
  }
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(Object); Call && Object->isLValue())
    return givesElement(calleeName(Call)) ? bufferOf(objectOf(Call), Depth + 1) : MemoryOwner();
  if (Object->isLValue())
    return {};
  return {MemoryEnd::Statement, nullptr, Object, false, {}};
}

} // namespace torchtidy
