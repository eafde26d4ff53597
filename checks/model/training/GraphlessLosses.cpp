#include "model/training/GraphlessLosses.h"
#include "model/paths/ReachingValues.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Walk.h"
#include "model/torch/ModelRuns.h"
#include "model/torch/Operations.h"
#include "model/torch/TensorChanges.h"
#include "model/torch/Types.h"
#include "model/training/TrainingCalls.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxSteps = 64; // of one answer

class Graphless {
public:
  Graphless(ControlFlowGraphs &Graphs, const ProjectIndex &Index)
      : Graphs(Graphs), Context(Graphs.context()), Index(Index) {}

  struct Answer {
    bool IsSure = false; // that there is none
    const CallExpr *Cut = nullptr;
  };
  Answer of(const Expr *E) {
    E = E ? stripValue(E) : nullptr;
    if (!E || ++Steps > MaxSteps || llvm::is_contained(Active, E))
      return {};
    Active.push_back(E);
    Answer Found;
    if (const auto *Call = dyn_cast<CallExpr>(E))
      Found = ofCall(Call);
    else if (const VarDecl *Variable = namedVariable(E))
      Found = ofVariable(Variable, E);
    Active.pop_back();
    return Found;
  }

private:
  Answer ofAll(llvm::ArrayRef<const Expr *> Values) {
    Answer All{!Values.empty()};
    for (const Expr *Value : Values) {
      Answer Each = of(Value);
      if (!Each.IsSure)
        return {};
      if (!All.Cut)
        All.Cut = Each.Cut;
    }
    return All;
  }

  Answer ofVariable(const VarDecl *Variable, const Expr *At) {
    if (!Variable->isLocalVarDecl() || Variable->getType()->isReferenceType() ||
        mayChangeInPlace(Variable, Context) || isToldToRequireGrad(Variable))
      return {};
    llvm::SmallVector<const Expr *, 4> Values = valuesFrom(Variable, At, Graphs, Index);
    llvm::erase_if(Values, [&](const Expr *Value) {
      return Value && llvm::is_contained(Active, stripValue(Value));
    });
    return ofAll(Values);
  }

  bool isToldToRequireGrad(const VarDecl *Variable) const {
    for (Op Name : {Op::requires_grad_, Op::set_requires_grad})
      for (const ProjectIndex::CallSite &Site : Index.callsNamed(nameOf(Name)))
        if (namedDecl(objectOf(Site.Call)) == Variable)
          return true;
    return false;
  }

  Answer ofCall(const CallExpr *Call) {
    if (cuts(Call))
      return {true, Call};
    Operation Called = operationOf(Call);
    const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call);
    bool IsArithmetic = Operator && isLibTorchDecl(calleeOf(Call)) && !asModelRun(Call) &&
                        Operator->getOperator() != OO_Subscript && !Operator->isAssignmentOp();
    bool IsOperation = Called && !Called.IsOut && !Called.has(Creates) &&
                       (Called.alwaysCopies() || Called.mayView());
    if (!IsArithmetic && !IsOperation && !isLossRun(Call))
      return {};
    llvm::SmallVector<const Expr *, 4> Tensors;
    if (const Expr *Object = isLossRun(Call) ? nullptr : objectOf(Call); Object && !Operator)
      Tensors.push_back(Object);
    for (const Expr *Argument : writtenArguments(Call))
      if (isTensorType(Argument->getType()))
        Tensors.push_back(Argument);
      else if (!isPlain(Argument))
        return {}; // options may hold a tensor, a list does
    return ofAll(Tensors);
  }

  // `x.detach()`, `x.argmax(1)`, `x > 0`, `x.to(torch::kLong)`: no gradient goes through, whatever
  // x.
  static bool cuts(const CallExpr *Call) {
    Operation Called = operationOf(Call);
    const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call);
    if (Operator)
      return Operator->isComparisonOp() && isTensorType(Call->getType());
    const Expr *Object = objectOf(Call);
    if (Object && !isTensorType(Object->getType()))
      return false;
    return isMadeOfNumbers(Call) || Called.isOneOf({Op::detach, Op::argmax, Op::argmin, Op::eq,
                                                    Op::ne, Op::gt, Op::ge, Op::lt, Op::le});
  }

  // `torch::tensor(total / count)`, and no options that may ask for gradients.
  static bool isMadeOfNumbers(const CallExpr *Call) {
    return (isNamed(calleeOf(Call), "torch::tensor") || operationOf(Call).is(Op::scalar_tensor)) &&
           !anyDescendant<Expr>(Call, [](const Expr *E) {
             return calleeName(E) == nameOf(Op::requires_grad) ||
                    (isa<DeclRefExpr, MemberExpr>(E) &&
                     nameOf(E->getType().getNonReferenceType()->getAsCXXRecordDecl()) ==
                         "TensorOptions");
           });
  }

  // A number, an enumerator, a list of numbers.
  static bool isPlain(const Expr *Argument) {
    QualType Type = Argument->getType().getNonReferenceType();
    const CXXRecordDecl *Record = Type->getAsCXXRecordDecl();
    static constexpr llvm::StringLiteral Plain[] = {"Scalar", "nullopt_t", "Device"};
    return Type->isScalarType() || isArrayOfNumbers(Type) ||
           (isLibTorchDecl(Record) && llvm::is_contained(Plain, nameOf(Record)));
  }
  static bool isArrayOfNumbers(QualType Type) {
    const auto *List =
        dyn_cast_or_null<ClassTemplateSpecializationDecl>(Type->getAsCXXRecordDecl());
    if (!List || List->getTemplateArgs().size() == 0 ||
        List->getTemplateArgs()[0].getKind() != TemplateArgument::Type)
      return false;
    static constexpr llvm::StringLiteral Lists[] = {"ArrayRef", "OptionalArrayRef", "optional",
                                                    "initializer_list"};
    QualType Element = List->getTemplateArgs()[0].getAsType();
    return llvm::is_contained(Lists, nameOf(List)) &&
           (Element->isScalarType() || isArrayOfNumbers(Element));
  }

  ControlFlowGraphs &Graphs;
  ASTContext &Context;
  const ProjectIndex &Index;
  llvm::SmallVector<const Expr *, 8> Active; // asked about on the way here
  unsigned Steps = 0;
};

} // namespace

void forEachGraphlessLoss(const FunctionDecl *Function, ControlFlowGraphs &Graphs,
                          llvm::function_ref<const ProjectIndex &()> Index,
                          llvm::function_ref<void(const GraphlessLoss &)> Visit) {
  auto IsExpected = [&](const CallExpr *Call) {
    return Call &&
           (Call->getBeginLoc().isMacroID() || enclosing<CXXTryStmt>(Call, Graphs.context()));
  };
  forEach<CXXMemberCallExpr>(
      Function->getBody(),
      [&](const CXXMemberCallExpr *Call) {
        if (!asBackwardOfTensor(Call) || IsExpected(Call))
          return;
        Graphless::Answer Found = Graphless(Graphs, Index()).of(objectOf(Call));
        if (!Found.IsSure || !Found.Cut ||
            llvm::any_of(Index().callsOf(Function),
                         [&](const ProjectIndex::CallSite &Site) { return IsExpected(Site.Call); }))
          return;
        Visit({Call, Found.Cut});
      },
      LambdaBodies::Skip);
}

} // namespace torchtidy
