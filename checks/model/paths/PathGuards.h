// What is certain at a place in a function: which conditions hold on every path that leads there.
// Answers come from clang::CFG, never from the order of lines.
#ifndef TORCHTIDY_CHECKS_MODEL_PATHS_PATHGUARDS_H
#define TORCHTIDY_CHECKS_MODEL_PATHS_PATHGUARDS_H

#include "model/paths/FunctionPaths.h"

namespace torchtidy {

/// A stable name for the object that \p E denotes: the same for `fc->bias`, `fc.get()->bias`,
/// `(*fc).bias` and through local aliases that are never rebound; empty when \p E names no fixed
/// object. Roots that the name starts from are added to \p Roots.
std::string pathKey(const clang::Expr *E,
                    llvm::SmallPtrSetImpl<const clang::ValueDecl *> *Roots = nullptr);

/// Does \p Condition being \p Polarity imply what \p Leaf recognises in its parts? Sees through
/// `!`, `&&`, `||`, comparisons with literals, `__builtin_expect` and bool locals.
bool implies(const clang::Expr *Condition, bool Polarity,
             llvm::function_ref<bool(const clang::Expr *, bool)> Leaf);

/// Some if around \p S in its function implies it, by the branch that \p S stands in.
bool isUnderIf(const clang::Stmt *S, llvm::function_ref<bool(const clang::Expr *, bool)> Leaf,
               clang::ASTContext &Context);

/// What one statement on the way does to the fact in question.
enum class Effect { None, Establishes, Destroys };

class PathGuards {
public:
  explicit PathGuards(ControlFlowGraphs &Graphs) : Graphs(Graphs) {}

  struct Answer {
    bool Holds = false;
    /// The statement that destroyed the fact, when that is why it does not hold.
    const clang::Stmt *Destroyer = nullptr;
  };
  using LeafFn = llvm::function_ref<bool(const clang::Expr *, bool)>;
  using EffectFn = llvm::function_ref<Effect(const clang::Stmt *)>;

  /// Does the fact hold at \p Place on every path from the entry of \p Function? A place that no
  /// path reaches counts as guarded.
  Answer holdsAt(const clang::FunctionDecl *Function, const clang::Stmt *Place, LeafFn Leaf,
                 EffectFn OnStatement);

private:
  ControlFlowGraphs &Graphs;
};

} // namespace torchtidy

#endif
