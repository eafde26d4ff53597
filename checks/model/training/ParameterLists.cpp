#include "model/training/ParameterLists.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/syntax/TemplateArguments.h"
#include "model/syntax/Walk.h"
#include "model/torch/ModelRuns.h"
#include "model/torch/Names.h"
#include "model/torch/Types.h"
#include "model/training/TrainingCalls.h"

using namespace clang;

namespace torchtidy {

// --- modules by name -----------------------------------------------------------------------------

// `holder.ptr()`, `pointer.get()`; not `zoo.get("actor")`, which hands out one of several.
static bool isHandle(const CXXMemberCallExpr *Call) {
  return Call->getNumArgs() == 0 && llvm::is_contained({"get", "ptr"}, calleeName(Call)) &&
         (isStdDecl(Call->getMethodDecl()) || isLibTorchDecl(Call->getMethodDecl()));
}

bool modulePath(const Expr *E, ModulePath &Path) {
  for (unsigned Steps = 0; Steps < 16; ++Steps) {
    E = E ? stripValue(E) : nullptr;
    if (!E)
      return false;
    if (const auto *Star = dyn_cast<UnaryOperator>(E);
        Star && (Star->getOpcode() == UO_Deref || Star->getOpcode() == UO_AddrOf)) {
      E = Star->getSubExpr();
    } else if (isThis(E)) {
      Path.push_back(nullptr);
      std::reverse(Path.begin(), Path.end());
      return true;
    } else if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(E);
               Operator &&
               (Operator->getOperator() == OO_Arrow || Operator->getOperator() == OO_Star)) {
      E = Operator->getArg(0);
    } else if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E); Call && isHandle(Call)) {
      E = objectOf(Call);
    } else if (const auto *Member = dyn_cast<MemberExpr>(E);
               Member && isa<FieldDecl>(Member->getMemberDecl())) {
      Path.push_back(Member->getMemberDecl());
      E = Member->getBase();
    } else if (const VarDecl *Variable = namedVariable(E)) {
      // A copy of a holder, or a reference: the same module.
      const Expr *Made = Variable->isLocalVarDecl() ? initialiserOf(Variable) : nullptr;
      const auto *Member = Made ? dyn_cast<MemberExpr>(stripValue(Made)) : nullptr;
      if (Member) {
        E = Made;
        continue;
      }
      Path.push_back(Variable);
      std::reverse(Path.begin(), Path.end());
      return true;
    } else {
      return false;
    }
  }
  return false;
}

bool beginsWith(const ModulePath &Part, const ModulePath &Whole) {
  return Part.size() >= Whole.size() && std::equal(Whole.begin(), Whole.end(), Part.begin());
}

// --- optimizers ----------------------------------------------------------------------------------

namespace {

const CXXRecordDecl *madeByTemplate(const CallExpr *Call) {
  const FunctionDecl *Callee = calleeOf(Call);
  QualType Made = templateTypeArgument(Callee);
  if (!isStdNamed(Callee, {"make_unique", "make_shared"}) || Made.isNull())
    return nullptr;
  return isOptimizer(Made->getAsCXXRecordDecl()) ? Made->getAsCXXRecordDecl() : nullptr;
}

std::optional<OptimizerMade> asOptimizer(const Expr *E) {
  OptimizerMade Made;
  Made.Whole = E;
  llvm::ArrayRef<const Expr *> Arguments;
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(E)) {
    Made.Class = Construct->getConstructor()->getParent();
    if (!isOptimizer(Made.Class) || Construct->getConstructor()->isCopyOrMoveConstructor())
      return std::nullopt;
    Arguments = writtenArguments(Construct);
  } else if (const auto *Call = dyn_cast<CallExpr>(E)) {
    Made.Class = madeByTemplate(Call);
    const Expr *Object = objectOf(Call);
    if (!Made.Class && Object && calleeName(Call) == "emplace" && isOptimizer(Object->getType()))
      Made.Class = Object->getType().getNonReferenceType()->getAsCXXRecordDecl();
    if (!Made.Class)
      return std::nullopt;
    Made.Name = calleeName(Call) == "emplace" ? namedDecl(Object) : nullptr;
    Arguments = writtenArguments(Call);
  }
  if (Arguments.empty())
    return std::nullopt;
  Made.Parameters = Arguments[0];
  Made.Options = Arguments.size() > 1 ? Arguments[1] : nullptr;
  return Made;
}

} // namespace

namespace {

void forEachOptimizerIn(const Stmt *Code,
                        llvm::function_ref<void(const Expr *, OptimizerMade &)> Visit) {
  forEach<Expr>(Code, [&](const Expr *E) {
    if (!isa<CXXConstructExpr, CallExpr>(E))
      return;
    if (auto Made = asOptimizer(E))
      Visit(E, *Made);
  });
}

} // namespace

void forEachOptimizer(const FunctionDecl *Function, ASTContext &Context,
                      llvm::function_ref<void(const OptimizerMade &)> Visit) {
  for (const Stmt *Code : codeOf(Function))
    forEachOptimizerIn(Code, [&](const Expr *E, OptimizerMade &Made) {
      if (!Made.Name)
        Made.Name = takerOf(E, Function, Context);
      Visit(Made);
    });
}

// --- lists ---------------------------------------------------------------------------------------

namespace {

// `net->parameters()`, also of a script module.
const CXXMemberCallExpr *asListing(const Expr *E) {
  const auto *Call = dyn_cast_or_null<CXXMemberCallExpr>(E);
  const Expr *Object = objectOf(Call);
  if (!Object || listingNamed(calleeName(Call)) != Listing::Parameters ||
      (!moduleOf(Object->getType()) && !isScriptModule(Object->getType()) && !isThis(Object)))
    return nullptr;
  return Call;
}

class PartFinder {
public:
  PartFinder(const FunctionDecl *Function, ASTContext &Context)
      : Function(Function), Context(Context) {}

  void list(const Expr *E, const Expr *At, bool IsConditional) {
    if (!E)
      return;
    walk(
        E,
        [&](const Stmt *S) {
          const auto *Inner = dyn_cast<Expr>(S);
          if (const CXXMemberCallExpr *Listing = asListing(Inner)) {
            addListing(Listing, At, IsConditional);
            return true;
          }
          if (const auto *Ref = dyn_cast_or_null<DeclRefExpr>(Inner))
            name(Ref, At, IsConditional);
          const auto *Call = dyn_cast_or_null<CallExpr>(Inner);
          const FunctionDecl *Maker =
              Call && isList(Call->getType()) ? visibleDefinition(calleeOf(Call)) : nullptr;
          if (Maker)
            returned(Maker, IsConditional);
          return !Maker;
        },
        LambdaBodies::Skip);
  }

  llvm::SmallVector<ParameterPart, 4> Parts;

private:
  void addListing(const CXXMemberCallExpr *Call, const Expr *At, bool IsConditional) {
    ParameterPart Part;
    Part.Listing = Call;
    Part.At = At ? At : Call;
    Part.Module = stripArrow(objectOf(Call));
    Part.IsNamed = modulePath(Part.Module, Part.Path);
    const Expr *Recurse = argumentFor(Call, 0);
    Part.Recurses = !Recurse || boolLiteral(Recurse).value_or(true);
    Part.IsConditional = IsConditional;
    const VarDecl *Each = namedVariable(Part.Module);
    if (const CXXForRangeStmt *Loop = Each ? rangeLoopOf(Each, Context) : nullptr) {
      const auto *Range = dyn_cast<CXXMemberCallExpr>(stripValue(Loop->getRangeInit()));
      if (listingNamed(calleeName(Range)) == Listing::Modules && Range->getNumArgs() == 1 &&
          isa<CXXDefaultArgExpr>(Range->getArg(0)))
        Part.OverModulesOf = objectOf(Range);
    }
    Parts.push_back(Part);
  }

  void name(const DeclRefExpr *Ref, const Expr *At, bool IsConditional) {
    const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl());
    if (!Variable || !Variable->isLocalVarDecl())
      return;
    if (isTensorType(Variable->getType())) {
      if (Variable->isCXXForRangeDecl())
        return;
      ParameterPart Part;
      Part.Tensor = Ref;
      Part.At = At ? At : Ref;
      Part.IsConditional = IsConditional;
      Parts.push_back(Part);
    } else if (isList(Variable->getType()) && Seen.insert(Variable).second) {
      IsConditional |= isThinned(Variable);
      list(Variable->getInit(), At, IsConditional);
      filled(Variable, IsConditional);
    }
  }

  // `base.erase(…)`: some of what it was given is gone.
  bool isThinned(const VarDecl *List) const {
    return Function && anyDescendant<CXXMemberCallExpr>(Function->getBody(), [&](const auto *Call) {
             llvm::StringRef Name = calleeName(Call);
             return changesContainer(Name) && !isFiller(Name) &&
                    namedVariable(objectOf(Call)) == List;
           });
  }

  // What a function in view returns, where that is one list.
  void returned(const FunctionDecl *Maker, bool IsConditional) {
    auto Values = returnsOf(Maker);
    if (Values.size() != 1 || !Makers.insert(Maker).second)
      return;
    const FunctionDecl *Outer = std::exchange(Function, Maker);
    list(Values.front(), nullptr, IsConditional);
    Function = Outer;
    Makers.erase(Maker);
  }

  static bool isList(QualType Type) {
    llvm::StringRef Name = nameOf(Type.getNonReferenceType()->getAsCXXRecordDecl());
    return Name == "vector" || Name == "OptimizerParamGroup";
  }

  // What is put into \p List later.
  void filled(const VarDecl *List, bool IsConditional) {
    forEach<CallExpr>(Function ? Function->getBody() : nullptr, [&](const CallExpr *Call) {
      // An algorithm that writes through back_inserter(list).
      bool IsCopy = Call->getNumArgs() && !isStdNamed(calleeOf(Call), {"back_inserter"}) &&
                    isStdDecl(calleeOf(Call)) &&
                    writesInto(Call->getArg(Call->getNumArgs() - 1), List);
      bool IsFilled = isFiller(calleeName(Call)) && namedVariable(objectOf(Call)) == List;
      if (!IsCopy && !IsFilled)
        return helped(Call, List, IsConditional);
      bool Always = true;
      const CXXForRangeStmt *Loop = nullptr;
      walkUp(Call, Context, [&](const DynTypedNode &Above) {
        Loop = Above.get<CXXForRangeStmt>();
        Always &= !Above.get<IfStmt>() && !Above.get<SwitchStmt>() &&
                  !Above.get<ConditionalOperator>() && !Above.get<ForStmt>();
        return !Loop && (Above.get<Stmt>() || Above.get<VarDecl>());
      });
      if (Loop && (leavesEarly(Loop) || isConditionalIn(Loop)))
        Always = false;
      if (Loop && mentions(Call, Loop->getLoopVariable()))
        return list(Loop->getRangeInit(), Call, IsConditional || !Always);
      for (const Expr *Argument : writtenArguments(Call))
        if (!mentions(Argument, List))
          list(Argument, Call, IsConditional || !Always || Loop);
    });
  }

  // `append(all, net->parameters());` with `to.insert(to.end(), from.begin(), from.end())` in it
  void helped(const CallExpr *Call, const VarDecl *List, bool IsConditional) {
    const FunctionDecl *Helper = visibleDefinition(calleeOf(Call));
    if (!Helper || enclosing<ForStmt>(Call, Context) || enclosing<CXXForRangeStmt>(Call, Context))
      return;
    bool Always = !enclosing<IfStmt>(Call, Context) && !enclosing<SwitchStmt>(Call, Context);
    for (auto [Filled, Into] : argumentsWithParameters(Call, Helper)) {
      if (namedVariable(Filled) != List || !Into->getType()->isLValueReferenceType())
        continue;
      const ParmVarDecl *Target = Into;
      forEach<CXXMemberCallExpr>(Helper->getBody(), [&](const CXXMemberCallExpr *Fill) {
        if (!isFiller(calleeName(Fill)) || namedVariable(objectOf(Fill)) != Target)
          return;
        const auto *Loop = enclosing<CXXForRangeStmt>(Fill, Context);
        bool IsSure = Always && !enclosing<IfStmt>(Fill, Context) &&
                      !enclosing<ForStmt>(Fill, Context) && !(Loop && leavesEarly(Loop));
        for (auto [Given, From] : argumentsWithParameters(Call, Helper))
          if (From != Target &&
              (mentions(Fill, From) || (Loop && mentions(Loop->getRangeInit(), From))))
            list(Given, Call, IsConditional || !IsSure);
      });
    }
  }

  static bool writesInto(const Expr *E, const VarDecl *List) {
    const auto *Call = dyn_cast<CallExpr>(stripValue(E));
    return Call && isStdNamed(calleeOf(Call), {"back_inserter"}) && Call->getNumArgs() == 1 &&
           namedVariable(Call->getArg(0)) == List;
  }
  static bool leavesEarly(const CXXForRangeStmt *Loop) {
    return anyDescendant<Stmt>(Loop->getBody(),
                               [](const Stmt *S) { return isa<ContinueStmt, BreakStmt>(S); });
  }
  bool isConditionalIn(const CXXForRangeStmt *Loop) {
    return enclosing<IfStmt>(Loop, Context) || enclosing<ForStmt>(Loop, Context);
  }

  const FunctionDecl *Function;
  ASTContext &Context;
  llvm::SmallPtrSet<const VarDecl *, 4> Seen;
  llvm::SmallPtrSet<const FunctionDecl *, 4> Makers; // that are looked into
};

} // namespace

llvm::SmallVector<ParameterPart, 4> partsOf(const Expr *List, const FunctionDecl *Function,
                                            ASTContext &Context) {
  PartFinder Finder(Function, Context);
  Finder.list(List, nullptr, false);
  return std::move(Finder.Parts);
}

void forEachMaking(
    const ValueDecl *Optimizer, const ProjectIndex &Index, ASTContext &Context,
    llvm::function_ref<void(const OptimizerMade &, llvm::ArrayRef<ParameterPart>)> Visit) {
  for (const FunctionDecl *Function : Index.functions())
    forEachOptimizer(Function, Context, [&](const OptimizerMade &Made) {
      if (Made.Name == Optimizer)
        Visit(Made, partsOf(Made.Parameters, Function, Context));
    });
  const auto *Field = dyn_cast<FieldDecl>(Optimizer);
  forEachOptimizerIn(Field ? Field->getInClassInitializer() : nullptr,
                     [&](const Expr *, OptimizerMade &Made) {
                       Visit(Made, partsOf(Made.Parameters, nullptr, Context));
                     });
}

const CXXRecordDecl *optimizerOf(const ValueDecl *Optimizer, const ModulePath &Model,
                                 const ProjectIndex &Index, ASTContext &Context) {
  const CXXRecordDecl *Class = nullptr;
  bool HoldsAlways = true;
  forEachMaking(Optimizer, Index, Context, [&](const OptimizerMade &Made, auto Parts) {
    Class = Made.Class;
    HoldsAlways &= llvm::any_of(Parts, [&](const ParameterPart &Part) {
      return Part.IsNamed && Part.Recurses && !Part.IsConditional && Part.Listing &&
             beginsWith(Model, Part.Path);
    });
  });
  return HoldsAlways ? Class : nullptr;
}

} // namespace torchtidy
