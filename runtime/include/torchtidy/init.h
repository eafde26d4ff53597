#pragma once

/// \file
/// Initialisation that can be run again: `reset_parameters` for whole models, and rules by layer type and
/// name.
///
/// \code
/// torchtidy::reset_parameters(model);                          // as fresh as from the constructors
///
/// auto rules = torchtidy::init_strategy("relu");               // by activation and layer
/// rules.name("*.bn2.weight", torchtidy::init::zeros());        // own rules come last and win
/// std::cout << rules.explain(model);                           // what would be done, and why
/// rules.apply(model, torch::make_generator<at::CPUGeneratorImpl>(7));
/// \endcode
///
/// LibTorch's layers have `reset_parameters` functions that nothing can call through a `Module&`. Own layers
/// take part by deriving from `Resettable`, or by one call of `enable_reset<Impl>()`.

#include <torchtidy/module_ref.h>

#include <ATen/core/Generator.h>
#include <torch/nn/module.h>

#include <functional>
#include <string>
#include <typeindex>
#include <typeinfo>
#include <utility>
#include <vector>

namespace torchtidy {

/// For own modules with parameters: what initialises those of the module itself (children see to themselves,
/// and run before).
class Resettable {
 public:
  virtual ~Resettable() = default;
  virtual void reset_parameters() = 0;
};

namespace detail {

using torch::nn::Module;

/// Initialises the module's own tensors if its class is known. \returns whether it is.
bool reset_own(Module& module);
/// Whether `reset_own` would do something.
bool can_reset_own(Module& module);

void register_reset(std::type_index type, std::function<void(Module&)> reset);

} // namespace detail

/// Makes `Impl::reset_parameters()`, which initialises the tensors of an `Impl` itself, known to the
/// functions of this header, for classes that cannot derive from `Resettable`. Thread-safe.
template <typename Impl>
void enable_reset() {
  detail::register_reset(
      typeid(Impl), [](torch::nn::Module& module) { dynamic_cast<Impl&>(module).reset_parameters(); });
}

/// Initialises every parameter and buffer under `root` anew, in place: dtype, device, `requires_grad` and
/// optimiser state of the parameters stay. Children first, so that a parent may change what they did.
/// Mirrors `model.apply(lambda m: m.reset_parameters())`.
/// \throws c10::Error, before anything is changed, naming the modules that have parameters of their own but
/// no known way to initialise them.
void reset_parameters(ModuleRef root);

/// Where random numbers come from; the default generator of the tensor's device if not given.
using Generator = Optional<at::Generator>;

/// The recommended gain of an activation: "linear", "sigmoid", "tanh", "relu", "leaky_relu" (with `param` the
/// negative slope), "selu"; also "gelu", "silu" and "mish", which Python lacks, with the gain of "relu".
/// Mirrors `nn.init.calculate_gain`. \throws c10::Error for other names.
double calculate_gain(const std::string& activation, double param = 0.01);

/// Fills `tensor` in place from the normal distribution cut off to [a, b], and gives it back. Any shape,
/// floating-point dtype, any device. Mirrors `nn.init.trunc_normal_`.
torch::Tensor trunc_normal_(
    torch::Tensor tensor,
    double mean = 0,
    double std = 1,
    double a = -2,
    double b = 2,
    const Generator& generator = {});

/// A way to fill a tensor, with a description.
class Initializer {
 public:
  using Fill = std::function<void(torch::Tensor&, const Generator&)>;
  Initializer(std::string text, Fill fill) : text_(std::move(text)), fill_(std::move(fill)) {}

  /// Fills `tensor` in place, without gradients. An undefined tensor (a layer's bias under `bias(false)`) is
  /// left alone. \returns whether it was filled.
  /// \throws c10::Error if the initialiser does not fit the shape.
  bool operator()(torch::Tensor tensor, const Generator& generator = {}) const;
  /// Such as "kaiming_normal(fan_out, relu)".
  const std::string& text() const {
    return text_;
  }

 private:
  std::string text_;
  Fill fill_;
};

/// Which count of connections `kaiming_*` keeps the variance for.
enum class Fan { in, out };

/// The initialisers of Python's `torch.nn.init`, same names and defaults.
namespace init {
Initializer uniform(double a = 0, double b = 1);
Initializer normal(double mean = 0, double std = 1);
Initializer trunc_normal(double mean = 0, double std = 1, double a = -2, double b = 2);
Initializer constant(double value);
Initializer ones();
Initializer zeros();
/// 2 dimensions only.
Initializer eye();
/// 3 to 5 dimensions.
Initializer dirac();
/// At least 2 dimensions, as all below.
Initializer xavier_uniform(double gain = 1);
Initializer xavier_normal(double gain = 1);
Initializer kaiming_uniform(double a = 0, Fan fan = Fan::in, const std::string& activation = "leaky_relu");
Initializer kaiming_normal(double a = 0, Fan fan = Fan::in, const std::string& activation = "leaky_relu");
Initializer orthogonal(double gain = 1);
/// 2 dimensions only; `sparsity` of each column is zero.
Initializer sparse(double sparsity, double std = 0.01);
} // namespace init

/// Initialisers by layer type and by name. Later rules win.
class InitRules {
 public:
  /// For the tensors called `tensor` ("weight"; "weight_hh*" with wildcards) of every layer that is an `Impl`
  /// (or derives from it). `why` is shown by `explain`. The row of an embedding's `padding_idx` is zero
  /// afterwards, as after construction.
  template <typename Impl>
  InitRules& layer(const std::string& tensor, Initializer initializer, std::string why = "") {
    return add(
        {[](const torch::nn::Module& module) { return dynamic_cast<const Impl*>(&module) != nullptr; },
         tensor,
         "",
         std::move(initializer),
         std::move(why)});
  }
  /// For the parameters and buffers whose dotted name fits `pattern` ("head.*", "*.bn2.weight"). All of the
  /// tensor is filled, whatever its layer is.
  InitRules& name(const std::string& pattern, Initializer initializer, std::string why = "") {
    return add({nullptr, "", pattern, std::move(initializer), std::move(why)});
  }

  /// Fills what the rules apply to, in place and in the order of the state dict. Warns of rules (those of
  /// `init_strategy` aside) that fit nothing.
  /// \returns the names of the parameters that no rule applies to; they are left alone.
  /// \throws c10::Error naming the tensor if an initialiser does not fit its shape.
  std::vector<std::string> apply(ModuleRef module, const Generator& generator = {}) const;
  /// A line a parameter: its name, shape, what `apply` would do, and why; then the rules that fit nothing.
  std::string explain(ConstModuleRef module) const;

 private:
  struct Rule {
    // Null for a rule by name.
    bool (*is_layer)(const torch::nn::Module&);
    std::string tensor;
    std::string pattern;
    Initializer initializer;
    std::string why;
    // Of init_strategy: for parameters only, and no wonder if there is none.
    bool usual = false;
  };
  struct Place;
  friend InitRules init_strategy(const std::string& activation);
  InitRules& add(Rule rule) {
    rules_.push_back(std::move(rule));
    return *this;
  }
  static bool applies(const Rule& rule, const Place& place);
  const Rule* find(const Place& place) const;
  /// A line for each rule that fits nothing in `module` and should.
  std::vector<std::string> idle(const torch::nn::Module& module) const;

  std::vector<Rule> rules_;
};

/// The usual choice for a network whose activation is `activation` (names as in `calculate_gain`): Kaiming
/// for convolutions and linear layers before ReLUs, Xavier for sigmoid, tanh and none, normal embeddings,
/// Xavier and orthogonal gates (each by itself), ones and zeros for norms, zero biases: parameters called
/// "bias", "…_bias", "bias_ih…" or "bias_hh…". Start from it and add own rules.
/// \throws c10::Error for unknown activations.
InitRules init_strategy(const std::string& activation);

} // namespace torchtidy
