#include "model/training/ScoreKinds.h"
#include "model/facts/Elements.h"
#include "model/paths/ReachingValues.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Walk.h"
#include "model/torch/Layers.h"
#include "model/torch/ModelRuns.h"
#include "model/torch/ModuleExprs.h"
#include "model/torch/Names.h"
#include "model/torch/Operations.h"
#include "model/torch/TensorChanges.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxSteps = 64;

Scores scoresOf(const Operation &Called) {
  if (Called.isOneOf({Op::softmax, Op::special_softmax}))
    return Scores::Softmax;
  if (Called.isOneOf({Op::log_softmax, Op::special_log_softmax, Op::log_sigmoid}))
    return Scores::Log;
  if (Called.is(Op::sigmoid))
    return Scores::Sigmoid;
  return Called.is(Op::linear) ? Scores::Raw : Scores::Unknown;
}

// The tensor that an operation works on.
const Expr *operandOf(const CallExpr *Call) {
  if (isa<CXXMemberCallExpr>(Call))
    return objectOf(Call);
  return argumentFor(Call, 0);
}

bool keepsScores(const Operation &Called) {
  return Called.reshapes() || Called.isOneOf({Op::to, Op::clone});
}

bool keepsScores(Layer L) {
  return familyOf(L) == LayerFamily::Dropout || familyOf(L) == LayerFamily::Reshaping;
}

// `nn::Functional(torch::log_softmax, 1)`
Scores functionalScores(const Expr *By) {
  const auto *Construct = dyn_cast<CXXConstructExpr>(stripCasts(By));
  auto Arguments = Construct ? writtenArguments(Construct) : llvm::ArrayRef<const Expr *>();
  const ValueDecl *Function = Arguments.empty() ? nullptr : namedDecl(pointee(Arguments[0]));
  return Function && isLibTorchDecl(Function) ? scoresOf(operationNamed(nameOf(Function)))
                                              : Scores::Unknown;
}

} // namespace

ScoreKind ScoreKinds::read(const Expr *E) {
  E = E ? stripValue(E) : nullptr;
  if (!E || ++Steps > MaxSteps || llvm::is_contained(Active, E))
    return {};
  Active.push_back(E);
  ScoreKind Found;
  if (const auto *Choice = dyn_cast<ConditionalOperator>(E))
    Found = agreed({Choice->getTrueExpr(), Choice->getFalseExpr()});
  else if (const auto *Call = dyn_cast<CallExpr>(E))
    Found = isTensorType(Call->getType()) ? ofCall(Call) : ScoreKind();
  else if (const VarDecl *Variable = namedVariable(E))
    Found = ofVariable(Variable, E);
  Active.pop_back();
  return Found;
}

ScoreKind ScoreKinds::agreed(llvm::ArrayRef<const Expr *> Values) {
  ScoreKind All;
  for (const Expr *Value : Values) {
    ScoreKind Each = read(Value);
    if (!Each || (All && All.Is != Each.Is))
      return {};
    All = Each;
  }
  return All;
}

ScoreKind ScoreKinds::ofVariable(const VarDecl *Variable, const Expr *At) {
  if (!Variable->isLocalVarDecl() || Variable->getType()->isReferenceType() ||
      mayChangeInPlace(Variable, Graphs.context()))
    return {};
  llvm::SmallVector<const Expr *, 4> Values = valuesFrom(Variable, At, Graphs, Index);
  // `x = x.squeeze(1)`: where the place is, it is what it was.
  llvm::erase_if(Values, [&](const Expr *Value) {
    return Value && llvm::is_contained(Active, stripValue(Value));
  });
  // A tensor without a value is declared and given one later.
  llvm::erase_if(Values, [&](const Expr *Value) {
    const auto *Construct = dyn_cast_or_null<CXXConstructExpr>(Value);
    return Construct && Construct->getNumArgs() == 0 && Variable->getInit() == Value;
  });
  return agreed(Values);
}

ScoreKind ScoreKinds::ofCall(const CallExpr *Call) {
  Operation Called = operationOf(Call);
  if (Scores Is = scoresOf(Called); Is != Scores::Unknown)
    return {Is, Call};
  if (Called.is(Op::log)) {
    ScoreKind Of = read(operandOf(Call));
    bool IsProbability = Of.Is == Scores::Softmax || Of.Is == Scores::Sigmoid;
    return IsProbability ? ScoreKind{Scores::Log, Call} : ScoreKind();
  }
  if (keepsScores(Called))
    return read(operandOf(Call));
  if (auto Run = asModelRun(Call))
    return Run->IsScript ? ScoreKind() : ofModel(Run->Model, Call);
  const FunctionDecl *Callee = calleeOf(Call);
  const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Callee);
  return Callee && !Called && !(Method && Method->isVirtual()) ? ofFunction(Callee) : ScoreKind();
}

ScoreKind ScoreKinds::ofFunction(const FunctionDecl *Function) {
  const FunctionDecl *Definition = visibleDefinition(Function);
  if (!Definition || isLibTorchDecl(Definition) || isStdDecl(Definition))
    return {};
  return agreed(returnsOf(Definition));
}

ScoreKind ScoreKinds::ofModel(const Expr *Model, const CallExpr *Run) {
  const CXXRecordDecl *Class = moduleOf(Model->getType());
  if (!Class)
    return {};
  Layer Known = layerOf(Class);
  if (isContainerLayer(Known) && isLibTorchDecl(Class)) {
    const Expr *Container = stripOwner(Model);
    const ValueDecl *Name = namedVariable(Container);
    if (!Name)
      Name = fieldOfThis(Container);
    auto Elements = Name && isFilledBefore(Name, Run)
                        ? elementsOf(Model, Index, Regs, Graphs.context())
                        : std::nullopt;
    return Elements ? ofElements(*Elements) : ScoreKind();
  }
  if (isLibTorchDecl(Class)) {
    auto Arguments = argumentsOf(Run);
    return keepsScores(Known) && !Arguments.empty() ? read(Arguments[0]) : ofLayer(Class, Run);
  }
  const FunctionDecl *Forward = calledForward(Run); // net(x)
  const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Forward ? Forward : calleeOf(Run));
  return Method && !Method->isVirtual() ? ofFunction(Method) : ScoreKind();
}

ScoreKind ScoreKinds::ofLayer(const CXXRecordDecl *Class, const Expr *By) const {
  switch (layerOf(Class)) {
  case Layer::Linear:
  case Layer::Bilinear:
  case Layer::Conv1d:
  case Layer::Conv2d:
  case Layer::Conv3d:
  case Layer::ConvTranspose1d:
  case Layer::ConvTranspose2d:
  case Layer::ConvTranspose3d:
    return {Scores::Raw, By};
  case Layer::Sigmoid:
    return {Scores::Sigmoid, By};
  case Layer::Softmax:
  case Layer::Softmax2d:
    return {Scores::Softmax, By};
  case Layer::LogSoftmax:
  case Layer::LogSigmoid:
    return {Scores::Log, By};
  case Layer::Functional:
    return {functionalScores(By), By};
  default:
    return {};
  }
}

// All that is put into it is put there before the run, by a constructor or by the function that
// runs it, and nobody else has it: each place that names it runs it, asks or tells it something
// about all of its modules, registers it or gives it its value.
bool ScoreKinds::isFilledBefore(const ValueDecl *Container, const CallExpr *Run) const {
  ASTContext &Context = Graphs.context();
  const auto *Field = dyn_cast<FieldDecl>(Container);
  auto IsKnown = [&](const Expr *Mention, const FunctionDecl *In) {
    const Expr *Object = Mention;
    const Stmt *Above = parentStmt(Mention, Context);
    while (isa_and_nonnull<ImplicitCastExpr, MaterializeTemporaryExpr, CXXBindTemporaryExpr,
                           ParenExpr>(Above) ||
           asOperator(Above, OO_Arrow)) {
      Object = cast<Expr>(Above);
      Above = parentStmt(Above, Context);
    }
    if (const auto *Member = dyn_cast_or_null<MemberExpr>(Above)) {
      llvm::StringRef Name = nameOf(Member->getMemberDecl());
      if (!isFiller(Name))
        return isLibTorchDecl(Member->getMemberDecl());
      bool IsEarly = Field ? isa<CXXConstructorDecl>(In)
                           : Context.getSourceManager().isBeforeInTranslationUnit(
                                 Member->getExprLoc(), Run->getExprLoc());
      bool MayLeave =
          anyDescendant<ReturnStmt>(In->getBody(), [](const ReturnStmt *) { return true; });
      return IsEarly && (!Field || !MayLeave);
    }
    const auto *Call = dyn_cast_or_null<CallExpr>(Above);
    return Call && (asModelRun(Call) || asRegistration(Call) ||
                    (asPlainAssignment(Call) && contains(asPlainAssignment(Call)->Target, Object)));
  };
  for (const FunctionDecl *Function : Index.functions())
    for (const Stmt *Code : codeOf(Function))
      if (anyDescendant<Expr>(Code, [&](const Expr *E) {
            return isa<DeclRefExpr, MemberExpr>(E) && namedDecl(E) == Container &&
                   !IsKnown(E, Function);
          }))
        return false;
  const auto *Class = Field ? dyn_cast<CXXRecordDecl>(Field->getParent()) : nullptr;
  return !Class || llvm::all_of(Class->ctors(), [](const CXXConstructorDecl *Made) {
    return !Made->isUserProvided() || isVisible(Made);
  });
}

// What the last of them gives.
ScoreKind ScoreKinds::ofElements(llvm::ArrayRef<const Expr *> Layers) const {
  for (const Expr *Each : llvm::reverse(Layers)) {
    const Expr *Built = registeredValue(Each);
    const CXXRecordDecl *Class = moduleOf(Built->getType());
    if (!keepsScores(layerOf(Class)))
      return Class && isLibTorchDecl(Class) ? ofLayer(Class, Built) : ScoreKind();
  }
  return {};
}

} // namespace torchtidy
