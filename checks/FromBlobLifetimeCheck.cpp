#include "FromBlobLifetimeCheck.h"
#include "model/memory/BlobFix.h"
#include "model/memory/OwnerEnds.h"
#include "model/syntax/Callee.h"

using namespace clang;

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

void FromBlobLifetimeCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  if (!makesBlobs(Function))
    return;
  if (!Made)
    Made = std::make_unique<Blobs>(facts(Context).graphs(), index(Context));
  BorrowPaths Paths(facts(Context).graphs());
  Made->forEach(Function, [&](const Borrow &Value, const FunctionDecl *Body) {
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
