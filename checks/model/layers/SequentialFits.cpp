#include "model/layers/SequentialFits.h"
#include "model/facts/CompileErrors.h"
#include "model/facts/ForwardReach.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Literals.h"
#include "model/syntax/ProjectCode.h"
#include "model/syntax/Walk.h"
#include "model/torch/ModuleExprs.h"

using namespace clang;

namespace torchtidy {

namespace {

using Modules = llvm::SmallVector<const Expr *, 8>;

bool isSequential(QualType Type) { return isNamed(moduleOf(Type), "torch::nn::SequentialImpl"); }

// The module of {"name", Linear(1, 2)}, push_back("name", Linear(1, 2)).
const Expr *moduleOfItem(const Expr *E) {
  const auto *Item = dyn_cast_or_null<CXXConstructExpr>(E ? stripValue(E) : nullptr);
  if (!Item || !isNamed(Item->getConstructor()->getParent(), "torch::nn::NamedAnyModule"))
    return E;
  return Item->getNumArgs() == 2 ? Item->getArg(1) : nullptr;
}

// What Sequential(a, b), Sequential({{"a", a}, {"b", b}}), make_shared<SequentialImpl>(a, b) hold.
Modules childrenOf(const Expr *E) {
  Modules Found;
  if (!isSequential(E->getType()) || !constructsModule(E))
    return Found;
  llvm::SmallVector<const Expr *, 8> Arguments;
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(E))
    Arguments.append(Construct->arg_begin(), Construct->arg_end());
  else if (const auto *Call = dyn_cast<CallExpr>(E))
    Arguments.append(Call->arg_begin(), Call->arg_end());
  const InitListExpr *List = Arguments.size() == 1 ? listIn(Arguments[0]) : nullptr;
  // Of a layer's own list of options Sequential is given the layer.
  if (List && List->getNumInits() && moduleOfItem(List->getInit(0)) != List->getInit(0))
    Arguments.assign(List->inits().begin(), List->inits().end());
  for (const Expr *Argument : Arguments)
    Found.push_back(moduleOfItem(Argument));
  return Found;
}

// seq->push_back(m), seq->push_back("name", m)
const Expr *pushed(const Stmt *S, const ValueDecl *&Into) {
  const auto *E = dyn_cast_or_null<Expr>(S);
  const auto *Call = dyn_cast_or_null<CXXMemberCallExpr>(E ? E->IgnoreImplicit() : nullptr);
  if (!Call || !isFiller(calleeName(Call)) ||
      !isNamed(Call->getMethodDecl()->getParent(), "torch::nn::SequentialImpl") ||
      Call->getNumArgs() == 0)
    return nullptr;
  Into = namedDecl(stripOwner(objectOf(Call)));
  return Into ? moduleOfItem(Call->getArg(Call->getNumArgs() - 1)) : nullptr;
}

// The forward of a class of the project that has parameters with defaults and has not told
// Sequential so.
const CXXMethodDecl *forwardWithDefaults(const CXXRecordDecl *Module) {
  const CXXRecordDecl *Class =
      Module && !isLibTorchDecl(Module) ? Module->getDefinition() : nullptr;
  const CXXMethodDecl *Forward = nullptr;
  if (!Class)
    return nullptr;
  for (const CXXMethodDecl *Method : Class->methods()) {
    if (nameOf(Method) == "_forward_has_default_args")
      return nullptr;
    if (nameOf(Method) != "forward")
      continue;
    if (Forward)
      return nullptr; // of several none can be taken
    Forward = Method;
  }
  return Forward && Forward->getNumParams() > 1 && Forward->getMinRequiredArguments() == 1
             ? Forward
             : nullptr;
}

// What goes from one module to the next, as far as it is known.
class Flow {
public:
  Flow(const ValueDecl *Of, const ASTContext &Context,
       llvm::function_ref<void(const Misfit &)> Visit)
      : Of(Of), Context(Context), Visit(Visit) {}

  void take(const Expr *Module) {
    BuiltLayer Next = layerBuiltBy(Module, Context);
    if (Any)
      if (const CXXMethodDecl *Forward = forwardWithDefaults(Next.Module))
        Visit({Misfit::Why::Arguments, {}, Next, Forward, Of});
    Any = true;
    if (!Next.Name.empty() && Last && Last->Is == BuiltLayer::Kind::Recurrent)
      Visit({Misfit::Why::Tuple, *Last, Next, nullptr, Of});
    else if (Last && doNotFit(*Last, Next))
      Visit({Misfit::Why::Size, *Last, Next, nullptr, Of});
    if (Next.Is != BuiltLayer::Kind::Keeps || (Last && Last->Is == BuiltLayer::Kind::Recurrent))
      Last = Next.Is == BuiltLayer::Kind::Unknown ? std::nullopt : std::optional<BuiltLayer>(Next);
  }

private:
  static bool doNotFit(const BuiltLayer &First, const BuiltLayer &Second) {
    using Kind = BuiltLayer::Kind;
    auto IsOfChannels = [](const BuiltLayer &L) {
      return L.Is == Kind::Convolution || L.Is == Kind::Norm;
    };
    bool Alike =
        ((First.Is == Kind::Linear || First.Is == Kind::Embedding) &&
         (Second.Is == Kind::Linear || Second.Is == Kind::Recurrent)) ||
        (IsOfChannels(First) && IsOfChannels(Second) && First.Dimensions == Second.Dimensions);
    return Alike && First.Out && Second.In && *First.Out != *Second.In;
  }

  const ValueDecl *Of;
  const ASTContext &Context;
  llvm::function_ref<void(const Misfit &)> Visit;
  std::optional<BuiltLayer> Last;
  bool Any = false;
};

// The local or member that the Sequential \p E becomes; null for a part of another one.
const ValueDecl *holderOf(const Expr *E, const FunctionDecl *Function, ASTContext &Context) {
  bool IsPart = false;
  walkUp(E, Context, [&](const DynTypedNode &Above) {
    const auto *Outer = Above.get<Expr>();
    // One Sequential alone: a holder of it, or a copy.
    Modules Parts = Outer ? childrenOf(Outer) : Modules();
    IsPart |= Parts.size() > 1 || (Parts.size() == 1 && !isSequential(Parts[0]->getType()));
    return Outer && !IsPart;
  });
  const ValueDecl *Taker = IsPart ? nullptr : takerOf(E, Function, Context);
  return Taker && isSequential(Taker->getType()) ? Taker : nullptr;
}

// if (project) around E, directly in a constructor: the parameter.
const ParmVarDecl *conditionOf(const Expr *E, ASTContext &Context) {
  const auto *If = enclosing<IfStmt>(E, Context);
  if (!If || !contains(If->getThen(), E))
    return nullptr;
  return dyn_cast_or_null<ParmVarDecl>(namedVariable(If->getCond()));
}

// A member that code out of view may change; a variable of other files.
bool mayBeFilledElsewhere(const ValueDecl *Named, ASTContext &Context) {
  if (const auto *Field = dyn_cast<FieldDecl>(Named))
    return mayBeChangedElsewhere(Field, Context);
  return !cast<VarDecl>(Named)->hasLocalStorage() && !isInMainFile(Named);
}

// Block(false), std::make_shared<BlockImpl>(false): some construction in view gives the parameter
// `false`.
bool isBuiltWithFalse(const ParmVarDecl *Parameter, const ProjectIndex &Index) {
  const auto *Constructor = dyn_cast<CXXConstructorDecl>(Parameter->getDeclContext());
  return Constructor &&
         llvm::any_of(Index.constructions(), [&](const ProjectIndex::Construction &Built) {
           const Expr *E = stripCasts(Built.Value);
           llvm::ArrayRef<const Expr *> Arguments;
           if (const auto *Construct = dyn_cast<CXXConstructExpr>(E))
             Arguments = argumentsOf(Construct);
           else if (const auto *Call = dyn_cast<CallExpr>(E))
             Arguments = argumentsOf(Call);
           unsigned Index = Parameter->getFunctionScopeIndex();
           return Built.Module && declaresSameEntity(Built.Module, Constructor->getParent()) &&
                  Index < Arguments.size() && boolLiteral(Arguments[Index]) == false;
         });
}

} // namespace

void forEachMisfit(const FunctionDecl *Function, ASTContext &Context,
                   llvm::function_ref<void(const Misfit &)> Visit) {
  auto Expressions = [&](const Expr *E) {
    Modules Children = childrenOf(E);
    if (Children.size() < 2)
      return;
    Flow Through(holderOf(E, Function, Context), Context, Visit);
    for (const Expr *Child : Children)
      Through.take(Child);
  };
  if (const auto *Constructor = dyn_cast<CXXConstructorDecl>(Function))
    for (const CXXCtorInitializer *Init : Constructor->inits())
      forEach<Expr>(Init->getInit(), Expressions);
  forEach<Expr>(Function->getBody(), Expressions);
  forEach<CompoundStmt>(Function->getBody(), [&](const CompoundStmt *Block) {
    const ValueDecl *Into = nullptr;
    std::optional<Flow> Through;
    for (const Stmt *S : Block->body()) {
      const ValueDecl *Now = nullptr;
      const Expr *Module = pushed(S, Now);
      if (!Module || Now != Into)
        Through.reset();
      Into = Module ? Now : nullptr;
      if (!Module)
        continue;
      if (!Through)
        Through.emplace(Into, Context, Visit);
      Through->take(Module);
    }
  });
}

bool isOnlyWalked(const ValueDecl *Named, const ProjectIndex &Index) {
  bool IsWalked = false, IsRun = false;
  auto Names = [&](const Expr *E) { return E && namedDecl(stripOwner(E)) == Named; };
  for (const FunctionDecl *Function : Index.functions()) {
    forEach<CXXForRangeStmt>(Function->getBody(), [&](const CXXForRangeStmt *Loop) {
      IsWalked |= Names(Loop->getRangeInit());
    });
    forEach<CallExpr>(Function->getBody(), [&](const CallExpr *Call) {
      const auto *Member = dyn_cast<CXXMemberCallExpr>(Call);
      const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call);
      if (Member && Names(objectOf(Call))) {
        llvm::StringRef Name = calleeName(Call);
        IsRun |= Name == "forward";
        IsWalked |= Name == "begin" || Name == "at" || Name == "ptr";
      } else if (Operator && Names(Call->getArg(0))) {
        IsRun |= Operator->getOperator() == OO_Call;
        IsWalked |= Operator->getOperator() == OO_Subscript;
      }
    });
  }
  return IsWalked && !IsRun;
}

const ValueDecl *runEmpty(const CallExpr *Call,
                          llvm::function_ref<const ProjectIndex &()> MakeIndex,
                          ASTContext &Context) {
  const Expr *Object = nullptr;
  if (const auto *Member = dyn_cast<CXXMemberCallExpr>(Call)) {
    if (nameOf(Member->getMethodDecl()) != "forward")
      return nullptr;
    Object = objectOf(Member);
  } else if (const CXXOperatorCallExpr *Operator = asOperator(Call, OO_Call)) {
    Object = Operator->getArg(0);
  }
  const ValueDecl *Named = Object ? namedDecl(stripOwner(Object)) : nullptr;
  if (!Named || isa<ParmVarDecl>(Named) || !isSequential(Named->getType()) ||
      mayBeFilledElsewhere(Named, Context))
    return nullptr;
  const ProjectIndex &Index = MakeIndex();
  bool Built = false;
  for (const ProjectIndex::Store &Store : Index.storesOf(Named)) {
    if (Store.Kind == ProjectIndex::Store::Implicit) {
      const auto *Field =
          dyn_cast<FieldDecl>(Named); // a holder makes its module unless it is told not to
      Built |= Field && !Field->hasInClassInitializer();
      continue;
    }
    const Expr *Value = Store.Value ? unwrapModule(Store.Value) : nullptr;
    if (Value && isNullModule(Value))
      continue;
    Value = throughRegistration(Value);
    const auto *Construct = dyn_cast_or_null<CXXConstructExpr>(stripCasts(Value));
    if (!Construct || !isSequential(Construct->getType()) ||
        !writtenArguments(argumentsOf(Construct)).empty())
      return nullptr;
    Built = true;
  }
  if (!Built)
    return nullptr;
  // Every mention but registrations and runs: a push under a parameter, or something that is not
  // followed.
  const ParmVarDecl *Under = nullptr;
  for (const FunctionDecl *Function : Index.functions()) {
    bool Unknown = anyDescendant<Expr>(Function->getBody(), [&](const Expr *E) {
      const auto *Mention = isa<DeclRefExpr, MemberExpr>(E) && namedDecl(E) == Named ? E : nullptr;
      if (!Mention)
        return false;
      const auto *Used = enclosing<CallExpr>(Mention, Context);
      while (Used && isa<CXXOperatorCallExpr>(Used) &&
             cast<CXXOperatorCallExpr>(Used)->getOperator() == OO_Arrow)
        Used = enclosing<CallExpr>(Used, Context);
      if (!Used || asRegistration(Used) || calleeName(Used) == "forward" ||
          asOperator(Used, OO_Call) || asOperator(Used, OO_Equal))
        return false;
      const ValueDecl *Into = nullptr;
      const ParmVarDecl *Condition =
          pushed(Used, Into) && Into == Named ? conditionOf(Used, Context) : nullptr;
      if (!Condition || (Under && Under != Condition))
        return true;
      Under = Condition;
      return false;
    });
    if (Unknown)
      return nullptr;
  }
  if (!Under)
    return Named;
  return isBuiltWithFalse(Under, Index) ? Named : nullptr;
}

} // namespace torchtidy
