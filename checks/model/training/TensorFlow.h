// Where a tensor goes from a name on: is it trained, or does it get out of view?
#ifndef TORCHTIDY_CHECKS_MODEL_TRAINING_TENSORFLOW_H
#define TORCHTIDY_CHECKS_MODEL_TRAINING_TENSORFLOW_H

#include "model/facts/ProjectIndex.h"

namespace torchtidy {

struct TensorFate {
  bool IsTrained = false;  // backward runs through it, or through what is computed from it
  bool Escapes = false;    // to code out of view, to what outlives the function
  bool IsReturned = false; // from the function that declares it
  bool endsHere() const { return !IsTrained && !Escapes; }
};

/// Follows a local variable, a parameter or a member through operations, other names and functions
/// in view. Values on the host (`item()`, a printed tensor, `detach()`) end the way.
TensorFate fateOf(const clang::ValueDecl *Name, const ProjectIndex &Index,
                  clang::ASTContext &Context);

} // namespace torchtidy

#endif
