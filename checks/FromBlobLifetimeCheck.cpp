#include "FromBlobLifetimeCheck.h"
#include "model/memory/BlobFix.h"
#include "model/memory/OwnerEnds.h"
#include "model/syntax/Callee.h"
#include "model/syntax/ProjectCode.h"

using namespace clang;
using namespace clang::ast_matchers;

namespace torchtidy {

namespace {

std::string ownerText(const MemoryOwner &Owner) {
  if (!Owner.Owner)
    return "a temporary";
  std::string Name = "'" + Owner.Owner->getNameAsString() + "'";
  if (isa<ParmVarDecl>(Owner.Owner))
    return "the parameter " + Name;
  return (Owner.End == MemoryEnd::Scope ? "the local " : "") + Name;
}

std::string keeperText(const Dangling &Found) {
  return Found.Keeper ? "'" + Found.Keeper->getNameAsString() + "'" : "an object that lives on";
}

std::string lifeText(const MemoryOwner &Owner, const Dangling &Found) {
  if (Owner.End == MemoryEnd::Statement)
    return "ends with this statement";
  return Found.IsPast ? "ends with its scope" : "ends with the function";
}

} // namespace

void FromBlobLifetimeCheck::registerMatchers(MatchFinder *Finder) {
  FunctionCheck::registerMatchers(Finder);
  Finder->addMatcher(fieldDecl(hasInClassInitializer(expr().bind("init"))).bind("keeper"), this);
  Finder->addMatcher(
      varDecl(hasInitializer(expr().bind("init")), hasGlobalStorage(), unless(isStaticLocal()))
          .bind("keeper"),
      this);
}

void FromBlobLifetimeCheck::check(const MatchFinder::MatchResult &Result) {
  const auto *Keeper = Result.Nodes.getNodeAs<ValueDecl>("keeper");
  if (!Keeper)
    return FunctionCheck::check(Result);
  if (isProjectCode(Keeper, *Result.SourceManager) &&
      !Keeper->getDeclContext()->isDependentContext())
    checkInitialiser(Keeper, Result.Nodes.getNodeAs<Expr>("init"), *Result.Context);
}

Blobs &FromBlobLifetimeCheck::blobs(ASTContext &Context) {
  if (!Made)
    Made = std::make_unique<Blobs>(facts(Context).graphs(), index(Context));
  return *Made;
}

void FromBlobLifetimeCheck::checkInitialiser(const ValueDecl *Keeper, const Expr *Init,
                                             ASTContext &Context) {
  if (!canCarry(Keeper->getType()) || !makesBlobs(Init))
    return;
  blobs(Context).forEachIn(Init, [&](const Borrow &Value) {
    if (Value.Owner.End != MemoryEnd::Statement)
      return;
    Carry Held = carriedBy(
        Init, Value, /*SeedIsFresh=*/true, [](const Place &) { return Carry(); }, Context);
    if (Held)
      report(Value, {Dangling::Stored, Init, Init, Keeper, nullptr, /*IsPast=*/false, Held.MayCopy},
             nullptr, Context);
  });
}

void FromBlobLifetimeCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  if (!makesBlobs(Function))
    return;
  BorrowPaths Paths(facts(Context).graphs());
  blobs(Context).forEach(Function, [&](const Borrow &Value, const FunctionDecl *Body) {
    std::optional<Dangling> Found = Paths.follow(Value, Body);
    if (Found && isReadLater(*Found, Body, index(Context)))
      report(Value, *Found, Body, Context);
  });
}

void FromBlobLifetimeCheck::report(const Borrow &Value, const Dangling &Found,
                                   const FunctionDecl *Body, ASTContext &Context) {
  std::string Owner = ownerText(Value.Owner);
  std::string Unless =
      Found.MayCopy ? ", unless '" + calleeName(Found.MayCopy).str() + "' copies it" : "";
  {
    auto Build = [&]() -> DiagnosticBuilder {
      if (Found.End)
        return diag(Found.End->getBeginLoc(),
                    "%0 %1 while a tensor made by from_blob, which does not own its memory, is "
                    "still to be used%2; clone() it")
               << Owner << saysEnd(Found.End) << Unless;
      if (Found.How == Dangling::Returned)
        return diag(Value.Seed->getBeginLoc(),
                    "the tensor that is returned refers to the memory of %0, which %1%2; clone() "
                    "it")
               << Owner << lifeText(Value.Owner, Found) << Unless;
      if (Found.How == Dangling::Stored)
        return diag(Value.Seed->getBeginLoc(),
                    "%0 keeps a tensor that refers to the memory of %1, which %2%3; clone() it")
               << keeperText(Found) << Owner << lifeText(Value.Owner, Found) << Unless;
      return diag(Value.Seed->getBeginLoc(),
                  "the tensor refers to the memory of %0, which %1, before it is used%2; clone() "
                  "it")
             << Owner << lifeText(Value.Owner, Found) << Unless;
    };
    DiagnosticBuilder Builder = Build();
    if (SourceLocation Place = clonePlace(Value, Found, Body, Context); Place.isValid())
      Builder << FixItHint::CreateInsertion(Place, ".clone()");
  }
  if (Found.End)
    diag(Value.Seed->getBeginLoc(), "the tensor is made here", DiagnosticIDs::Note);
  diag(Found.Where->getBeginLoc(),
       Found.How == Dangling::Returned ? "returned here"
       : Found.How == Dangling::Stored ? "kept here"
                                       : "used here",
       DiagnosticIDs::Note);
}

} // namespace torchtidy
