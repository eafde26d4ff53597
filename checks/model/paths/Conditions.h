// Conditions on a path: which way one must go when it, or an equal one, was decided before, and
// what it says about modules being null.
#ifndef TORCHTIDY_CHECKS_MODEL_PATHS_CONDITIONS_H
#define TORCHTIDY_CHECKS_MODEL_PATHS_CONDITIONS_H

#include "model/paths/PathValues.h"
#include <optional>

namespace torchtidy {

/// \p E without parentheses, casts to bool and `__builtin_expect`.
const clang::Expr *stripCondition(const clang::Expr *E);
/// The same without negations; \p Value is turned with each.
const clang::Expr *stripNot(const clang::Expr *E, bool &Value);

/// The conditions of one class, as a walk through its methods meets them.
class PathConditions {
public:
  PathConditions(clang::ASTContext &Context, const clang::CXXRecordDecl *Class, PathValues &Values)
      : Context(Context), Class(Class), Values(Values) {}

  /// Decides \p Condition on the path of \p State; false when the path decided otherwise before.
  bool assume(const clang::Expr *Condition, bool Taken, PathState &State);

  /// Decides that \p Switch goes to \p Label, or to none of its cases (null, or its default).
  bool assumeCase(const clang::SwitchStmt *Switch, const clang::SwitchCase *Label,
                  PathState &State);

  /// A key under which equal conditions meet, with "!" before it where \p E is the negation.
  std::string key(const clang::Expr *E, const PathState &State) const;

private:
  struct NullTest {
    const clang::ValueDecl *Place = nullptr;
    bool NonNullWhenTrue = true;
  };
  std::optional<NullTest> asNullTest(const clang::Expr *E, const PathState &State) const;
  /// A key under which equal conditions meet, and whether the condition is its negation.
  using Canonical = std::pair<std::string, bool>;
  Canonical canonical(const clang::Expr *E, const PathState &State) const;
  Canonical canonicalOperation(const clang::BinaryOperator *Binary, const PathState &State) const;
  Canonical canonicalPlace(const clang::ValueDecl *D, const PathState &State) const;
  /// `kind == Kind::A`, `name != "conv"`: a comparison with a constant.
  struct Comparison {
    const clang::Expr *Subject = nullptr;
    std::string Value;
    bool EqualWhenTrue = true;
    bool IsNumber = false;
  };
  std::optional<Comparison> asComparison(const clang::Expr *E) const;
  std::string constant(const clang::Expr *E) const;
  bool assumeEqual(const clang::Expr *Subject, const std::string &Value, bool Equal,
                   PathState &State) const;
  bool isRepeated(const clang::Expr *Condition);
  bool isComparedTwice(const clang::Expr *Subject);
  unsigned spelled(const std::string &Text);

  clang::ASTContext &Context;
  const clang::CXXRecordDecl *Class;
  PathValues &Values;
  std::map<std::string, unsigned> Spellings; // of conditions in the class, by rough text
  bool SpellingsKnown = false;
};

} // namespace torchtidy

#endif
