// All that is known of one AST: the one store that its checks share. Each part is built when it is
// first asked for, and once.
#ifndef TORCHTIDY_CHECKS_MODEL_TORCHFACTS_H
#define TORCHTIDY_CHECKS_MODEL_TORCHFACTS_H

#include "model/Clang.h"
#include <memory>

namespace torchtidy {

class ControlFlowGraphs;
class Definedness;
class HookFacts;
class ModuleModel;
class PathGuards;
class ProjectIndex;
class Registrations;

class TorchFacts {
public:
  /// The facts of \p Context. They live as long as some check holds them, and are never shared
  /// between threads: clangd checks several files at once.
  static std::shared_ptr<TorchFacts> get(clang::ASTContext &Context);

  explicit TorchFacts(clang::ASTContext &Context);
  ~TorchFacts();

  clang::ASTContext &context() const { return Context; }
  ControlFlowGraphs &graphs();
  const Registrations &registrations();
  const ProjectIndex &index();
  PathGuards &guards();
  ModuleModel &modules();
  Definedness &definedness();
  HookFacts &hooks();

private:
  clang::ASTContext &Context;
  std::unique_ptr<ControlFlowGraphs> Graphs;
  std::unique_ptr<ProjectIndex> Index;
  std::unique_ptr<PathGuards> Guards;
  std::unique_ptr<ModuleModel> Modules;
  std::unique_ptr<Definedness> Tensors;
  std::unique_ptr<HookFacts> Hooks;
};

} // namespace torchtidy

#endif
