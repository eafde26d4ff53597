// What the project's own code in this translation unit stores where: the values of members, locals
// and parameters, the modules built, the calls of each function. What containers hold is asked of
// Registrations. Built on demand, once a translation unit, by checks that have a candidate to
// judge.
#ifndef TORCHTIDY_CHECKS_MODEL_FACTS_PROJECTINDEX_H
#define TORCHTIDY_CHECKS_MODEL_FACTS_PROJECTINDEX_H

#include "model/syntax/Places.h"
#include "model/syntax/ProjectCode.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

namespace torchtidy {

class ProjectIndex {
public:
  explicit ProjectIndex(const clang::ASTContext &Context);

  /// A module built somewhere in the project.
  struct Construction {
    const clang::Expr *Value;
    const clang::CXXRecordDecl *Module; // the Impl
    const clang::FunctionDecl *In;      // null in a default member initialiser
    const clang::CXXRecordDecl *Class;  // the class whose member function or field this is, or null
  };
  struct CallSite {
    const clang::CallExpr *Call; // null where a constructor is called
    const clang::FunctionDecl *In;
  };

  /// One value that a field, variable or parameter is given.
  struct Store {
    enum How {
      Written,      // an initialiser or an assignment
      Implicit,     // a constructor that does not name the field
      Argument,     // of a call in view, to a parameter
      ThroughAlias, // by a helper, to the parameter that the field is handed to
      Opaque,       // handed out by reference, swapped: what it is then cannot be followed
    } Kind;
    const clang::Expr *Value; // null when opaque
    // The innermost function or lambda; null at class or file level, and through an alias.
    const clang::FunctionDecl *In;
    const clang::Expr *Target; // what is assigned to; null for initialisers
  };

  /// Everything that the code in view stores in \p D, in source order within a function.
  llvm::ArrayRef<Store> storesOf(const clang::ValueDecl *D) const;
  /// The values among storesOf() that the code spells for \p D; a null entry stands for an opaque
  /// one.
  llvm::SmallVector<const clang::Expr *, 4> valuesOf(const clang::ValueDecl *D) const;
  llvm::ArrayRef<Construction> constructions() const { return Constructions; }
  llvm::ArrayRef<CallSite> callsOf(const clang::FunctionDecl *Function) const;
  /// The calls, by the function's name, that change what a parameter is (register_parameter,
  /// set_requires_grad, requires_grad_), look something up (find, contains, from_pretrained) or
  /// change the default (set_default_dtype); `[]` for all subscripts. None for any other name.
  llvm::ArrayRef<CallSite> callsNamed(llvm::StringRef Name) const;
  /// Setter calls `options.name(value)` on the variable or field \p D, by the setter's name.
  llvm::ArrayRef<const clang::CXXMemberCallExpr *> settersOf(const clang::ValueDecl *D) const;
  /// The range of the `for (auto &D : range)` that declares \p D, else null.
  const clang::Expr *rangeOf(const clang::ValueDecl *D) const;
  /// The call that \p Lambda is handed to, e.g. `apply`.
  const clang::CallExpr *callTaking(const clang::LambdaExpr *Lambda) const;
  /// The lambda whose parameter \p D is.
  const clang::LambdaExpr *lambdaOf(const clang::ParmVarDecl *D) const;
  /// The calls that the function is handed to, e.g. `apply(init_weights)`.
  llvm::ArrayRef<const clang::CallExpr *> callsTaking(const clang::FunctionDecl *Function) const;
  llvm::ArrayRef<const clang::CXXRecordDecl *> classes() const { return Classes; }
  llvm::ArrayRef<const clang::FunctionDecl *> functions() const { return Functions; }

private:
  friend class IndexVisitor;
  llvm::StringMap<llvm::SmallVector<CallSite, 2>> Named;
  llvm::DenseMap<const clang::Decl *, llvm::SmallVector<Store, 2>> Stores;
  llvm::DenseMap<const clang::Decl *, llvm::SmallVector<CallSite, 2>> Calls;
  llvm::DenseMap<const clang::Decl *, llvm::SmallVector<const clang::CXXMemberCallExpr *, 2>>
      Setters;
  llvm::DenseMap<const clang::Decl *, const clang::Expr *> Ranges;
  llvm::DenseMap<const clang::LambdaExpr *, const clang::CallExpr *> LambdaCalls;
  llvm::DenseMap<const clang::Decl *, const clang::LambdaExpr *> Lambdas;
  llvm::DenseMap<const clang::Decl *, llvm::SmallVector<const clang::CallExpr *, 2>> Callbacks;
  std::vector<Construction> Constructions;
  std::vector<const clang::CXXRecordDecl *> Classes;
  std::vector<const clang::FunctionDecl *> Functions;
};

/// stripValue, and through full expressions, dereferences and `get()`/`operator->` of owners: the
/// expression that names the module itself.
const clang::Expr *stripOwner(const clang::Expr *E);

/// The variable, member or member initialiser of \p Function that takes what \p E gives, itself or
/// as a part; null where nothing by a name does.
const clang::ValueDecl *takerOf(const clang::Expr *E, const clang::FunctionDecl *Function,
                                clang::ASTContext &Context);

} // namespace torchtidy

#endif
