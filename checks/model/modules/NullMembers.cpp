#include "model/modules/NullMembers.h"
#include "model/modules/DecidingCondition.h"
#include "model/modules/MemberGuards.h"
#include "model/modules/ModuleFields.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Walk.h"

using namespace clang;

namespace torchtidy {

namespace {

// An empty default constructor beside another one exists so that a holder can be declared before it
// is filled.
bool isPlaceholder(const CXXConstructorDecl *Constructor, const CXXRecordDecl *Class) {
  const auto *Body = dyn_cast_or_null<CompoundStmt>(Constructor->getBody());
  if (Constructor->getNumParams() != 0 || !Body || !Body->body_empty())
    return false;
  for (const CXXCtorInitializer *Init : Constructor->inits())
    if (Init->isWritten() && Init->isMemberInitializer() && !isNullModule(Init->getInit()))
      return false;
  return llvm::any_of(Class->ctors(), [&](const CXXConstructorDecl *Other) {
    return Other != Constructor->getCanonicalDecl() && !Other->isCopyOrMoveConstructor() &&
           !Other->isImplicit() && Other->getNumParams() > 0;
  });
}

bool isNullAt(const FieldDecl *Field, const PathState &End) {
  auto It = End.Values.find(Field);
  // A parameter that the constructor does not test is its callers' promise.
  return It != End.Values.end() && It->second.Null == Nullness::Null;
}

// Given a module outside the constructors: built in two steps, or lazily.
bool isAssignedLater(const FieldDecl *Field, const CXXRecordDecl *Class, ModuleModel &Model) {
  const Reach &Constructors = Model.constructorReachOf(Class);
  return llvm::any_of(Model.registrations().stores(Field), [&](const Registrations::Store &Store) {
    const FunctionDecl *In = outOfLambda(Store.In);
    return In && !isNullModule(Store.Value) && !Constructors.count(In);
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

const Expr *unguardedUse(const FieldDecl *Field, const CXXRecordDecl *Class, ModuleModel &Model) {
  for (const ModuleModel::Event &Event : Model.constructorEvents(Class))
    if (Event.Kind == PathWalker::Event::Dereference && Event.Name == Field &&
        Event.Value.Null == Nullness::Null)
      return Event.Where;
  for (const ModuleModel::Event &Event : Model.useEvents(Class)) {
    if (Event.Kind != PathWalker::Event::Dereference || Event.Name != Field)
      continue;
    const FunctionDecl *In = functionAround(Event.Where, Model.context());
    if (!isGuarded(Event.Where, In, Field, Model.graphs()) &&
        !(In && isGuardedByCallers(In, Field, Class, Model.graphs())))
      return Event.Where;
  }
  return nullptr;
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

} // namespace

std::vector<NullMember> nullMembers(const CXXRecordDecl *Class, ModuleModel &Model) {
  std::vector<NullMember> Members;
  if (isPartlyVisible(Class))
    return Members;
  for (const FieldDecl *Field : moduleFields(Class)) {
    if (classifyType(Field->getType()).Kind == TypeKind::Impl)
      continue;
    NullMember Member;
    Member.Field = Field;
    for (const ConstructorOutcome &Outcome : Model.outcomes(Class)) {
      if (Outcome.Unknown || isPlaceholder(Outcome.Constructor, Class))
        continue;
      auto End = llvm::find_if(
          Outcome.Ends, [&](const PathState &E) { return !E.Escaped && isNullAt(Field, E); });
      if (End == Outcome.Ends.end())
        continue;
      bool Always =
          llvm::all_of(Outcome.Ends, [&](const PathState &E) { return isNullAt(Field, E); });
      NullMember::Path Path{Outcome.Constructor, "", false};
      if (!Always) {
        Path.Condition = decidingCondition(Field, Outcome.Constructor, *End, Model);
        Path.Sure = !Path.Condition.empty();
        if (!Path.Sure)
          Path.Condition = lastDecision(Field, *End, Model);
      }
      Member.Paths.push_back(std::move(Path));
    }
    if (Member.Paths.empty() || isAssignedLater(Field, Class, Model))
      continue;
    for (const ModuleModel::Event &Event : Model.useEvents(Class))
      if (Event.Kind == PathWalker::Event::NullQuery && Event.Name == Field)
        Member.Query = Event.Where;
    Member.Use = unguardedUse(Field, Class, Model);
    if (Member.Use)
      Member.Kind = NullMember::Dereferenced;
    else if (!isEverAssigned(Field, Model))
      Member.Kind = NullMember::NeverAssigned;
    else if (Member.Paths.size() > 1 && Member.Paths[0].Sure && Member.Paths[1].Sure &&
             rough(Member.Paths[0].Condition) != rough(Member.Paths[1].Condition))
      Member.Kind = NullMember::Disagreeing;
    Members.push_back(std::move(Member));
  }
  return Members;
}

} // namespace torchtidy
