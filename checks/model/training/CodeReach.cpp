#include "model/training/CodeReach.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Places.h"
#include "model/syntax/ProjectCode.h"
#include "model/syntax/Walk.h"
#include "model/torch/ModelRuns.h"
#include "model/torch/ModuleExprs.h"
#include "model/torch/Types.h"
#include "model/training/TrainingCalls.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxDepth = 4; // of parts

class CodeReach {
public:
  CodeReach(const ASTContext &Context, llvm::function_ref<bool(const CallExpr *)> Test,
            OtherLibraries Others)
      : Context(Context), Test(Test), Others(Others) {}

  bool in(const Stmt *Code) {
    return anyDescendant<Stmt>(Code, [&](const Stmt *S) {
      if (const auto *Declared = dyn_cast<DeclStmt>(S))
        return llvm::any_of(Declared->decls(), [&](const Decl *D) {
          const auto *Variable = dyn_cast<VarDecl>(D);
          return Variable && destroys(Variable->getType()->getAsCXXRecordDecl());
        });
      if (const auto *Temporary = dyn_cast<CXXBindTemporaryExpr>(S))
        return destroys(Temporary->getType()->getAsCXXRecordDecl());
      if (const auto *Construct = dyn_cast<CXXConstructExpr>(S))
        return constructs(Construct);
      const auto *Call = dyn_cast<CallExpr>(S);
      return Call && calls(Call);
    });
  }

private:
  bool inFunction(const FunctionDecl *Function) {
    const FunctionDecl *Definition = visibleDefinition(Function);
    if (!Definition)
      return true;
    return Visited.insert(Definition).second &&
           llvm::any_of(codeOf(Definition), [&](const Stmt *Code) { return in(Code); });
  }

  bool isLibrary(const FunctionDecl *Callee) const {
    return (Others == OtherLibraries::Trusted || isLibTorchDecl(Callee) || isStdDecl(Callee)) &&
           !isProjectCode(Callee, Context.getSourceManager());
  }

  bool constructs(const CXXConstructExpr *E) {
    const CXXConstructorDecl *Made = E->getConstructor();
    if (isLibrary(Made))
      return mayUse(Made, writtenArguments(E));
    return !Made->isImplicit() && !Made->isDefaulted() && inFunction(Made);
  }

  // The object, its parts and its bases.
  bool destroys(const CXXRecordDecl *Class, unsigned Depth = 0) {
    const CXXRecordDecl *Definition = Class ? Class->getDefinition() : nullptr;
    if (!Definition || Depth > MaxDepth || !isProjectCode(Definition, Context.getSourceManager()))
      return false;
    const CXXDestructorDecl *Destructor = Definition->getDestructor();
    if (Destructor && Destructor->isUserProvided() && inFunction(Destructor))
      return true;
    return llvm::any_of(Definition->bases(),
                        [&](const CXXBaseSpecifier &Base) {
                          return destroys(Base.getType()->getAsCXXRecordDecl(), Depth + 1);
                        }) ||
           llvm::any_of(Definition->fields(), [&](const FieldDecl *Part) {
             return destroys(Part->getType()->getAsCXXRecordDecl(), Depth + 1);
           });
  }

  // `std::move(optimizer)` gives a name on and does nothing.
  static bool givesOn(const FunctionDecl *Callee) {
    static constexpr llvm::StringLiteral Giving[] = {"move", "forward", "get", "tie", "addressof"};
    return isStdDecl(Callee) && llvm::is_contained(Giving, nameOf(Callee));
  }

  // A function that is handed on, and may be called. Lambdas that stand in the code are walked.
  static bool isCallable(const Expr *E) {
    E = stripValue(E);
    QualType Type = E->getType();
    const CXXRecordDecl *Record = Type->getAsCXXRecordDecl();
    return Type->isFunctionType() || Type->isFunctionPointerType() || Type->isMemberPointerType() ||
           isStdNamed(Record, {"function"}) ||
           (Record && Record->isLambda() && !isa<LambdaExpr>(E));
  }

  // A library other than LibTorch is handed what it may do anything with: an optimizer, a model, or
  // the object whose methods these are.
  bool mayUse(const FunctionDecl *Callee, llvm::ArrayRef<const Expr *> Arguments) const {
    if (Others != OtherLibraries::Trusted || isLibTorchDecl(Callee) || givesOn(Callee))
      return false;
    return llvm::any_of(Arguments, [](const Expr *Argument) {
      const Expr *E = stripValue(Argument);
      const Expr *Named = pointee(E);
      return isThis(E) || isOptimizer(Named->getType()) || moduleOf(Named->getType()) ||
             E->getType()->isMemberPointerType();
    });
  }

  bool calls(const CallExpr *Call) {
    const FunctionDecl *Callee = calleeOf(Call);
    if (!Callee || Test(Call))
      return true;
    if (const FunctionDecl *Forward = calledForward(Call))
      return inFunction(Forward);
    if (isLibrary(Callee)) {
      const auto *Method = dyn_cast<CXXMethodDecl>(Callee);
      bool IsFunction = Method && isStdNamed(Method->getParent(), {"function"});
      return (IsFunction && Method->getOverloadedOperator() == OO_Call) ||
             (!isOptimizerStep(Call) && llvm::any_of(writtenArguments(Call), isCallable)) ||
             mayUse(Callee, writtenArguments(Call));
    }
    if (asModelRun(Call) && !isVisible(Callee))
      return false; // what a model computes has gradients, and computes none
    const auto *Method = dyn_cast<CXXMethodDecl>(Callee);
    if (Method && Method->isVirtual() && !asModelRun(Call))
      return true;
    return !Callee->getBuiltinID() && inFunction(Callee);
  }

  // Its closure is asked about by itself.
  static bool isOptimizerStep(const CallExpr *Call) {
    const Expr *Object = calleeName(Call) == "step" ? objectOf(Call) : nullptr;
    return Object && isOptimizer(Object->getType());
  }

  const ASTContext &Context;
  llvm::function_ref<bool(const CallExpr *)> Test;
  OtherLibraries Others;
  llvm::SmallPtrSet<const FunctionDecl *, 8> Visited;
};

} // namespace

bool mayReach(const Stmt *Code, const ASTContext &Context,
              llvm::function_ref<bool(const CallExpr *)> Test, OtherLibraries Others) {
  return CodeReach(Context, Test, Others).in(Code);
}

} // namespace torchtidy
