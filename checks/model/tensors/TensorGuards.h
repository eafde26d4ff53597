// Which conditions say that an optional tensor is there: `if (fc->bias.defined())`, `if
// (use_bias)`.
#ifndef TORCHTIDY_CHECKS_MODEL_TENSORS_TENSORGUARDS_H
#define TORCHTIDY_CHECKS_MODEL_TENSORS_TENSORGUARDS_H

#include "model/tensors/OptionalTensors.h"

namespace torchtidy {

struct TensorGuard {
  const OptionalTensor &Access;
  std::string ModuleKey; // pathKey of the module
  std::string SlotKey;   // pathKey of the tensor
  /// The condition that the module was built with, if one is in view.
  const clang::Expr *Flag = nullptr;
  /// To follow a flag into what it is copied from, and a member into the condition that it is made
  /// under.
  const ProjectIndex *Index = nullptr;
  clang::ASTContext *Context = nullptr;

  /// \p Condition being \p Polarity says that the tensor is defined.
  bool holds(const clang::Expr *Condition, bool Polarity) const;
  /// \p Condition being \p Polarity is the very condition that the option was given.
  bool isGivenCondition(const clang::Expr *Condition, bool Polarity) const;

private:
  // Whether it being true says so; nothing where the call asks something else.
  std::optional<bool> saidByCall(const clang::CXXMemberCallExpr *Call) const;
  bool saidByFlag(const clang::Expr *Condition, bool Polarity) const;
  bool saidByHelper(const clang::CallExpr *Call) const;
  bool saidByMember(const clang::Expr *Condition, bool Polarity) const;
  bool isFlag(const clang::NamedDecl *Named, const clang::NamedDecl *Given) const;
};

} // namespace torchtidy

#endif
