#include "model/tensors/MemberWrites.h"
#include "model/facts/Registrations.h"
#include "model/torch/ModuleClass.h"
#include "model/torch/Names.h"
#include "model/torch/Operations.h"

using namespace clang;

namespace torchtidy {

namespace {

const FieldDecl *memberField(const Expr *E, const Expr *&Target) {
  E = stripValue(E);
  while (true) {
    if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(E);
        Operator && Operator->getOperator() == OO_Subscript &&
        !classifyType(Operator->getArg(0)->getType()).isTensor())
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

class WriteVisitor : public RecursiveASTVisitor<WriteVisitor> {
public:
  explicit WriteVisitor(std::vector<MemberWrite> &Writes) : Writes(Writes) {}

  bool TraverseCXXRecordDecl(CXXRecordDecl *) { return true; }

  bool VisitCXXOperatorCallExpr(CXXOperatorCallExpr *Call) {
    if (Call->getOperator() != OO_Equal)
      return true;
    // x[0] = y on a tensor and x.data() = y copy in place: the assignment to an rvalue.
    if (copiesInto(Call))
      return true;
    const Expr *Left = stripValue(Call->getArg(0));
    if (const auto *Tie = dyn_cast<CallExpr>(Left); Tie && Tie->getDirectCallee() &&
                                                    Tie->getDirectCallee()->getIdentifier() &&
                                                    Tie->getDirectCallee()->getName() == "tie") {
      for (const Expr *Name : Tie->arguments())
        add(Call, Name, Call->getArg(1), false);
      return true;
    }
    add(Call, Left, Call->getArg(1), isa<MemberExpr>(Left));
    return true;
  }

  bool VisitCXXMemberCallExpr(CXXMemberCallExpr *Call) {
    const CXXMethodDecl *Method = Call->getMethodDecl();
    if (!Method || !Method->getIdentifier() || !isStdDecl(Method) ||
        !Call->getImplicitObjectArgument())
      return true;
    if (!isFiller(Method->getName()))
      return true;
    for (const Expr *Argument : Call->arguments())
      if (holdsTensor(Argument->getType())) {
        add(Call, Call->getImplicitObjectArgument(), Argument, false);
        break;
      }
    return true;
  }

private:
  void add(const Expr *Where, const Expr *Left, const Expr *Value, bool IsRebinding) {
    MemberWrite Write;
    Write.Field = memberField(Left, Write.Target);
    if (!Write.Field || !holdsTensor(Write.Field->getType()))
      return;
    Write.Where = Where;
    Write.Value = Value;
    Write.OnThis = fieldOfThis(Write.Target) != nullptr;
    Write.IsRebinding = IsRebinding;
    Writes.push_back(Write);
  }

  std::vector<MemberWrite> &Writes;
};

} // namespace

std::vector<MemberWrite> memberWrites(const FunctionDecl *Function) {
  std::vector<MemberWrite> Writes;
  WriteVisitor Visitor(Writes);
  Visitor.TraverseStmt(Function->getBody());
  return Writes;
}

} // namespace torchtidy
