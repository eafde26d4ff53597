#include "model/facts/Registrations.h"
#include "model/facts/ProjectIndex.h"

using namespace clang;

namespace torchtidy {

bool Registrations::isRegistered(const ValueDecl *D) const {
  auto Node = Objects.lookup(D);
  return Node && flags(*Node).Registered;
}

bool Registrations::isRegisteredByName(const ValueDecl *D) const {
  if (llvm::any_of(stores(D), [](const Store &S) {
        return asRegistration(unwrapModule(S.Value)).has_value();
      }))
    return true;
  return llvm::any_of(Sites, [&](const auto &Site) {
    return llvm::any_of(valueLeaves(Site.first.Value), [&](const Expr *Leaf) {
      const auto *Member = dyn_cast<MemberExpr>(Leaf);
      return Member && Member->getMemberDecl() == D;
    });
  });
}

bool Registrations::isParameter(const FieldDecl *Field) const {
  return llvm::any_of(Sites, [&](const auto &Site) {
    return Site.first.Kind == RegistrationKind::Parameter && isFor(Site.first, Field);
  });
}

bool Registrations::isFor(const Registration &Site, const FieldDecl *Field) const {
  // Asked for each registration of the unit.
  auto [It, IsNew] = Results.try_emplace(Field);
  if (IsNew)
    for (const Store &S : stores(Field))
      It->second.insert(unwrapModule(S.Value));
  return It->second.count(Site.Call) || fieldOfThis(Site.Value) == Field;
}

bool Registrations::isUnknown(const ValueDecl *D) const {
  auto Node = Objects.lookup(D);
  return Node && flags(*Node).Unknown;
}

bool Registrations::isFresh(const ValueDecl *D) const {
  auto Node = Objects.lookup(D);
  return Node && flags(*Node).Fresh;
}

llvm::ArrayRef<Registrations::Store> Registrations::stores(const ValueDecl *D) const {
  if (!D || !takesPart(D->getType()))
    return {};
  auto [It, New] = Stores.try_emplace(cast<ValueDecl>(D->getCanonicalDecl()));
  if (!New)
    return It->second;
  ObjectNames Names(Objects);
  for (const ProjectIndex::Store &S : Index.storesOf(D))
    // The instantiations of a template speak for it.
    if (S.Value && S.Kind != ProjectIndex::Store::ThroughAlias &&
        !(S.In && S.In->isDependentContext()))
      for (const Expr *Leaf : valueLeaves(S.Value))
        It->second.push_back({Leaf, S.In, Names.valueNode(Leaf), S.Target});
  return It->second;
}

llvm::SmallVector<Registrations::Store, 8> Registrations::elementStores(const ValueDecl *D) const {
  llvm::SmallVector<Store, 8> Result;
  if (auto Node = Objects.lookup(D))
    for (const Edge &E : Edges)
      // grid[i].push_back(x): what an element of the container holds counts as well.
      if (Objects.find(E.Container) == *Node ||
          (flags(*Node).Element >= 0 &&
           Objects.find(E.Container) == Objects.find(flags(*Node).Element)))
        Result.push_back(E.What);
  return Result;
}

llvm::SmallVector<Registrations::Store, 8> Registrations::elementsNamed(const ValueDecl *D) const {
  llvm::SmallVector<Store, 8> Result;
  for (const Edge &E : Edges)
    if (E.What.Container && namedDecl(stripOwner(E.What.Container)) == D)
      Result.push_back(E.What);
  return Result;
}

llvm::SmallVector<Registrations::Store, 8> Registrations::children(const Expr *Construction) const {
  llvm::SmallVector<Store, 8> Result;
  if (const auto *New = dyn_cast_or_null<CXXNewExpr>(stripValue(Construction));
      New && New->getConstructExpr())
    Construction = New->getConstructExpr();
  if (auto Node = Objects.lookup(stripValue(Construction)))
    for (const Edge &E : Edges)
      if (Objects.find(E.Container) == *Node)
        Result.push_back(E.What);
  return Result;
}

} // namespace torchtidy
