// Sets of names and expressions that may stand for the same object, joined as the code is read
// (union-find). What is known of one is known of all; what is put into a container has what the
// container has.
#ifndef TORCHTIDY_CHECKS_MODEL_FACTS_OBJECTSETS_H
#define TORCHTIDY_CHECKS_MODEL_FACTS_OBJECTSETS_H

#include "model/Clang.h"
#include <optional>
#include <vector>

namespace torchtidy {

class ObjectSets {
public:
  struct Flags {
    bool Registered = false;
    bool Unknown = false;
    bool Fresh = false; // constructed in view
    bool IsElement = false;
    int Element = -1; // the set of all elements of this container
    const clang::Expr *Construction = nullptr;
  };

  /// The node of a declaration or expression, made at the first call.
  unsigned node(const void *Key);
  /// The set of \p Key, if it has a node.
  std::optional<unsigned> lookup(const void *Key) const;
  unsigned find(unsigned Node) const;
  const Flags &flags(unsigned Node) const { return Nodes[find(Node)]; }
  Flags &flags(unsigned Node) { return Nodes[find(Node)]; }

  /// The node of the elements of \p Node; elements of elements are not told apart.
  unsigned element(unsigned Node);
  void join(unsigned A, unsigned B);
  /// \p Value is put into \p Container.
  void store(unsigned Value, unsigned Container) { Stored.push_back({Value, Container}); }
  /// \p Call makes another object of the kind that \p Function returns.
  void returns(unsigned Function, unsigned Call) { Returned.push_back({Function, Call}); }
  /// Carries the flags into what was stored and returned.
  void propagate();

private:
  mutable std::vector<unsigned> Parent;
  std::vector<Flags> Nodes;
  llvm::DenseMap<const void *, unsigned> Index;
  std::vector<std::pair<unsigned, unsigned>> Stored;   // value, container
  std::vector<std::pair<unsigned, unsigned>> Returned; // function, call
};

} // namespace torchtidy

#endif
