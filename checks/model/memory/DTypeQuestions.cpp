// What asks for dtypes, and what changes a tensor behind its name.
#include "model/memory/KnownDTypes.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/TemplateArguments.h"
#include "model/syntax/Walk.h"
#include "model/torch/ModelRuns.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

bool asksDType(const CallExpr *Call) {
  Operation Called = operationOf(Call);
  return Called.isOneOf({Op::dtype, Op::scalar_type, Op::is_floating_point, Op::is_complex,
                         Op::is_signed, Op::element_size, Op::itemsize}) ||
         (calleeName(Call) == "type" && isLibTorchDecl(calleeOf(Call)));
}

bool isOf(const Expr *E, const ValueDecl *Name) { return E && namedDecl(E) == Name; }

// The tensor, or a part of the tuple.
bool shows(const Expr *E, const ValueDecl *Name) {
  const auto *Call = E ? dyn_cast<CallExpr>(stripValue(E)) : nullptr;
  return isOf(E, Name) || (Call && partOfTuple(Call) && isOf(Call->getArg(0), Name));
}

template <typename CallType>
bool isHandedOut(const CallType *Call, const FunctionDecl *Callee, const ValueDecl *Name) {
  for (auto [Argument, Parameter] : argumentsWithParameters(Call, Callee))
    if (shows(Argument, Name) && takesToChange(Parameter->getType()))
      return true;
  return false;
}

} // namespace

bool mayChangeOrAskDType(const FunctionDecl *Function, const ValueDecl *Name) {
  return anyDescendant<Stmt>(Function->getBody(), [&](const Stmt *S) {
    if (const auto *Call = dyn_cast<CallExpr>(S)) {
      Operation Called = operationOf(Call);
      bool IsOf = isOf(objectOf(Call), Name) || isOf(argumentFor(Call, 0), Name);
      if (IsOf && (asksDType(Call) || Called.is(Op::set_data) || Called.is(Op::swap)))
        return true;
      if (auto Assign = asPlainAssignment(Call); Assign && !isOf(Assign->Target, Name))
        return shows(Assign->Target, Name);
      // What a layer is run with is passed on as it is, by whatever reference.
      bool Keeps = Called || partOfTuple(Call) || asModelRun(Call);
      return !Keeps && isHandedOut(Call, Call->getDirectCallee(), Name);
    }
    if (const auto *Construct = dyn_cast<CXXConstructExpr>(S))
      return isHandedOut(Construct, Construct->getConstructor(), Name);
    if (const auto *Unary = dyn_cast<UnaryOperator>(S))
      return Unary->getOpcode() == UO_AddrOf && shows(Unary->getSubExpr(), Name);
    if (const auto *Declared = dyn_cast<DeclStmt>(S))
      return llvm::any_of(Declared->decls(), [&](const Decl *Each) {
        const auto *Variable = dyn_cast<VarDecl>(Each);
        return Variable && takesToChange(Variable->getType()) && shows(Variable->getInit(), Name);
      });
    return false;
  });
}

bool dependsOnDType(const Stmt *S, ASTContext &Context) {
  auto Asks = [](const Stmt *Condition) {
    return anyDescendant<Expr>(Condition, [](const Expr *E) {
      const auto *Call = dyn_cast<CallExpr>(E);
      const NamedDecl *Tag = E->getType().getNonReferenceType()->getAsTagDecl();
      bool IsDType =
          Tag && isLibTorchDecl(Tag) && (nameOf(Tag) == "ScalarType" || nameOf(Tag) == "TypeMeta");
      return IsDType || (Call && asksDType(Call));
    });
  };
  bool Found = false;
  walkUp(S, Context, [&](const DynTypedNode &Above) {
    if (const auto *If = Above.get<IfStmt>())
      Found = Asks(If->getCond());
    else if (const auto *Switch = Above.get<SwitchStmt>())
      Found = Asks(Switch->getCond());
    else if (const auto *Choice = Above.get<ConditionalOperator>())
      Found = Asks(Choice->getCond());
    else if (const auto *Binary = Above.get<BinaryOperator>())
      Found = Binary->isLogicalOp() && Asks(Binary->getLHS());
    return !Found;
  });
  return Found;
}

} // namespace torchtidy
