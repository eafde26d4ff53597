// A program that hides its own symbols, against the library as a shared object: all that it needs is there,
// and what goes through both (hooks, exceptions, casts, registries) is of one kind.

#include <torchtidy/averaged_model.h>
#include <torchtidy/capture.h>
#include <torchtidy/extract.h>
#include <torchtidy/hnn.h>
#include <torchtidy/inspect.h>
#include <torchtidy/parametrize.h>
#include <torchtidy/resnet.h>
#include <torchtidy/slot.h>
#include <torchtidy/state_dict.h>
#include <torchtidy/summary.h>
#include <torchtidy/training.h>

#include <iostream>

namespace hnn = torchtidy::hnn;
using torch::Tensor;

namespace {

struct NetImpl : torch::nn::Cloneable<NetImpl> {
  NetImpl() {
    NetImpl::reset();
  }
  void reset() override {
    conv = register_module("conv", hnn::Conv2d(2, 3, 3));
    norm = register_module("norm", hnn::BatchNorm2d(3));
    lstm = register_module("lstm", hnn::LSTM(3, 3));
    attention = register_module("attention", hnn::MultiheadAttention(3, 1));
    plain = register_module("plain", torch::nn::Sequential(torch::nn::Linear(3, 2)));
  }
  Tensor forward(Tensor x) {
    x = std::get<0>(lstm(norm(conv(x)).mean({2, 3}).unsqueeze(1)));
    return plain->forward(std::get<0>(attention(x, x, x)));
  }
  hnn::Conv2d conv{nullptr};
  hnn::BatchNorm2d norm{nullptr};
  hnn::LSTM lstm{nullptr};
  hnn::MultiheadAttention attention{nullptr};
  torch::nn::Sequential plain{nullptr};
};
TORCHTIDY_MODULE(Net);

int failures = 0;
void expect(bool so, const char* what) {
  if (!so) {
    std::cerr << "not so: " << what << '\n';
    ++failures;
  }
}

} // namespace

int main() {
  Net net;
  size_t calls = 0;
  torchtidy::HookHandles handles;
  const auto count = [&](torch::nn::Module&, const torchtidy::Values&, torchtidy::Values&) { ++calls; };
  for (const char* name : {"", "conv", "norm", "lstm", "attention", "plain", "plain.0"}) {
    handles += torchtidy::register_forward_hook(net, name, count);
  }
  handles += torchtidy::register_module_forward_hook(count);
  torchtidy::parametrizations::spectral_norm(net->conv);
  torchtidy::GradientInspector gradients(net);
  const torchtidy::FeatureExtractor features(net, {"norm"});
  const Tensor x = torch::rand({4, 2, 5, 5});
  net->forward(x).sum().backward();
  expect(calls == 14, "each hook ran once, the global one for every module");
  expect(gradients.collect().layers().size() == 4, "gradients: attention holds a layer and is none");
  expect(features["norm"].size(1) == 3, "a feature");
  expect(
      torchtidy::create_feature_extractor(net, {"conv"})(x).size() == 1, "the exception that ends a forward");
  expect(torchtidy::summary(net, x).suspects.empty(), "a summary");
  torchtidy::AveragedModel<Net> average(net);
  torchtidy::update_bn(std::vector<Tensor>{x}, average);
  expect(torchtidy::load_state_dict(average->module, torchtidy::state_dict(net)).complete(), "a state dict");
  {
    const torchtidy::InferenceScope scope(net);
    expect(!net->forward(x).requires_grad(), "inference");
  }
  expect(torchtidy::is_hookable(torchtidy::resnet18(3)->children().front()), "a block of the library");
  try {
    torchtidy::hook_site(net, "nope");
    expect(false, "a wrong name is an error");
  } catch (const c10::Error&) {
  }
  return failures == 0 ? 0 : 1;
}
