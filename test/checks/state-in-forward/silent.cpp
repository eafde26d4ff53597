// RUN: %check torch-state-in-forward %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

// Look-alike: the result is returned, or held by locals.
struct LocalImpl : nn::Module {
  LocalImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  std::tuple<Tensor, std::vector<Tensor>> forward(Tensor x) {
    std::vector<Tensor> features;
    std::map<std::string, Tensor> named;
    for (int i = 0; i < 3; ++i) {
      x = fc(x);
      features.push_back(x);
      named["x" + std::to_string(i)] = x;
    }
    return {x, features};
  }
  nn::Linear fc{nullptr};
};

// Look-alike: detached, in each form.
struct DetachedImpl : nn::Module {
  DetachedImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) {
    auto y = fc(x);
    a = y.detach();
    b = y.detach().clone();
    c = y.clone().detach().cpu();
    d = y.data();
    auto detached = y.detach();
    e = detached;
    f.push_back(y.detach());
    f.emplace_back(y.mean().detach());
    g["y"] = y.detach().to(torch::kCPU);
    h = y;
    h = h.detach();
    i = y.clone();
    i.detach_();
    j = std::make_tuple(y.detach(), detached.relu());
    k = torch::stack({y.detach(), detached});
    l = y.tensor_data();
    return y;
  }
  nn::Linear fc{nullptr};
  Tensor a, b, c, d, e, h, i, k, l;
  std::vector<Tensor> f;
  std::map<std::string, Tensor> g;
  std::tuple<Tensor, Tensor> j;
};

// Look-alike: recurrent state that is detached before the next step.
struct TruncatedImpl : nn::Module {
  TruncatedImpl() { cell = register_module("cell", nn::GRUCell(2, 2)); }
  Tensor forward(Tensor x) {
    auto h = cell(x, hidden);
    hidden = h.detach();
    return h;
  }
  nn::GRUCell cell{nullptr};
  Tensor hidden;
};

// Look-alike: a registered buffer that is updated in place.
struct BufferImpl : nn::Module {
  BufferImpl() {
    mean = register_buffer("mean", torch::zeros({2}));
    steps = register_buffer("steps", torch::zeros({}, torch::kLong));
    register_buffer("var", var);
  }
  Tensor forward(Tensor x) {
    if (is_training()) {
      torch::NoGradGuard no_grad;
      mean.mul_(0.9).add_(x.mean(0), 0.1);
      var.copy_(x.var(0));
    }
    steps += 1;
    steps.add_(1);
    mean.copy_(x.detach().mean(0));
    return (x - mean) / var;
  }
  Tensor mean, steps, var = torch::ones({2});
};

// Look-alike: caches under a guard: in the same block, in the whole function, by a mode or an inference guard.
struct GuardedImpl : nn::Module {
  GuardedImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) {
    {
      torch::NoGradGuard no_grad;
      a = fc(x);
      cache.push_back(fc(x));
    }
    {
      torch::AutoGradMode mode(false);
      b = fc(x);
    }
    {
      c10::InferenceMode guard;
      c = fc(x);
    }
    return x;
  }
  Tensor predict(Tensor x) {
    at::NoGradGuard guard;
    d = fc(x);
    keep(d);
    return d;
  }
  void keep(Tensor t) { e = t; }
  nn::Linear fc{nullptr};
  Tensor a, b, c, d, e;
  std::vector<Tensor> cache;
};

// Look-alike: counters, numbers, shapes, flags.
struct NumbersImpl : nn::Module {
  NumbersImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) {
    auto y = fc(x);
    ++calls;
    loss = y.sum().item<double>();
    losses.push_back(y.mean().item<float>());
    shape = y.sizes().vec();
    device = x.device();
    scalar = y.max().item();
    seen = y.defined();
    return y;
  }
  nn::Linear fc{nullptr};
  int64_t calls = 0;
  double loss = 0;
  std::vector<float> losses;
  std::vector<int64_t> shape;
  torch::Device device = torch::kCPU;
  torch::Scalar scalar;
  bool seen = false;
};

// Look-alike: tensors that have no graph: made from nothing, indices, comparisons.
struct NoGraphImpl : nn::Module {
  NoGraphImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) {
    mask = torch::ones({x.size(0), x.size(0)}).tril();
    positions = torch::arange(x.size(1), x.options());
    zeros = torch::zeros_like(x);
    chosen = fc(x).argmax(1);
    positive = x > 0;
    rebuilt = Tensor();
    return x.masked_fill(mask == 0, -1e9) + positions + zeros;
  }
  nn::Linear fc{nullptr};
  Tensor mask, positions, zeros, chosen, positive, rebuilt;
};

// Look-alike: the member is emptied, or handed out.
struct ClearImpl : nn::Module {
  ClearImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) {
    hidden = Tensor();
    cache.clear();
    cache.resize(3);
    other.reset();
    auto alias = hidden;
    alias = fc(x);
    return alias;
  }
  nn::Linear fc{nullptr};
  Tensor hidden, other;
  std::vector<Tensor> cache;
};

// Look-alike: the caller's variable, by reference.
struct OutImpl : nn::Module {
  OutImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x, std::vector<Tensor> &features, Tensor *last) {
    features.push_back(fc(x));
    *last = fc(x);
    return x;
  }
  nn::Linear fc{nullptr};
};

// Look-alike: not forward: the constructor, setters, a training step.
struct SettersImpl : nn::Module {
  SettersImpl() : start(torch::zeros({2})) { fc = register_module("fc", nn::Linear(2, 2)); }
  void set_hidden(Tensor h) { hidden = h; }
  void training_step(Tensor x) { loss = fc(x).sum(); }
  Tensor forward(Tensor x) { return fc(x) + hidden + start; }
  nn::Linear fc{nullptr};
  Tensor hidden, loss, start;
};

// Look-alike: a class that is no Module.
struct Buffer {
  Tensor forward(Tensor x) {
    last = x * 2;
    return last;
  }
  Tensor last;
};

// Look-alike: a local that hides the member.
struct HidingImpl : nn::Module {
  HidingImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) {
    Tensor hidden;
    hidden = fc(x);
    return keep(hidden, x);
  }
  Tensor keep(Tensor cache, Tensor x) {
    cache = fc(x);
    return cache;
  }
  nn::Linear fc{nullptr};
  Tensor hidden, cache;
};

// The loss is trained through what another method computes from it.
struct PolicyImpl : torch::nn::Module {
  torch::nn::Linear actor{nullptr};
  torch::Tensor mean, log_std;
  PolicyImpl() {
    actor = register_module("actor", torch::nn::Linear(4, 2));
    log_std = register_parameter("log_std", torch::zeros(2));
  }
  torch::Tensor forward(torch::Tensor x) {
    mean = torch::tanh(actor(x));
    torch::NoGradGuard no_grad;
    return at::normal(mean, log_std.exp());
  }
  torch::Tensor log_prob(torch::Tensor action) { return -(action - mean).pow(2) / (2 * log_std.exp()) - log_std; }
};

// Look-alike: the training loop calls what cuts the graph between the steps.
struct CutBetweenImpl : nn::Module {
  CutBetweenImpl() { lstm = register_module("lstm", nn::LSTM(2, 2)); }
  Tensor forward(Tensor x) {
    auto [output, next] = lstm(x, hidden);
    hidden = next;
    states = {std::get<0>(next), std::get<1>(next)};
    last = output;
    return output;
  }
  void detachHidden() {
    std::get<0>(hidden) = std::get<0>(hidden).detach();
    std::get<1>(hidden) = std::get<1>(hidden).detach();
  }
  void detachStates() {
    for (auto &state : states)
      state = state.detach();
  }
  void forget() { last.detach_(); }
  nn::LSTM lstm{nullptr};
  std::tuple<Tensor, Tensor> hidden;
  std::vector<Tensor> states;
  Tensor last;
};

// Look-alike: a forward that returns nothing; what it computes is handed out in members.
struct HandedOutImpl : nn::Module {
  HandedOutImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  void forward(Tensor x) {
    step(x);
    results = torch::zeros({1, 2, 2});
    results[0] = result;
  }
  void step(Tensor x) { result = fc(x); }
  void computeLoss(Tensor labels) { loss = torch::mse_loss(results, labels); }
  nn::Linear fc{nullptr};
  Tensor result, results, loss;
};

// A static function of the class sees no parameter.
struct GridImpl : nn::Module {
  GridImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) {
    grids[0] = makeGrid(x.size(0)).to(x.device());
    grid = GridImpl::makeGrid(3);
    return fc(x + grid) + grids[0];
  }
  static Tensor makeGrid(int64_t width) { return torch::arange(width).view({1, width}); }
  nn::Linear fc{nullptr};
  std::vector<Tensor> grids{1};
  Tensor grid;
};

// Look-alike: the class is only run with gradients off.
struct CachedImpl : nn::Module {
  CachedImpl() { qkv = register_module("qkv", nn::Linear(4, 12)); }
  Tensor forward(Tensor x) {
    auto parts = qkv(x).chunk(3, -1);
    keys = keys.defined() ? torch::cat({keys, parts[1]}, 1) : parts[1];
    return torch::softmax(parts[0].matmul(keys.transpose(1, 2)), -1);
  }
  nn::Linear qkv{nullptr};
  Tensor keys;
};
TORCH_MODULE(Cached);
struct DecoderImpl : nn::Module {
  DecoderImpl() { attention = register_module("attention", Cached()); }
  Tensor forward(Tensor x) { return attention(x); }
  Cached attention{nullptr};
};
TORCH_MODULE(Decoder);
void generate(Decoder decoder, Cached cached) {
  torch::NoGradGuard guard;
  for (int i = 0; i < 5; ++i) {
    decoder(torch::ones({1, 1, 4}));
    cached->forward(torch::ones({1, 1, 4}));
  }
}

// Look-alike: what the loss is made of: by a getter, by its name, by a helper, in several tensors, where it is trained.
struct ExpertsImpl : nn::Module {
  ExpertsImpl() { gate = register_module("gate", nn::Linear(4, 4)); }
  Tensor forward(Tensor x) {
    auto p = torch::softmax(gate(x), -1);
    aux_loss_ = p.mean(0).pow(2).sum();
    return p;
  }
  Tensor aux_loss() const { return aux_loss_; }
  nn::Linear gate{nullptr};
  Tensor aux_loss_;
};
TORCH_MODULE(Experts);
struct RememberedImpl : nn::Module {
  RememberedImpl() { fc = register_module("fc", nn::Linear(4, 2)); }
  Tensor forward(Tensor x) { return torch::softmax(fc(x), -1); }
  int64_t act(Tensor s) {
    auto p = forward(s), a = p.multinomial(1);
    saved.push_back(p.gather(1, a).log());
    return a.item<int64_t>();
  }
  nn::Linear fc{nullptr};
  std::vector<Tensor> saved;
};
TORCH_MODULE(Remembered);
struct MappedImpl : nn::Module {
  MappedImpl() { conv = register_module("conv", nn::Conv2d(3, 8, 3)); }
  Tensor forward(Tensor x) {
    activation = torch::relu(conv(x));
    return activation.mean({2, 3});
  }
  nn::Conv2d conv{nullptr};
  Tensor activation;
};
TORCH_MODULE(Mapped);
void trainThem(Experts experts, Remembered policy, Mapped mapped, torch::optim::Optimizer &optimizer) {
  auto loss = experts(torch::ones({2, 4})).pow(2).mean() + 0.01 * experts->aux_loss();
  loss.backward();
  policy->act(torch::ones({1, 4}));
  (-torch::cat(policy->saved).sum()).backward();
  optimizer.step();
  policy->saved.clear();
  auto logits = mapped(torch::ones({1, 3, 8, 8}));
  auto gradients = torch::autograd::grad({logits[0][0]}, {mapped->activation})[0];
  std::cout << (gradients * mapped->activation.detach()).sum();
}
static Tensor klTerm(const Tensor &mean, const Tensor &log_var) { return -0.5 * (1 + log_var - mean.pow(2)).sum(); }
struct LossesImpl : nn::Module {
  LossesImpl() { encoder = register_module("encoder", nn::Linear(4, 4)); }
  Tensor forward(Tensor x) {
    auto h = encoder(x).chunk(2, -1);
    mean_ = h[0];
    log_var_ = h[1];
    z_ = h[0] * 2;
    score_ = h[1] * 3;
    return mean_ + torch::randn_like(mean_) * log_var_.exp();
  }
  Tensor kl() const { return klTerm(mean_, log_var_); }
  std::tuple<Tensor, Tensor> losses(Tensor y) { return {torch::mse_loss(z_, y), z_.abs().mean()}; }
  void learn(torch::optim::Optimizer &optimizer) {
    auto loss = -score_.mean();
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
  }
  nn::Linear encoder{nullptr};
  Tensor mean_, log_var_, z_, score_;
};

// Look-alike: positions, what has no graph by what was asked, words, an observation.
struct WithoutGraphImpl : nn::Module {
  WithoutGraphImpl() {
    fc = register_module("fc", nn::Linear(4, 4));
    words = register_module("words", nn::Embedding(4, 4));
  }
  Tensor forward(Tensor ids) {
    last = ids;
    auto p = fc(words(ids));
    Tensor value;
    std::tie(value, indices) = p.max(1);
    top = std::get<1>(p.topk(2));
    auto [sorted, order] = p.sort(1);
    order_ = order;
    if (!torch::GradMode::is_enabled())
      probabilities = p;
    if (!p.requires_grad())
      scores = p;
    return p;
  }
  int64_t act(Tensor observation) {
    seen = observation;
    torch::NoGradGuard guard;
    return fc(observation).argmax().item<int64_t>();
  }
  nn::Linear fc{nullptr};
  nn::Embedding words{nullptr};
  Tensor last, indices, top, order_, probabilities, scores, seen;
};

// Look-alike: every sequence starts with a state of its own.
struct SequenceImpl : nn::Module {
  SequenceImpl() { cell = register_module("cell", nn::GRUCell(4, 8)); }
  void reset_state(int64_t batch) { hidden = torch::zeros({batch, 8}); }
  Tensor forward(Tensor x) {
    hidden = cell(x, hidden);
    return hidden;
  }
  nn::GRUCell cell{nullptr};
  Tensor hidden;
};
TORCH_MODULE(Sequence);
void trainSequences(Sequence model) {
  for (int epoch = 0; epoch < 3; ++epoch) {
    model->reset_state(1);
    auto loss = torch::zeros({});
    for (int t = 0; t < 5; ++t)
      loss = loss + model(torch::randn({1, 4})).pow(2).sum();
    loss.backward();
  }
}
