// Which modules and tensors of a translation unit end up registered. One flow-insensitive pass over
// the project's functions joins every name that may stand for the same object (members, locals,
// parameters, results, elements of containers) and marks those that some register_* call receives.
// It answers "is it ever registered?"; questions of paths and order are ConstructorPaths'.
#ifndef TORCHTIDY_CHECKS_MODEL_FACTS_REGISTRATIONS_H
#define TORCHTIDY_CHECKS_MODEL_FACTS_REGISTRATIONS_H

#include "model/facts/ObjectNames.h"
#include "model/torch/ModuleExprs.h"
#include <map>
#include <set>

namespace torchtidy {

class ProjectIndex;

class Registrations {
public:
  /// Something that is stored in a name or a container.
  struct Store {
    const clang::Expr *Value = nullptr;      // one leaf
    const clang::FunctionDecl *In = nullptr; // null for a default member initialiser
    unsigned Node = 0;
    const clang::Expr *Target = nullptr;    // what is assigned to; null for initialisers, pushes
    const clang::Expr *Container = nullptr; // what an element is put into
    bool IsNamed = false;                   // push_back("conv", x), {"conv", x}
  };

  Registrations(clang::ASTContext &Context, const ProjectIndex &Index);

  /// Some register_* call receives what \p D names.
  bool isRegistered(const clang::ValueDecl *D) const;
  /// A register_* call spells \p D itself, or is what \p D is assigned from.
  bool isRegisteredByName(const clang::ValueDecl *D) const;
  /// \p Site is for \p Field: it is passed, or takes the result.
  bool isFor(const Registration &Site, const clang::FieldDecl *Field) const;
  /// Some register_parameter is for \p Field.
  bool isParameter(const clang::FieldDecl *Field) const;
  /// Something that was not followed could register \p D.
  bool isUnknown(const clang::ValueDecl *D) const;
  /// ProjectIndex::storesOf(\p D) leaf by leaf, with the object that each one is; implicit
  /// initialisers and arguments included.
  llvm::ArrayRef<Store> stores(const clang::ValueDecl *D) const;
  /// What is put into the container \p D, wherever it is filled.
  llvm::SmallVector<Store, 8> elementStores(const clang::ValueDecl *D) const;
  /// The same, of the statements that name \p D themselves, in source order within a function.
  llvm::SmallVector<Store, 8> elementsNamed(const clang::ValueDecl *D) const;
  bool isRegistered(const Store &S) const { return flags(S.Node).Registered; }
  bool isUnknown(const Store &S) const { return flags(S.Node).Unknown; }
  /// The stored object is constructed in view.
  bool isFresh(const Store &S) const { return flags(S.Node).Fresh; }
  bool isFresh(const clang::ValueDecl *D) const;
  /// An expression that constructs what \p S stores, if one is in view.
  const clang::Expr *construction(const Store &S) const { return flags(S.Node).Construction; }
  /// Every registration seen, in source order within a function.
  llvm::ArrayRef<std::pair<Registration, const clang::FunctionDecl *>> all() const { return Sites; }
  /// What is put into the module that \p Construction constructs (Sequential(..), push_back on it
  /// later).
  llvm::SmallVector<Store, 8> children(const clang::Expr *Construction) const;

private:
  friend class RegistrationVisitor;

  // What is put into a container, and the container's node.
  struct Edge {
    Store What;
    unsigned Container;
  };

  const ObjectSets::Flags &flags(unsigned Node) const { return Objects.flags(Node); }

  const ProjectIndex &Index;
  // Looking up a stored value's node may make one for it.
  mutable ObjectSets Objects;
  std::vector<Edge> Edges;
  mutable std::map<const clang::ValueDecl *, std::vector<Store>> Stores;
  mutable std::map<const clang::FieldDecl *, std::set<const clang::Expr *>>
      Results; // stored, unwrapped
  std::vector<std::pair<Registration, const clang::FunctionDecl *>> Sites;
};

} // namespace torchtidy

#endif
