// Which modules and tensors of a translation unit end up registered. One flow-insensitive pass over
// the project's functions joins every name that may stand for the same object (members, locals,
// parameters, results, elements of containers) and marks those that some register_* call receives.
// It answers "is it ever registered?"; questions of paths and order are ConstructorPaths'.
#ifndef TORCHTIDY_CHECKS_MODEL_FACTS_REGISTRATIONS_H
#define TORCHTIDY_CHECKS_MODEL_FACTS_REGISTRATIONS_H

#include "model/torch/ModuleClass.h"
#include "model/torch/Names.h"
#include <optional>

namespace torchtidy {

/// A call of register_module, replace_module, register_parameter or register_buffer.
struct Registration {
  const clang::CXXMemberCallExpr *Call = nullptr;
  RegistrationKind Kind = RegistrationKind::Module;
  const clang::Expr *Object = nullptr; // what it is called on, `this` included
  const clang::Expr *Name = nullptr;
  const clang::Expr *Value = nullptr;

  bool isOnThis() const;
  bool isTensor() const {
    return Kind == RegistrationKind::Parameter || Kind == RegistrationKind::Buffer;
  }
};

std::optional<Registration> asRegistration(const clang::Stmt *S);

/// The expressions that \p E may evaluate to: looks through ?:, comma and stripValue.
llvm::SmallVector<const clang::Expr *, 2> valueLeaves(const clang::Expr *E);

/// True for an expression that makes a null module: nullptr, Linear{nullptr}, an empty shared_ptr,
/// AnyModule(), nullopt.
bool isNullModule(const clang::Expr *E);

/// True when \p E constructs a module: Linear(..), make_shared<Impl>(..), new Impl(..), an Impl by
/// value. Copies, conversions between holders and pointers, and null are not constructions.
bool constructsModule(const clang::Expr *E);

/// Looks through holders, pointers and AnyModules that merely wrap another module.
const clang::Expr *unwrapModule(const clang::Expr *E);

/// The field of `this` (or of a base or nested struct of it) that \p E names; null otherwise.
const clang::FieldDecl *fieldOfThis(const clang::Expr *E);

/// \p F's body, when this translation unit has it.
bool isVisible(const clang::FunctionDecl *F);

class Registrations {
public:
  /// Something that is stored in a name or a container.
  struct Store {
    const clang::Expr *Value = nullptr;      // one leaf
    const clang::FunctionDecl *In = nullptr; // null for a default member initialiser
    unsigned Node = 0;
    const clang::Expr *Target = nullptr;    // what is assigned to; null for initialisers
    const clang::Expr *Container = nullptr; // what an element is put into
  };

  explicit Registrations(clang::ASTContext &Context);

  /// Some register_* call receives what \p D names.
  bool isRegistered(const clang::ValueDecl *D) const;
  /// A register_* call spells \p D itself, or is what \p D is assigned from.
  bool isRegisteredByName(const clang::ValueDecl *D) const;
  /// \p Site is for \p Field: it is passed, or takes the result.
  bool isFor(const Registration &Site, const clang::FieldDecl *Field) const;
  /// Something that was not followed could register \p D.
  bool isUnknown(const clang::ValueDecl *D) const;
  /// Assignments and initialisations of \p D, default member initialisers and implicit ones
  /// included.
  llvm::ArrayRef<Store> stores(const clang::ValueDecl *D) const;
  /// What is put into the container \p D, wherever it is filled.
  llvm::SmallVector<Store, 8> elementStores(const clang::ValueDecl *D) const;
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

  struct Flags {
    bool Registered = false;
    bool Unknown = false;
    bool Fresh = false;
    bool IsElement = false;
    int Element = -1;
    const clang::Expr *Construction = nullptr;
  };

  unsigned find(unsigned Node) const;
  const Flags &flags(unsigned Node) const { return Nodes[find(Node)]; }
  Flags &flags(unsigned Node) { return Nodes[find(Node)]; }
  unsigned node(const void *Key);
  std::optional<unsigned> lookup(const void *Key) const;
  unsigned element(unsigned Node);
  void join(unsigned A, unsigned B);
  void propagate();

  mutable std::vector<unsigned> Parent;
  std::vector<Flags> Nodes;
  llvm::DenseMap<const void *, unsigned> Index;
  // Value node → the element node it is stored in and the container's own node.
  struct Edge {
    Store What;
    unsigned Container;
  };
  std::vector<Edge> Edges;
  // Node of a function that returns a module → node of one call of it.
  std::vector<std::pair<unsigned, unsigned>> Results;
  llvm::DenseMap<const clang::ValueDecl *, llvm::SmallVector<Store, 2>> Stores;
  std::vector<std::pair<Registration, const clang::FunctionDecl *>> Sites;
};

/// Calls \p Visit on the top-level declarations of \p Context that belong to the project: not in a
/// system header, not LibTorch's own unless it is the main file.
void forEachProjectDecl(clang::ASTContext &Context, llvm::function_ref<void(clang::Decl *)> Visit);

} // namespace torchtidy

#endif
