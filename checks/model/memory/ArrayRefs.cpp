#include "model/memory/ArrayRefs.h"
#include "model/memory/Bound.h"
#include "model/memory/Storage.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Walk.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

bool isBracedList(const Expr *E) { return isa<CXXStdInitializerListExpr>(stripValue(E)); }

// The constructor of a class of the project decides what becomes of its argument.
bool isArgumentOfProject(const Expr *E, ASTContext &Context) {
  bool Is = false;
  walkUp(E, Context, [&](const DynTypedNode &Node) {
    const auto *Construct = Node.get<CXXConstructExpr>();
    const CXXRecordDecl *Record = Construct ? Construct->getConstructor()->getParent() : nullptr;
    Is = Record && !isStdDecl(Record) && !isLibTorchDecl(Record);
    return !Is && Node.get<Expr>();
  });
  return Is;
}

} // namespace

MemoryOwner ownerOfList(const Expr *E, const ProjectIndex &Index) {
  const auto *Construct = dyn_cast<CXXConstructExpr>(E);
  if (!Construct || !isArrayRef(Construct->getType()) || Construct->getNumArgs() == 0 ||
      Construct->getConstructor()->isCopyOrMoveConstructor())
    return {};
  const Expr *From = Construct->getArg(0);
  if (isArrayRef(From->getType()))
    return {};
  if (isBracedList(From))
    return {MemoryEnd::Statement, nullptr, stripValue(From), true, {}};
  MemoryOwners Owners(Index);
  if (From->getType()->isPointerType())
    return Owners.behind(From);
  if (storageOf(From->getType()) != Storage::Other && !isTensorType(From->getType()))
    return Owners.bufferOf(From);
  // ArrayRef(const T &): of one element
  bool IsOne = Construct->getConstructor()->getParamDecl(0)->getType()->isReferenceType() &&
               writtenArguments(Construct).size() == 1;
  return IsOne ? Owners.owning(From) : MemoryOwner();
}

void forEachArrayRef(const FunctionDecl *Function, const ProjectIndex &Index,
                     llvm::function_ref<void(const Borrow &, const FunctionDecl *)> Visit) {
  auto Takes = [](QualType Type) { return canCarry(Type) && !isTensorType(Type); };
  forEachBound(Function, Takes, [&](const Expr *E, const FunctionDecl *Body) {
    Borrow Value;
    Value.Seed = E;
    Value.Owner = ownerOfList(E, Index);
    if (Value.Owner.isKnown() && !isArgumentOfProject(E, Function->getASTContext()))
      Visit(Value, Body);
  });
}

const Expr *madeOfTemporary(const Expr *Initialiser, const ProjectIndex &Index,
                            const ASTContext &Context) {
  const Expr *Found = nullptr;
  forEach<Expr>(
      Initialiser,
      [&](const Expr *E) {
        if (!Found && ownerOfList(E, Index).End == MemoryEnd::Statement)
          Found = E;
      },
      LambdaBodies::Skip);
  Borrow Value;
  Value.Seed = Found;
  auto Nobody = [](const Place &) { return Carry(); };
  return Found && carriedBy(Initialiser, Value, true, Nobody, Context) ? Found : nullptr;
}

std::string owningType(QualType Type) {
  const auto *Record = dyn_cast_or_null<ClassTemplateSpecializationDecl>(
      Type.getNonReferenceType()->getAsCXXRecordDecl());
  if (!Record || nameOf(Record) == "optional" || nameOf(Record).starts_with("Optional"))
    return "";
  if (nameOf(Record).ends_with("string_view"))
    return "std::string";
  QualType Element = Record->getTemplateArgs()[0].getAsType().getCanonicalType();
  if (isTensorType(Element))
    return "std::vector<torch::Tensor>";
  if (Element->isSpecificBuiltinType(BuiltinType::Long))
    return "std::vector<int64_t>";
  return Element->isBuiltinType()
             ? "std::vector<" + Element.getAsString(Record->getASTContext().getPrintingPolicy()) +
                   ">"
             : "";
}

bool canBeContainer(const VarDecl *Variable) {
  const FunctionDecl *Function = dyn_cast<FunctionDecl>(Variable->getDeclContext());
  if (!Function || !Function->getBody() || owningType(Variable->getType()) == "std::string")
    return true;
  const auto *Made = dyn_cast_or_null<CXXConstructExpr>(
      Variable->getInit() ? stripValue(Variable->getInit()) : nullptr);
  QualType Given = Made && Made->getConstructor()->getNumParams() > 0
                       ? Made->getConstructor()->getParamDecl(0)->getType().getNonReferenceType()
                       : QualType();
  if (Given.isNull() || !isStdNamed(Given->getAsCXXRecordDecl(), {"vector", "initializer_list"}))
    return false;
  return !anyDescendant<Expr>(Function->getBody(), [&](const Expr *E) {
    if (auto Assign = asPlainAssignment(E))
      return namedVariable(Assign->Target) == Variable;
    const auto *Member = dyn_cast<MemberExpr>(E);
    return Member && namedVariable(Member->getBase()) == Variable &&
           !llvm::is_contained({"size", "empty", "begin", "end", "cbegin", "cend", "rbegin", "rend",
                                "front", "back", "data", "at", "operator[]"},
                               nameOf(Member->getMemberDecl()));
  });
}

} // namespace torchtidy
