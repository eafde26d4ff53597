#include "model/summaries/TermBuilder.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/syntax/ProjectCode.h"
#include "model/syntax/SourceText.h"
#include "model/syntax/Walk.h"
#include "model/torch/Constants.h"
#include "model/torch/ContainerChanges.h"
#include "model/torch/Layers.h"
#include "model/torch/ModuleExprs.h"
#include "model/torch/Shapes.h"
#include "clang/Index/USRGeneration.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace clang;

namespace torchtidy {

namespace {

llvm::StringRef dtypeName(int64_t Value) {
  static constexpr llvm::StringLiteral Names[] = {
      "uint8",     "int8",      "int16",      "int32", "int64", "float16", "float32", "float64",
      "complex32", "complex64", "complex128", "bool",  "qint8", "quint8",  "qint32",  "bfloat16"};
  return Value >= 0 && Value < int64_t(std::size(Names)) ? llvm::StringRef(Names[Value]) : "";
}

// The dtype that the options among the arguments give; empty where that is not known.
std::string dtypeOf(const CallExpr *Call, const ASTContext &Context) {
  Spoken Found;
  for (const Expr *Argument : argumentsOf(Call)) {
    if (isa<CXXDefaultArgExpr>(Argument))
      continue;
    Spoken Here = dtypeIn(Argument, Context);
    if (Here.IsNamed)
      Found = Here;
    else if (isTensorOptions(Argument->getType()) && namedDecl(Argument))
      return "";
  }
  if (!Found.IsNamed)
    return operationOf(Call).is(Op::full) ? "" : dtypeName(FloatDType).str();
  return Found.Value ? dtypeName(*Found.Value).str() : "";
}

bool isNumeric(llvm::StringRef Function) {
  static constexpr llvm::StringLiteral Names[] = {
#define OF_ONE(Name) #Name,
#define OF_TWO(Name) #Name,
#include "model/summaries/Functions.def"
  };
  return llvm::is_contained(Names, Function);
}

bool isLambdaCall(const CallExpr *E) {
  const auto *Method = dyn_cast_or_null<CXXMethodDecl>(calleeOf(E));
  return Method && Method->getParent()->isLambda();
}

} // namespace

Term TermBuilder::call(const CallExpr *E) {
  if (auto Site = asRegistration(E)) {
    std::string Kind = Site->Kind == RegistrationKind::Module        ? "module"
                       : Site->Kind == RegistrationKind::Replacement ? "replacement"
                       : Site->Kind == RegistrationKind::Parameter   ? "parameter"
                                                                     : "buffer";
    return Term(TermKind::Register, Kind,
                {expression(Site->Object), expression(Site->Name), expression(Site->Value)}, 0, "",
                lineOf(E));
  }
  if (isLambdaCall(E)) {
    std::vector<Term> Parts{expression(objectOf(E))};
    for (Term &Argument : expressions(argumentsOf(E)))
      Parts.push_back(std::move(Argument));
    return Term(TermKind::Invoke, "", std::move(Parts));
  }
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(E))
    return operatorCall(Operator);
  const FunctionDecl *Callee = calleeOf(E);
  if (!Callee)
    return unknown(E);
  if (const auto *Member = dyn_cast<CXXMemberCallExpr>(E))
    return memberCall(Member);
  if (isStdDecl(Callee))
    return standardCall(E, nameOf(Callee));
  if (isLibTorchDecl(Callee))
    return libraryCall(E);
  return isProjectCode(Callee, Context.getSourceManager()) ? projectCall(E, Callee) : unknown(E);
}

Term TermBuilder::operatorCall(const CXXOperatorCallExpr *E) {
  const auto Operand = [&](unsigned I) { return expression(E->getArg(I)); };
  if (auto Assign = asAssignment(E)) {
    Term Target = expression(Assign->Target), Value = expression(Assign->Value);
    if (Assign->IsCompound)
      Value = Term(TermKind::Operator, "+", {Target, std::move(Value)});
    // `weight[0] = x` writes into a tensor.
    if (classifyType(Assign->Target->getType()).isTensor() && copiesInto(E))
      return Value;
    return Term(TermKind::Assign, "", {std::move(Target), std::move(Value)});
  }
  switch (E->getOperator()) {
  case OO_Subscript:
    return Term(TermKind::Element, "", {Operand(0), Operand(1)});
  case OO_Arrow:
  case OO_Star:
    if (E->getNumArgs() == 1)
      return Operand(0);
    break;
  case OO_Plus:
  case OO_EqualEqual:
  case OO_ExclaimEqual: {
    if (E->getNumArgs() != 2)
      break;
    bool IsTensor = classifyType(E->getType()).isTensor();
    if (!IsTensor)
      return Term(TermKind::Operator, getOperatorSpelling(E->getOperator()),
                  {Operand(0), Operand(1)});
    break;
  }
  case OO_Exclaim:
    return Term(TermKind::Operator, "!", {Operand(0)});
  case OO_Comma:
    return Term(TermKind::Block, "", {Operand(0), Operand(1)});
  default:
    break;
  }
  if (classifyType(E->getType()).isTensor()) {
    // `torch::randn({n}) * 0.02`
    TypeInfo First = classifyType(E->getArg(0)->getType());
    if (First.isTensor() && E->getNumArgs() == 2 &&
        !classifyType(E->getArg(1)->getType()).isTensor())
      return Term(TermKind::Like, "", {Operand(0)});
  }
  return unknown(E);
}

Term TermBuilder::memberCall(const CXXMemberCallExpr *E) {
  const auto *Method = cast<CXXMethodDecl>(calleeOf(E));
  llvm::StringRef Name = nameOf(Method);
  const Expr *Object = E->getImplicitObjectArgument();
  TypeInfo Info = classifyType(Object->getType());
  if (isProjectCode(Method, Context.getSourceManager()))
    return projectCall(E, Method);
  llvm::ArrayRef<const Expr *> Written = writtenArguments(E);
  if (isTorchOptions(Method->getParent()) && !Name.empty()) {
    if (Written.size() == 1)
      return Term(TermKind::Set, Name.str(), {expression(Object), expression(Written[0])});
    return Term(TermKind::Member, Name.str(), {expression(Object)});
  }
  if (isa<CXXConversionDecl>(Method) ||
      llvm::is_contained({"get", "ptr", "as", "value", "c_str", "str_view"}, Name))
    return Method->getReturnType()->isBooleanType()
               ? Term(TermKind::Operator, "is set", {expression(Object)})
               : expression(Object);
  if (Name == "is_empty")
    return Term(TermKind::Operator, "!",
                {Term(TermKind::Operator, "is set", {expression(Object)})});
  if (Name == "has_value" || operationOf(E).is(Op::defined))
    return Term(TermKind::Operator, "is set", {expression(Object)});
  if (Name == "value_or" && Written.size() == 1)
    return Term(TermKind::Operator, "or", {expression(Object), expression(Written[0])});
  if (Name == "at" && Written.size() == 1)
    return Term(TermKind::Element, "", {expression(Object), expression(Written[0])});
  if (Name == "size" && Written.empty())
    return Term(TermKind::Operator, "size", {expression(Object)});
  if (Name == "size" && Written.size() == 1 && Info.isTensor())
    return Term(TermKind::Element, "", {expression(Object), expression(Written[0])});
  if (Name == "empty" && Written.empty() && !Info.isTensor())
    return Term(TermKind::Operator, "==",
                {Term(TermKind::Operator, "size", {expression(Object)}), Term(TermKind::Integer)});
  if ((Name == "back" || Name == "front") && Written.empty())
    return Term(TermKind::Operator, Name.str(), {expression(Object)});
  bool IsContainer = isStdDecl(Method) || isContainerLayer(layerOf(Method->getParent()));
  if (IsContainer && changesContainer(Name)) {
    std::vector<Term> Parts{expression(Object)};
    for (Term &Argument : expressions(Written))
      Parts.push_back(std::move(Argument));
    return Term(TermKind::Push, Name.str(), std::move(Parts), int64_t(containerChange(Name)), "",
                lineOf(E));
  }
  if (Operation Called = operationOf(E); Info.isTensor() && Called) {
    if (keepsShape(Called) || Called.isInPlace() || Called.setsRequiresGrad())
      return Term(TermKind::Like, dtypeIn(E, Context).IsNamed ? "?" : "", {expression(Object)});
    return Term(TermKind::Tensor, "", {unknown(E)});
  }
  // LibTorch's own on a module: to(), train(), apply() register nothing.
  if (Info.isModule() || isThis(Object))
    return Term(TermKind::Unknown, onOneLine(E, Context));
  return unknown(E);
}

Term TermBuilder::libraryCall(const CallExpr *E) {
  Operation Called = operationOf(E);
  const FunctionDecl *Callee = calleeOf(E);
  if (Called && Called.has(Creates) && Callee->getNumParams() && E->getNumArgs()) {
    if (nameOf(Callee->getParamDecl(0)) == "size")
      return Term(TermKind::Tensor, dtypeOf(E, Context), {expression(E->getArg(0))});
    return Term(TermKind::Tensor, "", {unknown(E)});
  }
  llvm::StringRef Name = nameOf(Callee);
  if (Called && E->getNumArgs() && classifyType(E->getArg(0)->getType()).isTensor() &&
      (keepsShape(Called) || Called.isInPlace() || Name.ends_with("_like")))
    return Term(TermKind::Like, dtypeIn(E, Context).IsNamed ? "?" : "", {expression(E->getArg(0))});
  if (initNamed(Name) && E->getNumArgs())
    return expression(E->getArg(0));
  if (Name == "str" && E->getNumArgs()) { // c10::str("conv", i)
    Term Text(TermKind::Text, "");
    for (const Expr *Argument : argumentsOf(E))
      Text = Term(TermKind::Operator, "+",
                  {std::move(Text), Term(TermKind::Operator, "text", {expression(Argument)})});
    return Text;
  }
  if (classifyType(E->getType()).isTensor())
    return Term(TermKind::Tensor, "", {unknown(E)});
  return unknown(E);
}

Term TermBuilder::standardCall(const CallExpr *E, llvm::StringRef Name) {
  llvm::ArrayRef<const Expr *> Arguments = writtenArguments(E);
  if (Name == "to_string" && Arguments.size() == 1)
    return Term(TermKind::Operator, "text", expressions(Arguments));
  if (Name == "make_shared" || Name == "make_unique") {
    TypeInfo Info = classifyType(E->getType());
    if (Info.isModule())
      return moduleBuilt(Info.Module, Arguments, nullptr, lineOf(E));
  }
  if (llvm::is_contained({"make_pair", "make_tuple", "tie"}, Name))
    return Term(TermKind::List, "", expressions(Arguments));
  if (Arguments.size() == 1 &&
      llvm::is_contained(
          {"dynamic_pointer_cast", "static_pointer_cast", "ref", "cref", "make_optional"}, Name))
    return expression(Arguments[0]);
  if (isNumeric(Name) && Arguments.size() <= 2)
    return Term(TermKind::Operator, Name.str(), expressions(Arguments));
  if (Name == "size" && Arguments.size() == 1)
    return Term(TermKind::Operator, "size", expressions(Arguments));
  if (Name == "get" && Arguments.size() == 1)
    if (const auto *Used = calleeOf(E)->getTemplateSpecializationArgs();
        Used && Used->size() && Used->get(0).getKind() == TemplateArgument::Integral)
      return Term(TermKind::Element, "",
                  {expression(Arguments[0]),
                   Term(TermKind::Integer, "", {}, Used->get(0).getAsIntegral().getExtValue())});
  return unknown(E);
}

Term TermBuilder::projectCall(const CallExpr *E, const FunctionDecl *Callee) {
  OnCall(Callee);
  const auto *Method = dyn_cast<CXXMethodDecl>(Callee);
  const auto *Member = dyn_cast<CXXMemberCallExpr>(E);
  std::vector<Term> Parts{Member ? expression(Member->getImplicitObjectArgument())
                                 : Term(TermKind::Null)};
  for (Term &Argument : expressions(argumentsOf(E)))
    Parts.push_back(std::move(Argument));
  return Term(TermKind::Call, usrOf(Callee), std::move(Parts), Method && Method->isConst(),
              nameOf(Callee).str(), lineOf(E));
}

} // namespace torchtidy
