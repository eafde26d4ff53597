#include "layer_types.h"
#include "near_names.h"
#include "tree.h"

#include <torchtidy/init.h>

#include <torch/nn/init.h>
#include <torch/torch.h>

#include <fnmatch.h>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace torchtidy {
namespace {

using torch::Tensor;
using torch::nn::Module;

double fan_of(const Tensor& tensor, Fan fan) {
  const auto fans = torch::nn::init::_calculate_fan_in_and_fan_out(tensor);
  return static_cast<double>(fan == Fan::in ? std::get<0>(fans) : std::get<1>(fans));
}

double xavier_std(const Tensor& tensor, double gain) {
  return gain * std::sqrt(2.0 / (fan_of(tensor, Fan::in) + fan_of(tensor, Fan::out)));
}

double kaiming_std(const Tensor& tensor, double a, Fan fan, const std::string& activation) {
  return calculate_gain(activation, a) / std::sqrt(fan_of(tensor, fan));
}

std::string text_of(const char* name, std::initializer_list<std::string> arguments) {
  return c10::str(name, "(", c10::Join(", ", arguments), ")");
}

std::string text_of(Fan fan) {
  return fan == Fan::in ? "fan_in" : "fan_out";
}

void fill_orthogonal(Tensor& tensor, double gain, const Generator& generator) {
  TORCH_CHECK(tensor.dim() >= 2, "orthogonal needs at least 2 dimensions");
  const int64_t rows = tensor.size(0);
  const int64_t columns = tensor.numel() / std::max<int64_t>(rows, 1);
  auto flat = torch::empty({rows, columns}, tensor.options()).normal_(0, 1, generator);
  if (rows < columns) {
    flat.t_();
  }
  Tensor q, r;
  std::tie(q, r) = at::linalg_qr(flat);
  q = q * r.diagonal().sign(); // makes Q uniform, https://arxiv.org/abs/math-ph/0609050
  if (rows < columns) {
    q = q.t();
  }
  tensor.view_as(q).copy_(q).mul_(gain);
}

void fill_sparse(Tensor& tensor, double sparsity, double std, const Generator& generator) {
  TORCH_CHECK(tensor.dim() == 2, "sparse needs 2 dimensions");
  const auto zeros = static_cast<int64_t>(std::ceil(sparsity * static_cast<double>(tensor.size(0))));
  tensor.normal_(0, std, generator);
  // The rows with the smallest of random numbers: a random choice without repetition.
  const auto order =
      torch::empty(tensor.sizes(), tensor.options().dtype(torch::kFloat)).uniform_(0, 1, generator);
  tensor.scatter_(0, order.argsort(int64_t{0}, false).slice(0, 0, zeros), 0);
}

/// Fills the parts of a tensor that belong to different gates each by itself.
Initializer of_each_gate(int64_t gates, const Initializer& initializer) {
  if (gates == 1) {
    return initializer;
  }
  return {initializer.text() + " of each gate", [=](Tensor& t, const Generator& g) {
            for (const auto& gate : t.chunk(gates)) {
              initializer(gate, g);
            }
          }};
}

template <typename Impl>
bool zero_padding(const Module& module, const Tensor& weight) {
  const auto* embedding = dynamic_cast<const Impl*>(&module);
  if (embedding == nullptr || !embedding->options.padding_idx().has_value()) {
    return false;
  }
  torch::NoGradGuard no_grad;
  const int64_t row = *embedding->options.padding_idx();
  weight.select(0, row < 0 ? row + weight.size(0) : row).zero_();
  return true;
}

bool fits(const std::string& pattern, const std::string& name) {
  return fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

} // namespace

/// A parameter or buffer, and where it is.
struct InitRules::Place {
  const Module& owner;
  const std::string& own_name;
  std::string name;
  const Tensor& tensor;
  bool is_parameter;

  template <typename Visitor>
  static void visit_all(const Module& module, Visitor&& visit) {
    detail::visit_modules(module, "", [&](const std::string& prefix, const Module& owner) {
      detail::visit_own_tensors(owner, [&](const std::string& own, const Tensor& tensor, bool is_parameter) {
        visit(Place{owner, own, prefix + own, tensor, is_parameter});
      });
    });
  }
};

double calculate_gain(const std::string& activation, double param) {
  if (activation == "tanh") {
    return 5.0 / 3;
  }
  if (activation == "relu" || activation == "gelu" || activation == "silu" || activation == "mish") {
    return std::sqrt(2.0);
  }
  if (activation == "leaky_relu") {
    return std::sqrt(2.0 / (1 + param * param));
  }
  if (activation == "selu") {
    return 0.75;
  }
  TORCH_CHECK(
      activation == "linear" || activation == "sigmoid" || activation.compare(0, 4, "conv") == 0,
      "calculate_gain: '",
      activation,
      "' is not known; known are linear, sigmoid, tanh, relu, leaky_relu, selu, gelu, silu, mish");
  return 1;
}

Tensor trunc_normal_(Tensor tensor, double mean, double std, double a, double b, const Generator& generator) {
  TORCH_CHECK(std > 0 && a < b, "trunc_normal_: std must be positive and a smaller than b");
  torch::NoGradGuard no_grad;
  // By the inverse of the distribution function, as Python does.
  const auto below = [&](double x) { return (1 + std::erf((x - mean) / std / std::sqrt(2.0))) / 2; };
  tensor.uniform_(2 * below(a) - 1, 2 * below(b) - 1, generator);
  return tensor.erfinv_().mul_(std * std::sqrt(2.0)).add_(mean).clamp_(a, b);
}

bool Initializer::operator()(Tensor tensor, const Generator& generator) const {
  if (!tensor.defined()) {
    return false;
  }
  torch::NoGradGuard no_grad;
  fill_(tensor, generator);
  return true;
}

namespace init {

Initializer uniform(double a, double b) {
  return {text_of("uniform", {c10::str(a), c10::str(b)}), [=](Tensor& t, const Generator& g) {
            t.uniform_(a, b, g);
          }};
}
Initializer normal(double mean, double std) {
  return {text_of("normal", {c10::str(mean), c10::str(std)}), [=](Tensor& t, const Generator& g) {
            t.normal_(mean, std, g);
          }};
}
Initializer trunc_normal(double mean, double std, double a, double b) {
  return {
      text_of("trunc_normal", {c10::str(mean), c10::str(std), c10::str(a), c10::str(b)}),
      [=](Tensor& t, const Generator& g) { trunc_normal_(t, mean, std, a, b, g); }};
}
Initializer constant(double value) {
  return {text_of("constant", {c10::str(value)}), [=](Tensor& t, const Generator&) { t.fill_(value); }};
}
Initializer ones() {
  return {"ones()", [](Tensor& t, const Generator&) { t.fill_(1); }};
}
Initializer zeros() {
  return {"zeros()", [](Tensor& t, const Generator&) { t.zero_(); }};
}
Initializer eye() {
  return {"eye()", [](Tensor& t, const Generator&) { torch::nn::init::eye_(t); }};
}
Initializer dirac() {
  return {"dirac()", [](Tensor& t, const Generator&) { torch::nn::init::dirac_(t); }};
}
Initializer xavier_uniform(double gain) {
  return {text_of("xavier_uniform", {c10::str(gain)}), [=](Tensor& t, const Generator& g) {
            const double bound = std::sqrt(3.0) * xavier_std(t, gain);
            t.uniform_(-bound, bound, g);
          }};
}
Initializer xavier_normal(double gain) {
  return {text_of("xavier_normal", {c10::str(gain)}), [=](Tensor& t, const Generator& g) {
            t.normal_(0, xavier_std(t, gain), g);
          }};
}
Initializer kaiming_uniform(double a, Fan fan, const std::string& activation) {
  return {text_of("kaiming_uniform", {text_of(fan), activation}), [=](Tensor& t, const Generator& g) {
            const double bound = std::sqrt(3.0) * kaiming_std(t, a, fan, activation);
            t.uniform_(-bound, bound, g);
          }};
}
Initializer kaiming_normal(double a, Fan fan, const std::string& activation) {
  return {text_of("kaiming_normal", {text_of(fan), activation}), [=](Tensor& t, const Generator& g) {
            t.normal_(0, kaiming_std(t, a, fan, activation), g);
          }};
}
Initializer orthogonal(double gain) {
  return {text_of("orthogonal", {c10::str(gain)}), [=](Tensor& t, const Generator& g) {
            fill_orthogonal(t, gain, g);
          }};
}
Initializer sparse(double sparsity, double std) {
  return {text_of("sparse", {c10::str(sparsity), c10::str(std)}), [=](Tensor& t, const Generator& g) {
            fill_sparse(t, sparsity, std, g);
          }};
}

} // namespace init

bool InitRules::applies(const Rule& rule, const Place& place) {
  if (rule.usual && !place.is_parameter) {
    return false;
  }
  return rule.is_layer != nullptr ? rule.is_layer(place.owner) && fits(rule.tensor, place.own_name)
                                  : fits(rule.pattern, place.name);
}

const InitRules::Rule* InitRules::find(const Place& place) const {
  for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
    if (applies(*rule, place)) {
      return &*rule;
    }
  }
  return nullptr;
}

std::vector<std::string> InitRules::idle(const Module& module) const {
  std::vector<const Rule*> left;
  for (const auto& rule : rules_) {
    if (!rule.usual) {
      left.push_back(&rule);
    }
  }
  std::vector<std::string> names;
  std::vector<std::string> own_names;
  Place::visit_all(module, [&](const Place& place) {
    names.push_back(place.name);
    own_names.push_back(place.own_name);
    left.erase(
        std::remove_if(left.begin(), left.end(), [&](const Rule* rule) { return applies(*rule, place); }),
        left.end());
  });
  std::sort(own_names.begin(), own_names.end());
  own_names.erase(std::unique(own_names.begin(), own_names.end()), own_names.end());
  std::vector<std::string> lines;
  for (const Rule* rule : left) {
    const bool by_layer = rule->is_layer != nullptr;
    const std::string& wanted = by_layer ? rule->tensor : rule->pattern;
    lines.push_back(
        c10::str(
            "the rule ",
            rule->initializer.text(),
            by_layer ? " for layers with '" : " for '",
            wanted,
            "' fits nothing; ",
            detail::near_names(wanted, by_layer ? own_names : names, 3, "the tensors")));
  }
  return lines;
}

std::vector<std::string> InitRules::apply(ModuleRef module, const Generator& generator) const {
  for (const auto& line : idle(*module)) {
    TORCH_WARN("InitRules: ", line);
  }
  std::vector<std::string> left;
  Place::visit_all(*module, [&](const Place& place) {
    const Rule* rule = find(place);
    if (rule == nullptr) {
      if (place.is_parameter) {
        left.push_back(place.name);
      }
      return;
    }
    try {
      rule->initializer(place.tensor, generator);
      if (rule->is_layer != nullptr && place.own_name == "weight") {
        zero_padding<torch::nn::EmbeddingImpl>(place.owner, place.tensor) ||
            zero_padding<torch::nn::EmbeddingBagImpl>(place.owner, place.tensor);
      }
    } catch (const c10::Error& error) {
      TORCH_CHECK(
          false,
          "Cannot initialise '",
          place.name,
          "' ",
          place.tensor.sizes(),
          " with ",
          rule->initializer.text(),
          ": ",
          error.what_without_backtrace());
    }
  });
  return left;
}

std::string InitRules::explain(ConstModuleRef module) const {
  std::ostringstream text;
  Place::visit_all(*module, [&](const Place& place) {
    const Rule* rule = find(place);
    if (rule == nullptr && !place.is_parameter) {
      return;
    }
    text << place.name << " " << place.tensor.sizes() << ": "
         << (rule != nullptr ? rule->initializer.text() : "left alone");
    if (rule != nullptr && !rule->why.empty()) {
      text << " (" << rule->why << ")";
    }
    text << "\n";
  });
  for (const auto& line : idle(*module)) {
    text << line << "\n";
  }
  return text.str();
}

namespace {

template <typename... Impls>
void for_layers(
    InitRules& rules,
    detail::Types<Impls...> /*types*/,
    const std::string& tensor,
    const Initializer& initializer,
    const std::string& why) {
  (rules.layer<Impls>(tensor, initializer, why), ...);
}

template <typename... Impls>
void for_gates(InitRules& rules, detail::Types<Impls...> types, int64_t gates) {
  for_layers(rules, types, "weight_ih*", of_each_gate(gates, init::xavier_uniform()), "gates");
  for_layers(
      rules, types, "weight_hh*", of_each_gate(gates, init::orthogonal()), "recurrence keeps its norm");
}

} // namespace

InitRules init_strategy(const std::string& activation) {
  const double gain = calculate_gain(activation);
  const bool rectifies = activation == "relu" || activation == "leaky_relu";
  const bool smooth = activation == "gelu" || activation == "silu" || activation == "mish";
  const std::string before = "before " + activation;

  InitRules rules;
  for (const char* bias : {"bias", "*_bias", "bias_ih*", "bias_hh*"}) {
    rules.layer<Module>(bias, init::zeros(), "biases start at zero");
  }
  const auto conv =
      rectifies || smooth ? init::kaiming_normal(0.01, Fan::out, activation) : init::xavier_uniform(gain);
  for_layers(rules, detail::Convolutions(), "weight", conv, "convolution " + before);
  const auto linear =
      rectifies ? init::kaiming_uniform(0.01, Fan::in, activation) : init::xavier_uniform(smooth ? 1 : gain);
  for_layers(rules, detail::Linears(), "weight", linear, "linear layer " + before);
  for_layers(rules, detail::Embeddings(), "weight", init::normal(), "embedding");
  for_gates(rules, detail::Types<torch::nn::RNNImpl, torch::nn::RNNCellImpl>(), 1);
  for_gates(rules, detail::Types<torch::nn::GRUImpl, torch::nn::GRUCellImpl>(), 3);
  for_gates(rules, detail::Types<torch::nn::LSTMImpl, torch::nn::LSTMCellImpl>(), 4);
  for_layers(rules, detail::Attentions(), "*proj_weight", init::xavier_uniform(), "attention");
  for_layers(rules, detail::Attentions(), "bias_[kv]", init::xavier_normal(), "attention");
  for_layers(rules, detail::Norms(), "weight", init::ones(), "norms start as the identity");
  for_layers(rules, detail::PReLUs(), "weight", init::constant(0.25), "as PReLU's default");
  for (auto& rule : rules.rules_) {
    rule.usual = true;
  }
  return rules;
}

} // namespace torchtidy
