// A path-sensitive walk over clang::CFG that knows what LibTorch's module members hold. It follows
// constructors through default member initialisers, initialiser lists, bodies, delegation, base
// constructors, helpers and lambdas, and tells on every path whether a member is null and whether
// what it holds was registered. The same walk, started at another method, tells what a use of a
// member may rely on.
//
// Assumptions, each on the side of silence: a loop runs once; what a loop's body assigns is
// assigned after it; a condition spelled twice decides the same way while its variables are not
// written; a call out of view may do anything to what it can reach.
#ifndef TORCHTIDY_CHECKS_MODEL_PATHS_PATHWALKER_H
#define TORCHTIDY_CHECKS_MODEL_PATHS_PATHWALKER_H

#include "model/paths/Conditions.h"
#include "model/paths/FunctionPaths.h"
#include "model/torch/ModuleExprs.h"
#include <functional>
#include <memory>

namespace torchtidy {

class PathWalker {
public:
  enum class Event {
    Dereference,  // m->f(), m(x), *m
    RegisterNull, // register_module of a value that is null on this path
    DuplicateName,
    NullQuery, // m->is_empty() on a holder
  };
  using Observer =
      std::function<void(Event, const clang::Expr *, const clang::ValueDecl *, const PathState &)>;

  /// \p Tensors: follows tensor members, too, which costs more paths.
  PathWalker(ControlFlowGraphs &Graphs, const clang::CXXRecordDecl *Class, bool Tensors = false);

  /// The states in which \p F ends normally, from \p Start. Empty when every path throws.
  std::vector<PathState> run(const clang::FunctionDecl *F, PathState Start,
                             const Observer &Observe = nullptr);

  /// The walk was cut short: too many paths. Results then say nothing.
  bool overflowed() const { return Overflow; }

private:
  using States = std::vector<PathState>;

  States runFunction(const clang::FunctionDecl *F, PathState Start);
  States runBlock(const clang::CFGBlock &Block, States In);
  void branch(const clang::CFGBlock &Block, PathState State,
              std::vector<std::pair<const clang::CFGBlock *, PathState>> &Out);
  void branchLoop(const clang::CFGBlock &Block, PathState State,
                  std::vector<std::pair<const clang::CFGBlock *, PathState>> &Out);
  States transfer(const clang::CFGElement &Element, PathState State);
  States initialize(const clang::CXXCtorInitializer *Init, PathState State);
  States visitCall(const clang::CallExpr *Call, PathState State);
  void visitMember(const clang::CXXMemberCallExpr *Call, PathState &State);
  const clang::FunctionDecl *followed(const clang::CallExpr *Call, bool OnThis,
                                      bool PassesPlace) const;
  States inlineCall(const clang::FunctionDecl *Callee,
                    llvm::ArrayRef<const clang::Expr *> Arguments, PathState State,
                    const clang::Expr *ResultOf);
  States runLambdaArguments(const clang::CallExpr *Call, States In);
  void visitRegistration(const Registration &Site, PathState &State);
  void declare(const clang::VarDecl *Var, PathState &State);
  void assign(const clang::Expr *Target, const clang::Expr *Value, PathState &State);
  void havoc(const clang::CallExpr *Call, PathState &State);
  void bind(const clang::ParmVarDecl *Parameter, const clang::Expr *Argument,
            const PathState &Caller, PathState &State);

  void notify(Event Kind, const clang::Expr *E, const clang::ValueDecl *D, const PathState &State);

  const clang::CXXRecordDecl *Class;
  ControlFlowGraphs &Graphs;
  PathValues Values;
  PathConditions Conditions;
  llvm::SmallVector<const clang::FunctionDecl *, 8> Stack;
  Observer Observe;
  unsigned Steps = 0;
  bool Overflow = false;
};

} // namespace torchtidy

#endif
