// RUN: %check torch-state-in-forward %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
// Stores that keep no graph: constants, whole numbers, arguments without one, values that the same call replaces.
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

// Constants, however long the way: through cat, stack, helpers, arithmetic.
static Tensor frequencies(int64_t dim) {
  Tensor even = torch::arange(0, dim, 2, torch::kFloat32) / float(dim);
  return 1.0f / torch::pow(10000.0f, even);
}
struct ConstantsImpl : nn::Module {
  explicit ConstantsImpl(int64_t dim) : dim_(dim) {}
  Tensor forward(Tensor x) {
    build(x.size(0), x.device(), x.scalar_type());
    stacked = torch::stack({frequencies(dim_), frequencies(dim_ + 1)}).unsqueeze(0).expand({2, 2, dim_}).contiguous();
    own = mask(x.size(0)).tril().logical_not().to(x.dtype());
    Tensor rows = torch::arange(4).view({4, 1});
    Tensor columns = torch::arange(4).view({1, 4});
    for (int i = 0; i < 2; ++i)
      rows = rows + columns;
    grid = torch::cat({rows, columns.expand({4, 4})}, 0).to(torch::kFloat).mul(0.5).add(1).sin().to(x.device());
    return x * table + grid + own + stacked;
  }
  void build(int64_t n, torch::Device device, torch::ScalarType dtype) {
    Tensor angle = torch::outer(torch::arange(n, torch::kFloat32), frequencies(dim_));
    Tensor twice = torch::cat({angle, angle}, -1);
    table = twice.cos().to(dtype).to(device);
  }
  Tensor mask(int64_t n) { return torch::ones({n, n}); }
  int64_t dim_;
  Tensor table, stacked, own, grid;
};

// Whole numbers and truth values have no gradient.
struct WholeImpl : nn::Module {
  WholeImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) {
    auto y = fc(x);
    indices = y.to(torch::kLong);
    bytes = (y * 255).clamp(0, 255).to(torch::kUInt8);
    flags = y.to(torch::TensorOptions().dtype(torch::kBool).device(x.device()));
    rounded = y.round().toType(at::kInt).view({-1});
    return y;
  }
  nn::Linear fc{nullptr};
  Tensor indices, bytes, flags, rounded;
};

// The callers in view hand in what needs no gradient: frozen, detached, made of numbers, a batch of a loader, data without history.
struct GridImpl : nn::Module {
  explicit GridImpl(int64_t n) {
    values = register_parameter("values", torch::rand({n, 2}));
    limits = register_buffer("limits", torch::tensor({-1.0f, 1.0f}));
  }
  Tensor forward(Tensor points) {
    points = torch::clamp(points, limits[0], limits[1]);
    query = points.contiguous();
    return torch::embedding(values, query.select(1, 0).to(torch::kLong).abs());
  }
  Tensor values, limits, query;
};
TORCH_MODULE(Grid);
Tensor sample(Grid grid, Tensor rays) {
  Tensor flat = rays.view({-1, 3});
  flat.set_requires_grad(false);
  return grid->forward(flat);
}
Tensor others(Grid &grid, const Tensor &rays, torch::data::Example<> batch, nn::Linear fc) {
  Tensor loose = fc(rays);
  loose.detach_();
  return grid(rays) + grid->forward(batch.data.to(torch::kCUDA)) + grid->forward(fc(rays).detach()) + grid(torch::rand({2, 3})) + grid(loose);
}

// Overwritten before the call is over: at once, on each way out, by a helper, emptied; and where a helper stores it.
struct ReplacedImpl : nn::Module {
  ReplacedImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) {
    at_once = fc(x);
    at_once = x.new_zeros({2});
    used = fc(x);
    Tensor y = used * 2;
    used = used.detach();
    branches = fc(x);
    if (x.size(0) > 1)
      branches = Tensor();
    else
      branches = torch::ones({2});
    helped = fc(x);
    finish();
    list.push_back(fc(x));
    y = y + list[0];
    list.clear();
    keep(fc(x));
    kept = Tensor();
    return y;
  }
  void finish() { helped = Tensor(); }
  void keep(const Tensor &t) { kept = t; }
  nn::Linear fc{nullptr};
  Tensor at_once, used, branches, helped, kept;
  std::vector<Tensor> list;
};
