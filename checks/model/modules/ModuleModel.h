// What one translation unit says about its modules, computed once and shared by all checks that run
// on it.
#ifndef TORCHTIDY_CHECKS_MODEL_MODULES_MODULEMODEL_H
#define TORCHTIDY_CHECKS_MODEL_MODULES_MODULEMODEL_H

#include "model/facts/ForwardReach.h"
#include "model/facts/Registrations.h"
#include "model/paths/ConstructorPaths.h"
#include "model/torch/Layers.h"

namespace torchtidy {

/// A module member: a field of the class, or of a plain struct that is a member of it.
class ModuleModel {
public:
  explicit ModuleModel(clang::ASTContext &Context) : Context(Context) {}

  /// The model of \p Context. Checks keep the pointer while they work on a translation unit; the
  /// first one builds it.
  static std::shared_ptr<ModuleModel> get(clang::ASTContext &Context);

  clang::ASTContext &context() const { return Context; }
  const Registrations &registrations();
  const std::vector<ConstructorOutcome> &outcomes(const clang::CXXRecordDecl *Class);
  /// Events that the constructors of \p Class caused while they were followed.
  struct Event {
    PathWalker::Event Kind;
    const clang::Expr *Where;
    const clang::ValueDecl *Name;
    PathValue Value;
  };
  const std::vector<Event> &constructorEvents(const clang::CXXRecordDecl *Class);
  /// Dereferences and null queries in \p Class outside its constructors, of members that no test of
  /// the path proves non-null.
  const std::vector<Event> &useEvents(const clang::CXXRecordDecl *Class);
  const Reach &constructorReachOf(const clang::CXXRecordDecl *Class);

private:
  struct ClassFacts {
    std::vector<ConstructorOutcome> Outcomes;
    std::vector<Event> ConstructorEvents;
    std::vector<Event> UseEvents;
    Reach Constructors;
    bool Walked = false, UsesWalked = false, Reached = false;
  };
  ClassFacts &walked(const clang::CXXRecordDecl *Class);

  clang::ASTContext &Context;
  std::unique_ptr<Registrations> Regs;
  std::map<const clang::CXXRecordDecl *, ClassFacts> Classes;
};

/// The module members of \p Class that stand for one module each (holders, pointers, AnyModule,
/// optional of one), plain structs' members included.
llvm::SmallVector<const clang::FieldDecl *, 8> moduleFields(const clang::CXXRecordDecl *Class);

/// The condition around an assignment to \p Field that \p Path decides against it: "'stride == 1'
/// is true". Empty when none is seen.
std::string decidingCondition(const clang::FieldDecl *Field, const clang::FunctionDecl *Constructor,
                              const PathState &Path, ModuleModel &Model);

/// What \p Path decided last, for where an early return or a case leaves \p Field alone.
std::string lastDecision(const clang::FieldDecl *Field, const PathState &Path, ModuleModel &Model);

/// What is at stake for the module that \p Construction builds, or one of class \p Module when it
/// is not in view.
Stake stakeOf(const clang::CXXRecordDecl *Module, const clang::Expr *Construction,
              const Registrations &Regs);

/// True when block \p Site is only reached under a condition that reads \p Field or a data member
/// that is no module.
bool isGuarded(const clang::Expr *Site, const clang::FunctionDecl *In,
               const clang::ValueDecl *Field, clang::ASTContext &Context);

/// True when a method of \p Class in view reads \p Field (assigning to it is no read).
bool isRead(const clang::ValueDecl *Field, llvm::ArrayRef<const clang::FunctionDecl *> In);

/// The same, without reads of a tensor's values or shape on the host: `table[i].item<float>()`,
/// `table.size(0)`.
bool isReadAsTensor(const clang::ValueDecl *Field, llvm::ArrayRef<const clang::FunctionDecl *> In);

/// Edits that wrap what \p Store constructs in `Function("name", …)`; empty when the code is not
/// one that can be edited safely.
llvm::SmallVector<clang::FixItHint, 2> wrapInRegistration(const clang::FieldDecl *Field,
                                                          const Registrations::Store &Store,
                                                          llvm::StringRef Function,
                                                          ModuleModel &Model);

/// The function whose body spells \p E, out of lambdas.
const clang::FunctionDecl *functionAround(const clang::Stmt *E, clang::ASTContext &Context);

} // namespace torchtidy

#endif
