// What a user writes gives no warning: compiled with -Werror and more warnings than the library's own tests,
// never run.

#include <torchtidy/anomaly.h>
#include <torchtidy/any_hooks.h>
#include <torchtidy/averaged_model.h>
#include <torchtidy/buffers.h>
#include <torchtidy/capture.h>
#include <torchtidy/check.h>
#include <torchtidy/checked_archive.h>
#include <torchtidy/containers.h>
#include <torchtidy/extract.h>
#include <torchtidy/hnn.h>
#include <torchtidy/inspect.h>
#include <torchtidy/memory.h>
#include <torchtidy/parametrize.h>
#include <torchtidy/resnet.h>
#include <torchtidy/sequential.h>
#include <torchtidy/state_files.h>
#include <torchtidy/summary.h>
#include <torchtidy/tensor_hook.h>
#include <torchtidy/training.h>

namespace hnn = torchtidy::hnn;

struct NetImpl : torch::nn::Cloneable<NetImpl> {
  NetImpl() {
    NetImpl::reset();
  }
  void reset() override {
    fc = register_module("fc", hnn::Linear(2, 2));
    norm = register_module("norm", hnn::BatchNorm1d(2));
    rnn = register_module("rnn", hnn::LSTM(2, 2));
    attention = register_module("attention", hnn::MultiheadAttention(2, 1));
    body = register_module("body", hnn::Sequential(hnn::ReLU(), torch::nn::Linear(2, 2)));
    layers = register_module("layers", torchtidy::ModuleVector<hnn::Linear>());
    layers.emplace_back(2, 2);
    heads = register_module("heads", torchtidy::ModuleMap<hnn::Linear>());
  }
  torch::Tensor forward(const torch::Tensor& input) {
    return slot(body(layers[0](norm(fc(input)))));
  }
  hnn::Linear fc{nullptr};
  hnn::BatchNorm1d norm{nullptr};
  hnn::LSTM rnn{nullptr};
  hnn::MultiheadAttention attention{nullptr};
  hnn::Sequential body{nullptr};
  torchtidy::ModuleVector<hnn::Linear> layers;
  torchtidy::ModuleMap<hnn::Linear> heads;
  torchtidy::TensorSlot slot{*this, "slot"};
};
TORCHTIDY_MODULE(Net);

struct Symmetric : torchtidy::parametrize::Parametrization<Symmetric> {
  torch::Tensor forward(const torch::Tensor& x) {
    return x.triu() + x.triu(1).transpose(-1, -2);
  }
};

struct EitherImpl : torch::nn::Module, torchtidy::HookSite {
  torch::Tensor forward(const torch::Tensor& x) {
    return torchtidy::run_with_hooks(*this, [](torch::Tensor value) { return value; }, x);
  }
};
TORCH_MODULE(Either);

bool use();

bool use() {
  Net net;
  torchtidy::HookHandles handles;
  handles +=
      torchtidy::register_forward_pre_hook(net, [](torch::nn::Module&, const torch::Tensor& x) { return x; });
  handles += torchtidy::register_forward_hook(
      net, "fc", [](torch::nn::Module&, const torchtidy::Values&, torchtidy::Values&) {});
  handles += torchtidy::register_full_backward_hook(
      net, [](torch::nn::Module&, const torchtidy::Grads&, const torchtidy::Grads&) {});
  handles += torchtidy::register_full_backward_pre_hook(
      Either(), [](torch::nn::Module&, const torchtidy::Grads&) {});
  const torchtidy::FeatureExtractor features(net, {"fc"});
  torchtidy::GradientInspector gradients(net);
  const auto table = torchtidy::summary(net, torch::ones({2, 2}));
  const auto values = torchtidy::to_vector<float>(net(torch::ones({2, 2})));
  torchtidy::enable_any_hooks<EitherImpl>();
  torchtidy::LossMeter losses;
  losses.add(gradients.collect().layers().empty() ? 0.0 : 1.0);
  const auto copy = std::dynamic_pointer_cast<NetImpl>(net->clone());
  const auto findings = torchtidy::check(copy);
  torchtidy::parametrize::register_parametrization(net->fc, "weight", std::make_shared<Symmetric>());
  net->fc = torchtidy::parametrizations::weight_norm(hnn::Linear(2, 2));
  torchtidy::AveragedModel<Net> average(net);
  average->update_parameters(net);
  torchtidy::update_bn(std::vector<torch::Tensor>{torch::ones({2, 2})}, average);
  torchtidy::soft_update(average->module, net, 0.5);
  const auto extractor = torchtidy::create_feature_extractor(net, {"fc"});
  const torchtidy::AnomalyMode anomaly(net);
  torchtidy::TensorSequential chain(torch::nn::Linear(2, 2), hnn::ReLU());
  torchtidy::register_buffer(net, "mask", extractor(chain(torch::ones({2, 2})))["fc"], false);
  return values.size() == 4 && !table.modules.empty() && findings.empty();
}
