// What a function that runs at every step does to modules: builds, registers, replaces, assigns
// them.
#ifndef TORCHTIDY_CHECKS_MODEL_MODULES_FORWARDBUILDS_H
#define TORCHTIDY_CHECKS_MODEL_MODULES_FORWARDBUILDS_H

#include "model/modules/ModuleModel.h"

namespace torchtidy {

struct ForwardBuild {
  enum Action {
    Registers,
    Replaces,
    Constructs,
    ConstructsMode,
    ConstructsStateless,
    ConstructsStatic,
    Assigns
  };
  Action Kind;
  const clang::Expr *Where;
  std::string Name; // of the function, module or member
  // ReLU()(x): the tokens to replace and the function that does the same; empty when there is none.
  clang::CharSourceRange Callee;
  std::string Functional;
  // The member of this object that takes it; null for another.
  const clang::FieldDecl *Member = nullptr;
};

/// In source order; the outermost construction of a nest only. Lambdas in \p Function are looked
/// into.
std::vector<ForwardBuild> forwardBuilds(const clang::FunctionDecl *Function, ModuleModel &Model);

} // namespace torchtidy

#endif
