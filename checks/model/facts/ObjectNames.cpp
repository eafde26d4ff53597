#include "model/facts/ObjectNames.h"
#include "model/torch/ModuleExprs.h"
#include "model/torch/Names.h"

using namespace clang;

namespace torchtidy {

bool takesPart(QualType Type) {
  TypeInfo Info = classifyType(Type);
  return Info.isModule() || Info.isTensor() || Info.Kind == TypeKind::Container;
}

unsigned ObjectNames::valueNode(const Expr *Leaf) {
  if (auto Node = resolve(Leaf))
    return *Node;
  return Objects.node(stripValue(Leaf));
}

std::optional<unsigned> ObjectNames::elementOf(const Expr *E) {
  E = stripValue(E);
  if (const auto *Subscript = dyn_cast<ArraySubscriptExpr>(E))
    return resolve(Subscript->getBase());
  if (const CXXOperatorCallExpr *Subscript = asOperator(E, OO_Subscript))
    return resolve(Subscript->getArg(0));
  if (const auto *Member = dyn_cast<MemberExpr>(E)) {
    const auto *Owner = dyn_cast<CXXRecordDecl>(Member->getMemberDecl()->getDeclContext());
    if (Owner && Owner->isInStdNamespace() &&
        llvm::is_contained({"first", "second"}, nameOf(Member->getMemberDecl())))
      return resolve(Member->getBase());
    return std::nullopt;
  }
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E)) {
    llvm::StringRef Name = calleeName(Call);
    bool IsElement = llvm::is_contained(
        {"back", "front", "at", "begin", "end", "cbegin", "cend", "rbegin", "rend", "find", "top"},
        Name);
    if ((IsElement || listingNamed(Name) == Listing::Children) && objectOf(Call))
      return resolve(objectOf(Call));
    return std::nullopt;
  }
  if (const auto *Call = dyn_cast<CallExpr>(E)) {
    const FunctionDecl *Callee = Call->getDirectCallee();
    if ((isStdDecl(Callee) || isLibTorchDecl(Callee)) && Call->getNumArgs() >= 1 &&
        llvm::is_contained({"get", "get_if", "begin", "end", "prev", "next"}, nameOf(Callee)))
      return resolve(Call->getArg(0));
  }
  return std::nullopt;
}

std::optional<unsigned> ObjectNames::resolve(const Expr *E) {
  E = stripValue(E);
  if (!E)
    return std::nullopt;
  if (auto Container = elementOf(E))
    return Objects.element(*Container);
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
    return resolveDecl(Ref->getDecl());
  if (const auto *Member = dyn_cast<MemberExpr>(E)) {
    // LibTorch's own members (conv->weight) are one declaration for every object: they say
    // nothing.
    if (isLibTorchDecl(Member->getMemberDecl()) || Member->getMemberDecl()->isInStdNamespace())
      return std::nullopt;
    return isa<FieldDecl, VarDecl>(Member->getMemberDecl())
               ? std::optional<unsigned>(Objects.node(Member->getMemberDecl()))
               : std::nullopt;
  }
  if (const auto *Unary = dyn_cast<UnaryOperator>(E)) {
    if (llvm::is_contained({"*", "&", "++", "--"}, UnaryOperator::getOpcodeStr(Unary->getOpcode())))
      return resolve(Unary->getSubExpr());
    return std::nullopt;
  }
  if (const auto *New = dyn_cast<CXXNewExpr>(E))
    return constructsModule(New) ? fresh(E) : std::nullopt;
  if (const Expr *Inner = wrappedModule(E))
    return resolve(Inner);
  if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E))
    return resolve(Cast->getSubExpr());
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(E))
    return resolveConstruct(Construct);
  if (const auto *Call = dyn_cast<CallExpr>(E))
    return resolveCall(Call);
  return std::nullopt;
}

std::optional<unsigned> ObjectNames::resolveDecl(const ValueDecl *D) {
  if (const auto *Binding = dyn_cast<BindingDecl>(D))
    return Objects.element(Objects.node(Binding->getDecomposedDecl()));
  if (isa<VarDecl, FieldDecl>(D))
    return Objects.node(D);
  return std::nullopt;
}

std::optional<unsigned> ObjectNames::fresh(const Expr *E) {
  unsigned Node = Objects.node(E);
  Objects.flags(Node).Fresh = true;
  if (!Objects.flags(Node).Construction)
    Objects.flags(Node).Construction = E;
  return Node;
}

std::optional<unsigned> ObjectNames::resolveConstruct(const CXXConstructExpr *Construct) {
  if (constructsModule(Construct))
    return fresh(Construct);
  // optional<Linear>(linear) and the like stand for what they wrap.
  if (isOptional(Construct->getType()) && Construct->getNumArgs() == 1)
    return resolve(Construct->getArg(0));
  if (classifyType(Construct->getType()).Kind == TypeKind::Container)
    return Objects.node(Construct);
  return std::nullopt;
}

std::optional<unsigned> ObjectNames::resolveCall(const CallExpr *Call) {
  if (asRegistration(Call))
    return Objects.node(Call);
  const FunctionDecl *Callee = Call->getDirectCallee();
  if (!Callee)
    return std::nullopt;
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call)) {
    OverloadedOperatorKind Kind = Operator->getOperator();
    bool IsArithmetic = classifyType(Operator->getArg(0)->getType()).isTensor();
    if (Kind == OO_Arrow || Kind == OO_Equal ||
        (!IsArithmetic &&
         (Kind == OO_Star || Kind == OO_PlusPlus || Kind == OO_Plus || Kind == OO_Minus)))
      return resolve(Operator->getArg(0));
  }
  llvm::StringRef Name = nameOf(Callee);
  bool IsLibrary = isStdDecl(Callee) || isLibTorchDecl(Callee);
  if (const auto *Member = dyn_cast<CXXMemberCallExpr>(Call); Member && IsLibrary) {
    if (llvm::is_contained({"get", "ptr", "value", "value_or", "data", "operator->", "operator*",
                            "as", "shared_from_this"},
                           Name) &&
        objectOf(Member))
      return resolve(objectOf(Member));
    return std::nullopt;
  }
  if (IsLibrary && Name.ends_with("_pointer_cast") && Call->getNumArgs() == 1)
    return resolve(Call->getArg(0));
  if (constructsModule(Call))
    return fresh(Call);
  if (IsLibrary || !isVisible(Callee) || !takesPart(Call->getType()) ||
      isa<CXXConversionDecl>(Callee))
    return std::nullopt;
  unsigned Function = Objects.node(visibleDefinition(Callee)->getCanonicalDecl());
  // A helper that returns a new module makes another one at each call; a container is followed
  // into the helper.
  if (!classifyType(Call->getType()).isModule())
    return Function;
  unsigned Result = Objects.node(Call);
  Objects.returns(Function, Result);
  return Result;
}

} // namespace torchtidy
