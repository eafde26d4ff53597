// A path-sensitive walk over clang::CFG that knows what LibTorch's module members hold. It follows
// constructors through default member initialisers, initialiser lists, bodies, delegation, base
// constructors, helpers and lambdas, and tells on every path whether a member is null and whether
// what it holds was registered. The same walk, started at another method, tells what a use of a
// member may rely on.
//
// Assumptions, each on the side of silence: a loop runs once; what a loop's body assigns is
// assigned after it; a condition spelled twice decides the same way while its variables are not
// written; a call out of view may do anything to what it can reach.
#ifndef TORCHTIDY_CHECKS_MODEL_PATHS_CONSTRUCTORPATHS_H
#define TORCHTIDY_CHECKS_MODEL_PATHS_CONSTRUCTORPATHS_H

#include "model/facts/Registrations.h"
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace torchtidy {

enum class Nullness { Unknown, Null, NonNull };

/// What a member, local or parameter of module type holds on one path.
struct PathValue {
  Nullness Null = Nullness::Unknown;
  /// Unknown values that stand for the same object share a symbol, so that a test of one refines
  /// the others.
  unsigned Symbol = 0;
  bool Registered = false;
  /// Null unless the caller passes something: a parameter whose default argument is null.
  bool NullByDefault = false;
  /// Where the value was stored last.
  const clang::Expr *Site = nullptr;

  bool operator==(const PathValue &O) const {
    return Null == O.Null && Symbol == O.Symbol && Registered == O.Registered &&
           NullByDefault == O.NullByDefault && Site == O.Site;
  }
};

/// One decision of a path.
struct Branch {
  const clang::Stmt *Terminator = nullptr;
  const clang::Expr *Condition = nullptr;
  bool Taken = false;
};

/// The facts that hold at one point of one path.
struct PathState {
  std::map<const clang::ValueDecl *, PathValue> Values;
  std::map<const clang::Expr *, PathValue> Results; // of calls and ?: on this path
  std::map<std::string, bool> Conditions;
  std::map<const clang::ValueDecl *, std::string> Aliases; // a flag copied from another
  std::map<const clang::ValueDecl *, unsigned> Versions;   // bumped by each write
  std::map<const clang::ValueDecl *, const clang::ValueDecl *> References;
  std::map<const clang::ValueDecl *, bool> WasRegistered; // some object held earlier was registered
  std::map<const clang::CFGBlock *, unsigned> Visits;     // of loop heads
  std::vector<std::pair<std::string, const clang::Expr *>>
      Names; // literal names registered on `this`
  std::vector<Branch> Path;
  bool Escaped = false; // a call out of view may have changed any member

  bool sameFacts(const PathState &O) const;
};

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

  PathWalker(clang::ASTContext &Context, const clang::CXXRecordDecl *Class);

  /// The states in which \p F ends normally, from \p Start. Empty when every path throws.
  std::vector<PathState> run(const clang::FunctionDecl *F, PathState Start,
                             const Observer &Observe = nullptr);

  /// The walk was cut short: too many paths. Results then say nothing.
  bool overflowed() const { return Overflow; }

private:
  struct Frame;
  using States = std::vector<PathState>;

  const clang::CFG *cfg(const clang::FunctionDecl *F);
  States runFunction(const clang::FunctionDecl *F, PathState Start);
  void branch(const clang::CFGBlock &Block, PathState State,
              std::vector<std::pair<const clang::CFGBlock *, PathState>> &Out);
  void branchLoop(const clang::CFGBlock &Block, PathState State,
                  std::vector<std::pair<const clang::CFGBlock *, PathState>> &Out);
  States transfer(const clang::CFGElement &Element, PathState State);
  States initialize(const clang::CXXCtorInitializer *Init, PathState State);
  States visitCall(const clang::CallExpr *Call, PathState State);
  States inlineCall(const clang::FunctionDecl *Callee,
                    llvm::ArrayRef<const clang::Expr *> Arguments, PathState State,
                    const clang::Expr *ResultOf);
  States runLambdaArguments(const clang::CallExpr *Call, States In);
  /// False when the registration throws: the path ends.
  bool visitRegistration(const Registration &Site, PathState &State);
  void declare(const clang::VarDecl *Var, PathState &State);
  void assign(const clang::Expr *Target, const clang::Expr *Value, PathState &State);
  void havoc(const clang::CallExpr *Call, PathState &State);
  void bind(const clang::ParmVarDecl *Parameter, const clang::Expr *Argument,
            const PathState &Caller, PathState &State);

  PathValue evaluate(const clang::Expr *E, PathState &State);
  const clang::ValueDecl *place(const clang::Expr *E, const PathState &State) const;
  bool isTracked(const clang::ValueDecl *D) const;
  PathValue &valueOf(const clang::ValueDecl *D, PathState &State);
  bool assume(const clang::Expr *Condition, bool Taken, PathState &State);
  struct NullTest {
    const clang::ValueDecl *Place = nullptr;
    bool NonNullWhenTrue = true;
  };
  std::optional<NullTest> asNullTest(const clang::Expr *E, const PathState &State) const;
  std::pair<std::string, bool> canonical(const clang::Expr *E, const PathState &State) const;
  void notify(Event Kind, const clang::Expr *E, const clang::ValueDecl *D, const PathState &State);

  bool isRepeated(const clang::Expr *Condition);

  clang::ASTContext &Context;
  const clang::CXXRecordDecl *Class;
  std::map<const clang::FunctionDecl *, std::unique_ptr<clang::CFG>> Graphs;
  std::map<std::string, unsigned> Spellings; // of conditions in the class, by rough text
  bool SpellingsKnown = false;
  llvm::SmallVector<const clang::FunctionDecl *, 8> Stack;
  Observer Observe;
  unsigned NextSymbol = 1;
  unsigned Steps = 0;
  bool Overflow = false;
};

/// What each visible constructor of a class leaves behind.
struct ConstructorOutcome {
  const clang::CXXConstructorDecl *Constructor = nullptr;
  std::vector<PathState> Ends;
  bool Unknown = false; // too many paths
};

/// Runs every visible constructor that users can call; copy and move constructors that are
/// defaulted are left out.
std::vector<ConstructorOutcome> constructorOutcomes(clang::ASTContext &Context,
                                                    const clang::CXXRecordDecl *Class,
                                                    const PathWalker::Observer &Observe = nullptr);

} // namespace torchtidy

#endif
