// What an optimizer is given: the lists of parameters, of which modules, and where they are put
// together.
#ifndef TORCHTIDY_CHECKS_MODEL_TRAINING_PARAMETERLISTS_H
#define TORCHTIDY_CHECKS_MODEL_TRAINING_PARAMETERLISTS_H

#include "model/facts/ProjectIndex.h"

namespace torchtidy {

/// The module that an expression names, from a variable or `this` (null) through members:
/// `net->encoder` is {net, encoder}. Local names of members are looked through.
using ModulePath = llvm::SmallVector<const clang::ValueDecl *, 4>;
/// False where the expression is none.
bool modulePath(const clang::Expr *E, ModulePath &Path);
/// \p Part is \p Whole or a member of it.
bool beginsWith(const ModulePath &Part, const ModulePath &Whole);

/// An optimizer that is made: `SGD opt(…)`, `make_unique<Adam>(…)`, `opt.emplace(…)`.
struct OptimizerMade {
  const clang::Expr *Whole = nullptr;
  const clang::Expr *Parameters = nullptr; // the first argument
  const clang::Expr *Options = nullptr;    // the second, where it is written
  const clang::CXXRecordDecl *Class = nullptr;
  const clang::ValueDecl *Name = nullptr; // the variable or member that it is kept in, if any
};
void forEachOptimizer(const clang::FunctionDecl *Function, clang::ASTContext &Context,
                      llvm::function_ref<void(const OptimizerMade &)> Visit);

/// One thing in the list.
struct ParameterPart {
  const clang::CallExpr *Listing = nullptr; // `net->parameters()`; or
  const clang::Expr *Tensor = nullptr;      // a tensor by itself
  const clang::Expr *At = nullptr;          // where it is put into the list
  const clang::Expr *Module = nullptr;      // what is listed
  ModulePath Path;
  bool IsNamed = false;       // Path is known
  bool Recurses = true;       // not `parameters(false)`
  bool IsConditional = false; // not all of it, or not always
  /// `for (auto &m : net->modules())`: the listing is of each module and all in it.
  const clang::Expr *OverModulesOf = nullptr;
};
/// Follows variables that are filled in \p Function.
llvm::SmallVector<ParameterPart, 4>
partsOf(const clang::Expr *List, const clang::FunctionDecl *Function, clang::ASTContext &Context);

/// Calls \p Visit with each place in view that makes what is kept under the name \p Optimizer, and
/// with what it is given there.
void forEachMaking(
    const clang::ValueDecl *Optimizer, const ProjectIndex &Index, clang::ASTContext &Context,
    llvm::function_ref<void(const OptimizerMade &, llvm::ArrayRef<ParameterPart>)> Visit);

/// The class of \p Optimizer where all that makes it in view gives it all parameters of \p Model;
/// else null.
const clang::CXXRecordDecl *optimizerOf(const clang::ValueDecl *Optimizer, const ModulePath &Model,
                                        const ProjectIndex &Index, clang::ASTContext &Context);

} // namespace torchtidy

#endif
