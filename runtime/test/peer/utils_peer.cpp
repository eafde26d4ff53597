// The C++ side of utils_peer.py: what Python has in torch.nn.utils.parametrizations, torch.optim.swa_utils
// and torchvision's create_feature_extractor, on the same weights, inputs and seeds.
//
//   utils_peer <in.pt> <out.pt>
//
// Entries of both are called "<case>/<what>".

#include <torchtidy/averaged_model.h>
#include <torchtidy/extract.h>
#include <torchtidy/hnn.h>
#include <torchtidy/parametrize.h>
#include <torchtidy/sequential.h>
#include <torchtidy/state_files.h>
#include <torchtidy/training.h>

#include <torch/torch.h>

#include <functional>
#include <iostream>

namespace hnn = torchtidy::hnn;
namespace nn = torch::nn;
namespace parametrizations = torchtidy::parametrizations;
namespace parametrize = torchtidy::parametrize;
using torch::Tensor;
using torch::nn::Module;
using torchtidy::StateDict;

namespace {

struct Case {
  std::string name;
  const StateDict& given;
  StateDict& result;

  const Tensor& in(const std::string& what) const {
    return given[name + "/" + what];
  }
  void out(const std::string& what, const Tensor& value) {
    result.insert(name + "/" + what, value.detach().clone());
  }
  /// Entries "<case>/<what>.*".
  void load(Module& module, const std::string& what) const {
    const auto options = torchtidy::LoadOptions().prefix(name + "/" + what + ".");
    (void)torchtidy::load_state_dict(module, given, options);
  }
  void out_state(const Module& module, const std::string& what) {
    for (const auto& item : torchtidy::state_dict(module)) {
      out(what + "." + item.key(), item.value());
    }
  }
};

/// Three steps of training, one forward of evaluation, Python's weights, removal.
template <typename Holder>
void parametrized(
    Case& c,
    Holder layer,
    const std::function<void(Holder&)>& parametrization,
    const std::string& name = "weight") {
  const auto run = [&](const std::string& x) {
    if constexpr (std::is_same_v<decltype(layer->forward(c.in(x))), Tensor>) {
      return layer->forward(c.in(x));
    } else {
      return std::get<0>(layer->forward(c.in(x))); // without the state
    }
  };
  c.load(*layer, "plain");
  torch::manual_seed(5); // the start of _u and _v
  parametrization(layer);
  c.out_state(*layer, "start");
  torch::optim::SGD optimizer(layer->parameters(), 0.1);
  for (int step = 0; step < 3; ++step) {
    optimizer.zero_grad();
    const Tensor y = run("x" + std::to_string(step));
    c.out("y" + std::to_string(step), y);
    y.pow(2).sum().backward();
    optimizer.step();
  }
  c.out_state(*layer, "trained");
  layer->eval();
  c.out("eval", run("x0"));
  c.load(*layer, "other"); // what Python trained from other weights
  c.out("other eval", run("x0"));
  layer->train();
  parametrize::remove_parametrizations(layer, name);
  c.out_state(*layer, "removed");
}

struct NetImpl : nn::Cloneable<NetImpl> {
  NetImpl() {
    NetImpl::reset();
  }
  void reset() override {
    fc1 = register_module("fc1", hnn::Linear(4, 6));
    norm = register_module("norm", hnn::BatchNorm1d(6));
    fc2 = register_module("fc2", hnn::Linear(6, 2));
  }
  Tensor forward(Tensor x) {
    return fc2(torch::relu(norm(fc1(x))));
  }
  hnn::Linear fc1{nullptr}, fc2{nullptr};
  hnn::BatchNorm1d norm{nullptr};
};
TORCHTIDY_MODULE(Net);

void averaged(Case& c, const torchtidy::AveragedModelOptions& options) {
  Net net;
  c.load(*net, "plain");
  torchtidy::AveragedModel<Net> average(net, options);
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  for (int step = 0; step < 3; ++step) {
    optimizer.zero_grad();
    net(c.in("x" + std::to_string(step))).pow(2).sum().backward();
    optimizer.step();
    average->update_parameters(net);
  }
  c.out_state(*average, "average");
  torchtidy::update_bn(std::vector<Tensor>{c.in("x0"), c.in("x1"), c.in("x2")}, average);
  c.out_state(*average, "updated");
  average->eval();
  c.out("eval", average->forward(c.in("x0")));
}

void copied(Case& c) {
  Net target, source;
  c.load(*target, "target");
  source->to(torch::kDouble);
  c.load(*source, "source");
  torchtidy::copy_weights(target, source);
  c.out_state(*target, "after");
}

void blended(Case& c) {
  Net target, source;
  c.load(*target, "target");
  c.load(*source, "source");
  for (int step = 0; step < 3; ++step) {
    torchtidy::soft_update(target, source, 0.3);
    c.out_state(*target, "after" + std::to_string(step));
  }
}

void nested(Case& c) {
  nn::Sequential net(
      torchtidy::TensorSequential(
          nn::Linear(4, 3), torchtidy::TensorSequential(nn::Tanh(), nn::BatchNorm1d(3))),
      nn::Linear(3, 2));
  c.load(*net, "plain");
  c.out("y", net->forward(c.in("x0")));
  c.out_state(*net, "after");
}

void features(Case& c) {
  Net net;
  c.load(*net, "plain");
  const auto extract = torchtidy::create_feature_extractor(net, {"norm", {"fc1", "first"}});
  const auto found = extract(c.in("x0"));
  for (const auto& item : found) {
    c.out(item.key(), item.value());
  }
  found["norm"].pow(2).sum().backward();
  c.out("grad", net->fc1->weight.grad());
}

const std::vector<std::pair<std::string, std::function<void(Case&)>>>& cases() {
  using parametrizations::SpectralNormOptions;
  using torchtidy::AveragedModelOptions;
  const auto spectral = [](auto make, SpectralNormOptions options) {
    return [make, options](Case& c) {
      using Holder = decltype(make());
      parametrized<Holder>(
          c, make(), [&](Holder& layer) { parametrizations::spectral_norm(layer, "weight", options); });
    };
  };
  const auto weight = [](auto make, int64_t dim) {
    return [make, dim](Case& c) {
      using Holder = decltype(make());
      parametrized<Holder>(
          c, make(), [&](Holder& layer) { parametrizations::weight_norm(layer, "weight", dim); });
    };
  };
  const auto orthogonal =
      [](auto make, parametrizations::OrthogonalOptions options, const std::string& name = "weight") {
        return [=](Case& c) {
          using Holder = decltype(make());
          parametrized<Holder>(
              c, make(), [&](Holder& layer) { parametrizations::orthogonal(layer, name, options); }, name);
        };
      };
  using parametrizations::OrthogonalMap;
  using parametrizations::OrthogonalOptions;
  const auto mapped = [](OrthogonalMap map) { return OrthogonalOptions().orthogonal_map(map); };
  const auto linear = [] { return hnn::Linear(5, 3); };
  const auto square = [] { return hnn::Linear(5, 5); };
  const auto wide = [] { return hnn::Linear(3, 5); };
  const auto lstm = [] { return hnn::LSTM(nn::LSTMOptions(3, 4).num_layers(2)); };
  const auto gru = [] { return hnn::GRU(3, 4); };
  const auto conv = [] { return hnn::Conv2d(2, 3, 3); };
  const auto transposed = [] { return hnn::ConvTranspose2d(2, 3, 3); };
  static const std::vector<std::pair<std::string, std::function<void(Case&)>>> all = {
      {"spectral linear", spectral(linear, {})},
      {"spectral linear 3 iterations", spectral(linear, SpectralNormOptions().n_power_iterations(3))},
      {"spectral linear dim 1", spectral(linear, SpectralNormOptions().dim(1).eps(1e-6))},
      {"spectral conv", spectral(conv, {})},
      {"spectral transposed conv", spectral(transposed, {})},
      {"weight linear", weight(linear, 0)},
      {"weight linear dim 1", weight(linear, 1)},
      {"weight linear dim None", weight(linear, -1)},
      {"weight conv", weight(conv, 0)},
      {"orthogonal linear", orthogonal(linear, {})},
      {"orthogonal tall", orthogonal(wide, {})},
      {"orthogonal square", orthogonal(square, {})},
      {"orthogonal matrix_exp", orthogonal(linear, mapped(OrthogonalMap::matrix_exp))},
      {"orthogonal cayley", orthogonal(linear, mapped(OrthogonalMap::cayley))},
      {"orthogonal householder square", orthogonal(square, mapped(OrthogonalMap::householder))},
      {"orthogonal matrix_exp plain",
       orthogonal(wide, mapped(OrthogonalMap::matrix_exp).use_trivialization(false))},
      {"orthogonal cayley plain",
       orthogonal(square, mapped(OrthogonalMap::cayley).use_trivialization(false))},
      {"orthogonal householder plain",
       orthogonal(linear, mapped(OrthogonalMap::householder).use_trivialization(false))},
      {"orthogonal conv", orthogonal(conv, {})},
      {"orthogonal lstm", orthogonal(lstm, {}, "weight_hh_l1")},
      {"weight gru",
       [gru](Case& c) {
         parametrized<hnn::GRU>(
             c,
             gru(),
             [](hnn::GRU& layer) { parametrizations::weight_norm(layer, "weight_ih_l0"); },
             "weight_ih_l0");
       }},
      {"swa", [](Case& c) { averaged(c, {}); }},
      {"swa multi",
       [](Case& c) { averaged(c, AveragedModelOptions().multi_avg_fn(torchtidy::get_swa_multi_avg_fn())); }},
      {"ema",
       [](Case& c) {
         averaged(c, AveragedModelOptions().multi_avg_fn(torchtidy::get_ema_multi_avg_fn(0.9)));
       }},
      {"ema one by one",
       [](Case& c) { averaged(c, AveragedModelOptions().avg_fn(torchtidy::get_ema_avg_fn(0.9))); }},
      {"ema with buffers",
       [](Case& c) {
         auto options = AveragedModelOptions().use_buffers(true);
         averaged(c, options.multi_avg_fn(torchtidy::get_ema_multi_avg_fn(0.9)));
       }},
      {"copied weights", copied},
      {"soft update", blended},
      {"features", features},
      {"nested sequential", nested},
  };
  return all;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: utils_peer <in.pt> <out.pt>\n";
    return 2;
  }
  torch::set_num_threads(1);
  const auto given = torchtidy::read_state_dict(argv[1]);
  StateDict result;
  for (const auto& entry : cases()) {
    Case c{entry.first, given, result};
    entry.second(c);
  }
  torchtidy::write_torch(result, argv[2]);
  return 0;
}
