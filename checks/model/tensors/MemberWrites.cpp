#include "model/tensors/MemberWrites.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Walk.h"
#include "model/torch/Names.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

const FieldDecl *memberField(const Expr *E, const Expr *&Target) {
  E = stripValue(E);
  while (true) {
    if (const CXXOperatorCallExpr *Operator = asOperator(E, OO_Subscript);
        Operator && !classifyType(Operator->getArg(0)->getType()).isTensor())
      E = stripValue(Operator->getArg(0));
    else if (const auto *Subscript = dyn_cast<ArraySubscriptExpr>(E))
      E = stripValue(Subscript->getBase());
    else
      break;
  }
  const auto *Member = dyn_cast<MemberExpr>(E);
  Target = Member;
  return Member ? dyn_cast<FieldDecl>(Member->getMemberDecl()) : nullptr;
}

bool holdsTensor(QualType Type) {
  TypeInfo Info = classifyType(Type);
  return Info.isTensor() || Info.HoldsTensors;
}

std::optional<MemberWrite> memberWrite(const Expr *Where, const Expr *Left, const Expr *Value) {
  MemberWrite Write;
  Write.Field = memberField(Left, Write.Target);
  if (!Write.Field || !holdsTensor(Write.Field->getType()))
    return std::nullopt;
  Write.Where = Where;
  Write.Value = Value;
  Write.OnThis = fieldOfThis(Write.Target) != nullptr;
  return Write;
}

bool fillsContainer(const CXXMemberCallExpr *Call) {
  return isStdDecl(Call->getMethodDecl()) && isFiller(calleeName(Call));
}

} // namespace

std::vector<MemberWrite> memberWrites(const FunctionDecl *Function) {
  std::vector<MemberWrite> Writes;
  auto Add = [&](const Expr *Where, const Expr *Left, const Expr *Value, bool IsRebinding,
                 bool IsOfPositions = false) {
    if (std::optional<MemberWrite> Write = memberWrite(Where, Left, Value)) {
      Write->IsRebinding = IsRebinding;
      Write->IsOfPositions = IsOfPositions;
      Writes.push_back(*Write);
    }
  };
  forEach<CallExpr>(Function->getBody(), [&](const CallExpr *Call) {
    if (const CXXOperatorCallExpr *Assign = asOperator(Call, OO_Equal)) {
      // x[0] = y on a tensor and x.data() = y copy in place: the assignment to an rvalue.
      const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Call->getDirectCallee());
      if (Method && Method->getRefQualifier() == RQ_RValue)
        return;
      const Expr *Left = stripValue(Assign->getArg(0)), *Value = Assign->getArg(1);
      if (calleeName(Left) != "tie")
        return Add(Assign, Left, Value, isa<MemberExpr>(Left));
      bool HasPositions = operationOf(dyn_cast<CallExpr>(stripValue(Value))).givesPositionsToo();
      for (const Expr *Name : cast<CallExpr>(Left)->arguments())
        Add(Assign, Name, Value, false, HasPositions && Name != *cast<CallExpr>(Left)->arg_begin());
    } else if (const auto *Member = dyn_cast<CXXMemberCallExpr>(Call);
               Member && fillsContainer(Member)) {
      auto Value =
          llvm::find_if(Call->arguments(), [](const Expr *E) { return holdsTensor(E->getType()); });
      if (Value != Call->arg_end())
        Add(Call, objectOf(Call), *Value, false);
    }
  });
  return Writes;
}

} // namespace torchtidy
