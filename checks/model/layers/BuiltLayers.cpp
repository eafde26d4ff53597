#include "model/layers/BuiltLayers.h"
#include "model/layers/GivenOptions.h"
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
  case Layer::Embedding:
    return Kind::Embedding;
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

// Of the outputs, what two directions double and a projection replaces.
std::optional<int64_t> outOfRecurrent(const GivenOptions &Given, llvm::StringRef Hidden) {
  std::optional<int64_t> Out = Given.integer(Hidden), TwoWays = Given.integer("bidirectional");
  if (!Given.areAll() || Given.find("proj_size") || (Given.find("bidirectional") && !TwoWays) ||
      !Out)
    return std::nullopt;
  return TwoWays && *TwoWays ? 2 * *Out : *Out;
}

} // namespace

unsigned dimensionsOf(llvm::StringRef Name) {
  bool IsOfSome = Name.consume_back("d") && !Name.empty() && llvm::isDigit(Name.back());
  return IsOfSome ? unsigned(Name.back() - '0') : 0;
}

BuiltLayer layerBuiltBy(const Expr *Value, const ASTContext &Context) {
  BuiltLayer Found;
  const Expr *E = Value ? stripValue(unwrapModule(Value)) : nullptr;
  if (!E || !constructsModule(E))
    return Found;
  Found.Value = E;
  E = stripCasts(E);
  Found.Module = moduleOf(E->getType());
  if (!Found.Module || !isLibTorchDecl(Found.Module))
    return Found;
  Found.Name = libraryModuleName(Found.Module);
  Layer L = layerOf(Found.Module);
  Found.Is = L == Layer::None ? Kind::Unknown : kindOf(L);
  Found.Dimensions = dimensionsOf(Found.Name);
  if (Found.Is == Kind::Unknown || Found.Is == Kind::Keeps)
    return Found;
  GivenOptions Given(E, L, Context);
  Found.In = Given.integer(infoOf(L).SizeIn);
  Found.Out = Found.Is == Kind::Recurrent ? outOfRecurrent(Given, infoOf(L).SizeOut)
                                          : Given.integer(infoOf(L).SizeOut);
  return Found;
}

} // namespace torchtidy
