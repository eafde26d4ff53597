#include "model/facts/HandKept.h"
#include "model/facts/ForwardReach.h"
#include "model/facts/GradMode.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "model/torch/ModelRuns.h"
#include "model/torch/Names.h"
#include "model/torch/Operations.h"

using namespace clang;

namespace torchtidy {

namespace {

bool makesOptimizer(const CXXConstructExpr *Construct) {
  return isOptimizer(Construct->getConstructor()->getParent());
}

bool isOn(const Expr *Module, const FieldDecl *Field) {
  return Module && namedField(stripOwner(Module)) == Field;
}

bool listsParametersOf(const Stmt *Code, const FieldDecl *Field) {
  return anyDescendant<CXXMemberCallExpr>(Code, [&](const CXXMemberCallExpr *Call) {
    return listingNamed(calleeName(Call)) == Listing::Parameters && isOn(objectOf(Call), Field);
  });
}

// for (auto &p : net->parameters()) p.set_requires_grad(false);
bool freezes(const CXXForRangeStmt *Loop, const FieldDecl *Field) {
  return listsParametersOf(Loop->getRangeInit(), Field) &&
         anyDescendant<CXXMemberCallExpr>(Loop->getBody(), [](const CXXMemberCallExpr *Call) {
           return operationOf(Call).setsRequiresGrad() && Call->getNumArgs() > 0 &&
                  boolLiteral(Call->getArg(0)) == false;
         });
}

// torch::save(net, "net.pt"), net->load(archive)
bool archives(const CallExpr *Call, const FieldDecl *Field) {
  if (!isLibTorchDecl(calleeOf(Call)) || !llvm::is_contained({"save", "load"}, calleeName(Call)))
    return false;
  return isOn(objectOf(Call), Field) ||
         llvm::any_of(Call->arguments(), [&](const Expr *E) { return isOn(E, Field); });
}

bool overrides(const CXXMethodDecl *Method, llvm::StringRef Name) {
  return nameOf(Method) == Name && Method->size_overridden_methods() > 0;
}

// What hands \p Field out: `std::vector<Tensor> trainable() { return {weight, bias}; }`.
bool handsOut(const FunctionDecl *Function, const FieldDecl *Field) {
  return llvm::any_of(returnsOf(Function),
                      [&](const Expr *Returned) { return Returned && mentions(Returned, Field); });
}

} // namespace

bool isKeptByHand(const FieldDecl *Field, const ProjectIndex &Index, ASTContext &Context) {
  bool Moved = false, Kept = false, Run = false, WithGrad = false;
  for (const FunctionDecl *Function : Index.functions())
    for (const Stmt *Code : codeOf(Function))
      forEach<Stmt>(Code, [&](const Stmt *S) {
        if (const auto *Loop = dyn_cast<CXXForRangeStmt>(S))
          Kept |= freezes(Loop, Field);
        else if (const auto *Construct = dyn_cast<CXXConstructExpr>(S))
          Kept |= makesOptimizer(Construct) && listsParametersOf(Construct, Field);
        const auto *Call = dyn_cast<CallExpr>(S);
        if (!Call)
          return;
        Kept |= archives(Call, Field);
        Moved |= isa<CXXMemberCallExpr>(Call) && calleeName(Call) == nameOf(Op::to) &&
                 isOn(objectOf(Call), Field);
        if (auto Found = asModelRun(Call); Found && isOn(Found->Model, Field)) {
          Run = true;
          WithGrad |= !isUnderNoGrad(Call, Context);
        }
      });
  return Moved && (Kept || (Run && !WithGrad));
}

bool isSwitchedByHand(const FieldDecl *Field, const CXXRecordDecl *Class, ASTContext &Context) {
  bool Run = false, Unasked = false;
  auto AsksMode = [](const Stmt *Condition) {
    return anyDescendant<CXXMemberCallExpr>(Condition, [](const CXXMemberCallExpr *Call) {
      return calleeName(Call) == "is_training" && isThis(objectOf(Call));
    });
  };
  for (const CXXMethodDecl *Method : visibleMethods(Class)) {
    bool Switches =
        overrides(Method, "train") &&
        anyDescendant<CXXMemberCallExpr>(Method->getBody(), [&](const CXXMemberCallExpr *Call) {
          return calleeName(Call) == "train" && isOn(objectOf(Call), Field);
        });
    if (Switches)
      return true;
    forEach<CallExpr>(Method->getBody(), [&](const CallExpr *Call) {
      auto Found = asModelRun(Call);
      if (!Found || !isOn(Found->Model, Field))
        return;
      Run = true;
      bool Asked = false;
      walkUp(Call, Context, [&](const DynTypedNode &Above) {
        const auto *If = Above.get<IfStmt>();
        const auto *Choice = Above.get<ConditionalOperator>();
        Asked |= (If && AsksMode(If->getCond())) || (Choice && AsksMode(Choice->getCond()));
        return !Asked && !Above.get<FunctionDecl>();
      });
      Unasked |= !Asked;
    });
  }
  return Run && !Unasked;
}

bool isTensorKeptByHand(const FieldDecl *Field, const CXXRecordDecl *Class,
                        const ProjectIndex &Index) {
  if (llvm::any_of(visibleMethods(Class), [&](const CXXMethodDecl *Method) {
        return overrides(Method, "save") && mentions(Method->getBody(), Field);
      }))
    return true;
  auto GivesField = [&](const CXXConstructExpr *Construct) {
    return makesOptimizer(Construct) &&
           (mentions(Construct, Field) ||
            anyDescendant<CXXMemberCallExpr>(Construct, [&](const CXXMemberCallExpr *Call) {
              return enclosingClass(Call->getMethodDecl()) == Class &&
                     handsOut(visibleDefinition(Call->getMethodDecl()), Field);
            }));
  };
  return llvm::any_of(Index.functions(), [&](const FunctionDecl *Function) {
    return llvm::any_of(codeOf(Function), [&](const Stmt *Code) {
      return anyDescendant<CXXConstructExpr>(Code, GivesField);
    });
  });
}

} // namespace torchtidy
