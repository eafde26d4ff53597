#include "model/training/ModeGuards.h"
#include "model/facts/ForwardReach.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Walk.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxDepth = 4; // names and lambdas that lead to each other

// "MCDropout_layer" is MC, Dropout, layer.
bool anyWord(llvm::StringRef Name, llvm::function_ref<bool(llvm::StringRef)> Test) {
  size_t Start = 0;
  for (size_t I = 0; I <= Name.size(); ++I) {
    bool Ends = I == Name.size() || !llvm::isAlpha(Name[I]);
    if (!Ends && I > Start && llvm::isUpper(Name[I]))
      Ends = llvm::isLower(Name[I - 1]) || (I + 1 < Name.size() && llvm::isLower(Name[I + 1]));
    if (!Ends)
      continue;
    if (I > Start && Test(Name.slice(Start, I)))
      return true;
    Start = I < Name.size() && llvm::isAlpha(Name[I]) ? I : I + 1;
  }
  return false;
}

// How words of projects' names begin, and whole ones, with a space after each.
constexpr llvm::StringLiteral SaysMode = "train eval infer test predict grad ",
                              IsMode = "mode phase stage ", IsDrawing = "mc transform transforms ",
                              SaysDrawing = "monte bayes stochastic augment nois denois corrupt "
                                            "perturb uncertain ";

bool anyWordOf(llvm::StringRef Name, llvm::StringRef Begins, llvm::StringRef Whole) {
  return anyWord(Name, [&](llvm::StringRef Word) {
    std::string Lower = Word.lower();
    auto Among = [&](llvm::StringRef List, bool Begin) {
      for (auto [Each, Rest] = List.split(' '); !Each.empty();
           std::tie(Each, Rest) = Rest.split(' '))
        if (Begin ? llvm::StringRef(Lower).starts_with(Each) : Lower == Each)
          return true;
      return false;
    };
    return Among(Begins, true) || Among(Whole, false);
  });
}

bool isTrainingsName(llvm::StringRef Name) { return anyWordOf(Name, "train ", ""); }

bool namesMode(const NamedDecl *D) {
  llvm::StringRef Name = nameOf(D);
  return Name.contains_insensitive("train") || Name.contains_insensitive("eval") ||
         anyWordOf(Name, SaysMode, IsMode);
}

// A number or an enumerator that other methods set may say it, too.
bool isSwitch(QualType Type) { return Type->isIntegralOrEnumerationType(); }
bool isOptional(QualType Type) {
  return nameOf(Type.getNonReferenceType()->getAsCXXRecordDecl()) == "optional";
}
bool isTruthValue(QualType Type) { return Type.getNonReferenceType()->isBooleanType(); }

// A lambda that a name holds runs where that is called, a value is used where it is read.
const VarDecl *holderOf(const Expr *Value, ASTContext &Context) {
  const auto *Var = enclosing<VarDecl>(Value, Context);
  const Expr *Init = Var && Var->isLocalVarDecl() ? initialiserOf(Var) : nullptr;
  return Init && Init == stripValue(Value) ? Var : nullptr;
}

} // namespace

bool drawsOnPurpose(llvm::StringRef Name) { return anyWordOf(Name, SaysDrawing, IsDrawing); }

bool ModeGuards::speaks(const Expr *E, unsigned Depth) const {
  return E && Depth < MaxDepth &&
         anyDescendant<Expr>(
             E,
             [&](const Expr *Part) {
               const ValueDecl *D = nullptr;
               if (const auto *Ref = dyn_cast<DeclRefExpr>(Part))
                 D = Ref->getDecl();
               else if (const auto *Member = dyn_cast<MemberExpr>(Part))
                 D = Member->getMemberDecl();
               if (!D)
                 return false;
               // torch::GradMode::is_enabled()
               const auto *Static = dyn_cast<CXXMethodDecl>(D);
               if (namesMode(D) || (Static && Static->isStatic() && namesMode(Static->getParent())))
                 return true;
               // `if (!target)`: what the caller may leave out
               if (const auto *Parameter = dyn_cast<ParmVarDecl>(D))
                 if (Parameter->hasDefaultArg() || isOptional(Parameter->getType()))
                   return true;
               if (const auto *Field = dyn_cast<FieldDecl>(D); Field && isSwitch(D->getType()))
                 return llvm::any_of(Index.storesOf(Field), [](const ProjectIndex::Store &Store) {
                   return Store.In && !isa<CXXConstructorDecl>(Store.In);
                 });
               const auto *Var = dyn_cast<VarDecl>(D);
               if (!Var || (isTruthValue(Var->getType()) && !Var->isLocalVarDecl() &&
                            !Var->getType().isConstQualified()))
                 return Var != nullptr;
               return Var->isLocalVarDecl() && speaks(initialiserOf(Var), Depth + 1);
             });
}

bool ModeGuards::isGuarded(const Stmt *Where, unsigned Depth) {
  ASTContext &Context = Graphs.context();
  const FunctionDecl *Function = innermostFunction(Where, Context);
  if (!Function || Depth > MaxDepth)
    return true;
  for (bool Way : {true, false}) {
    auto Asks = [&](const Expr *E, bool Holds) { return Holds == Way && speaksOfMode(E); };
    if (Guards.holdsAt(Function, Where, Asks, [](const Stmt *) { return Effect::None; }).Holds)
      return true;
  }
  bool IsSwitched = false;
  walkUp(Where, Context, [&](const DynTypedNode &Above) {
    if (const auto *Switch = Above.get<SwitchStmt>())
      IsSwitched |= speaksOfMode(Switch->getCond());
    return !Above.get<FunctionDecl>() && !Above.get<LambdaExpr>();
  });
  if (IsSwitched)
    return true;
  const auto *Value = dyn_cast<Expr>(Where);
  const VarDecl *Holder = Value ? holderOf(Value, Context) : nullptr;
  if (!Holder && isLambdaBody(Function)) {
    const auto *Lambda = enclosing<LambdaExpr>(Where, Context);
    return !Lambda || isGuarded(Lambda, Depth + 1);
  }
  const FunctionDecl *Around = Holder ? functionAround(Where, Context) : nullptr;
  if (!Around)
    return false;
  return !anyDescendant<DeclRefExpr>(Around->getBody(), [&](const DeclRefExpr *Ref) {
    return Ref->getDecl() == Holder && !isGuarded(Ref, Depth + 1);
  });
}

// A forward that nothing else of the class runs for its part, and that another module in view does
// not run in training alone.
bool ModeGuards::isRoot(const CXXMethodDecl *Method) {
  if (!isForwardName(Method) || isTrainingsName(nameOf(Method)))
    return false;
  bool All = true, Any = false;
  for (const ProjectIndex::CallSite &Site : Index.callsOf(Method)) {
    if (isThis(objectOf(Site.Call)))
      return nameOf(Method) == "forward";
    Any = true;
    const CXXRecordDecl *Caller = Site.In ? enclosingClass(Site.In) : nullptr;
    All &= Caller && isModuleClass(Caller) && Site.Call && isGuarded(Site.Call);
  }
  return !Any || !All;
}

llvm::SetVector<const FunctionDecl *> ModeGuards::runInBothModes(const CXXRecordDecl *Class) {
  llvm::SetVector<const FunctionDecl *> Reached;
  for (const CXXMethodDecl *Method : visibleMethods(Class))
    if (isRoot(Method) && !drawsOnPurpose(nameOf(Method)))
      Reached.insert(Method);
  for (size_t I = 0; I < Reached.size(); ++I)
    forEach<CallExpr>(Reached[I]->getBody(), [&](const CallExpr *Call) {
      const auto *Method = dyn_cast_or_null<CXXMethodDecl>(visibleDefinition(calleeOf(Call)));
      if (!Method || isLibTorchDecl(Method) || Method->isDependentContext() ||
          isTrainingsName(nameOf(Method)) || drawsOnPurpose(nameOf(Method)))
        return;
      bool IsOwn = Method->getParent()->getCanonicalDecl() == Class->getCanonicalDecl() ||
                   Class->isDerivedFrom(Method->getParent());
      if (IsOwn && (Method->isStatic() || isThis(objectOf(Call))) && !isGuarded(Call))
        Reached.insert(Method);
    });
  return Reached;
}

} // namespace torchtidy
