#include "model/facts/GradMode.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "model/torch/Names.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// `GradMode::set_enabled(false)`, or told by a value.
bool callTurnsOff(const CallExpr *Call) {
  return calleeName(Call) == "set_enabled" && Call->getNumArgs() == 1 &&
         isLibTorchDecl(Call->getDirectCallee()) && !boolLiteral(Call->getArg(0)).value_or(false);
}

bool isGuardRecord(const CXXRecordDecl *Record, unsigned Depth) {
  if (!Record || Depth > 3)
    return false;
  if (gradGuardNamed(nameOf(Record)))
    return true;
  // unique_ptr<NoGradGuard>, optional<NoGradGuard>
  if (const auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(Record))
    for (const TemplateArgument &Argument : Spec->getTemplateArgs().asArray())
      if (Argument.getKind() == TemplateArgument::Type &&
          isGuardRecord(Argument.getAsType()->getAsCXXRecordDecl(), Depth + 1))
        return true;
  // a project's own scope object that holds or derives from a guard
  if (!Record->hasDefinition() || Record->isInStdNamespace())
    return false;
  for (const FieldDecl *Field : Record->getDefinition()->fields())
    if (isGuardRecord(Field->getType()->getAsCXXRecordDecl(), Depth + 1))
      return true;
  for (const CXXBaseSpecifier &Base : Record->getDefinition()->bases())
    if (isGuardRecord(Base.getType()->getAsCXXRecordDecl(), Depth + 1))
      return true;
  return false;
}

// `AutoGradMode(true)` and `InferenceMode(false)` turn nothing off.
bool turnsOff(const VarDecl *Variable) {
  const CXXRecordDecl *Record = Variable->getType().getNonReferenceType()->getAsCXXRecordDecl();
  if (!isGuardRecord(Record, 0))
    return false;
  GuardWhen When = gradGuardNamed(nameOf(Record)).value_or(GuardWhen::Always);
  if (When == GuardWhen::Always)
    return true;
  const auto *Construct = dyn_cast_or_null<CXXConstructExpr>(initialiserOf(Variable));
  if (!Construct || Construct->getNumArgs() == 0)
    return true;
  bool Off = When == GuardWhen::True;
  return boolLiteral(Construct->getArg(0)).value_or(Off) == Off;
}

bool statementTurnsOff(const Stmt *S) {
  if (const auto *Declaration = dyn_cast<DeclStmt>(S)) {
    for (const Decl *D : Declaration->decls())
      if (const auto *Variable = dyn_cast<VarDecl>(D); Variable && turnsOff(Variable))
        return true;
    return false;
  }
  const auto *E = dyn_cast<Expr>(S);
  const auto *Call = dyn_cast_or_null<CallExpr>(stripValue(E));
  return Call && callTurnsOff(Call);
}

bool bodyTurnsOff(const FunctionDecl *Function) {
  const FunctionDecl *Definition = visibleDefinition(Function);
  return Definition && !isLibTorchDecl(Definition) && !isStdDecl(Definition) &&
         anyDescendant<CallExpr>(Definition->getBody(), callTurnsOff);
}

// The same by a function in view, or by an object whose constructor does: `disableGradients();`.
bool mayTurnOff(const Stmt *S) {
  if (statementTurnsOff(S))
    return true;
  if (const auto *Declaration = dyn_cast<DeclStmt>(S)) {
    for (const Decl *D : Declaration->decls()) {
      const auto *Variable = dyn_cast<VarDecl>(D);
      const auto *Made =
          Variable ? dyn_cast_or_null<CXXConstructExpr>(initialiserOf(Variable)) : nullptr;
      if (Made && bodyTurnsOff(Made->getConstructor()))
        return true;
    }
    return false;
  }
  const auto *E = dyn_cast<Expr>(S);
  const auto *Call = E ? dyn_cast_or_null<CallExpr>(stripValue(E)) : nullptr;
  return Call && bodyTurnsOff(Call->getDirectCallee());
}

// The object of the member function has a guard for as long as it lives.
bool isOfGuardedObject(const FunctionDecl *Function) {
  const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Function);
  return Method && isGuardRecord(Method->getParent(), 0);
}

const Stmt *statementAround(const Stmt *Place, llvm::ArrayRef<const Stmt *> Parents,
                            llvm::function_ref<bool(const Stmt *)> TurnsOff) {
  const Stmt *Below = Place;
  for (const Stmt *Parent : llvm::reverse(Parents)) {
    if (const auto *If = dyn_cast<IfStmt>(Parent)) {
      if (If->getInit() && TurnsOff(If->getInit()))
        return If->getInit();
    } else if (const auto *For = dyn_cast<ForStmt>(Parent)) {
      if (For->getInit() && For->getInit() != Below && TurnsOff(For->getInit()))
        return For->getInit();
    } else if (const auto *Compound = dyn_cast<CompoundStmt>(Parent)) {
      for (const Stmt *S : Compound->body()) {
        if (S == Below)
          break;
        if (TurnsOff(S))
          return S;
      }
    }
    Below = Parent;
  }
  return nullptr;
}

} // namespace

const Stmt *noGradAround(const Stmt *Place, llvm::ArrayRef<const Stmt *> Parents) {
  return statementAround(Place, Parents, statementTurnsOff);
}

bool isUnderNoGrad(const Stmt *Place, llvm::ArrayRef<const Stmt *> Parents) {
  return statementAround(Place, Parents, mayTurnOff) != nullptr;
}

bool isUnderNoGrad(const Stmt *Place, ASTContext &Context) {
  llvm::SmallVector<const Stmt *, 16> Parents;
  bool IsOfGuarded = false;
  walkUp(Place, Context, [&](const DynTypedNode &Above) {
    if (const auto *S = Above.get<Stmt>())
      Parents.push_back(S);
    IsOfGuarded |= isOfGuardedObject(Above.get<FunctionDecl>());
    return true;
  });
  std::reverse(Parents.begin(), Parents.end());
  return IsOfGuarded || isUnderNoGrad(Place, Parents);
}

// `static torch::NoGradGuard off;` outside all functions.
static bool hasGuardOfAll(const ASTContext &Context) {
  // Of the unit's own text: what the shared header declares is not read for this.
  return llvm::any_of(Context.getTranslationUnitDecl()->noload_decls(), [](const Decl *D) {
    const auto *Variable = dyn_cast<VarDecl>(D);
    return Variable && turnsOff(Variable);
  });
}

// Where none is in view, other files construct; and who calls a function that does may be there.
static bool constructsWithGrad(const CXXConstructorDecl *Constructor, const ProjectIndex &Index,
                               unsigned Depth) {
  bool IsInView = false;
  for (const ProjectIndex::Construction &Built : Index.constructions()) {
    if (!Built.Module || !declaresSameEntity(Built.Module, Constructor->getParent()))
      continue;
    IsInView = true;
    bool IsOff = isUnderNoGrad(Built.Value, Constructor->getASTContext());
    bool IsCalledInView = Built.In && (Built.In->isMain() || !Index.callsOf(Built.In).empty());
    if (!IsOff && (!IsCalledInView || runsWithGrad(Built.In, Index, Depth + 1)))
      return true;
  }
  return !IsInView;
}

bool runsWithGrad(const FunctionDecl *Function, const ProjectIndex &Index, unsigned Depth) {
  if (Depth > 4 || isOfGuardedObject(Function))
    return false;
  if (Function->isMain())
    return !hasGuardOfAll(Function->getASTContext());
  if (const auto *Constructor = dyn_cast<CXXConstructorDecl>(Function))
    return constructsWithGrad(Constructor, Index, Depth);
  if (const auto *Method = dyn_cast<CXXMethodDecl>(Function);
      nameOf(Method) == "forward" && isModuleClass(Method->getParent()))
    return true;
  llvm::SmallPtrSet<const FunctionDecl *, 4> Callers;
  for (const ProjectIndex::CallSite &Site : Index.callsOf(Function))
    if (Site.Call && Site.In && Site.In != Function)
      Callers.insert(Site.In);
  for (const FunctionDecl *Caller : Callers) {
    bool Bare = false;
    forEachCall(Caller, [&](const CallExpr *Call, const UseContext &Context) {
      const FunctionDecl *Callee = Call->getDirectCallee();
      if (Callee && Callee->getCanonicalDecl() == Function->getCanonicalDecl())
        Bare |= !isUnderNoGrad(Call, Context.AllParents);
    });
    if (Bare && runsWithGrad(Caller, Index, Depth + 1))
      return true;
  }
  return false;
}

} // namespace torchtidy
