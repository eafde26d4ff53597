// Questions whether a module is a holder, which none is: `dynamic_cast<nn::Conv2d *>(module)`.
#ifndef TORCHTIDY_CHECKS_MODEL_MODULES_HOLDERCASTS_H
#define TORCHTIDY_CHECKS_MODEL_MODULES_HOLDERCASTS_H

#include "model/Clang.h"
#include <optional>

namespace torchtidy {

struct HolderCast {
  enum Kind {
    Pointer,   // gives null: dynamic_cast<nn::Conv2d *>, std::dynamic_pointer_cast<nn::Conv2d>
    Reference, // throws: dynamic_cast<nn::Conv2d &>
    TypeId,    // typeid(*module) == typeid(nn::Conv2d)
  } Is;
  const clang::CXXRecordDecl *Holder; // Conv2d
  const clang::CXXRecordDecl *Module; // Conv2dImpl
  const clang::Expr *Asked;           // the module
};

/// \p E asks so of an object of a module class.
std::optional<HolderCast> asHolderCast(const clang::Expr *E);

/// Code also asks whether that module is the class that \p Cast means, as who tries both does:
/// `typeid(m) == typeid(nn::Conv2d) || typeid(m) == typeid(nn::Conv2dImpl)`.
bool asksForModuleAsWell(const clang::Stmt *Code, const HolderCast &Cast);

} // namespace torchtidy

#endif
