#include "model/facts/Elements.h"
#include "model/facts/ProjectIndex.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Loops.h"
#include "model/torch/Layers.h"
#include "model/torch/ModuleExprs.h"
#include "model/torch/Names.h"

using namespace clang;

namespace torchtidy {

namespace {

bool holdsLayers(const Expr *E) { return isContainerLayer(layerOf(moduleOf(E->getType()))); }

// E is the last of its container where its statement runs, which it does once and without a
// condition: extend() puts in several, insert() anywhere.
bool isPushed(const Expr *E, ASTContext &Context) {
  if (!classifyType(E->getType()).isModule())
    return false;
  bool Result = true;
  walkUp(E, Context, [&](const DynTypedNode &Above) {
    const auto *S = Above.get<Stmt>();
    const auto *Call = dyn_cast_or_null<CXXMemberCallExpr>(S);
    if (isLoop(S) || isa_and_nonnull<IfStmt, SwitchStmt, LambdaExpr, ConditionalOperator>(S) ||
        (Call && isFiller(calleeName(Call)) && !calleeName(Call).ends_with("_back")))
      Result = false;
    return Result && !Above.get<FunctionDecl>();
  });
  return Result;
}

} // namespace

const Expr *registeredValue(const Expr *E) {
  std::optional<Registration> Site = asRegistration(stripValue(E));
  return stripValue(Site && Site->Value ? Site->Value : E);
}

bool layersOf(const Expr *Value, llvm::SmallVectorImpl<const Expr *> &Layers) {
  Value = registeredValue(Value);
  if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(Value))
    Value = stripValue(Cast->getSubExpr());
  const auto *Construct = dyn_cast<CXXConstructExpr>(Value);
  if (!Construct || !holdsLayers(Construct))
    return false;
  // What another holder holds: `net(register_module("net", given))`.
  const CXXRecordDecl *Container = moduleOf(Construct->getType());
  if (Construct->getNumArgs() == 1 && moduleOf(Construct->getArg(0)->getType()) == Container)
    return layersOf(Construct->getArg(0), Layers);
  llvm::ArrayRef<const Expr *> Arguments(Construct->getArgs(), Construct->getNumArgs());
  for (const Expr *Argument : Arguments) {
    if (isa<CXXDefaultArgExpr>(Argument))
      continue;
    if (!classifyType(Argument->getType()).isModule())
      return false; // a list of names and modules, or another object that is copied
    Layers.push_back(Argument);
  }
  return true;
}

std::optional<llvm::SmallVector<const Expr *, 8>> elementsOf(const Expr *Container,
                                                             const ProjectIndex &Index,
                                                             const Registrations &Regs,
                                                             ASTContext &Context) {
  Container = stripOwner(Container);
  const ValueDecl *D = namedDecl(Container);
  if (!D || isa<ParmVarDecl>(D) || !holdsLayers(Container))
    return std::nullopt;
  llvm::SmallVector<const Expr *, 8> Layers;
  for (const Expr *Value : Index.valuesOf(D)) {
    if (Value && (isNullModule(Value) || namedDecl(registeredValue(Value)) == D))
      continue;
    if (!Value || !Layers.empty() || !layersOf(Value, Layers))
      return std::nullopt;
  }
  const FunctionDecl *Filler = nullptr;
  for (const Registrations::Store &Element : Regs.elementsNamed(D)) {
    const FunctionDecl *In = functionAround(Element.Value, Context);
    if (!isPushed(Element.Value, Context) || (Filler && Filler != In))
      return std::nullopt;
    Filler = In;
    Layers.push_back(Element.Value);
  }
  return Layers;
}

const Expr *elementNamedBy(const Expr *E, const ProjectIndex &Index, const Registrations &Regs,
                           ASTContext &Context) {
  const Expr *Container = nullptr, *Position = nullptr;
  const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
  if (const CXXOperatorCallExpr *Op = asOperator(E, OO_Subscript)) {
    Container = Op->getArg(0);
    Position = Op->getArg(1);
  } else if (Call && Call->getNumArgs() == 1 &&
             llvm::is_contained({"at", "ptr"}, calleeName(Call))) {
    Container = objectOf(Call);
    Position = Call->getArg(0);
  }
  std::optional<int64_t> At = Container ? integerConstant(Position, Context) : std::nullopt;
  auto Elements = At && *At >= 0 ? elementsOf(Container, Index, Regs, Context) : std::nullopt;
  return Elements && size_t(*At) < Elements->size() ? registeredValue((*Elements)[*At]) : nullptr;
}

} // namespace torchtidy
