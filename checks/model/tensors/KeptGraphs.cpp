#include "model/tensors/KeptGraphs.h"
#include "model/facts/GradMode.h"
#include "model/facts/ProjectIndex.h"
#include "model/facts/Reads.h"
#include "model/paths/PathGuards.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Loops.h"
#include "model/syntax/Walk.h"
#include "model/tensors/SameTensor.h"
#include "model/torch/ModelRuns.h"
#include "model/torch/Operations.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxCallers = 4; // from a run out to who calls it

bool runsBackward(const CallExpr *Call) {
  return operationOf(Call).is(Op::backward) ||
         (isLibTorchDecl(calleeOf(Call)) &&
          (calleeName(Call) == nameOf(Op::grad) || calleeName(Call) == nameOf(Op::backward)) &&
          !isa<CXXMemberCallExpr>(Call));
}

// In the text, as an argument too, or by the rounds of a loop around both.
bool mayComeBefore(const Stmt *First, const Stmt *Then, ASTContext &Context) {
  bool May =
      Context.getSourceManager().isBeforeInTranslationUnit(First->getBeginLoc(), Then->getEndLoc());
  walkUp(First, Context, [&](const DynTypedNode &Above) {
    const auto *Loop = Above.get<Stmt>();
    May |= isLoop(Loop) && contains(Loop, Then);
    return !May && !Above.get<FunctionDecl>();
  });
  return May;
}

// if (!torch::GradMode::is_enabled()), if (!p.requires_grad()) around the write of p.
bool isWithoutGraphHere(const MemberWrite &Write, ASTContext &Context) {
  const ValueDecl *Value = namedDecl(stripValue(Write.Value));
  auto SaysSo = [&](const Expr *Condition, bool Holds) {
    const auto *Call = dyn_cast<CallExpr>(stripValue(Condition));
    if (Holds || !Call || !isLibTorchDecl(calleeOf(Call)))
      return false;
    if (isNamed(calleeOf(Call), "c10::GradMode::is_enabled") ||
        calleeName(Call) == "is_grad_enabled")
      return true;
    return operationOf(Call).is(Op::requires_grad) && Value && objectOf(Call) &&
           namedDecl(objectOf(Call)) == Value;
  };
  return isUnderIf(Write.Where, SaysSo, Context);
}

} // namespace

// h = h.detach(); or h.detach_(); somewhere in the function: the graph is cut there.
bool KeptGraphs::isDetachedIn(const FunctionDecl *Function, const FieldDecl *Field,
                              llvm::ArrayRef<MemberWrite> Writes) const {
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
bool KeptGraphs::isDetachedBetween(const FieldDecl *Field) const {
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

// reset_state(), which gives the member a tensor without a graph, is called in the round of each
// backward() in view: every sequence starts anew.
bool KeptGraphs::isResetBetween(const FieldDecl *Field) const {
  const auto *Class = dyn_cast<CXXRecordDecl>(Field->getParent());
  if (!Class)
    return false;
  auto Resets = [&](const CXXMethodDecl *Method) {
    return anyDescendant<Stmt>(Method->getBody(), [&](const Stmt *S) {
      auto Assign = asPlainAssignment(S);
      return Assign && fieldOfThis(Assign->Target) == Field &&
             !mayHaveGraph(Assign->Value, nullptr, Model);
    });
  };
  auto IsInRoundOfBackward = [&](const ProjectIndex::CallSite &Site) {
    const FunctionDecl *In = Site.Call ? functionAround(Site.Call, Model.context()) : nullptr;
    return In && In->hasBody() &&
           anyDescendant<CXXMemberCallExpr>(In->getBody(), [&](const CXXMemberCallExpr *Call) {
             if (!operationOf(Call).is(Op::backward))
               return false;
             const Stmt *Loop = loopAround(Call, Model.context());
             return !Loop || contains(Loop, Site.Call);
           });
  };
  return llvm::any_of(visibleMethods(Class), [&](const CXXMethodDecl *Method) {
    return !Forward.count(Method) && !isa<CXXConstructorDecl>(Method) && Resets(Method) &&
           llvm::any_of(Index.callsOf(Method), IsInRoundOfBackward);
  });
}

// Is \p Mention a part of what is computed, and nothing on the way out cuts the graph?
bool KeptGraphs::isComputedWith(const Expr *Mention) const {
  bool IsCut = isUnderNoGrad(Mention, Model.context()), IsUsed = false;
  walkUp(Mention, Model.context(), [&](const DynTypedNode &Above) {
    if (Above.get<VarDecl>() || Above.get<ReturnStmt>())
      IsUsed |= Above.get<VarDecl>() != nullptr;
    const auto *E = Above.get<Expr>();
    const auto *Call = dyn_cast_or_null<CallExpr>(E);
    if (Call && !isa<CXXOperatorCallExpr>(Call)) {
      Operation Called = operationOf(Call);
      IsCut |= Called.has(CutsGraph) || Called.Gives == ResultKind::Host ||
               (!Called && Call->getType()->isVoidType() && !isLibTorchDecl(calleeOf(Call)));
      IsUsed |= holdsTensors(Call->getType()) && !isStdDecl(calleeOf(Call)) && !Called.isView();
    } else if (Call) {
      IsUsed |= isTensorType(Call->getType()) && !asAssignment(Call) &&
                !asOperator(Call, OO_Subscript) && !asOperator(Call, OO_Arrow);
    }
    return E != nullptr && !IsCut;
  });
  return IsUsed && !IsCut;
}

// Runs backward() behind the mention, or hands tensors out to who may.
bool KeptGraphs::trainsWith(const Expr *Mention, const FunctionDecl *Function) const {
  return holdsTensors(Function->getReturnType()) ||
         anyDescendant<CallExpr>(Function->getBody(), [&](const CallExpr *Call) {
           return runsBackward(Call) && mayComeBefore(Mention, Call, Model.context());
         });
}

// Some code computes with what forward stored: log_prob(), a loss, the gradient of an activation.
// The graph is meant.
bool KeptGraphs::isTrainedThrough(const FieldDecl *Field) const {
  const auto *Class = dyn_cast<CXXRecordDecl>(Field->getParent());
  if (!Class)
    return false;
  auto ComputesWith = [&](const FunctionDecl *Function, llvm::function_ref<bool(const Expr *)> Is) {
    return anyDescendant<Expr>(Function->getBody(), [&](const Expr *E) {
      return Is(E) && isComputedWith(E) && trainsWith(E, Function);
    });
  };
  auto NamesField = [&](const Expr *E) {
    const auto *Member = dyn_cast<MemberExpr>(E);
    return Member && Member->getMemberDecl() == Field;
  };
  llvm::SmallVector<const CXXMethodDecl *, 2> Getters;
  for (const CXXMethodDecl *Method : visibleMethods(Class)) {
    if (Forward.count(Method) || isa<CXXConstructorDecl>(Method))
      continue;
    if (ComputesWith(Method, NamesField))
      return true;
    if (llvm::any_of(returnsOf(Method),
                     [&](const Expr *Returned) { return Returned && mentions(Returned, Field); }))
      Getters.push_back(Method);
  }
  for (const FunctionDecl *Function : Index.functions()) {
    const CXXRecordDecl *Owner = enclosingClass(Function);
    if (Owner && Owner->getCanonicalDecl() == Class->getCanonicalDecl())
      continue;
    auto GetsField = [&](const Expr *E) {
      return NamesField(E) || llvm::is_contained(Getters, dyn_cast_or_null<CXXMethodDecl>(
                                                              visibleDefinition(calleeOf(E))));
    };
    if (Function->hasBody() && ComputesWith(Function, GetsField))
      return true;
  }
  return false;
}

bool KeptGraphs::isKept(const MemberWrite &Write, const FunctionDecl *Function,
                        llvm::ArrayRef<MemberWrite> All) const {
  ASTContext &Context = Model.context();
  return mayHaveGraph(Write.Value, Write.Field, Model) && !Write.IsOfPositions &&
         !isInPlaceOf(Write.Value, Write.Field) && !isUnderNoGrad(Write.Where, Context) &&
         !isWithoutGraphHere(Write, Context) && !isDetachedIn(Function, Write.Field, All) &&
         !(Write.OnThis && isTrainedThrough(Write.Field)) && !isDetachedBetween(Write.Field) &&
         !isResetBetween(Write.Field);
}

// Under a guard itself, or where everybody who is seen to come there is.
bool KeptGraphs::isWithoutGrad(const CallExpr *Run, const FunctionDecl *In, unsigned Depth) const {
  if (isUnderNoGrad(Run, Model.context()))
    return true;
  In = outOfLambda(In);
  if (!In || Depth > MaxCallers)
    return false;
  if (const CXXRecordDecl *Class = enclosingClass(In); Class && isModuleClass(Class))
    return onlyRunsWithoutGrad(Class, Depth + 1);
  llvm::ArrayRef<ProjectIndex::CallSite> Calls = Index.callsOf(In);
  return !Calls.empty() && llvm::all_of(Calls, [&](const ProjectIndex::CallSite &Site) {
    return Site.Call && isWithoutGrad(Site.Call, Site.In, Depth + 1);
  });
}

bool KeptGraphs::onlyRunsWithoutGrad(const CXXRecordDecl *Class, unsigned Depth) const {
  bool Any = false, All = true;
  Class = Class->getCanonicalDecl();
  for (const FunctionDecl *Function : Index.functions()) {
    if (!Function->hasBody() || !All)
      continue;
    forEach<CallExpr>(Function->getBody(), [&](const CallExpr *Call) {
      auto Run = asModelRun(Call);
      const CXXRecordDecl *Model = Run ? moduleOf(Run->Model->getType()) : nullptr;
      if (!Model || Model->getCanonicalDecl() != Class || !All)
        return;
      Any = true;
      All = isWithoutGrad(Call, Function, Depth);
    });
  }
  return Any && All;
}

} // namespace torchtidy
