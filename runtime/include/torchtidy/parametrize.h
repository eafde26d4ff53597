#pragma once

/// \file
/// Parametrizations: a parameter that is computed from others at every forward, with the names, keys and
/// numbers of Python's `torch.nn.utils.parametrize` and `torch.nn.utils.parametrizations`.
///
/// \code
/// namespace parametrizations = torchtidy::parametrizations;
/// conv = register_module("conv", parametrizations::spectral_norm(hnn::Conv2d(3, 8, 3)));
/// fc = register_module("fc", parametrizations::weight_norm(hnn::Linear(8, 2)));
/// // state dict: conv.bias, conv.parametrizations.weight.original, conv.parametrizations.weight.0._u, …
/// \endcode
///
/// The module must be hookable (hooks.h): a forward-pre hook computes the tensor and puts it into the
/// module's member. Own parametrizations:
/// \code
/// struct Symmetric : torchtidy::parametrize::Parametrization<Symmetric> {
///   torch::Tensor forward(const torch::Tensor& x) {
///     return x.triu() + x.triu(1).transpose(-1, -2);
///   }
/// };
/// torchtidy::parametrize::register_parametrization(net->fc, "weight", std::make_shared<Symmetric>());
/// \endcode
///
/// Guarantees: `to`, `train`, `clone`, state dicts and archives know the originals as parameters, and a clone
/// computes from its own. Limits: the member (`fc->weight`) has the value of the last forward; `value` gives
/// the present one. One thread at a time may run a parametrized module, since each forward sets the member.
/// Of LSTM, GRU and RNN (`weight_hh_l0`, …) the value stands among the weights that they give to cuDNN, which
/// no longer lie in one piece then.

#include <torchtidy/module_ref.h>

#include <torch/nn/cloneable.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace torchtidy {
namespace parametrize {

/// What a list of parametrizations calls. Derive from `Parametrization`.
class ParametrizationBase {
 public:
  virtual ~ParametrizationBase() = default;
  /// The value, from what `right_inverse` gave (for the second and later ones: from the value before).
  virtual torch::Tensor compute(const std::vector<torch::Tensor>& originals) = 0;
  /// Originals whose value is `value`. One tensor is registered as `original`; several as `original0`,
  /// `original1`, … Default: the value itself.
  virtual std::vector<torch::Tensor> right_inverse(const torch::Tensor& value) {
    return {value};
  }
};

/// The base of a parametrization, a module of its own: parameters and buffers that it registers in `reset()`
/// are in the state dict. `Derived` has `Tensor forward(const Tensor&)`, or `Tensor forward(const
/// std::vector<Tensor>&)` where `right_inverse` gives several.
template <typename Derived>
class Parametrization : public torch::nn::Cloneable<Derived>, public ParametrizationBase {
 public:
  void reset() override {}
  torch::Tensor compute(const std::vector<torch::Tensor>& originals) override {
    auto& self = static_cast<Derived&>(*this);
    if constexpr (
        std::is_invocable_v<decltype(&Derived::forward), Derived&, const std::vector<torch::Tensor>&>) {
      return self.forward(originals);
    } else {
      return self.forward(originals.front());
    }
  }
};

/// The member of a module that holds a tensor.
using MemberOf = std::function<torch::Tensor&(torch::nn::Module&)>;

/// Whether the tensor called `name` of the module itself is parametrized; "" asks for any.
/// Mirrors `torch.nn.utils.parametrize.is_parametrized`.
bool is_parametrized(ConstModuleRef module, const std::string& name = "");

/// The value now, with its graph: what Python's `module.weight` computes (with one more power iteration of
/// `spectral_norm` in training mode). Of a tensor that is not parametrized: the tensor.
/// \throws c10::Error if the module has no tensor of this name.
torch::Tensor value(ModuleRef module, const std::string& name = "weight");

/// Gives the originals the values from which `value` is computed, by way of `right_inverse`; optimizers keep
/// them. Mirrors assigning to a parametrized tensor in Python.
/// \throws c10::Error if it is not parametrized, or the originals would change in number or dtype.
void assign(ModuleRef module, const std::string& name, const torch::Tensor& value);

/// Takes the parametrizations away. The tensor keeps its present value (`leave_parametrized`), or that of the
/// original. It is registered last, as in Python; where there was one original it stays the same object for
/// optimizers. Mirrors `torch.nn.utils.parametrize.remove_parametrizations`.
/// \throws c10::Error if it is not parametrized, or for several originals without `leave_parametrized`.
void remove_parametrizations(ModuleRef module, const std::string& name, bool leave_parametrized = true);

namespace detail {
void register_parametrization(
    torch::nn::Module& module,
    const std::string& name,
    std::shared_ptr<torch::nn::Module> parametrization,
    ParametrizationBase& base,
    MemberOf member,
    bool unsafe);
} // namespace detail

/// Parametrizes a parameter or buffer of a built-in layer by its name. The parameter itself becomes
/// `parametrizations.<name>.original`, so that optimizers keep it; where `right_inverse` gives several
/// tensors, they are new: add them to the optimizer. A further parametrization is applied to the value of
/// those before. Mirrors `torch.nn.utils.parametrize.register_parametrization`.
/// \param unsafe allows another shape or dtype, and does not compute the value to check it.
/// \throws c10::Error if there is no such tensor, the module cannot be hooked or is of an own class (name the
/// member then), or the value has another shape or dtype.
template <typename P>
void register_parametrization(
    ModuleRef module,
    const std::string& name,
    const std::shared_ptr<P>& parametrization,
    bool unsafe = false) {
  TORCH_CHECK(parametrization, "register_parametrization: the parametrization is null");
  detail::register_parametrization(*module, name, parametrization, *parametrization, nullptr, unsafe);
}
/// The same for an own class: `member` is what its forward reads, `&NetImpl::scale`.
template <typename Impl, typename P>
void register_parametrization(
    ModuleRef module,
    const std::string& name,
    torch::Tensor Impl::* member,
    const std::shared_ptr<P>& parametrization,
    bool unsafe = false) {
  TORCH_CHECK(parametrization, "register_parametrization: the parametrization is null");
  const auto member_of = [member](torch::nn::Module& owner) -> torch::Tensor& {
    return dynamic_cast<Impl&>(owner).*member;
  };
  detail::register_parametrization(*module, name, parametrization, *parametrization, member_of, unsafe);
}

} // namespace parametrize

namespace parametrizations {

struct SpectralNormOptions {
  /// Power iterations a forward in training mode (default: 1).
  SpectralNormOptions& n_power_iterations(int64_t value) {
    n_power_iterations_ = value;
    return *this;
  }
  /// For numerical stability (default: 1e-12).
  SpectralNormOptions& eps(double value) {
    eps_ = value;
    return *this;
  }
  /// The dimension of the outputs (default: 1 for ConvTranspose, else 0).
  SpectralNormOptions& dim(int64_t value) {
    dim_ = value;
    return *this;
  }

  int64_t n_power_iterations_ = 1;
  double eps_ = 1e-12;
  Optional<int64_t> dim_;
};

/// Divides a parameter by its largest singular value, estimated by power iteration (in training mode one a
/// forward, kept in the buffers `_u` and `_v`; in evaluation mode none). `original` is the parameter itself.
/// The result, the start of `_u` and `_v` from a seed, and the keys are those of Python's
/// `torch.nn.utils.parametrizations.spectral_norm`.
/// \throws c10::Error as `register_parametrization`, or for options out of range.
void spectral_norm(
    ModuleRef module, const std::string& name = "weight", const SpectralNormOptions& options = {});

/// Magnitude `original0` and direction `original1` in place of one parameter: w = g v / |v|, the norm taken
/// over all dimensions but `dim` (-1: over all, Python's None). Both are new parameters. State dicts of
/// Python's older `torch.nn.utils.weight_norm` (`weight_g`, `weight_v`) load as well. Mirrors
/// `torch.nn.utils.parametrizations.weight_norm`.
/// \throws c10::Error as `register_parametrization`.
void weight_norm(ModuleRef module, const std::string& name = "weight", int64_t dim = 0);

/// How `orthogonal` makes a matrix of what the parameter is then.
enum class OrthogonalMap {
  /// The exponential of a skew-symmetric matrix.
  matrix_exp,
  /// (I + A/2) (I - A/2)^-1 of a skew-symmetric matrix A.
  cayley,
  /// A product of Householder reflections. Not for complex numbers.
  householder,
};

struct OrthogonalOptions {
  /// Default: matrix_exp for square and for complex matrices, else householder.
  OrthogonalOptions& orthogonal_map(OrthogonalMap value) {
    orthogonal_map_ = value;
    return *this;
  }
  /// Keeps a matrix `base` that the map's result is multiplied with, so that training begins at the identity
  /// of the map and any value can be assigned (default: true). Without it the maps matrix_exp and cayley
  /// begin at what they make of the parameter's values.
  OrthogonalOptions& use_trivialization(bool value) {
    use_trivialization_ = value;
    return *this;
  }

  Optional<OrthogonalMap> orthogonal_map_;
  bool use_trivialization_ = true;
};

/// Makes a matrix [..., m, n] orthogonal (of complex numbers: unitary): its columns are orthonormal if m >=
/// n, else its rows. It begins at the parameter's value if that is orthogonal, else at the Q of its QR
/// decomposition. `original` is the parameter itself, `0.base` a buffer. The values, also from a seed, and
/// the keys are those of Python's `torch.nn.utils.parametrizations.orthogonal`.
/// \throws c10::Error as `register_parametrization`, for a tensor of fewer than two dimensions, for
/// householder with complex numbers, and for what is parametrized already, which only matrix_exp and cayley
/// without trivialization can follow.
void orthogonal(ModuleRef module, const std::string& name = "weight", const OrthogonalOptions& options = {});

/// The same for a holder, which is given back: `register_module("fc", spectral_norm(hnn::Linear(4, 2)))`.
template <typename Holder, typename = std::enable_if_t<torch::detail::is_module_holder<Holder>::value>>
Holder spectral_norm(
    Holder module, const std::string& name = "weight", const SpectralNormOptions& options = {}) {
  spectral_norm(ModuleRef(module), name, options);
  return module;
}
template <typename Holder, typename = std::enable_if_t<torch::detail::is_module_holder<Holder>::value>>
Holder weight_norm(Holder module, const std::string& name = "weight", int64_t dim = 0) {
  weight_norm(ModuleRef(module), name, dim);
  return module;
}
template <typename Holder, typename = std::enable_if_t<torch::detail::is_module_holder<Holder>::value>>
Holder orthogonal(Holder module, const std::string& name = "weight", const OrthogonalOptions& options = {}) {
  orthogonal(ModuleRef(module), name, options);
  return module;
}

} // namespace parametrizations
} // namespace torchtidy
