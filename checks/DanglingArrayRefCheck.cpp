#include "DanglingArrayRefCheck.h"
#include "model/memory/ArrayRefMembers.h"
#include "model/memory/OwnerEnds.h"
#include "model/memory/Storage.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/SourceText.h"
#include "model/syntax/Walk.h"

using namespace clang;
using namespace clang::ast_matchers;

namespace torchtidy {

namespace {

std::string quoted(const NamedDecl *D) { return "'" + D->getNameAsString() + "'"; }

std::string listText(const MemoryOwner &Owner) {
  if (!Owner.Owner)
    return isa<CXXStdInitializerListExpr>(Owner.Temporary) ? "a braced list" : "a temporary";
  if (isa<ParmVarDecl>(Owner.Owner))
    return "the parameter " + quoted(Owner.Owner);
  return (Owner.End == MemoryEnd::Scope ? "the local " : "") + quoted(Owner.Owner);
}

std::string fate(const Borrow &Value, const Dangling &Found) {
  std::string Ends = Value.Owner.End == MemoryEnd::Statement ? "which ends with this statement"
                     : Found.IsPast                          ? "which ends with its scope"
                                                             : "which ends with the function";
  if (Found.How == Dangling::Returned)
    return Ends + ", and is returned";
  if (Found.How == Dangling::Used)
    return Ends + ", before it is used";
  return Ends + ", and is kept" + (Found.Keeper ? " in " + quoted(Found.Keeper) : "");
}

} // namespace

void DanglingArrayRefCheck::registerMatchers(MatchFinder *Finder) {
  FunctionCheck::registerMatchers(Finder);
  Finder->addMatcher(fieldDecl().bind("field"), this);
  Finder->addMatcher(varDecl(hasGlobalStorage(), unless(isStaticLocal())).bind("global"), this);
}

void DanglingArrayRefCheck::check(const MatchFinder::MatchResult &Result) {
  ASTContext &Context = *Result.Context;
  if (const auto *Field = Result.Nodes.getNodeAs<FieldDecl>("field")) {
    if (isArrayRef(Field->getType()) && !isDependent(Field) &&
        isProjectCode(Field, *Result.SourceManager))
      checkMember(Field, Context);
  } else if (const auto *Variable = Result.Nodes.getNodeAs<VarDecl>("global")) {
    if (isArrayRef(Variable->getType()) && Variable->getInit() && !isDependent(Variable) &&
        isProjectCode(Variable, *Result.SourceManager))
      checkGlobal(Variable, Context);
  } else {
    FunctionCheck::check(Result);
  }
}

void DanglingArrayRefCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  auto MakesOne = [](const Stmt *Code) {
    return anyDescendant<CXXConstructExpr>(
        Code, [](const CXXConstructExpr *E) { return isArrayRef(E->getType()); });
  };
  if (llvm::none_of(codeOf(Function), MakesOne))
    return;
  BorrowPaths Paths(facts(Context).graphs());
  llvm::SmallPtrSet<const Expr *, 8> Seen;
  forEachArrayRef(Function, index(Context), [&](const Borrow &Value, const FunctionDecl *Body) {
    if (!Seen.insert(Value.Seed).second)
      return;
    std::optional<Dangling> Found = Paths.follow(Value, Body);
    if (Found && isReadLater(*Found, Body, index(Context)))
      report(Value, *Found, Context);
  });
}

void DanglingArrayRefCheck::report(const Borrow &Value, const Dangling &Found,
                                   ASTContext &Context) {
  std::string List = listText(Value.Owner);
  if (Found.End) {
    diag(Found.End->getBeginLoc(), "%0 %1 while an ArrayRef of it is still to be used")
        << List << saysEnd(Found.End);
    diag(Value.Seed->getBeginLoc(), "the ArrayRef is made here, and does not own the list",
         DiagnosticIDs::Note);
  } else {
    diag(Value.Seed->getBeginLoc(), "the ArrayRef refers to %0, %1") << List << fate(Value, Found);
  }
  diag(Found.Where->getBeginLoc(),
       Found.How == Dangling::Returned ? "returned here"
       : Found.How == Dangling::Stored ? "kept here"
                                       : "used here",
       DiagnosticIDs::Note);
  const auto *Declared = Found.How == Dangling::Used && !Found.End
                             ? enclosing<DeclStmt>(Value.Seed, Context)
                             : nullptr;
  if (Declared && Declared->isSingleDecl())
    offerContainer(dyn_cast<VarDecl>(Declared->getSingleDecl()), nullptr, Context);
}

void DanglingArrayRefCheck::checkMember(const FieldDecl *Field, ASTContext &Context) {
  std::optional<ArrayRefMember> Found = danglingMember(Field, index(Context), Context);
  if (!Found)
    return;
  if (Found->Witness) {
    diag(Field->getLocation(),
         "member %0 is a view of what '%1' is given, which ends before the object here in view; "
         "keep a container")
        << Field << Found->Parameter->getName();
    diag(Found->Stored->getBeginLoc(), "the view is stored here", DiagnosticIDs::Note);
    diag(Found->Witness->getBeginLoc(), "the list given here ends with the statement or function",
         DiagnosticIDs::Note);
  } else {
    diag(Field->getLocation(), "member %0 refers to a temporary of its own initialiser, which ends "
                               "with the constructor; keep a container")
        << Field;
    diag(Found->Stored->getBeginLoc(), "the temporary is made here", DiagnosticIDs::Note);
  }
  offerContainer(Field, Found->Parameter ? Found->Stored : nullptr, Context);
}

void DanglingArrayRefCheck::checkGlobal(const VarDecl *Variable, ASTContext &Context) {
  const Expr *Made = madeOfTemporary(Variable->getInit(), index(Context), Context);
  if (!Made)
    return;
  diag(Made->getBeginLoc(), "%0 refers to a list that ends with its initialisation; keep a "
                            "container")
      << Variable;
  offerContainer(Variable, nullptr, Context);
}

// torch::IntArrayRef sizes = {1, 2};  →  std::vector<int64_t> sizes = {1, 2};
void DanglingArrayRefCheck::offerContainer(const DeclaratorDecl *D, const Expr *Stored,
                                           ASTContext &Context) {
  if (!D || !isArrayRef(D->getType()) || !D->getTypeSourceInfo() ||
      D->getType()->getContainedAutoType())
    return;
  std::string Owning = owningType(D->getType());
  SourceRange Type = D->getTypeSourceInfo()->getTypeLoc().getSourceRange();
  const Expr *Value = Stored ? stripValue(Stored) : nullptr;
  if (Owning.empty() || !isEditable(Type) || (Value && !isEditable(Value)) ||
      (isa<VarDecl>(D) && !canBeContainer(cast<VarDecl>(D))))
    return;
  DiagnosticBuilder Builder =
      diag(D->getLocation(), "a container keeps the elements", DiagnosticIDs::Note)
      << FixItHint::CreateReplacement(Type, Owning);
  // A vector is made of an ArrayRef by vec() alone.
  if (Value && isArrayRef(Value->getType()) && namedVariable(Value))
    Builder << FixItHint::CreateInsertion(endOfToken(Value->getEndLoc(), Context), ".vec()");
}

} // namespace torchtidy
