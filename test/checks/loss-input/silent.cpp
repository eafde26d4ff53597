// RUN: %check torch-loss-input %s | FileCheck %s --implicit-check-not='{{warning|error}}:' --allow-empty
#include <torch/torch.h>

using torch::Tensor;
namespace nn = torch::nn;
namespace F = torch::nn::functional;

// --- as they are meant ---------------------------------------------------------------------------

void right(nn::Linear net, Tensor x, Tensor y) {
  F::cross_entropy(net(x), y);
  torch::nll_loss(torch::log_softmax(net(x), 1), y);
  torch::nll_loss(torch::softmax(net(x), 1).log(), y);
  torch::binary_cross_entropy(torch::sigmoid(net(x)), y);
  torch::binary_cross_entropy_with_logits(net(x), y);
  F::kl_div(torch::log_softmax(net(x), 1), torch::softmax(net(y), 1)); // the target is one of probabilities
  torch::mse_loss(torch::softmax(net(x), 1), y);
  // A logarithm twice is the first.
  F::cross_entropy(torch::log_softmax(net(x), 1), y);
  // For each class by itself.
  torch::binary_cross_entropy(torch::softmax(net(x), 1), y);
}
// Probabilities are looked at, and the loss has the scores.
void both(nn::Linear net, Tensor x, Tensor y) {
  Tensor out = net(x);
  Tensor p = torch::softmax(out, 1);
  F::cross_entropy(out, y);
  p.argmax(1);
}
void later(nn::Linear net, Tensor x, Tensor y) {
  Tensor out = net(x);
  torch::nll_loss(out.log_softmax(1), y);
  out = torch::softmax(out, 1);
}

// --- not the same everywhere ---------------------------------------------------------------------

struct NetImpl : nn::Module {
  Tensor forward(Tensor x) {
    x = fc(x);
    if (!is_training())
      x = torch::softmax(x, 1);
    return x;
  }
  nn::Linear fc{register_module("fc", nn::Linear(4, 4))};
};
TORCH_MODULE(Net);
struct TwoImpl : nn::Module {
  Tensor forward(Tensor x) { return is_training() ? fc(x) : torch::softmax(fc(x), 1); }
  nn::Linear fc{register_module("fc", nn::Linear(4, 4))};
};
TORCH_MODULE(Two);
void in_eval(Net net, Two two, Tensor x, Tensor y) {
  F::cross_entropy(net(x), y);
  F::cross_entropy(two(x), y);
}

// --- not what they were --------------------------------------------------------------------------

void arithmetic(nn::Linear net, Tensor x, Tensor y) {
  F::cross_entropy(torch::softmax(net(x), 1) * 10, y);
  Tensor p = torch::softmax(net(x), 1);
  p.log_();
  torch::nll_loss(p, y);
  Tensor q = torch::softmax(net(x), 1);
  q += 1e-6;
  torch::nll_loss(q.log(), y);
  Tensor scaled = net(x);
  scaled.clamp_(0, 1);
  torch::binary_cross_entropy(scaled, y);
}

// --- unknown -------------------------------------------------------------------------------------

struct Base : nn::Module {
  virtual Tensor forward(Tensor x) { return torch::softmax(x, 1); }
};
Tensor elsewhere(Tensor x);
void unknown(Base &base, nn::Sequential given, Tensor p, Tensor x, Tensor y) {
  F::cross_entropy(base.forward(x), y);
  F::cross_entropy(given->forward(x), y);
  F::cross_entropy(p, y);
  F::cross_entropy(elsewhere(x), y);
  torch::nll_loss(torch::relu(x), y);
}
void loop(std::vector<nn::Linear> layers, Tensor x, Tensor y) {
  for (auto &layer : layers)
    x = layer(x);
  torch::nll_loss(x, y);
}

// --- changed where the name is not seen to change ------------------------------------------------

void squash(Tensor t) { t.sigmoid_(); }
void somewhere(Tensor &t);
void changed(nn::Linear net, Tensor x, Tensor y) {
  Tensor a = net(x);
  torch::sigmoid_(a);
  torch::binary_cross_entropy(a, y);
  Tensor b = net(x);
  torch::sigmoid_out(b, b);
  torch::binary_cross_entropy(b, y);
  Tensor c = net(x);
  F::hardtanh(c, F::HardtanhFuncOptions().min_val(0).max_val(1).inplace(true));
  torch::binary_cross_entropy(c, y);
  Tensor d = net(x);
  squash(d);
  torch::binary_cross_entropy(d, y);
  Tensor e = net(x);
  somewhere(e);
  torch::binary_cross_entropy(e, y);
  Tensor f = net(x);
  f.select(1, 4).sigmoid_();
  torch::binary_cross_entropy(f, y);
  Tensor g = net(x);
  g[0] = torch::sigmoid(g[0]);
  torch::binary_cross_entropy(g, y);
  Tensor h = net(x);
  Tensor view = h.view(-1);
  view.sigmoid_();
  torch::binary_cross_entropy(h, y);
  Tensor i = net(x);
  auto &other = i;
  other = torch::sigmoid(other);
  torch::binary_cross_entropy(i, y);
  Tensor j = net(x);
  for (auto &part : j.chunk(2, 1))
    part.sigmoid_();
  torch::binary_cross_entropy(j, y);
  Tensor k = net(x), l = torch::sigmoid(x);
  std::swap(k, l);
  torch::binary_cross_entropy(k, y);
  Tensor m = net(x);
  m.data_ptr<float>()[0] = 1;
  torch::binary_cross_entropy(m, y);
}

// --- filled by others, or later ------------------------------------------------------------------

void for_the_export(Tensor x, Tensor y) {
  nn::Sequential net(nn::Linear(4, 4));
  F::cross_entropy(net->forward(x), y).backward();
  net->push_back(nn::Softmax(1));
}
void add_head(nn::Sequential net);
void by_a_function(Tensor x, Tensor y) {
  nn::Sequential net(nn::Linear(4, 4));
  add_head(net);
  torch::nll_loss(net->forward(x), y);
}
void by_another_name(Tensor x, Tensor y) {
  nn::Sequential net(nn::Linear(4, 4));
  auto alias = net;
  alias->push_back(nn::LogSoftmax(1));
  torch::nll_loss(net->forward(x), y);
}
struct ClassifierImpl : nn::Module {
  Tensor forward(Tensor x) { return layers->forward(x); }
  void add_softmax() { layers->push_back(nn::Softmax(1)); }
  nn::Sequential layers{register_module("layers", nn::Sequential(nn::Linear(4, 4)))};
};
TORCH_MODULE(Classifier);
struct EarlyImpl : nn::Module {
  explicit EarlyImpl(bool logits) {
    if (logits)
      return;
    layers->push_back(nn::Softmax(1));
  }
  Tensor forward(Tensor x) { return layers->forward(x); }
  nn::Sequential layers{register_module("layers", nn::Sequential(nn::Linear(4, 4)))};
};
TORCH_MODULE(Early);
struct OutsideImpl : nn::Module {
  explicit OutsideImpl(int64_t classes);
  Tensor forward(Tensor x) { return layers->forward(x); }
  nn::Sequential layers{register_module("layers", nn::Sequential(nn::Linear(4, 4)))};
};
TORCH_MODULE(Outside);
struct LogNetImpl : nn::SequentialImpl {
  using SequentialImpl::SequentialImpl;
  Tensor forward(Tensor x) { return torch::log_softmax(nn::SequentialImpl::forward(x), 1); }
};
TORCH_MODULE(LogNet);
void classes(Classifier a, Early b, Outside c, Tensor x, Tensor y) {
  F::cross_entropy(a->forward(x), y);
  F::cross_entropy(b->forward(x), y);
  torch::nll_loss(c->forward(x), y);
  LogNet net(nn::Linear(4, 4));
  torch::nll_loss(net->forward(x), y);
}
// Elements are gathered.
void gathered(nn::Linear q, Tensor x, Tensor actions) {
  auto chosen = -torch::nll_loss(q(x), actions, {}, at::Reduction::None);
}
void gathered_by_options(nn::Linear q, Tensor x, Tensor actions) {
  nn::NLLLoss pick(nn::NLLLossOptions().reduction(torch::kNone));
  pick(q(x), actions);
  auto options = F::NLLLossFuncOptions().reduction(torch::kNone);
  F::nll_loss(q(x), actions, options);
}
struct LogIt {
  Tensor &t;
  void run() { t = t.log(); }
};
void by_objects(nn::Linear net, Tensor x, Tensor y) {
  Tensor p = torch::softmax(net(x), 1);
  LogIt log{p};
  log.run();
  torch::nll_loss(p, y);
  Tensor q = torch::softmax(net(x), 1);
  auto to_log = [](Tensor &t) { t = t.log(); };
  to_log(q);
  torch::nll_loss(q, y);
}
