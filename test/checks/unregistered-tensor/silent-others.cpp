// RUN: %check torch-unregistered-tensor %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
// Members that need no registration: another's tensor, memory for one call; and such that every path registers.
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

struct ProjImpl : nn::Module {
  ProjImpl() { w_ = register_parameter("weight", torch::zeros({8, 4})); }
  Tensor weight() const { return w_; }
  const Tensor &reference() const { return this->w_; }
  Tensor rows() { return weight().slice(0, 0, 2); }
  Tensor elsewhere() const;
  Tensor forward(Tensor x) { return x.matmul(w_.t()); }
  Tensor w_;
};
TORCH_MODULE(Proj);
static Tensor weightOf(const Proj &proj) { return proj->weight(); }

// Views of a child's weight, through accessors, locals, chains of views, a helper.
struct ViewImpl : nn::Module {
  ViewImpl() {
    proj = register_module("proj", Proj());
    fc = register_module("fc", nn::Linear(4, 4));
    Tensor all = proj->weight().unflatten(0, {2, 4});
    first = all.slice(1, 0, 2);
    second = proj->reference().narrow(0, 0, 4).t();
    third = proj->rows()[0];
    auto &w = fc->weight;
    auto half = w.view({2, 8});
    fourth = half[1];
    fifth = weightOf(proj).unsqueeze(0);
    sixth = proj->elsewhere().transpose(0, 1);
  }
  Tensor forward(Tensor x) { return x + first + second + third + fourth + fifth + sixth; }
  Proj proj{nullptr};
  nn::Linear fc{nullptr};
  Tensor first, second, third, fourth, fifth, sixth;
};

// Scratch: each call writes it before it reads it: elements, slices, copy_, fill_, an out function, in a helper or before its call.
struct ScratchImpl : nn::Module {
  explicit ScratchImpl(const torch::TensorOptions &options) {
    bounds = torch::zeros(2, torch::kInt32).to(options.device());
    copied = torch::empty({2, 2}, options);
    filled = torch::zeros({4}, options);
    product = torch::empty({2, 2}).to(torch::kHalf);
    sliced = torch::zeros({8, 2});
    helped = torch::zeros({2});
    outer = torch::zeros({2});
    branches = torch::zeros({2});
  }
  Tensor forward(Tensor x) {
    bounds[1] = x.size(0);
    copied.copy_(x);
    filled.zero_();
    filled.add_(x.sum());
    torch::mm_out(product, x, copied);
    sliced.slice(0, 0, x.size(0)).copy_(x);
    if (x.size(0) > 2)
      branches.fill_(1);
    else
      branches.index_put_({0}, x[0]);
    prepare(x);
    outer.fill_(x.size(1));
    return x.index_select(0, bounds) + copied + filled + product + sliced + helped + use() + branches;
  }
  void prepare(const Tensor &x) { helped.copy_(x[0]); }
  Tensor use() { return outer * 2; }
  Tensor bounds, copied, filled, product, sliced, helped, outer, branches;
};

// Registered on every path: by both branches, by a choice, after the branches, on a condition that is the same one.
struct PathsImpl : nn::Module {
  PathsImpl(bool affine, int64_t n, const std::string &kind) {
    if (affine)
      both = register_parameter("both", torch::ones({n}));
    else
      both = register_buffer("both", torch::ones({n}));
    choice = affine ? register_parameter("choice", torch::ones({n})) : register_buffer("choice", torch::ones({n}));
    after = torch::zeros({n});
    if (n > 3)
      after = torch::ones({n});
    register_buffer("after", after);
    if (affine)
      same = torch::ones({n});
    if (affine)
      register_buffer("same", same);
    // Nothing is there on the other path.
    if (affine)
      maybe = register_parameter("maybe", torch::ones({n}));
    else
      maybe = Tensor();
    if (kind == "none")
      return;
    late = register_buffer("late", torch::ones({n}));
  }
  Tensor forward(Tensor x) {
    x = x + both + choice + after;
    if (same.defined())
      x = x + same;
    if (late.defined())
      x = x + late;
    return maybe.defined() ? x * maybe : x;
  }
  Tensor both, choice, after, same, maybe, late;
};

// An alias on the other path, and a path that throws.
struct AliasPathImpl : nn::Module {
  AliasPathImpl(bool tied, Proj proj) : proj_(register_module("proj", proj)) {
    if (tied)
      weight = proj_->weight();
    else
      weight = register_parameter("weight", torch::randn({8, 4}));
    if (!tied) {
      checked = register_buffer("checked", torch::ones({2}));
    } else {
      checked = torch::ones({2});
      throw std::runtime_error("no");
    }
  }
  Tensor forward(Tensor x) { return x.matmul(weight.t()) + checked; }
  Proj proj_;
  Tensor weight, checked;
};

// Another method registers what one path leaves.
struct LaterImpl : nn::Module {
  explicit LaterImpl(bool now) {
    if (now)
      table = register_buffer("table", torch::ones({2}));
    else
      table = torch::ones({2});
  }
  void publish() { register_buffer("table", table); }
  Tensor forward(Tensor x) { return x + table; }
  Tensor table;
};

// Look-alike: an optimizer is given the tensor, or save() writes it.
struct TemperatureImpl : nn::Module {
  TemperatureImpl()
      : log_alpha(torch::zeros({1}, torch::requires_grad())), w(torch::randn({4})), optimizer({log_alpha}, 1e-3) {}
  torch::Tensor forward(torch::Tensor x) { return x * w * log_alpha.exp(); }
  void to(torch::Device device, bool non_blocking = false) override {
    nn::Module::to(device, non_blocking);
    w = w.to(device, non_blocking);
  }
  using nn::Module::to;
  void save(torch::serialize::OutputArchive &archive) const override {
    nn::Module::save(archive);
    archive.write("w", w, true);
  }
  void load(torch::serialize::InputArchive &archive) override {
    nn::Module::load(archive);
    archive.read("w", w, true);
  }
  torch::Tensor log_alpha, w;
  torch::optim::Adam optimizer;
};
struct PointsImpl : nn::Module {
  PointsImpl() { xyz = torch::randn({5, 3}, torch::requires_grad()); }
  torch::Tensor forward(torch::Tensor x) { return xyz + x; }
  std::vector<torch::Tensor> trainable() { return {xyz}; }
  torch::Tensor xyz;
};
void trainPoints(PointsImpl &points) { torch::optim::Adam optimizer(points.trainable(), 0.1); }
