// What one path of a walk knows: the values that module members, locals and parameters hold, the
// conditions decided on the way, the names taken.
#ifndef TORCHTIDY_CHECKS_MODEL_PATHS_PATHVALUES_H
#define TORCHTIDY_CHECKS_MODEL_PATHS_PATHVALUES_H

#include "model/torch/Types.h"
#include <map>
#include <set>
#include <string>

namespace torchtidy {

enum class Nullness { Unknown, Null, NonNull };

/// What a member, local or parameter of module type holds on one path.
struct PathValue {
  Nullness Null = Nullness::Unknown;
  /// Values that stand for the same object share a symbol, so that a test or a registration of one
  /// tells of the others; 0 for those that have none.
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
  bool Taken = false;                       // of a switch: not the end that it leaves open
  const clang::SwitchCase *Label = nullptr; // of a switch: the case that is taken

  bool operator==(const Branch &O) const {
    return Terminator == O.Terminator && Condition == O.Condition && Taken == O.Taken &&
           Label == O.Label;
  }
};

/// What a path knows of a number, enumerator or string that was compared.
struct KnownValue {
  std::string Is; // empty: not known
  std::set<std::string> IsNot;

  bool operator==(const KnownValue &O) const { return Is == O.Is && IsNot == O.IsNot; }
};

/// The facts that hold at one point of one path.
struct PathState {
  std::map<const clang::ValueDecl *, PathValue> Values;
  std::map<const clang::Expr *, PathValue> Results; // of calls and ?:; of null: what is returned
  std::map<std::string, bool> Conditions;
  std::map<std::string, KnownValue> Compared;              // `kind == Kind::A`, by what is compared
  std::map<const clang::ValueDecl *, std::string> Aliases; // a flag, by the key of its value
  std::map<const clang::ValueDecl *, unsigned> Versions;   // bumped by each write
  std::map<const clang::ValueDecl *, const clang::ValueDecl *> References;
  std::map<const clang::ValueDecl *, bool> WasRegistered; // some object held earlier was registered
  std::map<const clang::CFGBlock *, unsigned> Visits;     // of loop heads
  std::vector<std::pair<std::string, const clang::Expr *>>
      Names; // literal names registered on `this`
  std::vector<Branch> Path;
  bool Merged = false;  // several paths: Path has what they decided alike
  bool Escaped = false; // a call out of view may have changed any member

  bool sameFacts(const PathState &O) const;
  /// Another path leads to the same facts: decisions that only one of them took decide nothing.
  void mergePath(const PathState &O);
};

/// True for what stands for one module: a holder, pointer or AnyModule, an optional of one.
bool isModuleName(const clang::ValueDecl *D);

/// The member of `this` or variable that \p E names on a path, references followed.
const clang::ValueDecl *placeOnPath(const clang::Expr *E, const PathState &State);

/// Reads the values of the states of one walk, and numbers those that are unknown.
class PathValues {
public:
  /// Tensors are followed like modules when \p Tensors is set: null is undefined.
  explicit PathValues(bool Tensors = false) : Tensors(Tensors) {}

  bool follows(const clang::ValueDecl *D) const;
  PathValue &of(const clang::ValueDecl *D, PathState &State);
  PathValue evaluate(const clang::Expr *E, PathState &State);
  /// evaluate() where \p D takes \p E, which becomes the value's site; a tensor has a symbol then.
  PathValue stored(const clang::ValueDecl *D, const clang::Expr *E, PathState &State);
  /// What a call out of view may leave behind.
  PathValue unknown(const clang::Expr *Site);

private:
  const bool Tensors;
  std::map<const clang::ValueDecl *, unsigned> AtStart; // symbols
  std::map<const clang::Expr *, unsigned> AtSite;       // of tensors made there
  unsigned NextSymbol = 1;
};

} // namespace torchtidy

#endif
