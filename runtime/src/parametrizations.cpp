// What Python has in torch.nn.utils.parametrizations, operation by operation, so that every bit agrees.

// Before the modules: the instance norms of LibTorch 1.13 use functions that they do not include.
#include <torch/torch.h>

#include "layer_types.h"
#include "module_tensors.h"
#include "parametrization_list.h"
#include "tree.h"

#include <limits>

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

/// Machine epsilon of a floating-point or complex type.
double eps_of(at::ScalarType type) {
  switch (c10::toRealValueType(type)) {
    case at::kDouble:
      return std::numeric_limits<double>::epsilon();
    case at::kHalf:
      return std::numeric_limits<at::Half>::epsilon();
    case at::kBFloat16:
      return std::numeric_limits<at::BFloat16>::epsilon();
    default:
      return std::numeric_limits<float>::epsilon();
  }
}

bool is_orthogonal(const Tensor& q) {
  const Tensor id = at::eye(q.size(-1), q.options());
  const double eps = 10.0 * static_cast<double>(q.size(-2)) * eps_of(q.scalar_type());
  return at::allclose(at::matmul(q.mH(), q), id, /*rtol=*/1e-5, eps);
}

/// Of a tall matrix the Q with A = QR, where the diagonal of R is real and not negative.
Tensor make_orthogonal(const Tensor& a) {
  const auto [x, tau] = at::geqrf(a);
  // The diagonal of x is that of R.
  return at::linalg_householder_product(x, tau).mul_(x.diagonal(0, -2, -1).sgn().unsqueeze(-2));
}

class Orthogonal : public parametrize::Parametrization<Orthogonal> {
 public:
  /// `has_original`: the first parametrization of `weight` has made one.
  Orthogonal(const Tensor& weight, OrthogonalMap map, bool use_trivialization, bool has_original)
      : shape_(weight.sizes().vec()),
        map_(map),
        use_trivialization_(use_trivialization),
        has_original_(has_original) {}

  void reset() override {
    if (base_.defined()) {
      base_ = register_buffer("base", base_.detach().clone());
    }
  }

  Tensor forward(const Tensor& original) {
    const bool transposed = original.size(-2) < original.size(-1);
    const Tensor x = transposed ? original.mT() : original;
    Tensor q = map_ == OrthogonalMap::householder ? reflected(x) : rotated(x);
    if (base_.defined()) {
      q = at::matmul(base_, q);
    }
    return transposed ? q.mT() : q;
  }

  std::vector<Tensor> right_inverse(const Tensor& value) override {
    TORCH_CHECK(
        value.sizes() == shape_,
        "orthogonal: the value is of shape ",
        value.sizes(),
        "; it has to be of shape ",
        at::IntArrayRef(shape_));
    const bool transposed = value.size(-2) < value.size(-1);
    const Tensor q = transposed ? value.mT() : value;
    if (use_trivialization_) {
      set_base(completed(q));
      const Tensor negative = at::zeros_like(value);
      negative.diagonal(0, -2, -1).fill_(-1.0); // the identity, by every map
      return {negative};
    }
    if (map_ == OrthogonalMap::householder) {
      const auto [a, tau] = at::geqrf(q);
      // R with a positive diagonal; LAPACK gives exactly zero for a reflection that it does not use.
      a.diagonal(0, -2, -1).sign_().mul_(at::where(tau == 0.0, -at::ones_like(tau), at::ones_like(tau)));
      return {transposed ? a.mT() : a};
    }
    TORCH_CHECK(
        !has_original_,
        "orthogonal: without use_trivialization nothing can be assigned to the maps matrix_exp and cayley, "
        "which have no inverse; take the map householder, or use_trivialization(true)");
    has_original_ = true;
    return {value};
  }

  void pretty_print(std::ostream& stream) const override {
    stream << "torchtidy::Orthogonal";
  }

 private:
  /// exp(A), or (I + A/2)(I - A/2)^-1, of the skew-symmetric matrix A that `x` [..., n, k] stands for.
  Tensor rotated(Tensor x) const {
    const int64_t n = x.size(-2), k = x.size(-1);
    x = x.tril();
    if (n != k) {
      auto sizes = x.sizes().vec();
      sizes.back() = n - k;
      x = at::cat({x, x.new_zeros({n, n - k}).expand(sizes)}, -1);
    }
    const Tensor a = x - x.mH();
    Tensor q;
    if (map_ == OrthogonalMap::matrix_exp) {
      q = at::matrix_exp(a);
    } else {
      const Tensor id = at::eye(n, a.options());
      q = at::linalg_solve(at::add(id, a, -0.5), at::add(id, a, 0.5));
    }
    return n != k ? q.narrow(-1, 0, k) : q;
  }

  /// The product of the reflections below the diagonal of `x`, which has 1 and -1 on it.
  static Tensor reflected(const Tensor& x) {
    const Tensor a = x.tril(-1);
    const Tensor tau = (a * a).sum(-2).add(1.0).reciprocal().mul(2.0); // as Python divides by a tensor
    return at::linalg_householder_product(a, tau) * x.diagonal(0, -2, -1).to(at::kInt).unsqueeze(-2);
  }

  /// An orthogonal matrix [..., n, n] whose first columns are those of `q` [..., n, k], if they can be.
  static Tensor completed(const Tensor& q) {
    const int64_t n = q.size(-2), k = q.size(-1);
    if (n == k) {
      return is_orthogonal(q) ? q.clone() : make_orthogonal(q);
    }
    auto sizes = q.sizes().vec();
    sizes.back() = n - k;
    return make_orthogonal(at::cat({q, at::randn(sizes, q.options())}, -1));
  }

  /// Another tensor, as in Python: the graphs of earlier values need the one before.
  void set_base(const Tensor& base) {
    if (base_.defined()) {
      detail::RegisteredOf::buffers(*this)["base"] = base;
      base_ = base;
    } else {
      base_ = register_buffer("base", base);
    }
  }

  std::vector<int64_t> shape_;
  OrthogonalMap map_;
  bool use_trivialization_;
  bool has_original_;
  Tensor base_;
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

void orthogonal(ModuleRef module, const std::string& name, const OrthogonalOptions& options) {
  const Tensor weight = detail::present_value(*module, name);
  TORCH_CHECK(
      weight.dim() >= 2 && (weight.is_floating_point() || weight.is_complex()),
      "orthogonal: '",
      name,
      "' is ",
      weight.toString(),
      weight.sizes(),
      "; it has to be a matrix of floating-point or complex numbers, or a batch of them");
  const bool square = weight.size(-2) == weight.size(-1);
  const OrthogonalMap map = options.orthogonal_map_.value_or(
      square || weight.is_complex() ? OrthogonalMap::matrix_exp : OrthogonalMap::householder);
  TORCH_CHECK(
      map != OrthogonalMap::householder || !weight.is_complex(),
      "orthogonal: '",
      name,
      "' is complex, which the map householder does not support; take matrix_exp or cayley");
  const bool has_original = parametrize::is_parametrized(module, name);
  // Householder's diagonal of 1 and -1 and the base come from the value at the start.
  TORCH_CHECK(
      !has_original || (!options.use_trivialization_ && map != OrthogonalMap::householder),
      "orthogonal: '",
      name,
      "' has a parametrization already, which only matrix_exp and cayley without trivialization can follow; "
      "pass orthogonal_map(OrthogonalMap::matrix_exp).use_trivialization(false), or call orthogonal first");
  parametrize::register_parametrization(
      module, name, std::make_shared<Orthogonal>(weight, map, options.use_trivialization_, has_original));
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
