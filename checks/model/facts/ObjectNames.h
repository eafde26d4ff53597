// Which object an expression names: the step from code to ObjectSets.
#ifndef TORCHTIDY_CHECKS_MODEL_FACTS_OBJECTNAMES_H
#define TORCHTIDY_CHECKS_MODEL_FACTS_OBJECTNAMES_H

#include "model/facts/ObjectSets.h"
#include "model/syntax/Callee.h"

namespace torchtidy {

/// True for the types whose values are followed: modules, tensors, containers of them.
bool takesPart(clang::QualType Type);

class ObjectNames {
public:
  explicit ObjectNames(ObjectSets &Objects) : Objects(Objects) {}

  /// The node that \p E names, if it names one.
  std::optional<unsigned> resolve(const clang::Expr *E);
  /// The node of a stored value: what it names, or the expression itself.
  unsigned valueNode(const clang::Expr *Leaf);
  /// v[i], v.back(), m.at(k), pair.second, *it: the container's node.
  std::optional<unsigned> elementOf(const clang::Expr *E);

private:
  std::optional<unsigned> resolveDecl(const clang::ValueDecl *D);
  std::optional<unsigned> resolveConstruct(const clang::CXXConstructExpr *Construct);
  std::optional<unsigned> resolveCall(const clang::CallExpr *Call);
  std::optional<unsigned> fresh(const clang::Expr *E);

  ObjectSets &Objects;
};

} // namespace torchtidy

#endif
