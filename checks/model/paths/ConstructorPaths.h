// In which states the constructors of a class leave it.
#ifndef TORCHTIDY_CHECKS_MODEL_PATHS_CONSTRUCTORPATHS_H
#define TORCHTIDY_CHECKS_MODEL_PATHS_CONSTRUCTORPATHS_H

#include "model/paths/PathWalker.h"

namespace torchtidy {

/// What each visible constructor of a class leaves behind.
struct ConstructorOutcome {
  const clang::CXXConstructorDecl *Constructor = nullptr;
  std::vector<PathState> Ends;
  bool Unknown = false; // too many paths
};

/// Runs every visible constructor that users can call; copy and move constructors that are
/// defaulted are left out. With \p Tensors also what tensor members hold.
std::vector<ConstructorOutcome> constructorOutcomes(ControlFlowGraphs &Graphs,
                                                    const clang::CXXRecordDecl *Class,
                                                    const PathWalker::Observer &Observe = nullptr,
                                                    bool Tensors = false);

} // namespace torchtidy

#endif
