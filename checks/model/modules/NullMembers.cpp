#include "model/modules/NullMembers.h"
#include "model/facts/Reads.h"
#include "model/modules/Constructed.h"
#include "model/modules/DecidingCondition.h"
#include "model/modules/MemberGuards.h"
#include "model/modules/ModuleFields.h"
#include "model/modules/NullUses.h"
#include "model/modules/OptionalMembers.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Walk.h"

using namespace clang;

namespace torchtidy {

namespace {

// Some code in view makes a \p Class of nothing: `Net()`, `Net net;`, `make_shared<Net>()`.
bool isBuiltOfNothing(const CXXRecordDecl *Class, const ProjectIndex &Index) {
  return llvm::any_of(Index.constructions(), [&](const ProjectIndex::Construction &Each) {
    const Expr *Value = stripValue(Each.Value);
    const auto *Construct = dyn_cast<CXXConstructExpr>(Value);
    const auto *Call = dyn_cast<CallExpr>(Value); // make_shared
    return Each.Module == Class && ((Construct && writtenArguments(Construct).empty()) ||
                                    (Call && writtenArguments(Call).empty()));
  });
}

// A default constructor without statements, or one that makes none of the modules, exists beside
// another one so that a holder can be declared before it is filled, unless somebody comes that way.
// One that is empty and initialises no module is no way to a module that is used.
bool isPlaceholder(const ConstructorOutcome &Outcome, const CXXRecordDecl *Class,
                   const ProjectIndex &Index) {
  const CXXConstructorDecl *Constructor = Outcome.Constructor;
  const auto *Body = dyn_cast_or_null<CompoundStmt>(Constructor->getBody());
  if (Constructor->getNumParams() != 0 || !Body)
    return false;
  bool MakesSome = llvm::any_of(Constructor->inits(), [](const CXXCtorInitializer *Init) {
    return Init->isWritten() && Init->isMemberInitializer() && !isNullModule(Init->getInit()) &&
           classifyType(Init->getMember()->getType()).isModule();
  });
  bool HasOther = llvm::any_of(Class->ctors(), [&](const CXXConstructorDecl *Other) {
    return Other != Constructor->getCanonicalDecl() && !Other->isCopyOrMoveConstructor() &&
           !Other->isImplicit() && Other->getNumParams() > 0;
  });
  auto LeavesAllNull = [&](const PathState &End) {
    return !End.Escaped && llvm::all_of(moduleFields(Class), [&](const FieldDecl *Field) {
      return !classifyType(Field->getType()).isModule() || isNullAt(Field, End);
    });
  };
  if (!HasOther)
    return false;
  return (Body->body_empty() && !MakesSome) ||
         ((Body->body_empty() || (!MakesSome && llvm::all_of(Outcome.Ends, LeavesAllNull))) &&
          !isBuiltOfNothing(Class, Index));
}

// Given a module outside the constructors: built in two steps, or lazily.
bool isAssignedLater(const FieldDecl *Field, const CXXRecordDecl *Class, ModuleModel &Model) {
  const Reach &Constructors = Model.constructorReachOf(Class);
  return llvm::any_of(Model.registrations().stores(Field), [&](const Registrations::Store &Store) {
    const FunctionDecl *In = outOfLambda(Store.In);
    return In && !isNullModule(Store.Value) && !Constructors.count(In);
  });
}

// Filled by a name that is not followed: through a pointer to it, or slot("a") = .. with `Linear
// &slot(..)` that returns it.
bool isReachedOtherwise(const FieldDecl *Field, const CXXRecordDecl *Class, ModuleModel &Model) {
  if (Model.registrations().isUnknown(Field))
    return true;
  auto LeadsToField = [&](const Expr *Target) {
    return llvm::any_of(returnsOf(calleeOf(stripValue(Target))), [&](const Expr *Returned) {
      return Returned && mentions(Returned, Field);
    });
  };
  return llvm::any_of(visibleMethods(Class), [&](const CXXMethodDecl *Method) {
    return anyDescendant<Stmt>(Method->getBody(), [&](const Stmt *S) {
      auto Assign = asPlainAssignment(S);
      return Assign && isa<CallExpr>(stripValue(Assign->Target)) && LeadsToField(Assign->Target);
    });
  });
}

bool isEverAssigned(const FieldDecl *Field, ModuleModel &Model) {
  return llvm::any_of(Model.registrations().stores(Field),
                      [](const Registrations::Store &Store) { return !isNullModule(Store.Value); });
}

// A helper is as guarded as the calls of it.
bool isGuardedByCallers(const FunctionDecl *Helper, const FieldDecl *Field,
                        const CXXRecordDecl *Class, ControlFlowGraphs &Graphs) {
  bool Called = false;
  for (const CXXMethodDecl *Method : visibleMethods(Class)) {
    bool Unguarded =
        anyDescendant<CXXMemberCallExpr>(Method->getBody(), [&](const CXXMemberCallExpr *Call) {
          const CXXMethodDecl *Callee = Call->getMethodDecl();
          if (!Callee || Callee->getCanonicalDecl() != Helper->getCanonicalDecl())
            return false;
          Called = true;
          return !isGuarded(Call, Method, Field, Graphs);
        });
    if (Unguarded)
      return false;
  }
  return Called;
}

// A use that a null path of a constructor reaches.
const Expr *unguardedUse(const FieldDecl *Field, const CXXRecordDecl *Class, ModuleModel &Model,
                         llvm::ArrayRef<NullUse> Uses) {
  for (const ModuleModel::Event &Event : Model.constructorEvents(Class))
    if (Event.Kind == PathWalker::Event::Dereference && Event.Name == Field &&
        Event.Value.Null == Nullness::Null)
      return Event.Where;
  for (const NullUse &Use : Uses) {
    if (Use.Field != Field)
      continue;
    const FunctionDecl *In = functionAround(Use.Where, Model.context());
    if (!isGuarded(Use.Where, In, Field, Model.graphs()) &&
        !(In && isGuardedByCallers(In, Field, Class, Model.graphs())))
      return Use.Where;
  }
  return nullptr;
}

// Some use relies on other data than the member: a flag that one constructor may set otherwise.
bool isUsedOnTrust(const FieldDecl *Field, const CXXRecordDecl *Class, ModuleModel &Model) {
  return llvm::any_of(Model.useEvents(Class), [&](const ModuleModel::Event &Event) {
    return Event.Kind == PathWalker::Event::Dereference && Event.Name == Field &&
           Event.Value.Null != Nullness::NonNull;
  });
}

bool isDereferenced(const FieldDecl *Field, const CXXRecordDecl *Class, ModuleModel &Model) {
  return llvm::any_of(Model.useEvents(Class), [&](const ModuleModel::Event &Event) {
    return Event.Kind == PathWalker::Event::Dereference && Event.Name == Field;
  });
}

// "use_gru_" and "config.use_gru" are the same condition for this purpose.
std::string rough(llvm::StringRef Condition) {
  std::string Result;
  for (char C : Condition)
    if (C != '_' && C != ' ')
      Result += C;
  for (llvm::StringRef Prefix : {"this->", "config.", "options.", "other."})
    for (size_t At; (At = Result.find(Prefix.str())) != std::string::npos;)
      Result.erase(At, Prefix.size());
  return Result;
}

// What there is to say about the paths that leave Field null, at most one a constructor.
llvm::SmallVector<NullMember::Path, 2> nullPaths(const FieldDecl *Field,
                                                 llvm::ArrayRef<ConstructorOutcome> Outcomes,
                                                 bool IsTaken, ModuleModel &Model) {
  llvm::SmallVector<NullMember::Path, 2> Paths;
  for (const ConstructorOutcome &Outcome : Outcomes) {
    auto End = llvm::find_if(Outcome.Ends, [&](const PathState &E) {
      return !E.Escaped && isNullAt(Field, E) && (IsTaken || !isOpenEnd(Field, E, Model));
    });
    if (End == Outcome.Ends.end())
      continue;
    bool Always = llvm::all_of(Outcome.Ends, [&](const auto &E) { return isNullAt(Field, E); });
    NullMember::Path Path{Outcome.Constructor, "", false};
    if (!Always) {
      Path.Condition = decidingCondition(Field, Outcome.Constructor, *End, Model);
      Path.Sure = !Path.Condition.empty();
      if (!Path.Sure)
        Path.Condition = lastDecision(Field, *End, Model);
    }
    Paths.push_back(std::move(Path));
  }
  return Paths;
}

} // namespace

std::vector<NullMember> nullMembers(const CXXRecordDecl *Class, ModuleModel &Model,
                                    const ProjectIndex &Index) {
  std::vector<NullMember> Members;
  if (isPartlyVisible(Class))
    return Members;
  std::vector<ConstructorOutcome> Outcomes;
  for (const ConstructorOutcome &Outcome : Model.outcomes(Class))
    if (!Outcome.Unknown && !isPlaceholder(Outcome, Class, Index))
      Outcomes.push_back(Outcome);
  std::optional<std::vector<NullUse>> Uses;
  for (const FieldDecl *Field : moduleFields(Class)) {
    auto IsNull = [&](const PathState &End) { return !End.Escaped && isNullAt(Field, End); };
    if (classifyType(Field->getType()).Kind == TypeKind::Impl ||
        llvm::none_of(Outcomes, [&](const auto &O) { return llvm::any_of(O.Ends, IsNull); }) ||
        isAssignedLater(Field, Class, Model) || isReachedOtherwise(Field, Class, Model))
      continue;
    Constructed Built = constructed(Class, Model.outcomes(Class), Index, Model.context(), IsNull);
    if (Built.Any && !Built.With && !Built.Unsure)
      continue;
    NullMember Member;
    Member.Field = Field;
    Member.Paths = nullPaths(Field, Outcomes, Built.With != nullptr, Model);
    if (Member.Paths.empty())
      continue;
    for (const ModuleModel::Event &Event : Model.useEvents(Class))
      if (Event.Kind == PathWalker::Event::NullQuery && Event.Name == Field &&
          Event.Value.Null != Nullness::NonNull)
        Member.Query = Event.Where;
    if (!Uses)
      Uses = nullUses(Class, Model, Outcomes);
    Member.Use = unguardedUse(Field, Class, Model, *Uses);
    if (Member.Use) {
      Member.Kind = NullMember::Dereferenced;
    } else if (!isEverAssigned(Field, Model)) {
      if (isRead(Field, Index.functions()))
        continue;
      Member.Kind = NullMember::NeverAssigned;
    } else if (isUsedOnTrust(Field, Class, Model) && Member.Paths.size() > 1 &&
               Member.Paths[0].Sure && Member.Paths[1].Sure &&
               rough(Member.Paths[0].Condition) != rough(Member.Paths[1].Condition)) {
      Member.Kind = NullMember::Disagreeing;
    } else {
      Member.Optional = isDereferenced(Field, Class, Model) &&
                        (!Built.Any || (Built.With && Built.Without)) &&
                        isOptional(Field, Outcomes);
    }
    Members.push_back(std::move(Member));
  }
  return Members;
}

} // namespace torchtidy
