#include "model/tensors/TensorGuards.h"
#include "clang-tidy/utils/ASTUtils.h"
#include "model/facts/ProjectIndex.h"
#include "model/paths/PathGuards.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Walk.h"
#include "model/torch/ModuleExprs.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

std::string plainName(llvm::StringRef Name) {
  Name.consume_front("m_");
  Name = Name.trim('_');
  return Name.lower();
}

// The declaration behind a flag and its name, for `use_bias`, `config.use_bias`, `opts.use_bias()`.
const NamedDecl *flagDecl(const Expr *E) {
  E = stripValue(E);
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
    return Ref->getDecl();
  if (const auto *Member = dyn_cast<MemberExpr>(E))
    return Member->getMemberDecl();
  if (const auto *Call = dyn_cast<CallExpr>(E))
    return dyn_cast_or_null<NamedDecl>(Call->getCalleeDecl());
  return nullptr;
}

bool sameFlag(const NamedDecl *A, const NamedDecl *B) {
  if (!A || !B)
    return false;
  if (A->getCanonicalDecl() == B->getCanonicalDecl())
    return true;
  return !nameOf(A).empty() && plainName(nameOf(A)) == plainName(nameOf(B));
}

// `!flag` and `flag == false` taken apart.
const Expr *stripNot(const Expr *E, bool &Polarity) {
  E = stripValue(E);
  while (const auto *Unary = dyn_cast<UnaryOperator>(E)) {
    if (Unary->getOpcode() != UO_LNot)
      break;
    Polarity = !Polarity;
    E = stripValue(Unary->getSubExpr());
  }
  return E;
}

// The flag that \p Copy was given, if it was given one alone: use_norm_(norm).
const NamedDecl *copiedFrom(const NamedDecl *Copy, const ProjectIndex &Index) {
  const auto *Value = dyn_cast_or_null<ValueDecl>(Copy);
  if (!Value || !isa<VarDecl, FieldDecl>(Value) || isa<ParmVarDecl>(Value))
    return nullptr;
  auto Values = Index.valuesOf(Value);
  return Values.size() == 1 && Values[0] ? flagDecl(Values[0]) : nullptr;
}

// `m`, `m.is_empty()`: the module that a condition asks for, and whether it being true says that
// there is one.
const ValueDecl *askedModule(const Expr *E, bool &IsThere) {
  const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
  if (Call && isa_and_nonnull<CXXConversionDecl>(Call->getMethodDecl())) {
    E = objectOf(Call);
  } else if (Call && calleeName(Call) == "is_empty") {
    IsThere = !IsThere;
    E = objectOf(Call);
  }
  return classifyType(E->getType()).isModule() ? namedDecl(E) : nullptr;
}

} // namespace

// A flag, or one that was copied from it or that it was copied from.
bool TensorGuard::isFlag(const NamedDecl *Named, const NamedDecl *Given) const {
  if (sameFlag(Named, Given))
    return true;
  return Index &&
         (sameFlag(copiedFrom(Named, *Index), Given) || sameFlag(Named, copiedFrom(Given, *Index)));
}

// has(fc->bias), which returns whether its argument is defined.
bool TensorGuard::saidByHelper(const CallExpr *Call) const {
  auto Returned = returnsOf(calleeOf(Call));
  const auto *Asked = Returned.size() == 1 && Returned[0]
                          ? dyn_cast<CXXMemberCallExpr>(stripValue(Returned[0]))
                          : nullptr;
  if (!Asked || !operationOf(Asked).is(Op::defined) || SlotKey.empty())
    return false;
  for (auto [Argument, Parameter] :
       argumentsWithParameters(Call, visibleDefinition(calleeOf(Call))))
    if (namedVariable(objectOf(Asked)) == Parameter)
      return pathKey(Argument) == SlotKey;
  return false;
}

// `if (norm) bn = BatchNorm2d(..)` beside `bias(!norm)`: that there is no bn says that there is a
// bias.
bool TensorGuard::saidByMember(const Expr *E, bool Polarity) const {
  if (!Flag || !Index || !Context)
    return false;
  bool IsThere = true, FlagHolds = true;
  const ValueDecl *Member = askedModule(stripNot(E, IsThere), IsThere);
  const NamedDecl *Given = flagDecl(stripNot(Flag, FlagHolds));
  if (!Member || !Given)
    return false;
  std::optional<bool> MadeWhere; // the flag is that where the member is made
  for (const ProjectIndex::Store &Store : Index->storesOf(Member)) {
    if (Store.Kind != ProjectIndex::Store::Written || (Store.Value && isNullModule(Store.Value)))
      continue;
    const auto *If = Store.Value ? enclosing<IfStmt>(Store.Value, *Context) : nullptr;
    if (!If || contains(If->getCond(), Store.Value))
      return false;
    bool Holds = contains(If->getThen(), Store.Value);
    if (!isFlag(flagDecl(stripNot(If->getCond(), Holds)), Given) ||
        MadeWhere.value_or(Holds) != Holds)
      return false;
    MadeWhere = Holds;
  }
  // The flag is what it is given as: !norm has FlagHolds false.
  return MadeWhere && ((Polarity == IsThere) == *MadeWhere) == FlagHolds;
}

bool TensorGuard::isGivenCondition(const Expr *E, bool Polarity) const {
  if (!Flag || !Context)
    return false;
  bool Wanted = true, Given = true;
  const Expr *Plain = stripNot(E, Wanted), *Option = stripNot(Flag, Given);
  return tidy::utils::areStatementsIdentical(Plain, Option, *Context, /*Canonical=*/true) &&
         (Polarity == Wanted) == Given;
}

bool TensorGuard::holds(const Expr *E, bool Polarity) const {
  // p from find("bias"): p itself is the check.
  if (Access.Pointer)
    if (Polarity && !SlotKey.empty() && E->getType()->isPointerType() && pathKey(E) == SlotKey)
      return true;
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E))
    if (std::optional<bool> Says = saidByCall(Call))
      return Polarity && *Says;
  if (const auto *Call = dyn_cast<CallExpr>(E); Call && saidByHelper(Call))
    return Polarity;
  if (isGivenCondition(E, Polarity) || saidByMember(E, Polarity))
    return true;
  // m->bias.numel() > 0
  if (const auto *Binary = dyn_cast<BinaryOperator>(E); Binary && Binary->isRelationalOp()) {
    const auto *Call = dyn_cast<CXXMemberCallExpr>(stripValue(Binary->getLHS()));
    Operation Called = operationNamed(Call ? calleeName(Call) : "");
    if ((Called.is(Op::numel) || Called.is(Op::dim)) &&
        pathKey(Call->getImplicitObjectArgument()) == SlotKey)
      return Polarity == (Binary->getOpcode() == BO_GT || Binary->getOpcode() == BO_GE);
  }
  // use_counts and handles do not lie: `if (m->bias.unsafeGetTensorImpl())` is too rare to model.
  return saidByFlag(E, Polarity);
}

std::optional<bool> TensorGuard::saidByCall(const CXXMemberCallExpr *Call) const {
  llvm::StringRef Name = calleeName(Call);
  const Expr *Object = Call->getImplicitObjectArgument();
  if (Operation Called = operationNamed(Name); Called.is(Op::defined) || Called.is(Op::has_value) ||
                                               Called.is(Op::numel) || Called.is(Op::dim))
    return !SlotKey.empty() && pathKey(Object) == SlotKey;
  if ((Name == "contains" || Name == "count") && Call->getNumArgs() == 1)
    return llvm::StringRef(pathKey(Call->getArg(0))).contains(Access.Slot);
  if (Name == "find" && isFindBias(Call))
    return Access.Module || SlotKey == pathKey(Call);
  if (Name == Access.Option && Call->getNumArgs() == 0 && isOptionsType(Object->getType())) {
    // The options of this module; options of no particular module are taken at their word.
    std::string Key = pathKey(Object);
    llvm::StringRef Owner(Key);
    return !Owner.consume_back(".options") || ModuleKey.empty() || Owner == "this" ||
           Owner == ModuleKey;
  }
  return std::nullopt;
}

bool TensorGuard::saidByFlag(const Expr *E, bool Polarity) const {
  bool Wanted = true;
  const Expr *Plain = stripNot(E, Wanted);
  if (!Plain->getType()->isBooleanType())
    return false;
  const NamedDecl *Named = flagDecl(Plain);
  if (nameOf(Named).empty())
    return false;
  if (Flag) {
    bool FlagPolarity = true;
    const Expr *FlagPlain = stripNot(Flag, FlagPolarity);
    if (isFlag(Named, flagDecl(FlagPlain)))
      return Polarity == (Wanted == FlagPolarity);
  }
  // A flag named after the option is taken for the flag that was given to it.
  std::string Lower = Named->getName().lower();
  llvm::StringRef Name(Lower);
  bool Speaks = Name.contains("bias") || Name.contains("affine");
  if (!Speaks || isLibTorchDecl(Named))
    return false;
  // no_bias and noBias, but not norm_bias
  bool Negative = Name.starts_with("no_") || Name.starts_with("no" + Access.Option.lower()) ||
                  Name.contains("without") || Name.contains("disable");
  return Polarity == (Wanted != Negative);
}

} // namespace torchtidy
