// Layers of LibTorch that build others: what their reset() registers.
#include "model/summaries/Evaluator.h"
#include "model/summaries/LayerOptions.h"
#include <cmath>

using namespace llvm;

namespace torchtidy {

namespace {

class Composer {
public:
  explicit Composer(ModuleNode &Node) : Node(Node), L(layerNamed(Node.LayerName)) {}

  void compose() {
    switch (L) {
    case Layer::Transformer:
      coder("encoder", Layer::TransformerEncoder, Layer::TransformerEncoderLayer);
      coder("decoder", Layer::TransformerDecoder, Layer::TransformerDecoderLayer);
      return;
    case Layer::TransformerEncoder:
      repeat(prototype("encoder_layer", Layer::TransformerEncoderLayer));
      return;
    case Layer::TransformerDecoder:
      repeat(prototype("decoder_layer", Layer::TransformerDecoderLayer));
      return;
    case Layer::AdaptiveLogSoftmaxWithLoss:
      clusters();
      return;
    default:
      return;
    }
  }

private:
  static TreeValue layer(Layer Of, std::vector<std::pair<std::string, TreeValue>> Given) {
    TreeValue Options;
    Options.Is = TreeValue::Options;
    Options.Named = std::make_shared<std::map<std::string, TreeValue>>();
    Options.Positional = std::make_shared<std::vector<TreeValue>>();
    for (auto &[Name, Value] : Given)
      (*Options.Named)[Name] = std::move(Value);
    return layer(Of, std::vector<TreeValue>{std::move(Options)});
  }
  static TreeValue layer(Layer Of, std::vector<TreeValue> Arguments) {
    TreeValue V;
    V.Is = TreeValue::Object;
    V.Node = std::make_shared<ModuleNode>();
    V.Node->Class = V.Node->LayerName = infoOf(Of).Name.str();
    V.Node->IsModule = true;
    V.Node->Arguments = std::move(Arguments);
    return V;
  }
  static void enter(ModuleNode &In, std::string Name, TreeValue What) {
    TreeEntry &Entry = In.Entries.emplace_back();
    Entry.Name = std::move(Name);
    Entry.What = std::move(What);
  }
  // Those of a list, by their number.
  static void enter(ModuleNode &In, TreeValue What) {
    enter(In, std::to_string(In.Entries.size()), std::move(What));
  }

  TreeValue option(StringRef Name, int64_t Default) const {
    return optionGiven(Node, L, Name).value_or(TreeValue::integer(Default));
  }

  // Of a Transformer: its own, or the one that it is given.
  void coder(StringRef Name, Layer Coder, Layer Each) {
    if (auto Custom = optionGiven(Node, L, ("custom_" + Name).str());
        Custom && Custom->Is != TreeValue::Null) {
      enter(Node, Name.str(), *Custom);
      return;
    }
    TreeValue Width = option("d_model", 512);
    TreeValue Prototype =
        layer(Each, {{"d_model", Width}, {"dim_feedforward", option("dim_feedforward", 2048)}});
    TreeValue Made = layer(Coder, {{"norm", layer(Layer::LayerNorm, std::vector<TreeValue>{Width})},
                                   {"num_layers", option(("num_" + Name + "_layers").str(), 6)}});
    Composer(*Made.Node).repeat(Prototype);
    enter(Node, Name.str(), std::move(Made));
  }

  // The layer that is cloned, or made of the options in its place.
  TreeValue prototype(StringRef Name, Layer Each) const {
    TreeValue Given =
        optionGiven(Node, L, Name).value_or(TreeValue::unknown("what it repeats is not known"));
    return Given.Is == TreeValue::Options ? layer(Each, std::vector<TreeValue>{Given}) : Given;
  }

  void repeat(const TreeValue &Prototype) {
    TreeValue Layers = layer(Layer::ModuleList, std::vector<TreeValue>{});
    TreeValue Count = optionGiven(Node, L, "num_layers").value_or(TreeValue());
    constexpr int64_t Most = 1024;
    if (Count.Is != TreeValue::Integer || Count.Number > Most)
      Layers.Node->Opaque = reasonOf(Count, "the number of its layers is not known");
    for (int64_t I = 0; Layers.Node->Opaque.empty() && I < Count.Number; ++I)
      enter(*Layers.Node, Prototype);
    enter(Node, "layers", std::move(Layers));
    if (auto Norm = optionGiven(Node, L, "norm"); Norm && Norm->Is != TreeValue::Null)
      enter(Node, "norm", *Norm);
  }

  // Of AdaptiveLogSoftmaxWithLoss: a head, and two layers for each cluster.
  void clusters() {
    TreeValue In = option("in_features", -1), Classes = option("n_classes", -1),
              Divisor = optionGiven(Node, L, "div_value").value_or(TreeValue::integer(4));
    auto Given = optionGiven(Node, L, "cutoffs");
    if (!Given || Given->Is != TreeValue::List || !Given->Elements->Doubt.empty() ||
        Given->Elements->Items.empty()) {
      Node.Opaque = reasonOf(Given.value_or(TreeValue()), "its cutoffs are not known");
      return;
    }
    std::vector<TreeValue> Cutoffs;
    for (const TreeCell &Item : Given->Elements->Items)
      Cutoffs.push_back(*Item);
    Cutoffs.push_back(Classes);
    int64_t Count = int64_t(Cutoffs.size()) - 1;
    TreeValue Bias = optionGiven(Node, L, "head_bias").value_or(TreeValue::integer(0));
    enter(Node, "head",
          layer(Layer::Linear,
                {{"in_features", In},
                 {"out_features", applyOperator("+", {Cutoffs[0], TreeValue::integer(Count)})},
                 {"bias", Bias}}));
    TreeValue Tail = layer(Layer::ModuleList, std::vector<TreeValue>{});
    for (int64_t I = 0; I < Count; ++I) {
      // LibTorch cuts the power, not the quotient.
      TreeValue Power;
      if (isNumber(Divisor))
        Power = realValue(std::pow(
            Divisor.Is == TreeValue::Real ? Divisor.Decimal : double(Divisor.Number), I + 1));
      TreeValue Narrow = applyOperator("/", {In, applyOperator("int", {Power})});
      TreeValue Out = applyOperator("-", {Cutoffs[size_t(I) + 1], Cutoffs[size_t(I)]});
      TreeValue Pair = layer(Layer::Sequential, std::vector<TreeValue>{});
      enter(*Pair.Node, layer(Layer::Linear, {{"in_features", In},
                                              {"out_features", Narrow},
                                              {"bias", TreeValue::integer(0)}}));
      enter(*Pair.Node, layer(Layer::Linear, {{"in_features", Narrow},
                                              {"out_features", Out},
                                              {"bias", TreeValue::integer(0)}}));
      enter(*Tail.Node, std::move(Pair));
    }
    enter(Node, "tail", std::move(Tail));
  }

  ModuleNode &Node;
  Layer L;
};

} // namespace

void Evaluator::composeLayer(ModuleNode &Node) { Composer(Node).compose(); }

} // namespace torchtidy
