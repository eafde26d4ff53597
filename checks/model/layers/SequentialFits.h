// Whether the neighbours in a Sequential can follow each other.
#ifndef TORCHTIDY_CHECKS_MODEL_LAYERS_SEQUENTIALFITS_H
#define TORCHTIDY_CHECKS_MODEL_LAYERS_SEQUENTIALFITS_H

#include "model/facts/ProjectIndex.h"
#include "model/layers/BuiltLayers.h"

namespace torchtidy {

/// Two of a Sequential's modules, of which the second throws on whatever the first gives it.
struct Misfit {
  enum class Why { Size, Tuple, Arguments } Is;
  BuiltLayer First, Second;                      // First: unset for Arguments
  const clang::CXXMethodDecl *Forward = nullptr; // of Arguments: its second parameter has a default
  const clang::ValueDecl *Of = nullptr; // what holds the Sequential; null where none is named
};

/// The modules of the Sequential \p Named are taken one by one, `for (auto &head : *heads)`,
/// `body->at<Linear>(1)`, and nothing in view runs it as a whole.
bool isOnlyWalked(const clang::ValueDecl *Named, const ProjectIndex &Index);

/// Calls \p Visit for the misfits among modules that \p Function puts beside each other: in one
/// expression, or by statements that follow each other.
void forEachMisfit(const clang::FunctionDecl *Function, clang::ASTContext &Context,
                   llvm::function_ref<void(const Misfit &)> Visit);

/// `shortcut->forward(x)`, where the Sequential is built empty and nothing is put into it; or only
/// under a parameter of the constructor that a construction in view gives `false`. Its name, else
/// null.
const clang::ValueDecl *runEmpty(const clang::CallExpr *Call,
                                 llvm::function_ref<const ProjectIndex &()> MakeIndex,
                                 clang::ASTContext &Context);

} // namespace torchtidy

#endif
