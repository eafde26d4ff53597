// What Python has in torch.nn.utils.parametrizations, operation by operation, so that every bit agrees.

// Before the modules: the instance norms of LibTorch 1.13 use functions that they do not include.
#include <torch/torch.h>

#include "layer_types.h"
#include "module_tensors.h"
#include "parametrization_list.h"
#include "tree.h"

namespace torchtidy {
namespace parametrizations {
namespace {

using torch::Tensor;
using torch::nn::Module;

/// As `F.normalize(x, dim=0, eps=eps)`.
Tensor normalized(const Tensor& x, double eps) {
  return x / at::norm(x, 2, {0}, /*keepdim=*/true).clamp_min(eps).expand_as(x);
}

/// The same into `out`, as with `out=`.
void normalize_into(const Tensor& out, const Tensor& x, double eps) {
  Tensor target = out;
  at::div_out(target, x, at::norm(x, 2, {0}, /*keepdim=*/true).clamp_min_(eps).expand_as(x));
}

class SpectralNorm : public parametrize::Parametrization<SpectralNorm> {
 public:
  SpectralNorm(const Tensor& weight, const SpectralNormOptions& options)
      : options_(options), dim_(at::maybe_wrap_dim(*options.dim_, weight.dim())) {
    if (weight.dim() > 1) {
      torch::NoGradGuard no_grad;
      const Tensor matrix = as_matrix(weight);
      const Tensor u = matrix.new_empty({matrix.size(0)}).normal_(0, 1);
      const Tensor v = matrix.new_empty({matrix.size(1)}).normal_(0, 1);
      u_ = normalized(u, options_.eps_);
      v_ = normalized(v, options_.eps_);
    }
    reset();
    if (u_.defined()) {
      // A reasonable start.
      power_method(as_matrix(weight), 15);
    }
  }

  void reset() override {
    if (u_.defined()) {
      u_ = register_buffer("_u", u_.detach().clone());
      v_ = register_buffer("_v", v_.detach().clone());
    }
  }

  Tensor forward(const Tensor& weight) {
    if (weight.dim() == 1) {
      return normalized(weight, options_.eps_);
    }
    const Tensor matrix = as_matrix(weight);
    if (is_training()) {
      power_method(matrix, options_.n_power_iterations_);
    }
    // Copies: the next forward writes to the buffers, which the backward of this one needs.
    const Tensor u = u_.clone(at::MemoryFormat::Contiguous);
    const Tensor v = v_.clone(at::MemoryFormat::Contiguous);
    return weight / at::vdot(u, at::mv(matrix, v));
  }

  void pretty_print(std::ostream& stream) const override {
    stream << "torchtidy::SpectralNorm";
  }

 private:
  Tensor as_matrix(Tensor weight) const {
    if (dim_ != 0) {
      std::vector<int64_t> order{dim_};
      for (int64_t d = 0; d < weight.dim(); ++d) {
        if (d != dim_) {
          order.push_back(d);
        }
      }
      weight = weight.permute(order);
    }
    return weight.flatten(1);
  }

  void power_method(const Tensor& matrix, int64_t iterations) const {
    torch::NoGradGuard no_grad;
    for (int64_t i = 0; i < iterations; ++i) {
      normalize_into(u_, at::mv(matrix, v_), options_.eps_);
      normalize_into(v_, at::mv(matrix.t().conj(), u_), options_.eps_);
    }
  }

  SpectralNormOptions options_;
  int64_t dim_;
  Tensor u_, v_;
};

class WeightNorm : public parametrize::Parametrization<WeightNorm> {
 public:
  explicit WeightNorm(int64_t dim) : dim_(dim) {}

  Tensor forward(const std::vector<Tensor>& originals) {
    return at::_weight_norm(originals[1], originals[0], dim_);
  }
  std::vector<Tensor> right_inverse(const Tensor& value) override {
    return {at::norm_except_dim(value, 2, dim_), value};
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "torchtidy::WeightNorm";
  }

 private:
  int64_t dim_;
};

template <typename... Impls>
bool is_one_of(detail::Types<Impls...> /*types*/, const Module& module) {
  return ((dynamic_cast<const Impls*>(&module) != nullptr) || ...);
}

bool is_transposed(const Module& module) {
  using namespace torch::nn;
  return is_one_of(detail::Types<ConvTranspose1dImpl, ConvTranspose2dImpl, ConvTranspose3dImpl>(), module);
}

} // namespace

void spectral_norm(ModuleRef module, const std::string& name, const SpectralNormOptions& options) {
  const Tensor weight = detail::present_value(*module, name);
  SpectralNormOptions chosen = options;
  chosen.dim(options.dim_.value_or(is_transposed(*module) ? 1 : 0));
  TORCH_CHECK(
      *chosen.dim_ >= -weight.dim() && *chosen.dim_ < weight.dim(),
      "spectral_norm: dim is ",
      *chosen.dim_,
      ", and '",
      name,
      "' has ",
      weight.dim(),
      " dimensions");
  TORCH_CHECK(
      chosen.n_power_iterations_ > 0,
      "spectral_norm: n_power_iterations is ",
      chosen.n_power_iterations_,
      "; it has to be positive");
  parametrize::register_parametrization(module, name, std::make_shared<SpectralNorm>(weight, chosen));
}

void weight_norm(ModuleRef module, const std::string& name, int64_t dim) {
  parametrize::register_parametrization(module, name, std::make_shared<WeightNorm>(dim), /*unsafe=*/true);
}

} // namespace parametrizations

namespace detail {

void add_old_weight_norm_keys(const Module& root, std::map<std::string, std::string>& renames) {
  visit_modules(root, "", [&](const std::string& prefix, const Module& module) {
    for (const auto& list : all_parametrizations(module)) {
      if (std::dynamic_pointer_cast<parametrizations::WeightNorm>(list->steps().front())) {
        const std::string name = prefix + list->tensor_name();
        const std::string place = prefix + "parametrizations." + list->tensor_name();
        renames[name + "_g"] = place + ".original0";
        renames[name + "_v"] = place + ".original1";
      }
    }
  });
}

} // namespace detail
} // namespace torchtidy
