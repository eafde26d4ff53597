#include "model/hooks/HookHandles.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/ProjectCode.h"
#include "model/syntax/Walk.h"
#include "model/torch/Names.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// The variable or data member of this object behind x, x[i], this->x.
const ValueDecl *holderOf(const Expr *E) {
  E = stripSubscripts(E);
  if (const VarDecl *Variable = namedVariable(E))
    return Variable;
  const auto *Member = dyn_cast_or_null<MemberExpr>(E);
  return Member && isThis(Member->getBase()) ? dyn_cast<FieldDecl>(Member->getMemberDecl())
                                             : nullptr;
}

// Where the value of a call goes: the first parent that is more than a wrapping of the value.
struct Destination {
  const Stmt *Value = nullptr;  // the outermost expression that is still the handle
  const Stmt *Parent = nullptr; // what takes it
  const Decl *Declaration = nullptr;
};

Destination destinationOf(const CallExpr *Call, ASTContext &Context) {
  Destination Result;
  Result.Value = Call;
  walkUp(Call, Context, [&](const DynTypedNode &Above) {
    Result.Declaration = Above.get<Decl>();
    if (Result.Declaration)
      return false;
    const auto *Parent = Above.get<Stmt>();
    bool Wraps = false;
    if (const auto *Cast = dyn_cast_or_null<CastExpr>(Parent))
      Wraps = Cast->getCastKind() != CK_ToVoid;
    else if (const auto *Construct = dyn_cast_or_null<CXXConstructExpr>(Parent))
      Wraps = Construct->getNumArgs() == 1 && !isa<CXXTemporaryObjectExpr>(Construct);
    else
      Wraps = isa_and_nonnull<FullExpr, ParenExpr, MaterializeTemporaryExpr, CXXBindTemporaryExpr,
                              InitListExpr>(Parent);
    (Wraps ? Result.Value : Result.Parent) = Parent;
    return Wraps;
  });
  return Result;
}

bool isStatementPosition(const Stmt *Parent, const Stmt *Value) {
  if (!Parent)
    return false;
  if (isa<CompoundStmt, LabelStmt, DoStmt, SwitchCase>(Parent))
    return true;
  if (const auto *If = dyn_cast<IfStmt>(Parent))
    return Value != If->getCond();
  if (const auto *For = dyn_cast<ForStmt>(Parent))
    return Value != For->getCond();
  if (const auto *While = dyn_cast<WhileStmt>(Parent))
    return Value != While->getCond();
  if (const auto *Range = dyn_cast<CXXForRangeStmt>(Parent))
    return Value == Range->getBody();
  if (const auto *Comma = dyn_cast<BinaryOperator>(Parent))
    return Comma->getOpcode() == BO_Comma && Comma->getLHS() == Value;
  return false;
}

const FieldDecl *asField(const ValueDecl *Holder) { return dyn_cast_or_null<FieldDecl>(Holder); }

// Reads of Holder in Body. Writes and appends are no reads; neither is a cast to void, which says
// that the handle is dropped on purpose and ends the search as Kept.
struct Reads {
  bool Any = false;
  llvm::SmallVector<const CallExpr *, 2> Removals;
  bool OnlyRemovals = true;
};

void collectReads(const Stmt *Body, const ValueDecl *Holder, Reads &Result) {
  llvm::SmallPtrSet<const Expr *, 8> Writes;
  llvm::DenseMap<const Expr *, const CallExpr *> RemovalArguments;
  auto MarkWrite = [&](const Expr *Target) {
    if (holderOf(Target) != Holder)
      return;
    forEach<Expr>(Target, [&](const Expr *E) { Writes.insert(E); });
  };
  forEach<Expr>(Body, [&](const Expr *S) {
    if (auto Assign = asPlainAssignment(S))
      MarkWrite(Assign->Target);
    if (const auto *Call = dyn_cast<CallExpr>(S)) {
      const auto *Member = dyn_cast<CXXMemberCallExpr>(Call);
      if (Member && (isFiller(calleeName(Call)) || calleeName(Call) == "reserve"))
        MarkWrite(Member->getImplicitObjectArgument());
      if (isHookRemoval(Call))
        forEach<Expr>(Call, [&](const Expr *E) { RemovalArguments.try_emplace(E, Call); });
    }
  });
  forEach<Expr>(Body, [&](const Expr *E) {
    if (!isa<DeclRefExpr, MemberExpr>(E) || namedDecl(E) != Holder || Writes.contains(E))
      return;
    Result.Any = true;
    auto Removal = RemovalArguments.find(E);
    if (Removal == RemovalArguments.end())
      Result.OnlyRemovals = false;
    else if (!llvm::is_contained(Result.Removals, Removal->second))
      Result.Removals.push_back(Removal->second);
  });
}

// A data member can be judged only when every function that may read it is in view.
bool everyUserInView(const FieldDecl *Field) {
  const auto *Class = dyn_cast<CXXRecordDecl>(Field->getParent());
  if (!Class || !Class->hasDefinition() || Class->isDependentContext())
    return false;
  if (Field->getAccess() != AS_private && Field->getAccess() != AS_none && !isInMainFile(Class))
    return false;
  if (Class->hasFriends())
    return false;
  for (const Decl *D : Class->decls()) {
    if (isa<FunctionTemplateDecl>(D))
      return false;
    const auto *Method = dyn_cast<CXXMethodDecl>(D);
    if (Method && !Method->isImplicit() && !Method->isDefaulted() && !Method->isDeleted() &&
        !Method->isPureVirtual() && !Method->isDefined())
      return false;
  }
  return true;
}

HandleUse memberUse(const FieldDecl *Field, ASTContext &Context) {
  HandleUse Use;
  Use.Holder = Field;
  if (!everyUserInView(Field))
    return Use;
  Reads Found;
  const auto *Class = cast<CXXRecordDecl>(Field->getParent());
  for (const CXXMethodDecl *Method : Class->methods())
    if (const FunctionDecl *Definition = nullptr; Method->hasBody(Definition))
      collectReads(Definition->getBody(), Field, Found);
  if (Field->getAccess() != AS_private)
    forEachMainFileBody(Context, [&](const Stmt *Body) { collectReads(Body, Field, Found); });
  if (!Found.Any)
    Use.Fate = HandleFate::Unread;
  return Use;
}

HandleUse localUse(const VarDecl *Variable, const FunctionDecl *Function) {
  HandleUse Use;
  Use.Holder = Variable;
  if (Variable->hasGlobalStorage() || isa<ParmVarDecl>(Variable) || !Function ||
      !Function->getBody() || Variable->hasAttr<UnusedAttr>() ||
      Variable->getType()->isReferenceType() || Variable->getType()->isPointerType())
    return Use;
  // An owner removes the hook itself, or means to.
  QualType Type = Variable->getType().getCanonicalType();
  if (const CXXRecordDecl *Record = Type->getAsCXXRecordDecl();
      Record && !Record->isInStdNamespace())
    return Use;
  // The function that declares it: the hook may be installed in a lambda inside.
  if (const auto *Declaring = dyn_cast<FunctionDecl>(Variable->getDeclContext()))
    if (Declaring->getBody())
      Function = Declaring;
  Reads Found;
  collectReads(Function->getBody(), Variable, Found);
  if (!Found.Any) {
    Use.Fate = HandleFate::Unread;
    return Use;
  }
  if (Found.OnlyRemovals && !Found.Removals.empty()) {
    Use.Fate = HandleFate::Removed;
    Use.Removals = Found.Removals;
  }
  return Use;
}

HandleUse holderUse(const ValueDecl *Holder, const HookSite &Site, ASTContext &Context) {
  if (const FieldDecl *Field = asField(Holder))
    return memberUse(Field, Context);
  if (const auto *Variable = dyn_cast_or_null<VarDecl>(Holder))
    return localUse(Variable, Site.Enclosing);
  return {};
}

} // namespace

bool isHookRemoval(const CallExpr *Call) {
  std::optional<Removal> Takes = hookRemovalNamed(calleeName(Call));
  bool IsOwn = Takes == Removal::Handle && isa<CXXMemberCallExpr>(Call); // not std::remove(path)
  return Takes && (Takes != Removal::Handle || IsOwn) && !isStdDecl(calleeOf(Call));
}

bool isOwningHandle(const HookSite &Site) {
  const CXXRecordDecl *Record =
      Site.Callee->getReturnType().getCanonicalType()->getAsCXXRecordDecl();
  return Record && Record->hasDefinition() && Record->hasNonTrivialDestructor();
}

HandleUse handleUse(const HookSite &Site, ASTContext &Context) {
  HandleUse Use;
  if (Site.Callee->getReturnType()->isVoidType()) {
    Use.Fate = HandleFate::None;
    return Use;
  }
  Destination To = destinationOf(Site.Call, Context);
  if (isOwningHandle(Site)) {
    if (isStatementPosition(To.Parent, To.Value))
      Use.Fate = HandleFate::Discarded;
    return Use;
  }
  if (To.Declaration) {
    // A default member initialiser and a constructor's initialiser list are FieldDecl and
    // CXXCtorInitializer; the latter has no Decl and stays Kept.
    if (const auto *Variable = dyn_cast<VarDecl>(To.Declaration))
      return localUse(Variable, Site.Enclosing);
    return Use;
  }
  if (isStatementPosition(To.Parent, To.Value)) {
    Use.Fate = HandleFate::Discarded;
    return Use;
  }
  if (const auto *Declaration = dyn_cast_or_null<DeclStmt>(To.Parent)) {
    if (const auto *Variable = dyn_cast_or_null<VarDecl>(
            Declaration->isSingleDecl() ? Declaration->getSingleDecl() : nullptr))
      return localUse(Variable, Site.Enclosing);
    return Use;
  }
  if (auto Assign = asPlainAssignment(To.Parent); Assign && Assign->Target != To.Value)
    return holderUse(holderOf(Assign->Target), Site, Context);
  if (const auto *Call = dyn_cast_or_null<CXXMemberCallExpr>(To.Parent);
      Call && isFiller(calleeName(Call)))
    return holderUse(holderOf(Call->getImplicitObjectArgument()), Site, Context);
  return Use;
}

} // namespace torchtidy
