#include "model/torch/LayerKeys.h"
#include "llvm/ADT/StringExtras.h"

namespace torchtidy {

namespace {

using Size = std::optional<int64_t>;

struct KeyRow {
  Layer Of;
  LayerKeyKind Kind;
  llvm::StringLiteral Name, Sizes, When;
};
constexpr KeyRow KeyRows[] = {
#define KEY(Name, Kind, Key, Sizes, When) {Layer::Name, LayerKeyKind::Kind, Key, Sizes, When},
#include "model/torch/LayerKeys.def"
};

struct DefaultRow {
  Layer Of;
  llvm::StringLiteral Option;
  int64_t Value;
};
constexpr DefaultRow DefaultRows[] = {
#define DEFAULT(Name, Option, Value) {Layer::Name, #Option, Value},
#include "model/torch/LayerKeys.def"
};

constexpr Layer Keyless[] = {
#define KEYLESS(Name) Layer::Name,
#define COMPOSED(Name) Layer::Name,
#include "model/torch/LayerKeys.def"
};

constexpr int64_t MaxLayers = 1024;

unsigned gatesOf(Layer L) {
  switch (L) {
  case Layer::LSTM:
  case Layer::LSTMCell:
    return 4;
  case Layer::GRU:
  case Layer::GRUCell:
    return 3;
  default:
    return 1;
  }
}

class KeyReader {
public:
  KeyReader(Layer L, const std::function<LayerOption(llvm::StringRef)> &Given)
      : L(L), Given(Given) {}

  LayerKeys read() {
    LayerKeys Result;
    for (const KeyRow &Row : KeyRows)
      if (Row.Of == L)
        read(Row, Result);
    return Result;
  }

private:
  void read(const KeyRow &Row, LayerKeys &Result) {
    llvm::StringRef Option = Row.When;
    bool Default = true;
    if (const OptionalSlot *Slot = Option.empty() ? optionalSlot(L, Row.Name) : nullptr) {
      Option = Slot->Option;
      Default = Slot->Default;
    }
    std::string Doubt;
    if (!Option.empty()) {
      Size Value = Given(Option).IsTensor ? Size(1) : option(Option, Default);
      if (Value && !*Value)
        return;
      if (!Value)
        Doubt = ("only if " + Option).str();
    }
    bool Repeats = Row.Name.contains("{l}");
    Size Layers = Repeats ? option("num_layers") : 1, Directions = Repeats ? directions() : 1;
    if (!Layers || !Directions || *Layers > MaxLayers) {
      Result.Unknown = "the number of its layers or directions is not known";
      return;
    }
    for (Current = 0; Current < *Layers; ++Current)
      for (int64_t Direction = 0; Direction < *Directions; ++Direction) {
        std::string Name;
        for (llvm::StringRef Rest = Row.Name; !Rest.empty();) {
          if (Rest.consume_front("{l}"))
            Name += std::to_string(Current);
          else if (Rest.consume_front("{d}"))
            Name += Direction ? "_reverse" : "";
          else {
            Name += Rest.front();
            Rest = Rest.drop_front();
          }
        }
        Result.Keys.push_back({Row.Kind, std::move(Name), sizes(Row.Sizes), Doubt});
      }
  }

  std::optional<std::vector<Size>> sizes(llvm::StringRef Text) const {
    std::vector<Size> Sizes;
    llvm::SmallVector<llvm::StringRef, 4> Words;
    Text.split(Words, ' ', -1, /*KeepEmpty=*/false);
    for (llvm::StringRef Word : Words) {
      if (!Word.consume_back("...")) {
        Sizes.push_back(product(Word));
        continue;
      }
      LayerOption Listed = Given(Word);
      if (Listed.Is != LayerOption::Given || Listed.Values.empty())
        return std::nullopt;
      unsigned Dimensions = 0;
      llvm::StringRef Name = infoOf(L).Name;
      if (Name.consume_back("d") && llvm::isDigit(Name.back()))
        Dimensions = unsigned(Name.back() - '0');
      // One number stands for all dimensions.
      size_t Count = Dimensions && Listed.Values.size() == 1 ? Dimensions : 1;
      for (size_t I = 0; I < Count; ++I)
        Sizes.insert(Sizes.end(), Listed.Values.begin(), Listed.Values.end());
    }
    return Sizes;
  }

  Size product(llvm::StringRef Text) const {
    auto [Before, After] = Text.split('*');
    if (!After.empty()) {
      Size A = product(Before), B = product(After);
      int64_t C = 0;
      return A && B && !__builtin_mul_overflow(*A, *B, &C) ? Size(C) : std::nullopt;
    }
    std::tie(Before, After) = Text.split('/');
    if (!After.empty()) {
      Size A = product(Before), B = product(After);
      return A && B && *B ? Size(*A / *B) : std::nullopt;
    }
    int64_t Number = 0;
    return Text.getAsInteger(10, Number) ? option(Text) : Size(Number);
  }

  Size directions() const {
    Size TwoWays = option("bidirectional");
    return TwoWays ? Size(*TwoWays ? 2 : 1) : std::nullopt;
  }

  Size option(llvm::StringRef Name, std::optional<bool> Default = std::nullopt) const {
    if (Name == "gates")
      return gatesOf(L);
    if (Name == "state") {
      Size Projected = option("proj_size");
      return Projected && !*Projected ? option("hidden_size") : Projected;
    }
    if (Name == "layer_input") {
      if (Current == 0)
        return option("input_size");
      Size State = option("state"), Directions = directions();
      return State && Directions ? Size(*State * *Directions) : std::nullopt;
    }
    if (Name == "same_sizes" || Name == "other_sizes") {
      Size Embedded = option("embed_dim"), Keys = option("kdim"), Values = option("vdim");
      if (!Embedded || !Keys || !Values)
        return std::nullopt;
      return (*Keys == *Embedded && *Values == *Embedded) == (Name == "same_sizes");
    }
    LayerOption Found = Given(Name);
    if (Found.Is == LayerOption::Unknown)
      return std::nullopt;
    if (Found.Is == LayerOption::Given)
      return Found.Values.size() == 1 ? Found.Values.front() : std::nullopt;
    if (Name == "kdim" || Name == "vdim")
      return option("embed_dim");
    for (const DefaultRow &Row : DefaultRows)
      if (Row.Of == L && Row.Option == Name)
        return Row.Value;
    return Default ? Size(*Default) : std::nullopt;
  }

  Layer L;
  const std::function<LayerOption(llvm::StringRef)> &Given;
  int64_t Current = 0; // of a recurrent network's layers
};

} // namespace

bool isBufferOfLayers(llvm::StringRef Name) {
  bool Is = false;
  for (const KeyRow &Row : KeyRows)
    if (Row.Name == Name) {
      if (Row.Kind == LayerKeyKind::Parameter)
        return false;
      Is = true;
    }
  return Is;
}

bool hasKnownKeys(Layer L) {
  if (L == Layer::None)
    return false;
  const LayerInfo &Info = infoOf(L);
  return Info.Lost != Stake::Parameters || llvm::is_contained(Keyless, L) ||
         L == Layer::Functional ||
         llvm::any_of(KeyRows, [&](const KeyRow &Row) { return Row.Of == L; });
}

LayerKeys keysOf(Layer L, const std::function<LayerOption(llvm::StringRef)> &Given) {
  if (!hasKnownKeys(L))
    return {{}, "what this layer registers is not known"};
  return KeyReader(L, Given).read();
}

} // namespace torchtidy
