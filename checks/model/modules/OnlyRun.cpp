#include "model/modules/OnlyRun.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/ProjectCode.h"
#include "model/syntax/Walk.h"
#include "model/torch/ModelRuns.h"
#include "model/torch/Names.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// An object of the class may be in one of \p Type: `Net`, a holder, a list of them.
bool mayHold(QualType Type, const CXXRecordDecl *Class) {
  TypeInfo Info = classifyType(Type.getNonReferenceType());
  for (unsigned Depth = 0; Info.Kind == TypeKind::Container && Depth < 4; ++Depth)
    Info = classifyType(Info.Element);
  return Info.Module && Info.Module->getCanonicalDecl() == Class->getCanonicalDecl();
}

// Others may do with an object of \p Class what is not in view here.
bool isPartOfOthers(const CXXRecordDecl *Class, const ProjectIndex &Index) {
  return llvm::any_of(Index.classes(), [&](const CXXRecordDecl *Other) {
    return (Other != Class && Other->hasDefinition() && Other->isDerivedFrom(Class)) ||
           llvm::any_of(Other->fields(),
                        [&](const FieldDecl *Field) { return mayHold(Field->getType(), Class); });
  });
}

bool isBuiltForVariable(const Expr *Construction, ASTContext &Context) {
  bool Is = false;
  walkUp(Construction, Context, [&](const DynTypedNode &Above) {
    Is = Above.get<VarDecl>() != nullptr;
    return !Is && Above.get<Expr>();
  });
  return Is;
}

class Uses {
public:
  explicit Uses(const CXXRecordDecl *Class) : Class(Class) {}

  void visit(const FunctionDecl *Function) {
    for (const Stmt *Code : codeOf(Function))
      forEach<Expr>(Code, [&](const Expr *E) { visit(E); });
  }

  bool AreRuns = true;
  bool HasRun = false;

private:
  // Parents come before their parts: what a call may do with its object is known by then.
  void visit(const Expr *E) {
    if (const auto *Member = dyn_cast<MemberExpr>(E); Member && isOwnThis(Member->getBase()))
      Known.insert(Member->getBase()->IgnoreParenImpCasts());
    if (const auto *Call = dyn_cast<CallExpr>(E)) {
      const auto *Method = dyn_cast_or_null<CXXMethodDecl>(calleeOf(Call));
      auto Run = asModelRun(Call);
      const Expr *Object = Run ? Run->Model : objectOf(Call);
      if (Object && isOwnThis(Object) && isLibTorchDecl(Method) &&
          !registrationKind(nameOf(Method)))
        AreRuns = false;
      if (Object && (Run || (Method && Method->getParent() == Class)))
        Known.insert(stripOwner(Object));
    }
    if (const auto *Ref = dyn_cast<DeclRefExpr>(E); Ref && mayHold(Ref->getType(), Class)) {
      bool IsRun = Known.contains(Ref) && !isa<ParmVarDecl>(Ref->getDecl());
      if (IsRun)
        HasRun = true;
      else
        AreRuns = false;
    }
    if (isa<CXXThisExpr>(E) && !Known.contains(E) && mayHold(E->getType(), Class))
      AreRuns = false;
  }
  bool isOwnThis(const Expr *E) const {
    E = E->IgnoreParenImpCasts(); // to the base whose method is called
    return isThis(E) && mayHold(E->getType(), Class);
  }

  const CXXRecordDecl *Class;
  llvm::SmallPtrSet<const Expr *, 16> Known;
};

} // namespace

bool isOnlyRun(const CXXRecordDecl *Class, const ProjectIndex &Index) {
  ASTContext &Context = Class->getASTContext();
  bool IsOwn = isInMainFile(Class) && !Class->getTemplateInstantiationPattern() &&
               llvm::all_of(Class->bases(), [](const CXXBaseSpecifier &Base) {
                 return isLibTorchDecl(Base.getType()->getAsCXXRecordDecl());
               });
  if (!IsOwn || isPartOfOthers(Class, Index))
    return false;
  bool IsBuilt = false; // else nothing runs it, and the functions need not be gone through
  for (const ProjectIndex::Construction &Each : Index.constructions()) {
    if (Each.Module != Class)
      continue;
    if (!isBuiltForVariable(Each.Value, Context))
      return false;
    IsBuilt = true;
  }
  if (!IsBuilt)
    return false;
  Uses Found(Class);
  for (const FunctionDecl *Function : Index.functions())
    Found.visit(Function);
  return Found.AreRuns && Found.HasRun;
}

} // namespace torchtidy
