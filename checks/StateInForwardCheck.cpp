#include "StateInForwardCheck.h"
#include "model/facts/GradMode.h"
#include "model/facts/Reads.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Walk.h"
#include "model/tensors/DeadStores.h"
#include "model/tensors/SameTensor.h"
#include "model/tensors/TensorGraphs.h"
#include "model/torch/Operations.h"

using namespace clang;

namespace torchtidy {

StateInForwardCheck::StateInForwardCheck(llvm::StringRef Name,
                                         clang::tidy::ClangTidyContext *Context)
    : ModuleCheck(Name, Context), ForwardNames(Options.get("ForwardNames", DefaultForwardNames)),
      StateMembers(Options.get("StateMembers", "")) {}

void StateInForwardCheck::storeOptions(clang::tidy::ClangTidyOptions::OptionMap &Opts) {
  Options.store(Opts, "ForwardNames", ForwardNames);
  Options.store(Opts, "StateMembers", StateMembers);
}

// h = h.detach(); or h.detach_(); somewhere in the function: the graph is cut there.
static bool isDetachedIn(const FunctionDecl *Function, const FieldDecl *Field,
                         ArrayRef<MemberWrite> Writes, ModuleModel &Model) {
  for (const MemberWrite &Write : Writes)
    if (Write.Field == Field && Write.OnThis && !mayHaveGraph(Write.Value, nullptr, Model) &&
        isRead(Field, {Function}))
      if (const Expr *Call = stripValue(Write.Value);
          isa<CXXMemberCallExpr>(Call) && fieldOfThis(objectOf(Call)) == Field)
        return true;
  return anyDescendant<CXXMemberCallExpr>(Function->getBody(), [&](const CXXMemberCallExpr *Call) {
    return operationOf(Call).is(Op::detach_) && fieldOfThis(objectOf(Call)) == Field;
  });
}

// A method for the training loop to call between the steps: `std::get<0>(h) =
// std::get<0>(h).detach();`, `for (auto &each : h) each = each.detach();`
static bool isDetachedBetween(const FieldDecl *Field, const Reach &Forward) {
  const auto *Class = dyn_cast<CXXRecordDecl>(Field->getParent());
  if (!Class)
    return false;
  auto Detaches = [](const Stmt *Root, const ValueDecl *Name) {
    return anyDescendant<CXXMemberCallExpr>(Root, [&](const CXXMemberCallExpr *Call) {
      return operationOf(Call).isOneOf({Op::detach, Op::detach_}) && mentions(objectOf(Call), Name);
    });
  };
  return llvm::any_of(visibleMethods(Class), [&](const CXXMethodDecl *Method) {
    if (Forward.count(Method) || isa<CXXConstructorDecl>(Method))
      return false;
    return anyDescendant<Stmt>(Method->getBody(), [&](const Stmt *S) {
      if (const auto *Loop = dyn_cast<CXXForRangeStmt>(S))
        return mentions(Loop->getRangeInit(), Field) &&
               Detaches(Loop->getBody(), Loop->getLoopVariable());
      auto Assign = asPlainAssignment(S);
      return Assign ? mentions(Assign->Target, Field) && Detaches(Assign->Value, Field)
                    : isa<CXXMemberCallExpr>(S) &&
                          operationOf(cast<CXXMemberCallExpr>(S)).is(Op::detach_) &&
                          mentions(objectOf(cast<CXXMemberCallExpr>(S)), Field);
    });
  });
}

// log_prob() that computes with what forward stored: the loss is trained through it, and the graph
// is meant.
static bool isTrainedThrough(const FieldDecl *Field, const Reach &Forward, ModuleModel &Model) {
  const auto *Class = dyn_cast<CXXRecordDecl>(Field->getParent());
  return Class && llvm::any_of(visibleMethods(Class), [&](const CXXMethodDecl *Method) {
           if (Forward.count(Method) || isa<CXXConstructorDecl>(Method) ||
               !isTensorType(Method->getReturnType()))
             return false;
           return anyDescendant<CallExpr>(Method->getBody(), [&](const CallExpr *Call) {
             Operation Called = operationOf(Call);
             bool Computes = Called ? Called.alwaysCopies() && !Called.has(CutsGraph)
                                    : isa<CXXOperatorCallExpr>(Call) &&
                                          isTensorType(Call->getType()) && !asAssignment(Call);
             auto IsField = [&](const Expr *E) { return E && fieldOfThis(E) == Field; };
             return Computes &&
                    (llvm::any_of(Call->arguments(), IsField) || IsField(objectOf(Call))) &&
                    !isUnderNoGrad(Call, Model.context());
           });
         });
}

bool StateInForwardCheck::keepsGraph(const MemberWrite &Write, const FunctionDecl *Function,
                                     ArrayRef<MemberWrite> All, const Reach &Forward,
                                     ModuleModel &Model) const {
  // A registered buffer that is rebound is stale-registration's concern.
  if (Write.OnThis && Model.registrations().isRegistered(Write.Field))
    return false;
  if (!Write.OnThis && !isModuleClass(dyn_cast<CXXRecordDecl>(Write.Field->getParent())))
    return false;
  SmallVector<StringRef, 4> Allowed;
  StringRef(StateMembers).split(Allowed, ';', -1, false);
  return !llvm::is_contained(Allowed, Write.Field->getName()) &&
         mayHaveGraph(Write.Value, Write.Field, Model) && !isInPlaceOf(Write.Value, Write.Field) &&
         !isUnderNoGrad(Write.Where, Model.context()) &&
         !isDetachedIn(Function, Write.Field, All, Model) &&
         !(Write.OnThis && isTrainedThrough(Write.Field, Forward, Model)) &&
         !isDetachedBetween(Write.Field, Forward) &&
         (!Write.OnThis ||
          outlivesCall(Write.Where, Write.Field, Function, Forward, Model.graphs()));
}

void StateInForwardCheck::checkClass(const CXXRecordDecl *Class, ModuleModel &Model) {
  const Reach &Forward = Model.forwardReachOf(Class, ForwardNames);
  // A forward that returns nothing hands out in members what it computes.
  bool ReturnsNothing = llvm::all_of(Forward, [](const auto &Reached) {
    return Reached.second || Reached.first->getReturnType()->isVoidType();
  });
  if (ReturnsNothing)
    return;
  llvm::MapVector<const FieldDecl *, SmallVector<const Expr *, 2>> Kept;
  for (auto &[Function, Call] : Forward) {
    if (Call && isUnderNoGrad(Call, Model.context()))
      continue;
    std::vector<MemberWrite> Writes = memberWrites(Function);
    for (const MemberWrite &Write : Writes)
      if (keepsGraph(Write, Function, Writes, Forward, Model) &&
          firstTime(Write.Target->getBeginLoc()))
        Kept[Write.Field].push_back(Write.Target);
  }
  for (auto &[Field, Targets] : Kept) {
    SourceLocation Loc = Targets.front()->getBeginLoc();
    diag(Loc, "%0 keeps a tensor of forward with its graph: the activations of the last call stay "
              "in memory, and a second backward through it throws")
        << Field;
    diag(Loc,
         "return it, store it detached, or capture it with torchtidy::FeatureExtractor; list "
         "recurrent state in the option StateMembers",
         DiagnosticIDs::Note);
    for (const Expr *Other : ArrayRef(Targets).drop_front())
      diag(Other->getBeginLoc(), "stored here, too", DiagnosticIDs::Note);
  }
}

} // namespace torchtidy
