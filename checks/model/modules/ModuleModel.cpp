#include "model/modules/ModuleModel.h"
#include "model/modules/NullMembers.h"
#include "model/modules/NullUses.h"
#include "model/modules/OnlyRun.h"

using namespace clang;

namespace torchtidy {

const Registrations &ModuleModel::registrations() {
  if (!Regs)
    Regs = std::make_unique<Registrations>(context(), Index);
  return *Regs;
}

ModuleModel::ClassFacts &ModuleModel::walked(const CXXRecordDecl *Class) {
  ClassFacts &Facts = Classes[Class];
  if (Facts.Walked)
    return Facts;
  Facts.Walked = true;
  Facts.Outcomes = constructorOutcomes(
      Graphs, Class,
      [&](PathWalker::Event Kind, const Expr *E, const ValueDecl *D, const PathState &State) {
        PathValue Value;
        if (auto It = State.Values.find(D); It != State.Values.end())
          Value = It->second;
        Facts.ConstructorEvents.push_back({Kind, E, D, Value});
      });
  return Facts;
}

const std::vector<ConstructorOutcome> &ModuleModel::outcomes(const CXXRecordDecl *Class) {
  return walked(Class).Outcomes;
}

const std::vector<ConstructorOutcome> &ModuleModel::tensorOutcomes(const CXXRecordDecl *Class) {
  auto [It, New] = Tensors.try_emplace(Class);
  if (New)
    It->second = constructorOutcomes(Graphs, Class, nullptr, /*Tensors=*/true);
  return It->second;
}

const std::vector<ModuleModel::Event> &ModuleModel::constructorEvents(const CXXRecordDecl *Class) {
  return walked(Class).ConstructorEvents;
}

const Reach &ModuleModel::constructorReachOf(const CXXRecordDecl *Class) {
  ClassFacts &Facts = Classes[Class];
  if (!Facts.Reached) {
    Facts.Reached = true;
    Facts.Constructors = constructorReach(Class);
  }
  return Facts.Constructors;
}

const Reach &ModuleModel::forwardReachOf(const CXXRecordDecl *Class, llvm::StringRef ForwardNames) {
  auto [It, New] = Forwards.try_emplace({Class, ForwardNames.str()});
  if (New)
    It->second = forwardReach(Class, ForwardNames);
  return It->second;
}

const std::vector<ModuleModel::Event> &ModuleModel::useEvents(const CXXRecordDecl *Class) {
  ClassFacts &Facts = Classes[Class];
  if (Facts.UsesWalked)
    return Facts.UseEvents;
  Facts.UsesWalked = true;
  PathWalker Walker(Graphs, Class);
  auto Observe = [&](PathWalker::Event Kind, const Expr *E, const ValueDecl *D,
                     const PathState &State) {
    auto It = State.Values.find(D);
    PathValue Value = It == State.Values.end() ? PathValue() : It->second;
    Facts.UseEvents.push_back({Kind, E, D, Value});
  };
  for (const CXXMethodDecl *Method : visibleMethods(Class))
    if (!isa<CXXConstructorDecl>(Method) && !Method->isDependentContext())
      Walker.run(Method, PathState(), Observe);
  return Facts.UseEvents;
}

const std::vector<NullMember> &ModuleModel::nullMembersOf(const CXXRecordDecl *Class) {
  auto [It, New] = Nulls.try_emplace(Class);
  if (New)
    It->second = std::make_shared<std::vector<NullMember>>(nullMembers(Class, *this, Index));
  return *It->second;
}

bool ModuleModel::isUsedAfter(const FieldDecl *Field, const CXXRecordDecl *Class,
                              const PathState &End) const {
  return torchtidy::isUsedAfter(Field, Class, Graphs, End);
}

bool ModuleModel::onlyRuns(const CXXRecordDecl *Class) {
  auto [It, New] = OnlyRuns.try_emplace(Class);
  if (New)
    It->second = isOnlyRun(Class, Index);
  return It->second;
}

} // namespace torchtidy
