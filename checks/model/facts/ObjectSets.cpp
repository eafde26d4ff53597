#include "model/facts/ObjectSets.h"

using namespace clang;

namespace torchtidy {

unsigned ObjectSets::find(unsigned Node) const {
  while (Parent[Node] != Node)
    Node = Parent[Node] = Parent[Parent[Node]];
  return Node;
}

unsigned ObjectSets::node(const void *Key) {
  auto [It, New] = Index.try_emplace(Key, Nodes.size());
  if (New) {
    Parent.push_back(Nodes.size());
    Nodes.emplace_back();
  }
  return It->second;
}

std::optional<unsigned> ObjectSets::lookup(const void *Key) const {
  auto It = Index.find(Key);
  return It == Index.end() ? std::nullopt : std::optional<unsigned>(find(It->second));
}

unsigned ObjectSets::element(unsigned Node) {
  Node = find(Node);
  if (Nodes[Node].IsElement)
    return Node;
  if (Nodes[Node].Element < 0) {
    unsigned Child = Nodes.size();
    Parent.push_back(Child);
    Nodes.emplace_back();
    Nodes[Child].IsElement = true;
    Nodes[Node].Element = static_cast<int>(Child);
  }
  return find(Nodes[Node].Element);
}

void ObjectSets::join(unsigned A, unsigned B) {
  A = find(A);
  B = find(B);
  if (A == B)
    return;
  Flags FlagsB = Nodes[B];
  Parent[B] = A;
  Flags &FlagsA = Nodes[A];
  FlagsA.Registered |= FlagsB.Registered;
  FlagsA.Unknown |= FlagsB.Unknown;
  FlagsA.Fresh |= FlagsB.Fresh;
  FlagsA.IsElement |= FlagsB.IsElement;
  if (!FlagsA.Construction)
    FlagsA.Construction = FlagsB.Construction;
  int ElementA = FlagsA.Element, ElementB = FlagsB.Element;
  bool IsElement = FlagsA.IsElement;
  if (ElementA < 0)
    FlagsA.Element = ElementB;
  if (IsElement) {
    FlagsA.Element = -1;
    if (ElementA >= 0)
      join(A, ElementA);
    if (ElementB >= 0)
      join(A, ElementB);
  } else if (ElementA >= 0 && ElementB >= 0) {
    join(ElementA, ElementB);
  }
}

// A child of something registered is registered; so is everything put into elements that are
// registered one by one.
void ObjectSets::propagate() {
  for (bool Changed = true; Changed;) {
    Changed = false;
    for (auto [What, In] : Stored) {
      Flags &Value = flags(What);
      const Flags &Container = flags(In);
      bool Registered = Container.Registered;
      bool Unknown = Container.Unknown;
      if (Container.Element >= 0) {
        Registered |= flags(Container.Element).Registered;
        Unknown |= flags(Container.Element).Unknown;
      }
      Changed |= (Registered && !Value.Registered) || (Unknown && !Value.Unknown);
      Value.Registered |= Registered;
      Value.Unknown |= Unknown;
    }
    for (auto [From, To] : Returned) {
      const Flags &Function = flags(From);
      Flags &Result = flags(To);
      Changed |= (Function.Registered && !Result.Registered) ||
                 (Function.Unknown && !Result.Unknown) || (Function.Fresh && !Result.Fresh);
      Result.Registered |= Function.Registered;
      Result.Unknown |= Function.Unknown;
      Result.Fresh |= Function.Fresh;
      if (!Result.Construction)
        Result.Construction = Function.Construction;
    }
  }
}

} // namespace torchtidy
