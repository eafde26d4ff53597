#include "model/facts/GradMode.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/torch/Names.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

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
  return calleeName(Call) == "set_enabled" && Call->getNumArgs() == 1 &&
         isLibTorchDecl(Call->getDirectCallee()) && !boolLiteral(Call->getArg(0)).value_or(false);
}

} // namespace

const Stmt *noGradAround(const Stmt *Place, llvm::ArrayRef<const Stmt *> Parents) {
  const Stmt *Below = Place;
  for (const Stmt *Parent : llvm::reverse(Parents)) {
    if (const auto *If = dyn_cast<IfStmt>(Parent)) {
      if (If->getInit() && statementTurnsOff(If->getInit()))
        return If->getInit();
    } else if (const auto *For = dyn_cast<ForStmt>(Parent)) {
      if (For->getInit() && For->getInit() != Below && statementTurnsOff(For->getInit()))
        return For->getInit();
    } else if (const auto *Compound = dyn_cast<CompoundStmt>(Parent)) {
      for (const Stmt *S : Compound->body()) {
        if (S == Below)
          break;
        if (statementTurnsOff(S))
          return S;
      }
    }
    Below = Parent;
  }
  return nullptr;
}

bool isUnderNoGrad(const Stmt *Place, llvm::ArrayRef<const Stmt *> Parents) {
  return noGradAround(Place, Parents) != nullptr;
}

bool isUnderNoGrad(const Stmt *Place, ASTContext &Context) {
  llvm::SmallVector<const Stmt *, 16> Parents;
  walkUp(Place, Context, [&](const DynTypedNode &Above) {
    if (const auto *S = Above.get<Stmt>())
      Parents.push_back(S);
    return true;
  });
  std::reverse(Parents.begin(), Parents.end());
  return isUnderNoGrad(Place, Parents);
}

bool runsWithGrad(const FunctionDecl *Function, const ProjectIndex &Index, unsigned Depth) {
  if (Depth > 4)
    return false;
  if (Function->isMain() || isa<CXXConstructorDecl>(Function))
    return true;
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
