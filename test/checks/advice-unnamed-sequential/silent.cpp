// RUN: %check torch-advice-unnamed-sequential %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;

// Named children, in each way of naming; looked up by name.
struct NamedImpl : nn::Module {
  NamedImpl() {
    features = register_module("features", nn::Sequential({{"conv", nn::Conv2d(3, 8, 3)}, {"0", nn::ReLU()}}));
    head->push_back("fc", nn::Linear(8, 2));
    register_module("head", head);
  }
  void freeze() {
    named_parameters()["features.conv.weight"].set_requires_grad(false);
    head->named_children()["fc"];
    features->named_children()["0"];
  }
  nn::Sequential features{nullptr}, head;
};
// Pushed with a name.
struct PushedImpl : nn::Module {
  PushedImpl() {
    pushed->push_back("0", nn::Linear(2, 2));
    pushed->push_back("1", nn::AnyModule(nn::ReLU()));
    register_module("pushed", pushed);
  }
  void freeze() { named_parameters()["pushed.0.weight"].set_requires_grad(false); }
  nn::Sequential pushed;
};
// Unnamed, and nobody asks by name: by index, by loop, by a computed name.
struct IndexedImpl : nn::Module {
  IndexedImpl() : seq(register_module("seq", nn::Sequential(nn::Linear(2, 2), nn::ReLU()))) {}
  void use(int i) {
    seq[0]->pretty_print(std::cout);
    seq->at<nn::LinearImpl>(0).reset();
    for (auto &child : seq->named_children())
      std::cout << child.key();
    named_parameters()["seq." + std::to_string(i) + ".weight"];
  }
  nn::Sequential seq;
};
// Numbers of something else: a ModuleList, a block with digits in its name, another dictionary.
struct OtherImpl : nn::Module {
  OtherImpl() {
    for (int i = 0; i < 3; ++i)
      layers->push_back(nn::Linear(2, 2));
    register_module("layers", layers);
    layer1 = register_module("layer1", nn::Sequential(nn::Linear(2, 2)));
  }
  void use() {
    named_parameters()["layers.0.weight"];
    named_children()["layer1"];
    std::map<std::string, int> counts;
    counts["layer1.0.weight"] = 1;
    std::string text = "layer1.0.weight";
    text.find("0");
  }
  nn::ModuleList layers;
  nn::Sequential layer1{nullptr};
};
