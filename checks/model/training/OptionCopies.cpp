#include "model/training/OptionCopies.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/TemplateArguments.h"
#include "model/syntax/Walk.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"
#include "model/training/ParameterLists.h"
#include "model/training/TrainingCalls.h"
#include <set>

using namespace clang;

namespace torchtidy {

namespace {

const CXXRecordDecl *recordOf(QualType Type) {
  return Type.getNonReferenceType()->getAsCXXRecordDecl();
}

bool isOptions(const CXXRecordDecl *Record) {
  return isNamed(Record, "torch::optim::OptimizerOptions") ||
         derivesFrom(Record, "torch::optim::OptimizerOptions");
}

bool isGroup(QualType Type) { return isNamed(recordOf(Type), "torch::optim::OptimizerParamGroup"); }

bool holdsGroups(QualType Type) {
  QualType Element = templateTypeArgument(recordOf(Type));
  return isStdDecl(recordOf(Type)) && !Element.isNull() && isGroup(Element);
}

bool isMemberOf(const CXXMemberCallExpr *Call, llvm::StringRef Class) {
  return Call && Call->getMethodDecl() && isNamed(Call->getMethodDecl()->getParent(), Class);
}

// `group.options()`, `optimizer.defaults()`: a reference to the options that are in use.
bool showsOptions(const Expr *E) {
  return anyDescendant<CXXMemberCallExpr>(E, [](const CXXMemberCallExpr *Call) {
    return (operationNamed(calleeName(Call)).is(Op::options) &&
            isMemberOf(Call, "torch::optim::OptimizerParamGroup")) ||
           (calleeName(Call) == "defaults" && isMemberOf(Call, "torch::optim::Optimizer"));
  });
}

bool showsGroups(const Expr *E) {
  const auto *Call = dyn_cast_or_null<CXXMemberCallExpr>(E ? stripValue(E) : nullptr);
  return calleeName(Call) == "param_groups" && isMemberOf(Call, "torch::optim::Optimizer");
}

// --- changes -------------------------------------------------------------------------------------

// `o.lr(0.1)`, `o.set_lr(0.1)`, `o.lr() = 0.1`, `group.set_options(…)`: the object that it changes.
const Expr *changedBy(const Expr *E) {
  if (auto Assign = asAssignment(E)) {
    const auto *Getter = dyn_cast<CXXMemberCallExpr>(stripValue(Assign->Target));
    return Getter && isOptions(Getter->getMethodDecl() ? Getter->getMethodDecl()->getParent()
                                                       : nullptr)
               ? objectOf(Getter)
               : nullptr;
  }
  const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
  if (!Call || !Call->getMethodDecl() || Call->getMethodDecl()->isConst() ||
      writtenArguments(Call).empty())
    return nullptr;
  bool IsSetter =
      isOptions(Call->getMethodDecl()->getParent()) ||
      (calleeName(Call) == "set_options" && isMemberOf(Call, "torch::optim::OptimizerParamGroup"));
  return IsSetter ? objectOf(Call) : nullptr;
}

// Names that lead to \p Variable by reference: `auto &o = static_cast<SGDOptions &>(g.options())`.
llvm::SmallPtrSet<const ValueDecl *, 4> aliasesOf(const VarDecl *Variable, const Stmt *Body) {
  llvm::SmallPtrSet<const ValueDecl *, 4> Aliases{Variable};
  auto Names = [&](const Expr *E) {
    return E && anyDescendant<DeclRefExpr>(
                    E, [&](const DeclRefExpr *Ref) { return Aliases.contains(Ref->getDecl()); });
  };
  forEach<Stmt>(Body, [&](const Stmt *S) {
    if (const auto *Range = dyn_cast<CXXForRangeStmt>(S);
        Range && Names(Range->getRangeInit()) &&
        Range->getLoopVariable()->getType()->isReferenceType())
      Aliases.insert(Range->getLoopVariable());
    if (const auto *Declaration = dyn_cast<DeclStmt>(S))
      for (const Decl *D : Declaration->decls())
        if (const auto *Each = dyn_cast<VarDecl>(D);
            Each && (Each->getType()->isReferenceType() || Each->getType()->isPointerType()) &&
            Names(Each->getInit()))
          Aliases.insert(Each);
  });
  return Aliases;
}

bool isObject(const Expr *Object, const llvm::SmallPtrSetImpl<const ValueDecl *> &Aliases) {
  return Object && anyDescendant<DeclRefExpr>(Object, [&](const DeclRefExpr *Ref) {
           return Aliases.contains(Ref->getDecl());
         });
}

// What changes the copy, if the copy is good for nothing else: it is not handed on.
const Expr *changeOfCopy(const VarDecl *Copy, const Stmt *Body, ASTContext &Context) {
  auto Aliases = aliasesOf(Copy, Body);
  const Expr *Change = nullptr;
  bool IsHanded = false;
  forEach<DeclRefExpr>(Body, [&](const DeclRefExpr *Ref) {
    if (!Aliases.contains(Ref->getDecl()))
      return;
    walkUp(Ref, Context, [&](const DynTypedNode &Above) {
      const auto *E = Above.get<Expr>();
      if (!E)
        return false;
      if (const Expr *Object = changedBy(E); Object && contains(Object, Ref)) {
        Change = Change ? Change : E;
        return true;
      }
      if (auto Assign = asPlainAssignment(E))
        IsHanded |= contains(Assign->Value, Ref) && !Assign->Value->getType()->isArithmeticType();
      const auto *Call = dyn_cast<CallExpr>(E);
      for (const Expr *Argument : Call ? writtenArguments(Call) : llvm::ArrayRef<const Expr *>())
        IsHanded |= contains(Argument, Ref) && !Argument->getType()->isArithmeticType();
      if (const auto *Construct = dyn_cast<CXXConstructExpr>(E))
        IsHanded |= isOptimizer(Construct->getType()) || isOptions(recordOf(E->getType())) ||
                    isGroup(E->getType());
      return !IsHanded;
    });
  });
  forEach<ReturnStmt>(Body, [&](const ReturnStmt *Return) {
    IsHanded |= Return->getRetValue() && isObject(Return->getRetValue(), Aliases) &&
                !Return->getRetValue()->getType()->isArithmeticType();
  });
  return IsHanded ? nullptr : Change;
}

void findCopies(const Stmt *Body, ASTContext &Context,
                llvm::function_ref<void(const OptionCopy &)> Visit) {
  auto Ask = [&](OptionCopy::Kind Kind, const VarDecl *Variable) {
    if (const Expr *Change = changeOfCopy(Variable, Body, Context))
      Visit({Kind, Change, Variable, "", nullptr});
  };
  forEach<Stmt>(Body, [&](const Stmt *S) {
    if (const auto *Range = dyn_cast<CXXForRangeStmt>(S)) {
      const VarDecl *Variable = Range->getLoopVariable();
      if (isGroup(Variable->getType()) && !Variable->getType()->isReferenceType() &&
          showsGroups(Range->getRangeInit()))
        Ask(OptionCopy::CopiedGroup, Variable);
      return;
    }
    const auto *Declaration = dyn_cast<DeclStmt>(S);
    if (!Declaration)
      return;
    for (const Decl *D : Declaration->decls()) {
      const auto *Variable = dyn_cast<VarDecl>(D);
      if (!Variable || Variable->getType()->isReferenceType() || !Variable->getInit())
        continue;
      const Expr *Made = stripValue(Variable->getInit());
      if (isOptions(recordOf(Variable->getType())) && Made->isGLValue() && showsOptions(Made))
        Ask(OptionCopy::Copied, Variable);
      else if ((holdsGroups(Variable->getType()) && showsGroups(Made)) ||
               (isGroup(Variable->getType()) && Made->isGLValue() &&
                anyDescendant<Expr>(Made, [](const Expr *E) { return showsGroups(E); })))
        Ask(OptionCopy::CopiedGroup, Variable);
    }
  });
}

// --- defaults ------------------------------------------------------------------------------------

const CXXMemberCallExpr *asDefaults(const Expr *E) {
  const CXXMemberCallExpr *Found = nullptr;
  forEach<CXXMemberCallExpr>(E, [&](const CXXMemberCallExpr *Call) {
    if (calleeName(Call) == "defaults" && isMemberOf(Call, "torch::optim::Optimizer"))
      Found = Call;
  });
  return Found;
}

void findDefaults(const Stmt *Body, llvm::function_ref<void(const OptionCopy &)> Visit) {
  // Groups are added later, or told the same.
  bool ReachesGroups = anyDescendant<CallExpr>(Body, [](const CallExpr *Call) {
    return calleeName(Call) == "add_param_group" || showsGroups(Call);
  });
  if (ReachesGroups)
    return;
  llvm::SmallPtrSet<const Expr *, 4> Seen;
  forEach<Expr>(Body, [&](const Expr *E) {
    const Expr *Object = changedBy(E);
    if (!Object)
      return;
    const CXXMemberCallExpr *Shown = asDefaults(Object);
    if (const VarDecl *Alias = namedVariable(Object);
        !Shown && Alias && Alias->getType()->isReferenceType() && Alias->getInit())
      Shown = asDefaults(Alias->getInit());
    // An optimizer of the project's own may step by its defaults.
    if (Shown && isThis(objectOf(Shown)))
      return;
    if (Shown && Seen.insert(Shown).second)
      Visit({OptionCopy::Defaults, E, nullptr, "", nullptr});
  });
}

// --- options of groups ---------------------------------------------------------------------------

// Newer versions of LibTorch fill what a group does not set from the optimizer's options.
bool mergesGroups(const CXXRecordDecl *Options) {
  for (const CXXBaseSpecifier &Base : Options->bases())
    if (const CXXRecordDecl *Record = Base.getType()->getAsCXXRecordDecl())
      return llvm::any_of(Record->methods(), [](const CXXMethodDecl *Method) {
        return !Method->isImplicit() && !isa<CXXConstructorDecl, CXXDestructorDecl>(Method) &&
               nameOf(Method) != nameOf(Op::clone) && !Method->isOverloadedOperator();
      });
  return true;
}

// What an expression of options sets; nothing where it starts from others that exist.
std::optional<std::set<std::string>> setBy(const Expr *E) {
  std::set<std::string> Set;
  for (unsigned Steps = 0; E && Steps < 32; ++Steps) {
    E = stripValue(E);
    if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E)) {
      if (!writtenArguments(Call).empty())
        Set.insert(calleeName(Call).str());
      E = objectOf(Call);
    } else if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E)) {
      E = Cast->getSubExpr();
    } else if (const auto *Construct = dyn_cast<CXXConstructExpr>(E)) {
      if (!isOptions(Construct->getConstructor()->getParent()))
        return std::nullopt;
      for (auto [Argument, Parameter] :
           argumentsWithParameters(Construct, Construct->getConstructor()))
        if (!isa<CXXDefaultArgExpr>(Argument))
          Set.insert(nameOf(Parameter).str());
      return Set;
    } else if (const Expr *Made = initialiserOf(E)) {
      E = Made;
    } else {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

// `make_unique<AdamOptions>(…)`
const CallExpr *asOwnOptions(const Expr *E, std::set<std::string> &Set) {
  const auto *Call = dyn_cast<CallExpr>(E);
  const FunctionDecl *Callee = calleeOf(Call);
  QualType Made = templateTypeArgument(Callee);
  if (!isStdNamed(Callee, {"make_unique"}) || Made.isNull())
    return nullptr;
  const CXXRecordDecl *Options = Made->getAsCXXRecordDecl();
  if (!Options || !isOptions(Options) || mergesGroups(Options))
    return nullptr;
  for (const Expr *Argument : writtenArguments(Call)) {
    if (!isOptions(recordOf(Argument->getType()))) {
      Set.insert("lr"); // the one parameter of their constructors
      continue;
    }
    // A variable may have been given more since; only what is made here is known.
    auto Given = isa<DeclRefExpr>(stripValue(Argument)) ? std::nullopt : setBy(Argument);
    if (!Given)
      return nullptr;
    Set.insert(Given->begin(), Given->end());
  }
  return Call;
}

void findHidden(const FunctionDecl *Function, ASTContext &Context,
                llvm::function_ref<void(const OptionCopy &)> Visit) {
  forEachOptimizer(Function, Context, [&](const OptimizerMade &Made) {
    auto Wanted = Made.Options ? setBy(Made.Options) : std::nullopt;
    if (!Wanted)
      return;
    auto Ask = [&](const Expr *E) {
      std::set<std::string> Set;
      const CallExpr *Own = asOwnOptions(E, Set);
      for (const std::string &Option : *Wanted)
        if (Own && !Set.count(Option))
          return Visit({OptionCopy::Hidden, Own, nullptr, Option, Made.Options});
    };
    forEach<CallExpr>(Made.Parameters, Ask);
    llvm::SmallPtrSet<const VarDecl *, 4> Lists;
    forEach<DeclRefExpr>(Made.Parameters, [&](const DeclRefExpr *Ref) {
      const auto *List = dyn_cast<VarDecl>(Ref->getDecl());
      if (!List || !List->isLocalVarDecl() || !Lists.insert(List).second)
        return;
      forEach<CallExpr>(List->getInit(), Ask);
      forEach<CXXMemberCallExpr>(Function->getBody(), [&](const CXXMemberCallExpr *Call) {
        if (namedVariable(objectOf(Call)) == List)
          for (const Expr *Argument : writtenArguments(Call))
            forEach<CallExpr>(Argument, Ask);
      });
    });
  });
}

} // namespace

void forEachOptionCopy(const FunctionDecl *Function, ASTContext &Context,
                       llvm::function_ref<void(const OptionCopy &)> Visit) {
  findCopies(Function->getBody(), Context, Visit);
  findDefaults(Function->getBody(), Visit);
  findHidden(Function, Context, Visit);
}

} // namespace torchtidy
