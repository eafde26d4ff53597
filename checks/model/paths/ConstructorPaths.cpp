#include "model/paths/ConstructorPaths.h"
#include "model/facts/ForwardReach.h"

using namespace clang;

namespace torchtidy {

std::vector<ConstructorOutcome> constructorOutcomes(ControlFlowGraphs &Graphs,
                                                    const CXXRecordDecl *Class,
                                                    const PathWalker::Observer &Observe,
                                                    bool Tensors) {
  std::vector<ConstructorOutcome> Outcomes;
  PathWalker Walker(Graphs, Class, Tensors);
  for (const CXXMethodDecl *Method : visibleMethods(Class)) {
    const auto *Constructor = dyn_cast<CXXConstructorDecl>(Method);
    if (!Constructor || Constructor->isDefaulted() || Constructor->isDependentContext())
      continue;
    ConstructorOutcome Outcome;
    Outcome.Constructor = Constructor;
    Outcome.Ends = Walker.run(Constructor, PathState(), Observe);
    Outcome.Unknown = Walker.overflowed();
    Outcomes.push_back(std::move(Outcome));
  }
  return Outcomes;
}

} // namespace torchtidy
