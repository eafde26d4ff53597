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

// A tensor of the same shape: the same one where the operation works in place.
Term likeWith(const Spoken &DType, const Operation &Called, Term Of) {
  if (Called.isInPlace() || Called.setsRequiresGrad())
    return Of;
  std::string Text = !DType.IsNamed ? "" : DType.Value ? dtypeName(*DType.Value).str() : "";
  return Term(TermKind::Like, DType.IsNamed && Text.empty() ? "?" : Text, {std::move(Of)});
}

bool isNumeric(llvm::StringRef Function) {
  static constexpr llvm::StringLiteral Names[] = {
#define OF_ONE(Name) #Name,
#define OF_TWO(Name) #Name,
#include "model/summaries/Functions.def"
  };
  return llvm::is_contained(Names, Function);
}

// Of a lambda, or of a std::function that may hold one.
bool isFunctionObjectCall(const CallExpr *E) {
  const auto *Method = dyn_cast_or_null<CXXMethodDecl>(calleeOf(E));
  return Method && (Method->getParent()->isLambda() ||
                    (isStdNamed(Method->getParent(), {"function"}) && asOperator(E, OO_Call)));
}

// The class of the project's objects that `make_shared<Config>()` makes.
const CXXRecordDecl *madeBy(const CallExpr *E) {
  const auto *Used = calleeOf(E)->getTemplateSpecializationArgs();
  const CXXRecordDecl *Record =
      Used && Used->size() && Used->get(0).getKind() == TemplateArgument::Type
          ? Used->get(0).getAsType()->getAsCXXRecordDecl()
          : nullptr;
  return Record && Record->hasDefinition() && !isStdDecl(Record) && !isLibTorchDecl(Record)
             ? Record->getDefinition()
             : nullptr;
}

bool isMap(QualType Type) {
  return isStdNamed(Type.getNonReferenceType()->getAsCXXRecordDecl(), {"map", "unordered_map"});
}

// Of a container whose elements are modules or structs of the project; null for any other.
QualType elementOf(QualType Container) {
  const auto *Record = dyn_cast_or_null<ClassTemplateSpecializationDecl>(
      Container.getNonReferenceType()->getAsCXXRecordDecl());
  if (!isStdNamed(Record, {"vector", "deque", "list"}) ||
      Record->getTemplateArgs()[0].getKind() != TemplateArgument::Type)
    return {};
  QualType Type = Record->getTemplateArgs()[0].getAsType();
  const CXXRecordDecl *Element = Type->getAsCXXRecordDecl();
  bool IsStruct = Element && Element->hasDefinition() && !isStdDecl(Element) &&
                  !isLibTorchDecl(Element) && !isModuleClass(Element);
  return classifyType(Type).Kind == TypeKind::Holder || IsStruct ? Type : QualType();
}

// What it gives leads into a container, where it may be changed: iterators and pointers.
bool leadsIntoContainer(const CXXMethodDecl *Method) {
  QualType Type = Method->getReturnType();
  return isStdDecl(Method) && !Method->isConst() && !Type->isVoidType() &&
         !Type->isIntegralOrEnumerationType() && !changesContainer(nameOf(Method));
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
  if (isFunctionObjectCall(E)) {
    std::vector<Term> Parts{expression(objectOf(E))};
    for (Term &Argument : argumentsFor(argumentsOf(E), calleeOf(E)))
      Parts.push_back(std::move(Argument));
    return Term(TermKind::Invoke, onOneLine(E, Context), std::move(Parts), 0, "", lineOf(E));
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
  const FunctionDecl *Callee = calleeOf(E);
  if (Callee && Callee->isUserProvided() && isProjectCode(Callee, Context.getSourceManager()))
    return projectCall(E, Callee);
  if (auto Assign = asAssignment(E)) {
    bool IsTensor = classifyType(Assign->Target->getType()).isTensor();
    // `weight[0] = x` and `weight *= x` write into a tensor.
    if (IsTensor && (Assign->IsCompound || copiesInto(E)))
      return Term(TermKind::Block, "", {expression(Assign->Value), expression(Assign->Target)});
    bool IsString = isStdNamed(Assign->Target->getType()->getAsCXXRecordDecl(), {"basic_string"});
    Term Target = expression(Assign->Target),
         Value = IsString ? textPart(Assign->Value) : expression(Assign->Value);
    if (Assign->IsCompound)
      Value = IsString ? Term(TermKind::Operator, "+", {Target, std::move(Value)})
                       : Term(TermKind::Unknown, onOneLine(E, Context));
    return Term(TermKind::Assign, "", {std::move(Target), std::move(Value)});
  }
  switch (E->getOperator()) {
  case OO_Subscript:
    return Term(TermKind::Element, isMap(E->getArg(0)->getType()) ? "key" : "",
                {Operand(0), Operand(1)});
  case OO_Arrow:
  case OO_Star:
    if (E->getNumArgs() != 1)
      break;
    return E->getOperator() == OO_Arrow || classifyType(E->getArg(0)->getType()).isModule()
               ? Operand(0)
               : Term(TermKind::Deref, "", {Operand(0)});
  case OO_Plus:
  case OO_EqualEqual:
  case OO_ExclaimEqual: {
    if (E->getNumArgs() != 2)
      break;
    bool IsTensor = classifyType(E->getType()).isTensor();
    if (isStdNamed(E->getType()->getAsCXXRecordDecl(), {"basic_string"}))
      return Term(TermKind::Operator, "+", {textPart(E->getArg(0)), textPart(E->getArg(1))});
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
  if (std::optional<Term> Known = valueCall(E, Method))
    return std::move(*Known);
  if (isTorchOptions(Method->getParent()) && !Name.empty()) {
    if (Written.size() == 1)
      return Term(TermKind::Set, Name.str(), {expression(Object), expression(Written[0])});
    return Term(TermKind::Member, Name.str(), {expression(Object)});
  }
  if (Name == "as" && Written.empty())
    return castTo(Method->getReturnType(), expression(Object));
  if (isStdNamed(Method->getParent(), {"reference_wrapper"}) && !asOperator(E, OO_Call))
    return Term(TermKind::Deref, "", {expression(Object)});
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
    return Term(TermKind::Element, isMap(Object->getType()) ? "key" : "",
                {expression(Object), expression(Written[0])});
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
    bool AddsToMap = isMap(Object->getType()) && isFiller(Name);
    std::vector<Term> Parts{expression(Object)};
    QualType Element = Name.starts_with("emplace") ? elementOf(Object->getType()) : QualType();
    if (!Element.isNull() &&
        (Written.size() != 1 || !classifyType(Written[0]->getType()).isModule()))
      Parts.push_back(emplaced(Element, Written, lineOf(E)));
    else
      for (Term &Argument : expressions(Written))
        Parts.push_back(std::move(Argument));
    return Term(TermKind::Push, Name.str(), std::move(Parts), int64_t(containerChange(Name)),
                AddsToMap ? "map" : "", lineOf(E));
  }
  if (Operation Called = operationOf(E); Info.isTensor() && Called) {
    if (Called.is(Op::swap) && Written.size() == 1)
      return swapped(Object, Written[0]);
    if (reshapesInPlace(Called))
      return Term(TermKind::Reshape, onOneLine(E, Context), {expression(Object)}, 0, "", lineOf(E));
    if (keepsShape(Called) || Called.isInPlace() || Called.setsRequiresGrad())
      return likeWith(dtypeIn(E, Context), Called, expression(Object));
    return Term(TermKind::Tensor, "", {unknown(E)});
  }
  if (Info.isModule() || isThis(Object))
    return moduleCall(E, Method);
  return leadsIntoContainer(Method) && Written.empty() ? leadsInto(E, Object) : unknown(E);
}

// LibTorch's own on a module. Most register nothing: train(), zero_grad(), forward().
Term TermBuilder::moduleCall(const CXXMemberCallExpr *E, const CXXMethodDecl *Method) {
  llvm::StringRef Name = nameOf(Method);
  const Expr *Object = E->getImplicitObjectArgument();
  llvm::ArrayRef<const Expr *> Written = writtenArguments(E);
  bool GivesDType = llvm::any_of(Method->parameters(), [](const ParmVarDecl *P) {
    const auto *Enum = P->getType().getNonReferenceType()->getAs<EnumType>();
    return Enum && nameOf(Enum->getDecl()) == "ScalarType";
  });
  if (operationNamed(Name).is(Op::to) && GivesDType) {
    Spoken Given = dtypeIn(E, Context);
    return Term(TermKind::Convert, Given.Value ? dtypeName(*Given.Value).str() : "",
                {expression(Object)}, 0, "", lineOf(E));
  }
  if (Name == "unregister_module" && Written.size() == 1)
    return Term(TermKind::Unregister, "", {expression(Object), expression(Written[0])}, 0, "",
                lineOf(E));
  if (listingNamed(Name))
    return leadsInto(E, Object);
  if (Method->isVirtual() && Name == "reset" && !Written.size())
    return Term(TermKind::Call, usrOf(Method), {expression(Object)}, IsVirtual | OfLibrary,
                Name.str(), lineOf(E));
  return unknown(E);
}

// Members of the standard library that give what they are called on another value.
std::optional<Term> TermBuilder::valueCall(const CXXMemberCallExpr *E,
                                           const CXXMethodDecl *Method) {
  if (!isStdDecl(Method))
    return std::nullopt;
  llvm::StringRef Name = nameOf(Method);
  const Expr *Object = E->getImplicitObjectArgument();
  llvm::ArrayRef<const Expr *> Written = writtenArguments(E);
  auto Assign = [&](Term Value) {
    return Term(TermKind::Assign, "", {expression(Object), std::move(Value)});
  };
  if (Name == "swap" && Written.size() == 1)
    return swapped(Object, Written[0]);
  bool IsPointer = isStdNamed(Method->getParent(), {"shared_ptr", "unique_ptr", "optional"}) ||
                   (nameOf(Method->getParent()).starts_with("__shared_ptr")) ||
                   nameOf(Method->getParent()).starts_with("_Optional");
  if (Name == "reset" && IsPointer && Written.size() < 2)
    return Assign(Written.empty() ? Term(TermKind::Null) : expression(Written[0]));
  if (Name == "emplace" && IsPointer && Written.size() == 1)
    return Assign(expression(Written[0]));
  if (isStdNamed(Method->getParent(), {"basic_string"})) {
    if (containerChange(Name) == ContainerChange::AddsOne && Written.size() == 1 &&
        (!Written[0]->getType()->isIntegerType() || Written[0]->getType()->isAnyCharacterType()))
      return Assign(Term(TermKind::Operator, "+", {expression(Object), textPart(Written[0])}));
    if (Name == "clear")
      return Assign(Term(TermKind::Text, ""));
    return Method->isConst() || Name == "reserve" ? std::nullopt : std::optional(unknown(E));
  }
  if (isMap(Object->getType()) && Written.size() == 2 &&
      containerChange(Name) == ContainerChange::SetsKey)
    return Term(TermKind::Assign, "",
                {Term(TermKind::Element, "key", {expression(Object), expression(Written[0])}),
                 expression(Written[1])});
  if (Name == "reserve" || Name == "shrink_to_fit")
    return Term(TermKind::Unknown, onOneLine(E, Context));
  return std::nullopt;
}

// What a container makes of the arguments of `emplace_back`.
Term TermBuilder::emplaced(QualType Type, llvm::ArrayRef<const Expr *> Given, unsigned Line) {
  if (TypeInfo Info = classifyType(Type); Info.Kind == TypeKind::Holder)
    return moduleBuilt(Info.Module, Given, nullptr, Line);
  const CXXRecordDecl *Record = Type->getAsCXXRecordDecl()->getDefinition();
  OnClass(Record);
  return Term(TermKind::Object, usrOf(Record), expressions(Given), 0, "", Line);
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
  if (Called && E->getNumArgs() && reshapesInPlace(Called))
    return Term(TermKind::Reshape, onOneLine(E, Context), {expression(E->getArg(0))}, 0, "",
                lineOf(E));
  if (Called && E->getNumArgs() && classifyType(E->getArg(0)->getType()).isTensor() &&
      (keepsShape(Called) || Called.isInPlace() || Name.ends_with("_like")))
    return likeWith(dtypeIn(E, Context), Called, expression(E->getArg(0)));
  if (initNamed(Name) && E->getNumArgs())
    return expression(E->getArg(0));
  constexpr unsigned MaxParts = 32;
  if (Name == "str" && E->getNumArgs() && E->getNumArgs() <= MaxParts) { // c10::str("conv", i)
    Term Text(TermKind::Text, "");
    for (const Expr *Argument : argumentsOf(E))
      Text = Term(TermKind::Operator, "+",
                  {std::move(Text), Term(TermKind::Operator, "text", {textPart(Argument)})});
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
    if (const CXXRecordDecl *Made = madeBy(E)) {
      OnClass(Made);
      return Term(TermKind::Address, "",
                  {Term(TermKind::Object, usrOf(Made), expressions(Arguments), 0, "", lineOf(E))});
    }
  }
  if (Name == "swap" && Arguments.size() == 2)
    return swapped(Arguments[0], Arguments[1]);
  if (Name == "exchange" && Arguments.size() == 2)
    return Term(TermKind::Assign, "", expressions(Arguments), 1);
  if (std::optional<Term> Loop = algorithm(E, Name))
    return std::move(*Loop);
  if (llvm::is_contained({"make_pair", "make_tuple", "tie"}, Name))
    return Term(TermKind::List, "", expressions(Arguments));
  if (Arguments.size() == 1 && Name == "dynamic_pointer_cast")
    return castTo(E->getType(), expression(Arguments[0]));
  if (Arguments.size() == 1 && (Name == "ref" || Name == "addressof"))
    return classifyType(Arguments[0]->getType()).isModule()
               ? expression(Arguments[0])
               : Term(TermKind::Address, "", {expression(Arguments[0])});
  if (Arguments.size() == 1 &&
      llvm::is_contained({"static_pointer_cast", "cref", "make_optional"}, Name))
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
  const Expr *Object = Method && Method->isInstance() ? objectOf(E) : nullptr;
  std::vector<Term> Parts{Object ? expression(Object) : Term(TermKind::Null)};
  for (Term &Argument : argumentsFor(argumentsOf(E), Callee))
    Parts.push_back(std::move(Argument));
  const auto *Named = dyn_cast<MemberExpr>(E->getCallee()->IgnoreParens());
  unsigned Traits = (Method && Method->isConst() ? ChangesNothing : 0) |
                    (Method && Method->isVirtual() && Named && !Named->hasQualifier() &&
                             !Method->hasAttr<FinalAttr>()
                         ? IsVirtual
                         : 0) |
                    (Callee->getReturnType()->isReferenceType() ? GivesReference : 0);
  return Term(TermKind::Call, usrOf(Callee), std::move(Parts), Traits, nameOf(Callee).str(),
              lineOf(E));
}

} // namespace torchtidy
