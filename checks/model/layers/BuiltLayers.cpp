#include "model/layers/BuiltLayers.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/torch/ModuleExprs.h"

using namespace clang;

namespace torchtidy {

namespace {

using Kind = BuiltLayer::Kind;

Kind kindOf(Layer L) {
  switch (L) {
  case Layer::LSTM:
  case Layer::GRU:
  case Layer::RNN:
    return Kind::Recurrent;
  // Not BatchNorm1d: after a Linear its features may be the second of three dimensions.
  case Layer::BatchNorm2d:
  case Layer::BatchNorm3d:
    return Kind::Norm;
  default:
    break;
  }
  const LayerInfo &Info = infoOf(L);
  if (Info.Shape == LayerShape::Keeps)
    return Kind::Keeps;
  if (Info.SizeIn.empty() || Info.SizeOut.empty())
    return Kind::Unknown;
  if (Info.Shape == LayerShape::Last)
    return Kind::Linear;
  return Info.Shape == LayerShape::Channels ? Kind::Convolution : Kind::Unknown;
}

// "Conv2d": 2.
unsigned dimensionsOf(llvm::StringRef Name) {
  return Name.consume_back("d") && !Name.empty() ? unsigned(Name.back() - '0') : 0;
}

std::optional<int64_t> constant(const Expr *E, const ASTContext &Context) {
  E = E ? stripValue(E) : nullptr;
  Expr::EvalResult Result;
  if (!E || E->isValueDependent() || !E->getType()->isIntegralOrEnumerationType() ||
      !E->EvaluateAsInt(Result, Context))
    return std::nullopt;
  return Result.Val.getInt().getExtValue();
}

llvm::SmallVector<const Expr *, 8> argumentsOfConstruction(const Expr *E) {
  llvm::SmallVector<const Expr *, 8> Arguments;
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(E))
    Arguments.append(Construct->arg_begin(), Construct->arg_end());
  else if (const auto *Call = dyn_cast<CallExpr>(E); Call && calleeName(Call) == "make_shared")
    Arguments.append(Call->arg_begin(), Call->arg_end());
  llvm::erase_if(Arguments, [](const Expr *A) { return isa<CXXDefaultArgExpr>(A); });
  return Arguments;
}

// The sizes in Linear(a, b), Linear({a, b}), Linear(LinearOptions(a, b).bias(false)); empty where a
// setter may name them anew.
llvm::SmallVector<const Expr *, 8> sizesOf(const Expr *Value, const LayerInfo &Info) {
  llvm::SmallVector<const Expr *, 8> Arguments = argumentsOfConstruction(Value);
  while (Arguments.size() == 1 && Arguments[0]) {
    const Expr *Options = stripValue(Arguments[0]);
    while (const auto *Setter = dyn_cast<CXXMemberCallExpr>(Options)) {
      llvm::StringRef Name = calleeName(Setter);
      if (Name == Info.SizeIn || Name == Info.SizeOut)
        return {};
      Options = stripValue(objectOf(Setter));
    }
    if (const auto *List = dyn_cast<InitListExpr>(Options))
      return {List->inits().begin(), List->inits().end()};
    if (!isa<CXXConstructExpr>(Options))
      return Arguments;
    Arguments = argumentsOfConstruction(Options);
  }
  return Arguments;
}

} // namespace

BuiltLayer layerBuiltBy(const Expr *Value, const ASTContext &Context) {
  BuiltLayer Found;
  const Expr *E = Value ? stripValue(unwrapModule(Value)) : nullptr;
  if (!E || !constructsModule(E))
    return Found;
  Found.Value = E;
  while (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E)) // of one argument
    E = stripValue(Cast->getSubExpr());
  Found.Module = moduleOf(E->getType());
  if (!Found.Module || !isLibTorchDecl(Found.Module))
    return Found;
  Found.Name = libraryModuleName(Found.Module);
  Layer L = layerOf(Found.Module);
  Found.Is = L == Layer::None ? Kind::Unknown : kindOf(L);
  Found.Dimensions = dimensionsOf(Found.Name);
  if (Found.Is == Kind::Unknown || Found.Is == Kind::Keeps)
    return Found;
  llvm::SmallVector<const Expr *, 8> Sizes = sizesOf(E, infoOf(L));
  if (!Sizes.empty())
    Found.In = constant(Sizes[0], Context);
  if (Found.Is == Kind::Norm)
    Found.Out = Found.In;
  else if (Sizes.size() > 1)
    Found.Out = constant(Sizes[1], Context);
  return Found;
}

} // namespace torchtidy
