#include "model/training/TrainingCalls.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/CallWalk.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Walk.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

bool runsBackward(const Stmt *S) {
  const FunctionDecl *Callee = calleeOf(S);
  return operationOf(dyn_cast_or_null<CallExpr>(S)).is(Op::backward) ||
         isNamed(Callee, "torch::autograd::backward") || isNamed(Callee, "torch::autograd::grad");
}

bool namesGradient(const CallExpr *Call) {
  return operationOf(Call).isOneOf({Op::grad, Op::mutable_grad});
}

const CXXMemberCallExpr *asBackwardOfTensor(const Stmt *S) {
  const auto *Call = dyn_cast<CXXMemberCallExpr>(S);
  const Expr *Object = objectOf(Call);
  return Call && Object && operationOf(Call).is(Op::backward) && isTensorType(Object->getType()) &&
                 !Call->getBeginLoc().isMacroID()
             ? Call
             : nullptr;
}

const ValueDecl *optimizerStepped(const Stmt *S) {
  const auto *Call = dyn_cast<CXXMemberCallExpr>(S);
  const Expr *Object = calleeName(Call) == "step" ? objectOf(Call) : nullptr;
  const ValueDecl *Name = Object ? namedDecl(stripArrow(Object)) : nullptr;
  return Name && (isOptimizer(Name->getType()) || isOptimizer(Call->getRecordDecl())) ? Name
                                                                                      : nullptr;
}

// Code of others that is given a model and may do with it what it likes.
static bool isOutOfView(const FunctionDecl *Callee) {
  const auto *Constructor = dyn_cast_or_null<CXXConstructorDecl>(Callee);
  if (Constructor && isNamed(Constructor->getParent(), "torchtidy::InferenceScope"))
    return true;
  return Callee && !isLibTorchDecl(Callee) && !isStdDecl(Callee) && !isVisible(Callee) &&
         !Callee->isImplicit() && !Callee->isDefaulted();
}

// The model itself, or what another type is made of it for the call: `ModuleRef(net)`.
static const Expr *modelHandedBy(const Expr *Argument) {
  if (moduleOf(Argument->getType()))
    return Argument;
  const auto *Made = dyn_cast_or_null<CXXConstructExpr>(stripCasts(Argument));
  const auto Of = Made ? writtenArguments(Made) : llvm::ArrayRef<const Expr *>();
  return Of.size() == 1 && moduleOf(Of.front()->getType()) ? Of.front() : nullptr;
}

TrainingCalls::TrainingCalls(const ProjectIndex &Index) {
  llvm::SmallPtrSet<const CallExpr *, 32> Seen;
  auto Hand = [&](llvm::ArrayRef<const Expr *> Arguments, const CallExpr *Call,
                  const FunctionDecl *In) {
    for (const Expr *Argument : Arguments)
      if (const Expr *Model = modelHandedBy(Argument))
        Handed.push_back({Call, In, Model});
  };
  for (const FunctionDecl *Function : Index.functions()) {
    for (const Stmt *Code : codeOf(Function))
      forEach<CXXConstructExpr>(Code, [&](const CXXConstructExpr *Made) {
        if (isOutOfView(Made->getConstructor()))
          Hand(writtenArguments(Made), nullptr, outOfLambda(Function));
      });
    forEachCall(Function, [&](const CallExpr *Call, const UseContext &) {
      if (!Seen.insert(Call).second)
        return;
      llvm::StringRef Name = calleeName(Call);
      const Expr *Object = objectOf(Call);
      const FunctionDecl *In = outOfLambda(Function);
      bool IsModel = Object && (moduleOf(Object->getType()) || isScriptModule(Object->getType()));
      FreezesScripts |= (Name == "freeze" || Name == "optimize_for_inference") &&
                        isLibTorchDecl(Call->getDirectCallee());
      if (runsBackward(Call) || (Name == "step" && Object && isOptimizer(Object->getType())))
        Backward.push_back({Call, In, Object});
      else if (IsModel && (Name == "eval" || Name == "train"))
        Modes.push_back({Call, In, Object});
      else if (isNamed(Call->getDirectCallee(), "torch::load") && Call->getNumArgs() > 1 &&
               moduleOf(Call->getArg(0)->getType()))
        Loads.push_back({Call, In, Call->getArg(0)});
      else if (isNamed(Call->getDirectCallee(), "torch::jit::load"))
        Loads.push_back({Call, In, nullptr});
      else if (IsModel && Name == "load" && isLibTorchDecl(Call->getDirectCallee()))
        Loads.push_back({Call, In, Object});
      else if (auto Run = asModelRun(Call))
        Runs.push_back({Call, In, Run->Model});
      else if (isOutOfView(calleeOf(Call)))
        Hand(writtenArguments(Call), Call, In);
    });
  }
}

} // namespace torchtidy
