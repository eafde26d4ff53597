// RUN: %check torch-state-in-forward %s | FileCheck %s --check-prefixes=CHECK,DEFAULT,HIDDEN --implicit-check-not='{{^[^|]*(warning|error)}}:'
// RUN: %check torch-state-in-forward %s --config='{CheckOptions: {torch-state-in-forward.ForwardNames: "infer"}}' | FileCheck %s --check-prefixes=CHECK,NAMES,HIDDEN --implicit-check-not='{{^[^|]*(warning|error)}}:'
// RUN: %check torch-state-in-forward %s --config='{CheckOptions: {torch-state-in-forward.StateMembers: "other;hidden"}}' | FileCheck %s --check-prefixes=CHECK,DEFAULT --implicit-check-not='{{^[^|]*(warning|error)}}:' --implicit-check-not="'hidden'"
#include <torch/torch.h>
#include <optional>

namespace nn = torch::nn;
using torch::Tensor;

struct FeaturesImpl : nn::Module {
  FeaturesImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) {
    features = fc(x);
    // CHECK: :[[@LINE-1]]:5: warning: 'features' keeps a tensor of forward with its graph: {{.*}} [torch-state-in-forward]
    // CHECK: note: {{.*}}torchtidy::FeatureExtractor
    this->score = features.softmax(1);
    // CHECK: :[[@LINE-1]]:5: warning: 'score' keeps a tensor of forward with its graph
    Tensor y = fc(features);
    copied = y;
    // CHECK: :[[@LINE-1]]:5: warning: 'copied' keeps a tensor of forward with its graph
    cloned = y.clone();
    // CHECK: :[[@LINE-1]]:5: warning: 'cloned' keeps a tensor of forward with its graph
    input = x;
    // CHECK: :[[@LINE-1]]:5: warning: 'input' keeps a tensor of forward with its graph
    return y;
  }
  nn::Linear fc{nullptr};
  Tensor features, score, copied, cloned, input;
};

// Containers and tuples.
struct ContainersImpl : nn::Module {
  ContainersImpl() {
    fc = register_module("fc", nn::Linear(2, 2));
    lstm = register_module("lstm", nn::LSTM(2, 2));
  }
  Tensor forward(Tensor x) {
    for (int i = 0; i < 2; ++i) {
      x = fc(x);
      outputs.push_back(x);
      // CHECK: :[[@LINE-1]]:7: warning: 'outputs' keeps a tensor of forward with its graph
    }
    added.emplace_back(fc(x));
    // CHECK: :[[@LINE-1]]:5: warning: 'added' keeps a tensor of forward with its graph
    by_name["x"] = fc(x);
    // CHECK: :[[@LINE-1]]:5: warning: 'by_name' keeps a tensor of forward with its graph
    slots[0] = fc(x);
    // CHECK: :[[@LINE-1]]:5: warning: 'slots' keeps a tensor of forward with its graph
    maybe = fc(x);
    // CHECK: :[[@LINE-1]]:5: warning: 'maybe' keeps a tensor of forward with its graph
    state = lstm(x);
    // CHECK: :[[@LINE-1]]:5: warning: 'state' keeps a tensor of forward with its graph
    pair = std::make_pair(fc(x), 1);
    // CHECK: :[[@LINE-1]]:5: warning: 'pair' keeps a tensor of forward with its graph
    more = {fc(x), x};
    // CHECK: :[[@LINE-1]]:5: warning: 'more' keeps a tensor of forward with its graph
    return std::get<0>(state);
  }
  nn::Linear fc{nullptr};
  nn::LSTM lstm{nullptr};
  std::vector<Tensor> outputs, added, more;
  std::map<std::string, Tensor> by_name;
  std::array<Tensor, 2> slots;
  std::optional<Tensor> maybe;
  std::tuple<Tensor, std::tuple<Tensor, Tensor>> state;
  std::pair<Tensor, int> pair;
};

// Taken apart into a member; a struct of tensors.
struct Cache {
  Tensor key, value;
};
struct PartsImpl : nn::Module {
  PartsImpl() {
    fc = register_module("fc", nn::Linear(2, 2));
    lstm = register_module("lstm", nn::LSTM(2, 2));
  }
  Tensor forward(Tensor x) {
    Tensor out;
    std::tuple<Tensor, Tensor> next;
    std::tie(last, next) = lstm(x);
    // CHECK: :[[@LINE-1]]:14: warning: 'last' keeps a tensor of forward with its graph
    cache.key = fc(x);
    // CHECK: :[[@LINE-1]]:5: warning: '{{(cache|key)}}' keeps a tensor of forward with its graph
    return out;
  }
  nn::Linear fc{nullptr};
  nn::LSTM lstm{nullptr};
  Tensor last;
  Cache cache;
};

// A recurrent state, which StateMembers names.
struct RecurrentImpl : nn::Module {
  RecurrentImpl() { cell = register_module("cell", nn::GRUCell(2, 2)); }
  Tensor forward(Tensor x) {
    hidden = cell(x, hidden);
    // HIDDEN: :[[@LINE-1]]:5: warning: 'hidden' keeps a tensor of forward with its graph
    return hidden;
  }
  nn::GRUCell cell{nullptr};
  Tensor hidden;
};

// Reached through a helper, in a lambda that forward runs, on one path, in operator() and forward_features.
struct ReachImpl : nn::Module {
  ReachImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) {
    keep(fc(x));
    auto store = [this](const Tensor &t) { second = t; };
    // CHECK: :[[@LINE-1]]:44: warning: 'second' keeps a tensor of forward with its graph
    store(fc(x));
    if (is_training())
      third = fc(x);
    // CHECK: :[[@LINE-1]]:7: warning: 'third' keeps a tensor of forward with its graph
    return x;
  }
  void keep(const Tensor &t) { first = t; }
  // CHECK: :[[@LINE-1]]:32: warning: 'first' keeps a tensor of forward with its graph
  Tensor forward_features(Tensor x) { return fourth = fc(x); }
  // CHECK: :[[@LINE-1]]:46: warning: 'fourth' keeps a tensor of forward with its graph
  Tensor operator()(Tensor x) { return fifth = fc(x); }
  // CHECK: :[[@LINE-1]]:40: warning: 'fifth' keeps a tensor of forward with its graph
  Tensor predict(Tensor x) { return sixth = fc(x); }
  // DEFAULT: :[[@LINE-1]]:37: warning: 'sixth' keeps a tensor of forward with its graph
  Tensor infer(Tensor x) { return seventh = fc(x); }
  // NAMES: :[[@LINE-1]]:35: warning: 'seventh' keeps a tensor of forward with its graph
  nn::Linear fc{nullptr};
  Tensor first, second, third, fourth, fifth, sixth, seventh;
};

// The guard is over before the store; only a part is detached; the sum is kept with all its terms.
struct AlmostImpl : nn::Module {
  AlmostImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) {
    {
      torch::NoGradGuard no_grad;
      x = x + 1;
    }
    a = fc(x);
    // CHECK: :[[@LINE-1]]:5: warning: 'a' keeps a tensor of forward with its graph
    b = x.detach() * fc(x);
    // CHECK: :[[@LINE-1]]:5: warning: 'b' keeps a tensor of forward with its graph
    loss = loss + fc(x).sum();
    // CHECK: :[[@LINE-1]]:5: warning: 'loss' keeps a tensor of forward with its graph
    fc(x).detach();
    c = fc(x);
    // CHECK: :[[@LINE-1]]:5: warning: 'c' keeps a tensor of forward with its graph
    return x;
  }
  nn::Linear fc{nullptr};
  Tensor a, b, c, loss;
};

// Shown, not trained through.
struct ShownImpl : torch::nn::Module {
  torch::nn::Linear fc{nullptr};
  torch::Tensor last;
  ShownImpl() { fc = register_module("fc", torch::nn::Linear(4, 2)); }
  torch::Tensor forward(torch::Tensor x) {
    last = fc(x);
    // CHECK: :[[@LINE-1]]:5: warning: 'last' keeps a tensor of forward with its graph
    return last;
  }
  torch::Tensor features() { return last; }
  torch::Tensor norms() {
    torch::NoGradGuard no_grad;
    return last.norm();
  }
};

// What another method detaches is a copy of its own.
struct ReadDetachedImpl : nn::Module {
  ReadDetachedImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) {
    last = fc(x);
    // CHECK: :[[@LINE-1]]:5: warning: 'last' keeps a tensor of forward with its graph
    return last * 2;
  }
  Tensor seen() const { return last.detach(); }
  nn::Linear fc{nullptr};
  Tensor last;
};
// One forward of two returns what it computes.
struct OneOfTwoImpl : nn::Module {
  OneOfTwoImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  void forward_all(Tensor x) { last = fc(x); }
  // CHECK: :[[@LINE-1]]:32: warning: 'last' keeps a tensor of forward with its graph
  Tensor forward(Tensor x) {
    forward_all(x);
    return last * 2;
  }
  nn::Linear fc{nullptr};
  Tensor last;
};

// Run with gradients, too; what a training loop only prints; values beside positions; tested the other way round.
struct PrintedImpl : nn::Module {
  PrintedImpl() { fc = register_module("fc", nn::Linear(4, 4)); }
  Tensor forward(Tensor x) {
    auto p = fc(x);
    shown = p;
    // CHECK: :[[@LINE-1]]:5: warning: 'shown' keeps a tensor of forward with its graph
    std::tie(values, indices) = p.max(1);
    // CHECK: :[[@LINE-1]]:14: warning: 'values' keeps a tensor of forward with its graph
    top = std::get<0>(p.topk(2));
    // CHECK: :[[@LINE-1]]:5: warning: 'top' keeps a tensor of forward with its graph
    if (torch::GradMode::is_enabled())
      recorded = p;
    // CHECK: :[[@LINE-1]]:7: warning: 'recorded' keeps a tensor of forward with its graph
    return p;
  }
  nn::Linear fc{nullptr};
  Tensor shown, values, indices, top, recorded;
};
TORCH_MODULE(Printed);
void trainAndPrint(Printed model) {
  model(torch::ones({2, 4})).sum().backward();
  std::cout << model->shown.detach().mean() << model->values.mean().item<float>();
  torch::NoGradGuard guard;
  model(torch::ones({2, 4}));
}

// The state is reset before all sequences alone.
struct CarriedImpl : nn::Module {
  CarriedImpl() { cell = register_module("cell", nn::GRUCell(4, 8)); }
  void reset_state(int64_t batch) { carried = torch::zeros({batch, 8}); }
  Tensor forward(Tensor x) {
    carried = cell(x, carried);
    // CHECK: :[[@LINE-1]]:5: warning: 'carried' keeps a tensor of forward with its graph
    return carried;
  }
  nn::GRUCell cell{nullptr};
  Tensor carried;
};
TORCH_MODULE(Carried);
void trainCarried(Carried model) {
  model->reset_state(1);
  for (int t = 0; t < 5; ++t)
    model(torch::randn({1, 4})).pow(2).sum().backward();
}

// Looked at when all is trained.
struct PlottedImpl : nn::Module {
  PlottedImpl() { fc = register_module("fc", nn::Linear(4, 4)); }
  Tensor forward(Tensor x) {
    attention = torch::softmax(fc(x), -1);
    // CHECK: :[[@LINE-1]]:5: warning: 'attention' keeps a tensor of forward with its graph
    return attention * x;
  }
  nn::Linear fc{nullptr};
  Tensor attention;
};
TORCH_MODULE(Plotted);
void trainAndPlot(Plotted model) {
  for (int t = 0; t < 5; ++t)
    model(torch::randn({2, 4})).sum().backward();
  auto shown = torch::cat({model->attention, model->attention}, 0);
  std::cout << shown.sizes();
}
