// RUN: %check torch-stale-registration %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;
using torch::indexing::Slice;

// Look-alike: the registration itself, and values given before it.
struct RegistersImpl : nn::Module {
  RegistersImpl() : listed(register_buffer("listed", torch::ones({2}))) {
    early = torch::randn({2});
    early = early * 0.02;
    register_parameter("early", early);
    later = torch::randn({2});
    later = register_parameter("later", later);
    direct = this->register_parameter("direct", torch::ones({2}));
  }
  Tensor forward(Tensor x) { return x * early * later * direct + listed; }
  Tensor listed, early, later, direct;
};

// Look-alike: updated in place, in each form.
struct InPlaceImpl : nn::Module {
  InPlaceImpl() {
    mean = register_buffer("mean", torch::zeros({2}));
    weight = register_parameter("weight", torch::ones({2}));
    fc = register_module("fc", nn::Linear(2, 2));
  }
  Tensor forward(Tensor x) {
    torch::NoGradGuard no_grad;
    mean.copy_(x.mean(0));
    mean.mul_(0.9).add_(x.mean(0), 0.1);
    mean += x.mean(0);
    mean *= 0.5;
    mean.zero_();
    mean.set_(torch::zeros({2}));
    mean.lerp_(x.mean(0), 0.1);
    weight.data().copy_(mean);
    weight.clamp_(0, 1);
    fc->weight.fill_(0);
    fc->bias += 1;
    torch::add_out(mean, mean, mean);
    return x;
  }
  Tensor mean, weight;
  nn::Linear fc{nullptr};
};

// Look-alike: assignment to a temporary copies into the tensor that it refers to.
struct RvalueImpl : nn::Module {
  RvalueImpl() {
    weight = register_parameter("weight", torch::ones({2, 2}));
    table = register_buffer("table", torch::zeros({2, 2}));
    fc = register_module("fc", nn::Linear(2, 2));
  }
  void load(Tensor t) {
    torch::NoGradGuard no_grad;
    weight.data() = t;
    table[0] = t;
    table[0][1] = 1;
    table.index({Slice(), 0}) = t;
    table.index_put_({0}, t);
    table.slice(0, 0, 1) = t;
    table.select(0, 1) = t;
    fc->weight.data() = t;
    fc->bias[0] = 1;
    fc->weight.detach() = t;
  }
  Tensor forward(Tensor x) { return fc(x.mm(weight) + table); }
  Tensor weight, table;
  nn::Linear fc{nullptr};
};

// Look-alike: set_data gives the same tensor other data; the gradient is not the registered tensor.
struct SetDataImpl : nn::Module {
  SetDataImpl() {
    weight = register_parameter("weight", torch::ones({2}));
    fc = register_module("fc", nn::Linear(2, 2));
  }
  void load(Tensor t) {
    weight.set_data(t);
    fc->weight.set_data(t);
    weight.mutable_grad() = t;
    fc->weight.mutable_grad() = torch::Tensor();
  }
  Tensor forward(Tensor x) { return fc(x) * weight; }
  Tensor weight;
  nn::Linear fc{nullptr};
};

// Look-alike: the new tensor is registered in its place.
struct ReplaceImpl : nn::Module {
  ReplaceImpl() { weight = register_parameter("weight", torch::ones({2})); }
  void replace(Tensor t) {
    parameters_.erase("weight");
    weight = register_parameter("weight", t);
  }
  void replaceLater(Tensor t) {
    weight = t;
    parameters_["weight"] = weight;
  }
  void replaceAgain(Tensor t) {
    parameters_.clear();
    weight = t;
    register_parameter("weight", weight);
  }
  Tensor forward(Tensor x) { return x * weight; }
  Tensor weight;
};
void replaceOfLayer(nn::Linear fc, Tensor t) {
  fc->bias = fc->register_parameter("bias", t);
  fc->weight = t;
  fc->register_parameter("weight", fc->weight);
}

// Look-alike: reset() registers again.
struct ResetImpl : nn::Cloneable<ResetImpl> {
  explicit ResetImpl(int64_t n) : n_(n) { reset(); }
  void reset() override {
    weight = torch::empty({n_});
    nn::init::ones_(weight);
    weight = register_parameter("weight", weight);
    mask = torch::ones({n_});
    register_buffer("mask", mask);
  }
  Tensor forward(Tensor x) { return x * weight * mask; }
  int64_t n_;
  Tensor weight, mask;
};

// Look-alike: the member is registered nowhere, or only under the name of another one.
struct UnregisteredImpl : nn::Module {
  UnregisteredImpl() { mean = register_buffer("mean", torch::zeros({2})); }
  Tensor forward(Tensor x) {
    last = x.mean(0);
    count = count + 1;
    return x - mean;
  }
  Tensor mean, last;
  int64_t count = 0;
};

// Look-alike: a local handle is rebound on purpose, and a local hides the member.
struct LocalImpl : nn::Module {
  LocalImpl() {
    weight = register_parameter("weight", torch::ones({2}));
    fc = register_module("fc", nn::Linear(2, 2));
  }
  Tensor forward(Tensor x) {
    Tensor w = weight;
    w = w / w.norm();
    auto bias = fc->bias;
    bias = bias + 1;
    x = x * w + bias;
    return scaled(x, w);
  }
  Tensor scaled(Tensor x, Tensor weight) {
    weight = weight * 2;
    return x * weight;
  }
  Tensor weight;
  nn::Linear fc{nullptr};
};

// Look-alike: what parameters() returned is read or changed in place; the list itself is another one.
void lists(nn::Module &net, nn::Module &other, const std::vector<Tensor> &loaded) {
  torch::NoGradGuard no_grad;
  auto params = net.parameters();
  for (size_t i = 0; i < params.size(); ++i) {
    params[i].copy_(loaded[i]);
    params[i].data() = loaded[i];
    params[i].mutable_grad() = loaded[i];
    params[i][0] = 1;
    params[i] += 1;
  }
  for (auto &p : net.parameters())
    p.mul_(0.5);
  for (auto &item : net.named_parameters()) {
    item.value().data() = loaded[0];
    item.value().copy_(loaded[0]);
  }
  net.named_parameters()["weight"].data() = loaded[0];
  params = other.parameters();
  std::vector<Tensor> gradients(params.size());
  for (size_t i = 0; i < params.size(); ++i)
    gradients[i] = params[i].grad();
  for (auto &g : gradients)
    g = g.clone();
}

// Look-alike: the list itself is what is wanted, as one of weights that replace the module's for a step.
Tensor lossWith(const std::vector<Tensor> &weights);
Tensor innerStep(nn::Module &net) {
  auto fast = net.parameters();
  auto gradients = torch::autograd::grad({lossWith(fast)}, fast);
  for (size_t i = 0; i < fast.size(); ++i)
    fast[i] = fast[i] - 0.1 * gradients[i];
  return lossWith(fast);
}
// Look-alike: a loop variable by value is a local like any other.
double sumOfNorms(nn::Module &net) {
  double sum = 0;
  for (auto p : net.parameters()) {
    p = p.detach().view({-1});
    sum += p.norm().item<double>();
  }
  return sum;
}

// Look-alike: classes that are no modules; a tensor of a TorchScript module.
struct Statistics {
  void update(Tensor x) { running_mean = x; }
  Tensor running_mean;
};
struct Layer {
  Tensor weight;
};
void noModules(Layer *layer, torch::jit::Module script, Tensor t) {
  layer->weight = t;
  script.setattr("weight", t);
  for (auto p : script.parameters())
    p.set_data(t);
  std::vector<Tensor> params;
  params.push_back(t);
  params[0] = t * 2;
}

// Look-alike: another constructor, and a copy, register what they assign.
struct CopyImpl : nn::Module {
  CopyImpl() { weight = register_parameter("weight", torch::ones({2})); }
  explicit CopyImpl(Tensor w) : weight(register_parameter("weight", w)) {}
  CopyImpl(const CopyImpl &other) : nn::Module("Copy") {
    weight = other.weight.detach().clone();
    register_parameter("weight", weight);
  }
  Tensor forward(Tensor x) { return x * weight; }
  Tensor weight;
};

// Look-alike: a constructor that computes, registers, and registers again after it computed anew.
struct BuiltInStepsImpl : nn::Module {
  explicit BuiltInStepsImpl(bool scaled) {
    weight = torch::randn({2, 2});
    weight = weight * 0.02;
    weight = register_parameter("weight", weight);
    for (int i = 0; i < 3; ++i) {
      table = torch::full({2}, i);
      table = register_buffer("table" + std::to_string(i), table);
    }
    if (scaled) {
      register_buffer("scale", scale);
    } else {
      scale = torch::zeros({2});
      register_buffer("scale", scale);
    }
  }
  Tensor forward(Tensor x) { return x.mm(weight) * scale + table; }
  Tensor weight, table, scale = torch::ones({2});
};

// Look-alike: functions that copy into what they are given and return it, or may do so out of sight.
Tensor copiedInto(Tensor to, const Tensor &from) {
  if (!to.sizes().equals(from.sizes()))
    throw std::runtime_error("sizes differ");
  torch::NoGradGuard guard;
  to.copy_(from);
  return to;
}
Tensor copiedElsewhere(Tensor to, const Tensor &from);
struct LoadedImpl : nn::Module {
  LoadedImpl() {
    layer = register_module("layer", nn::Linear(2, 2));
    scale = register_parameter("scale", torch::ones({2}));
  }
  void load(const Tensor &from) {
    auto assign = [](Tensor &to, const Tensor &from) -> Tensor & {
      to.set_data(from);
      return to;
    };
    layer->weight = copiedInto(layer->weight, from);
    layer->weight = assign(layer->weight, from);
    layer->bias = layer->bias.mul_(0.5).add_(1);
    layer->bias = copiedElsewhere(layer->bias, from);
    scale = copiedInto(scale, from);
    scale = assign(scale, from);
  }
  Tensor forward(Tensor x) { return layer(x) * scale; }
  nn::Linear layer{nullptr};
  Tensor scale;
};

// Goes where the input is: the model is there already, or the code does not show that it is not.
struct CacheImpl : torch::nn::Module {
  CacheImpl() { cache = register_buffer("cache", torch::zeros({4, 8})); }
  torch::Tensor forward(torch::Tensor x) {
    cache = cache.to(x);
    cache.index_put_({0}, x);
    return cache;
  }
  torch::Tensor cache;
};

// A setter of a wrapper: the caller, elsewhere, registers again.
template <typename T> void set_weight(const std::shared_ptr<torch::nn::Module> *module, const torch::Tensor *weight) {
  (*module)->as<T>()->weight = *weight;
}
void set_linear_weight(const std::shared_ptr<torch::nn::Module> *module, const torch::Tensor *weight) {
  set_weight<torch::nn::Linear>(module, weight);
}

// Look-alike: a layer of the function's own that is only run: nobody asks its registry.
Tensor blurred(Tensor x) {
  nn::Conv2d conv(nn::Conv2dOptions(1, 1, 3).bias(false).padding(1));
  conv->weight = torch::full({1, 1, 3, 3}, 1.0 / 9);
  conv->weight.set_requires_grad(false);
  return conv(x);
}
Tensor projected(Tensor x, Tensor w) {
  auto fc = std::make_shared<nn::LinearImpl>(2, 2);
  fc->weight = w;
  fc->bias = torch::zeros({2});
  return fc->forward(x);
}

// Look-alike: the handles themselves are read: copies to roll back to, what is written out, fast weights.
void rollBack(nn::Linear net) {
  auto best = net->parameters();
  for (auto &p : best)
    p = p.detach().clone();
  torch::NoGradGuard guard;
  auto now = net->parameters();
  for (size_t i = 0; i < now.size(); ++i)
    now[i].copy_(best[i]);
}
void exported(nn::Module &net, std::ostream &out) {
  for (auto &p : net.parameters()) {
    p = p.cpu().contiguous();
    out.write(static_cast<const char *>(p.data_ptr()), p.nbytes());
  }
}
Tensor fastStep(nn::Linear net, Tensor x) {
  auto fast = net->named_parameters();
  for (auto &item : fast)
    item.value() = item.value() - 0.1 * torch::ones_like(item.value());
  return torch::linear(x, fast["weight"], fast["bias"]);
}

// Look-alike: other weights for one call; what is put back is the registered tensor.
struct PutBackImpl : nn::Module {
  PutBackImpl() {
    w = register_parameter("w", torch::ones(3));
    mean = register_buffer("mean", torch::zeros(3));
  }
  Tensor forward(Tensor x) { return (x - mean) * w; }
  Tensor forward_with(Tensor x, Tensor fast) {
    auto own = w;
    w = fast;
    auto y = forward(x);
    w = own;
    return y;
  }
  void relink() { mean = named_buffers()["mean"]; }
  void cast(torch::Dtype dtype) {
    to(dtype);
    mean = mean.to(dtype);
  }
  void to(torch::Device device, bool non_blocking = false) override {
    nn::Module::to(device, non_blocking);
    mean = mean.to(device);
  }
  using nn::Module::to;
  Tensor w, mean;
};
struct OwnerOfLinear : nn::Module {
  OwnerOfLinear() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) { return fc(x); }
  nn::Linear fc{nullptr};
};
Tensor withWeight(OwnerOfLinear &net, Tensor fast, Tensor x) {
  auto own = net.fc->weight;
  net.fc->weight = fast;
  auto y = net.forward(x);
  net.fc->weight = own;
  return y;
}
