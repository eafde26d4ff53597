// RUN: %check torch-advice-module-api-shadow %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
// RUN: %check torch-advice-module-api-shadow %s --config='{CheckOptions: {torch-advice-module-api-shadow.AllowedNames: "train"}}' -- -DALLOWED | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;

// Overriding is what the virtual functions are for.
struct OverridesImpl : nn::Cloneable<OverridesImpl> {
  void reset() override;
  void train(bool on = true) override;
  void pretty_print(std::ostream &stream) const override;
  std::shared_ptr<nn::Module> clone(const c10::optional<torch::Device> &device = c10::nullopt) const override;
  void save(torch::serialize::OutputArchive &archive) const override;
  torch::Tensor forward(torch::Tensor x);
};
// The library's functions are brought back.
struct UsingImpl : nn::Module {
  using nn::Module::to;
  void to(int slot);
  torch::Tensor forward(torch::Tensor x);
};
// Names that only look alike; protected names of Module.
struct AlikeImpl : nn::Module {
  nn::ModuleList modules_;
  std::string name_;
  std::vector<torch::Tensor> params;
  int trained = 0;
  void trainEpoch();
  torch::Tensor forward(torch::Tensor x);
};
// No module: free to choose.
struct Trainer {
  std::vector<torch::Tensor> parameters();
  void train(int);
  torch::Tensor foward(torch::Tensor x);
};
// Other forwards count as forward, inherited ones too; words that are merely near.
struct BaseImpl : nn::Module {
  torch::Tensor forward(torch::Tensor x);
};
struct DerivedImpl : BaseImpl {
  torch::Tensor forwards(torch::Tensor x);
};
struct PartsImpl : nn::Module {
  torch::Tensor forward_features(torch::Tensor x);
  torch::Tensor forwad(torch::Tensor x);
};
struct TemplateForwardImpl : nn::Module {
  template <typename T> torch::Tensor forward(T x) { return x; }
  torch::Tensor toward(torch::Tensor x);
};
struct OtherWordsImpl : nn::Module {
  torch::Tensor predict(torch::Tensor x);
  torch::Tensor backward(torch::Tensor x);
  void Forward(int steps); // neither takes nor gives a tensor
};
#ifdef ALLOWED
struct AllowedImpl : nn::Module {
  void train(int epochs);
  torch::Tensor forward(torch::Tensor x);
};
#endif
