// What the classes of one AST say about their modules, each asked once.
#ifndef TORCHTIDY_CHECKS_MODEL_MODULES_MODULEMODEL_H
#define TORCHTIDY_CHECKS_MODEL_MODULES_MODULEMODEL_H

#include "model/facts/ForwardReach.h"
#include "model/facts/Registrations.h"
#include "model/paths/ConstructorPaths.h"

namespace torchtidy {

class ProjectIndex;
struct NullMember;

class ModuleModel {
public:
  ModuleModel(ControlFlowGraphs &Graphs, const ProjectIndex &Index)
      : Graphs(Graphs), Index(Index) {}

  clang::ASTContext &context() const { return Graphs.context(); }
  ControlFlowGraphs &graphs() const { return Graphs; }
  const Registrations &registrations();
  const std::vector<ConstructorOutcome> &outcomes(const clang::CXXRecordDecl *Class);
  /// The same, with what tensor members hold.
  const std::vector<ConstructorOutcome> &tensorOutcomes(const clang::CXXRecordDecl *Class);
  /// Events that the constructors of \p Class caused while they were followed.
  struct Event {
    PathWalker::Event Kind;
    const clang::Expr *Where;
    const clang::ValueDecl *Name;
    PathValue Value;
  };
  const std::vector<Event> &constructorEvents(const clang::CXXRecordDecl *Class);
  /// Dereferences and null queries in \p Class outside its constructors, with what the path to them
  /// says of the member.
  const std::vector<Event> &useEvents(const clang::CXXRecordDecl *Class);
  const Reach &constructorReachOf(const clang::CXXRecordDecl *Class);
  const Reach &forwardReachOf(const clang::CXXRecordDecl *Class,
                              llvm::StringRef ForwardNames = DefaultForwardNames);

  /// nullMembers(), asked once for the rules that share it.
  const std::vector<NullMember> &nullMembersOf(const clang::CXXRecordDecl *Class);
  bool isUsedAfter(const clang::FieldDecl *Field, const clang::CXXRecordDecl *Class,
                   const PathState &End) const;
  /// isOnlyRun(), asked once for each class.
  bool onlyRuns(const clang::CXXRecordDecl *Class);

private:
  struct ClassFacts {
    std::vector<ConstructorOutcome> Outcomes;
    std::vector<Event> ConstructorEvents;
    std::vector<Event> UseEvents;
    Reach Constructors;
    bool Walked = false, UsesWalked = false, Reached = false;
  };
  ClassFacts &walked(const clang::CXXRecordDecl *Class);

  ControlFlowGraphs &Graphs;
  const ProjectIndex &Index;
  std::unique_ptr<Registrations> Regs;
  std::map<const clang::CXXRecordDecl *, ClassFacts> Classes;
  std::map<const clang::CXXRecordDecl *, std::vector<ConstructorOutcome>> Tensors;
  std::map<const clang::CXXRecordDecl *, std::shared_ptr<std::vector<NullMember>>> Nulls;
  std::map<std::pair<const clang::CXXRecordDecl *, std::string>, Reach> Forwards;
  std::map<const clang::CXXRecordDecl *, bool> OnlyRuns;
};

} // namespace torchtidy

#endif
