// RUN: %check torch-optimizer-parameters %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <memory>
#include <vector>

using torch::Tensor;

struct NetImpl : torch::nn::Module {
  NetImpl() {
    fc = register_module("fc", torch::nn::Linear(4, 1));
    encoder = register_module("encoder", torch::nn::Linear(4, 4));
    scale = register_parameter("scale", torch::ones({1}));
  }
  void grow() { extra = register_module("extra", torch::nn::Linear(4, 4)); }
  Tensor forward(Tensor x) { return scale * fc(encoder(x)); }
  torch::nn::Linear fc{nullptr}, encoder{nullptr}, extra{nullptr};
  Tensor scale;
};
TORCH_MODULE(Net);

struct EmptyImpl : torch::nn::Module {
  EmptyImpl() : weight(torch::ones({4}, torch::requires_grad())), fc(4, 4) {}
  Tensor forward(Tensor x) { return fc(x) * weight; }
  Tensor weight;
  torch::nn::Linear fc;
};
TORCH_MODULE(Empty);

// Without the children.
void ownOnly(Net net, std::shared_ptr<NetImpl> pointer, NetImpl &reference) {
  torch::optim::SGD a(net->parameters(false), 0.1);
  // CHECK: :[[@LINE-1]]:23: warning: without recursion this lists the parameters of 'net' alone: those of its children are not in the optimizer and stay as they are [torch-optimizer-parameters]
  auto b = std::make_unique<torch::optim::Adam>(pointer->parameters(/*recurse=*/false), 1e-3);
  // CHECK: :[[@LINE-1]]:49: warning: without recursion this lists the parameters of 'pointer' alone
  auto list = reference.parameters(false);
  // CHECK: :[[@LINE-1]]:15: warning: without recursion
  torch::optim::RMSprop c(list, torch::optim::RMSpropOptions(0.1));
  torch::nn::Sequential layers(torch::nn::Linear(1, 1));
  torch::optim::Adagrad d(layers->parameters(false), 0.1);
  // CHECK: :[[@LINE-1]]:27: warning: without recursion
}

// Nothing is registered.
void nothing() {
  Empty net;
  torch::optim::SGD a(net->parameters(), 0.1);
  // CHECK: :[[@LINE-1]]:23: warning: 'EmptyImpl' registers no parameters, so that the optimizer has nothing to change
  auto model = std::make_shared<EmptyImpl>();
  torch::optim::LBFGS b(model->parameters(), 0.1);
  // CHECK: :[[@LINE-1]]:25: warning: 'EmptyImpl' registers no parameters
}

// Twice.
void pushed(Net net) {
  auto parameters = net->parameters();
  for (auto &parameter : net->encoder->parameters())
    parameters.push_back(parameter);
  // CHECK: :[[@LINE-1]]:5: warning: the parameters of 'net->encoder' are in the list already: the optimizer steps twice for them
  // CHECK: :[[@LINE-4]]:21: note: listed here before
  torch::optim::SGD optimizer(parameters, 0.1);
}
void inserted(Net net) {
  std::vector<Tensor> parameters;
  auto of_encoder = net->encoder->parameters();
  auto all = net->parameters();
  parameters.insert(parameters.end(), of_encoder.begin(), of_encoder.end());
  parameters.insert(parameters.end(), all.begin(), all.end());
  // CHECK: :[[@LINE-1]]:3: warning: the parameters of 'net' are in the list already
  torch::optim::Adam optimizer(parameters, 1e-3);
}
void groups(Net net) {
  std::vector<torch::optim::OptimizerParamGroup> groups;
  groups.emplace_back(net->parameters());
  groups.emplace_back(net->fc->parameters(), std::make_unique<torch::optim::SGDOptions>(0.01));
  // CHECK: :[[@LINE-1]]:3: warning: the parameters of 'net->fc' are in the list already
  torch::optim::SGD optimizer(groups, torch::optim::SGDOptions(0.1));
}

void modules(Net net) {
  std::vector<Tensor> parameters;
  for (auto &module : net->modules())
    for (auto &parameter : module->parameters())
      parameters.push_back(parameter);
  // CHECK: :[[@LINE-1]]:7: warning: the parameters of 'module' are in the list already
  torch::optim::SGD optimizer(parameters, 0.1);
}

// Too early.
void replaced(Net net, Tensor x) {
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  // CHECK: :[[@LINE-1]]:21: warning: the optimizer is made before 'net' gets parameters that it never sees
  // CHECK: :[[@LINE+1]]:3: note: it gets them here
  net->replace_module("fc", torch::nn::Linear(4, 2));
  net(x).sum().backward();
  optimizer.step();
}
void assigned(Tensor x) {
  Net net;
  torch::optim::Adam optimizer(net->parameters(), 1e-3);
  // CHECK: :[[@LINE-1]]:22: warning: the optimizer is made before 'net' gets
  net = Net();
  for (int i = 0; i < 10; ++i) {
    net(x).sum().backward();
    optimizer.step();
  }
}
void grows(Net net, Tensor x) {
  auto optimizer = std::make_shared<torch::optim::SGD>(net->parameters(), 0.1);
  // CHECK: :[[@LINE-1]]:20: warning: the optimizer is made before 'net' gets
  net->grow();
  optimizer->step();
}
void filled(Tensor x) {
  torch::nn::Sequential net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  // CHECK: :[[@LINE-1]]:21: warning: the optimizer is made before 'net' gets
  net->push_back(torch::nn::Linear(4, 4));
  optimizer.step();
}
struct Agent : torch::nn::Module {
  Agent() : optimizer(parameters(), 0.1) {
    // CHECK: :[[@LINE-1]]:13: warning: the optimizer is made before this module gets
    fc = register_module("fc", torch::nn::Linear(4, 2));
  }
  torch::nn::Linear fc{nullptr};
  torch::optim::SGD optimizer;
};

// No leaves.
void nonLeaves() {
  auto w = torch::randn({2}, torch::requires_grad()).view({2, 1});
  auto v = torch::randn({2}).requires_grad_() * 0.1;
  torch::optim::SGD a({w}, 0.1);
  // CHECK: :[[@LINE-1]]:24: warning: 'w' is the result of an operation on what requires grad: an optimizer takes leaves only, and throws
  // CHECK: :[[@LINE-4]]:12: note: computed here
  torch::optim::Adam b(std::vector<Tensor>{v}, 0.1);
  // CHECK: :[[@LINE-1]]:44: warning: 'v' is the result of an operation
}

// Adagrad has no state for what comes later.
void adagrad(torch::optim::Adagrad &a, std::unique_ptr<torch::optim::Adagrad> b, Net net, Tensor w) {
  a.add_param_group(torch::optim::OptimizerParamGroup(net->parameters()));
  // CHECK: :[[@LINE-1]]:3: warning: an Adagrad makes the state of its parameters in its constructor: for one that is added later, step() throws
  b->param_groups()[0].params().push_back(w);
  // CHECK: :[[@LINE-1]]:3: warning: an Adagrad makes the state
}

// Through functions in view.
namespace through_functions {
void append(std::vector<torch::Tensor> &to, const std::vector<torch::Tensor> &from) {
  to.insert(to.end(), from.begin(), from.end());
}
void appendOneByOne(std::vector<torch::Tensor> &to, const std::vector<torch::Tensor> &from) {
  for (const auto &each : from)
    to.push_back(each);
}
struct Learner {
  struct NetImpl : torch::nn::Module {
    NetImpl() : body(register_module("body", torch::nn::Linear(4, 4))), head(register_module("head", torch::nn::Linear(4, 1))) {}
    torch::nn::Linear body, head;
  };
  std::shared_ptr<NetImpl> net = std::make_shared<NetImpl>();
  std::vector<torch::Tensor> collect() {
    std::vector<torch::Tensor> all = net->parameters();
    append(all, net->head->parameters());
    // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: {{.*}}already
    return all;
  }
  std::vector<torch::Tensor> collectOneByOne() {
    auto all = net->head->parameters();
    appendOneByOne(all, net->parameters());
    // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: {{.*}}already
    return all;
  }
  void train() {
    torch::optim::SGD sgd(collect(), 0.1);
    sgd.step();
    torch::optim::SGD other(collectOneByOne(), 0.1);
    other.step();
  }
};
} // namespace through_functions

// The rate of the groups is changed, which gives the optimizer nothing new.
struct GrownImpl : torch::nn::Module {
  GrownImpl() : fc(register_module("fc", torch::nn::Linear(4, 4))) {}
  void grow() { more = register_module("more", torch::nn::Linear(4, 4)); }
  torch::Tensor forward(torch::Tensor x) { return fc(x); }
  torch::nn::Linear fc, more{nullptr};
};
TORCH_MODULE(Grown);
void grownLater(torch::Tensor x) {
  Grown net;
  torch::optim::Adam optimizer(net->parameters(), 1e-3);
  // CHECK: :[[@LINE-1]]:22: warning: the optimizer is made before 'net' gets parameters that it never sees
  // CHECK: :[[@LINE+1]]:3: note: it gets them here
  net->grow();
  for (auto &group : optimizer.param_groups())
    static_cast<torch::optim::AdamOptions &>(group.options()).lr(1e-4);
  net->forward(x).sum().backward();
  optimizer.step();
}
