// Module objects that are copied: a copy has the children and tensors of the original, and a
// training flag, data members and registrations of its own.
#ifndef TORCHTIDY_CHECKS_MODEL_MODULES_MODULECOPIES_H
#define TORCHTIDY_CHECKS_MODEL_MODULES_MODULECOPIES_H

#include "model/facts/ProjectIndex.h"
#include "model/modules/ModuleChanges.h"
#include "model/modules/ModuleModel.h"

namespace torchtidy {

/// A place that copies a module.
struct ModuleCopy {
  const clang::Expr *Where = nullptr;  // the construction, assignment or call
  const clang::Expr *Source = nullptr; // the original
  const clang::CXXRecordDecl *Module = nullptr;
  const clang::FunctionDecl *Function = nullptr; // or lambda, that makes it
  const clang::ValueDecl *Name = nullptr; // the variable, parameter or member that is the copy
  const clang::Stmt *Body = nullptr;      // of the lambda that captures it, of the loop over copies
  enum Use {
    Named,  // it stands for itself, as long as Name
    Kept,   // it is stored, returned or owned by a pointer
    Pushed, // a container of modules boxes it, and the original was meant
    Many,   // copied several times at once: std::vector<NetImpl>(5, net)
  } As = Kept;
};

/// Those in \p Function, its lambdas included. Not: temporaries, what is moved, the copies of a
/// copy constructor, an operator= or a clone().
llvm::SmallVector<ModuleCopy, 2> moduleCopies(const clang::FunctionDecl *Function,
                                              clang::ASTContext &Context);

/// What makes a copy a mistake.
struct CopyHarm {
  bool SharesParts = false; // the class has children or tensors
  bool IsAgain = false;     // Change.At copies the same original: all copies share
  FoundChange Change;       // to one of the two while the other is there
};
/// Nothing where no code in view changes one of them, the original is not used again, or the class
/// has nothing to share.
std::optional<CopyHarm> harmOf(const ModuleCopy &Copy, ModuleModel &Model,
                               const ProjectIndex &Index);

/// A copy constructor that hands the other module to its base and makes parts of its own.
struct CopyConstructorDefect {
  const clang::CXXRecordDecl *Class = nullptr;
  const clang::Expr *Base = nullptr;        // torch::nn::Module(other)
  const clang::Expr *Part = nullptr;        // the registration, or what the member is given
  const clang::FieldDecl *Member = nullptr; // that runs and is not registered; null: the
                                            // registration throws
};
std::optional<CopyConstructorDefect> copyConstructorDefect(const clang::FunctionDecl *Function,
                                                           ModuleModel &Model);

} // namespace torchtidy

#endif
