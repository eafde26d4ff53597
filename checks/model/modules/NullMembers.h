// Which module members of a class some constructor leaves null, and what the class then does with
// them.
#ifndef TORCHTIDY_CHECKS_MODEL_MODULES_NULLMEMBERS_H
#define TORCHTIDY_CHECKS_MODEL_MODULES_NULLMEMBERS_H

#include "model/modules/ModuleModel.h"

namespace torchtidy {

struct NullMember {
  enum Tier {
    Dereferenced,  // a path of a constructor that leaves it null, and on to a use without a test
    Disagreeing,   // tested, but two constructors leave it null under different conditions
    Guarded,       // tested at each use
    NeverAssigned, // nothing in view gives it a module or reads it
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
  /// Guarded: on some path nothing stands in for it, so that keys of archives differ, and the
  /// constructions in view, if any, take both ways.
  bool Optional = false;
};

/// Null members of \p Class in order of declaration. Silent on what other methods, or code outside,
/// assign later, and on paths that the constructions in view do not take.
std::vector<NullMember> nullMembers(const clang::CXXRecordDecl *Class, ModuleModel &Model,
                                    const ProjectIndex &Index);

} // namespace torchtidy

#endif
