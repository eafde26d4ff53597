// Which module members of a class some constructor leaves null, and what the class then does with
// them.
#ifndef TORCHTIDY_CHECKS_MODEL_MODULES_NULLMEMBERS_H
#define TORCHTIDY_CHECKS_MODEL_MODULES_NULLMEMBERS_H

#include "model/modules/ModuleModel.h"

namespace torchtidy {

struct NullMember {
  enum Tier {
    Dereferenced,  // used without a test on some path
    Disagreeing,   // tested, but two constructors leave it null under different conditions
    Guarded,       // tested at each use
    NeverAssigned, // no constructor and no method gives it a module
  };
  struct Path {
    const clang::CXXConstructorDecl *Constructor;
    std::string Condition; // empty: on every path
    bool Sure = false;     // it is the condition around an assignment
  };

  const clang::FieldDecl *Field = nullptr;
  Tier Kind = Guarded;
  llvm::SmallVector<Path, 2> Paths;   // at most one a constructor
  const clang::Expr *Use = nullptr;   // the dereference that gives the tier
  const clang::Expr *Query = nullptr; // m->is_empty(), if the class asks so
};

/// Null members of \p Class in order of declaration. Silent on what other methods, or code outside,
/// assign later.
std::vector<NullMember> nullMembers(const clang::CXXRecordDecl *Class, ModuleModel &Model);

} // namespace torchtidy

#endif
