#include "model/torch/Layers.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/torch/Types.h"
#include "llvm/ADT/StringMap.h"

using namespace clang;

namespace torchtidy {

namespace {

struct Sizes {
  Layer Of;
  llvm::StringLiteral In, Out;
};
constexpr Sizes AllSizes[] = {
#define SIZES(Name, In, Out) {Layer::Name, #In, #Out},
#include "model/torch/Layers.def"
};

constexpr OptionalSlot OptionalSlots[] = {
#define TENSOR(Name, Slot, Option, Default) {Layer::Name, #Slot, #Option, Default},
#include "model/torch/Layers.def"
};

constexpr LayerInfo Rows[] = {
    {"", LayerFamily::Other, Stake::Parameters, LayerShape::Other, "", "", ""},
#define LAYER(Name, Family, Lost, Shape, Functional)                                               \
  {#Name, LayerFamily::Family, Stake::Lost, LayerShape::Shape, Functional, "", ""},
#include "model/torch/Layers.def"
};

struct Arguments {
  Layer Of;
  std::vector<llvm::StringLiteral> Names;
};

struct Activation {
  llvm::StringRef Function, Module;
  LayerFamily Family;
};

class LayerTable {
public:
  LayerTable() : Infos(std::begin(Rows), std::end(Rows)) {
    for (const Sizes &S : AllSizes) {
      Infos[unsigned(S.Of)].SizeIn = S.In;
      Infos[unsigned(S.Of)].SizeOut = S.Out;
    }
    for (unsigned I = 1; I < Infos.size(); ++I) {
      const LayerInfo &Info = Infos[I];
      Names[Info.Name] = Layer(I);
      if (!Info.Functional.empty()) {
        llvm::StringRef Function = llvm::StringRef(Info.Functional).rsplit("::").second;
        Activations[Function] = {Function, Info.Name, Info.Family};
      }
    }
    const Arguments AllArguments[] = {
#define ARGUMENTS(Name, ...) {Layer::Name, {__VA_ARGS__}},
#include "model/torch/Layers.def"
    };
    Taken.resize(Infos.size());
    for (const Arguments &A : AllArguments)
      Taken[unsigned(A.Of)] = A.Names;
#define FUNCTION(Name, Family) Activations[#Name] = {#Name, "", LayerFamily::Family};
#include "model/torch/Layers.def"
  }

  std::vector<LayerInfo> Infos;
  std::vector<std::vector<llvm::StringLiteral>> Taken; // by layer
  llvm::StringMap<Layer> Names;
  llvm::StringMap<Activation> Activations; // by function
};

const LayerTable &table() {
  static const LayerTable Table;
  return Table;
}

} // namespace

const LayerInfo &infoOf(Layer L) { return table().Infos[unsigned(L)]; }

llvm::ArrayRef<llvm::StringLiteral> constructorOptions(Layer L) {
  return table().Taken[unsigned(L)];
}

Layer layerNamed(llvm::StringRef Name) { return table().Names.lookup(Name); }

Layer layerOf(const CXXRecordDecl *Record) { return layerNamed(libraryModuleName(Record)); }

const OptionalSlot *optionalSlot(Layer L, llvm::StringRef Slot) {
  const auto *Found = llvm::find_if(
      OptionalSlots, [&](const OptionalSlot &S) { return S.Of == L && S.Slot == Slot; });
  return Found == std::end(OptionalSlots) ? nullptr : Found;
}

std::optional<ActivationCall> activationCall(const CallExpr *Call) {
  llvm::StringRef Name = calleeName(Call);
  if (Name.empty() || !isLibTorchDecl(calleeOf(Call)))
    return std::nullopt;
  Name.consume_back("_");
  auto Known = table().Activations.find(Name);
  if (Known == table().Activations.end())
    return std::nullopt;
  const Activation &A = Known->second;
  ActivationCall Found{A.Function, A.Module, A.Family, nullptr, false};
  size_t Written = writtenArguments(Call).size();
  if (const auto *Member = dyn_cast<CXXMemberCallExpr>(Call)) {
    Found.Argument = Member->getImplicitObjectArgument();
    Found.Plain = Written == 0;
  } else if (Call->getNumArgs() >= 1) {
    Found.Argument = Call->getArg(0);
    Found.Plain = Written == 1;
  }
  if (!Found.Argument || !isTensorType(Found.Argument->IgnoreParenImpCasts()->getType()))
    return std::nullopt;
  return Found;
}

} // namespace torchtidy
