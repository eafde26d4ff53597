// RUN: %check torch-optimizer-parameters %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <memory>
#include <vector>

using torch::Tensor;

struct NetImpl : torch::nn::Module {
  NetImpl() {
    fc = register_module("fc", torch::nn::Linear(4, 1));
    encoder = register_module("encoder", torch::nn::Linear(4, 4));
    scale = register_parameter("scale", torch::ones({1}));
    table = register_buffer("table", torch::ones({1}));
  }
  Tensor forward(Tensor x) { return scale * fc(encoder(x)); }
  torch::nn::Linear fc{nullptr}, encoder{nullptr};
  torch::nn::Linear foreign{nullptr}; // not registered here
  Tensor scale, table;
};
TORCH_MODULE(Net);

struct FarImpl : torch::nn::Module {
  FarImpl(); // out of view
  Tensor forward(Tensor x);
};
TORCH_MODULE(Far);

// Registers through a helper that is given the module.
void fill(torch::nn::Module &module);
struct FilledImpl : torch::nn::Module {
  FilledImpl() { fill(*this); }
};
TORCH_MODULE(Filled);

// All, a part, and own tensors where there is nothing else or the rest is listed too.
void parts(Net net, Far far, Filled filled) {
  torch::optim::SGD a(net->parameters(), 0.1);
  torch::optim::SGD b(net->encoder->parameters(), 0.1);
  torch::optim::SGD c(net->fc->parameters(false), 0.1);
  torch::optim::SGD d(far->parameters(), 0.1);
  torch::optim::SGD e(filled->parameters(), 0.1);
  std::vector<torch::optim::OptimizerParamGroup> groups;
  groups.emplace_back(net->parameters(false));
  groups.emplace_back(net->fc->parameters());
  groups.emplace_back(net->encoder->parameters());
  torch::optim::SGD f(groups, torch::optim::SGDOptions(0.1));
}

// Joined without overlap; a child that is not registered; two optimizers that share.
void joined(Net net, Net other) {
  auto parameters = net->parameters();
  for (auto &parameter : other->parameters())
    parameters.push_back(parameter);
  auto foreign = net->foreign->parameters();
  parameters.insert(parameters.end(), foreign.begin(), foreign.end());
  torch::optim::Adam a(parameters, 1e-3);
  torch::optim::Adam b(net->encoder->parameters(), 1e-3);
}

void byModule(Net net, torch::nn::Linear leaf) {
  std::vector<Tensor> own, each, one;
  for (auto &module : net->modules())
    for (auto &parameter : module->parameters(/*recurse=*/false))
      own.push_back(parameter);
  for (auto &child : net->children())
    for (auto &parameter : child->parameters())
      each.push_back(parameter);
  for (auto &module : leaf->modules())
    for (auto &parameter : module->parameters())
      one.push_back(parameter);
  torch::optim::SGD a(own, 0.1), b(each, 0.1), c(one, 0.1);
}

// Sorted into groups by a condition.
void sorted(Net net) {
  std::vector<Tensor> decayed, plain;
  for (auto &item : net->named_parameters()) {
    if (item.key() == "scale")
      plain.push_back(item.value());
    else
      decayed.push_back(item.value());
  }
  torch::optim::SGD a({torch::optim::OptimizerParamGroup(decayed), torch::optim::OptimizerParamGroup(plain)},
                      torch::optim::SGDOptions(0.1));
  std::vector<Tensor> most;
  for (auto &item : net->named_parameters()) {
    if (item.key() == "scale")
      continue;
    most.push_back(item.value());
  }
  for (auto &parameter : net->fc->parameters())
    most.push_back(parameter);
  torch::optim::SGD b(most, 0.1);
}

// The tensors stay the same.
void moved(Net net, torch::Device device, Tensor x) {
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  net->to(device);
  torch::load(net, "net.pt");
  net->train();
  net->register_buffer("steps", torch::zeros({1}));
  net(x).sum().backward();
  optimizer.step();
}

// Made anew with the model, or never stepped again.
void rounds(Tensor x) {
  Net net;
  for (int fold = 0; fold < 5; ++fold) {
    torch::optim::SGD optimizer(net->parameters(), 0.1);
    net(x).sum().backward();
    optimizer.step();
    net = Net();
  }
}
void remade(Net net, Tensor x) {
  auto optimizer = std::make_unique<torch::optim::SGD>(net->parameters(), 0.1);
  optimizer->step();
  net->replace_module("fc", torch::nn::Linear(4, 2));
  optimizer = std::make_unique<torch::optim::SGD>(net->parameters(), 0.1);
  optimizer->step();
}
void added(Net net, Tensor x) {
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  auto head = net->register_module("head", torch::nn::Linear(4, 4));
  optimizer.add_param_group(torch::optim::OptimizerParamGroup(head->parameters()));
  optimizer.step();
}

// Leaves.
void leaves(Tensor given) {
  auto w = torch::randn({2, 1}).view({1, 2}).requires_grad_();
  auto v = (torch::randn({2}) * 0.1).set_requires_grad(true);
  auto u = torch::ones({2}, torch::requires_grad()).to(torch::kCPU);
  auto t = (w * 2).detach().requires_grad_();
  torch::optim::SGD a({w, v, u, t, given}, 0.1);
}
void underGuard() {
  auto w = torch::randn({2}, torch::requires_grad());
  torch::NoGradGuard no_grad;
  auto v = w * 2;
  torch::optim::SGD a({v}, 0.1);
}

// Other optimizers make the state when they step.
void later(torch::optim::Adam &a, torch::optim::SGD &b, Net net, Tensor w) {
  a.add_param_group(torch::optim::OptimizerParamGroup(net->parameters()));
  b.param_groups()[0].params().push_back(w);
}

// An object of a class that derives from it, which registers.
struct Base : torch::nn::Module {
  virtual Tensor forward(Tensor x) = 0;
  virtual int64_t width() { return 0; }
};
struct Deep : Base {
  Deep() { register_module("fc", torch::nn::Linear(4, 4)); }
  Tensor forward(Tensor x) override { return x; }
};
void trained(std::shared_ptr<Base> model) {
  torch::optim::SGD optimizer(model->parameters(), 0.1);
  optimizer.step();
}

// Look-alike: two models of one collection, by name.
struct Zoo {
  std::shared_ptr<torch::nn::Linear> unused;
  torch::nn::Linear get(const std::string &name) { return models.at(name); }
  std::map<std::string, torch::nn::Linear> models;
};
void trainBoth(Zoo &zoo) {
  auto all = zoo.get("actor")->parameters();
  for (auto &parameter : zoo.get("critic")->parameters())
    all.push_back(parameter);
  torch::optim::Adam adam(all, 1e-3);
  adam.step();
}

// Look-alike: functions that give one list or another, or append under a condition.
namespace through_functions {
void appendIf(std::vector<torch::Tensor> &to, const std::vector<torch::Tensor> &from, bool wanted) {
  if (wanted)
    to.insert(to.end(), from.begin(), from.end());
}
struct Net2Impl : torch::nn::Module {
  Net2Impl() : body(register_module("body", torch::nn::Linear(4, 4))), head(register_module("head", torch::nn::Linear(4, 1))) {}
  torch::nn::Linear body, head;
};
struct Learner {
  std::shared_ptr<Net2Impl> net = std::make_shared<Net2Impl>();
  std::vector<torch::Tensor> chosen(bool whole) {
    if (whole)
      return net->parameters();
    return net->head->parameters();
  }
  std::vector<torch::Tensor> parts() {
    auto all = net->body->parameters();
    appendIf(all, net->head->parameters(), true);
    appendIf(all, net->head->parameters(), false);
    return all;
  }
  void train() {
    torch::optim::SGD sgd(chosen(true), 0.1);
    sgd.step();
    torch::optim::SGD other(parts(), 0.1);
    other.step();
  }
};
} // namespace through_functions

// What is registered later reaches an optimizer all the same, or has no parameters.
struct GrowingImpl : torch::nn::Module {
  GrowingImpl() : fc(register_module("fc", torch::nn::Linear(4, 4))) { register_module("drop", torch::nn::Dropout(0.1)); }
  void grow() { fresh = register_module("fresh" + std::to_string(++n), torch::nn::Linear(4, 4)); }
  void ensure() {
    if (!late)
      late = register_module("late", torch::nn::Linear(4, 4));
  }
  torch::Tensor forward(torch::Tensor x) { return fc(x); }
  torch::nn::Linear fc, fresh{nullptr}, late{nullptr};
  int n = 0;
};
TORCH_MODULE(Growing);
void emplacedAgain(torch::Tensor x) {
  Growing net;
  torch::optional<torch::optim::Adam> optimizer;
  optimizer.emplace(net->parameters(), torch::optim::AdamOptions(1e-3));
  for (int i = 0; i < 3; ++i) {
    net->forward(x).sum().backward();
    optimizer->step();
    net->grow();
    optimizer.emplace(net->parameters(), torch::optim::AdamOptions(1e-3));
  }
}
void resetTo(torch::Tensor x) {
  Growing net;
  std::unique_ptr<torch::optim::Adam> optimizer(new torch::optim::Adam(net->parameters(), 1e-3));
  net->grow();
  optimizer.reset(new torch::optim::Adam(net->parameters(), 1e-3));
  net->forward(x).sum().backward();
  optimizer->step();
}
void remadeByLambda(torch::Tensor x) {
  Growing net;
  std::unique_ptr<torch::optim::Optimizer> optimizer = std::make_unique<torch::optim::SGD>(net->parameters(), 1e-3);
  net->grow();
  auto remake = [&] { optimizer = std::make_unique<torch::optim::SGD>(net->parameters(), 1e-3); };
  remake();
  net->forward(x).sum().backward();
  optimizer->step();
}
void addedToTheGroup(torch::Tensor x) {
  Growing net;
  torch::optim::SGD optimizer(net->parameters(), 1e-3);
  net->grow();
  for (auto &p : net->fresh->parameters())
    optimizer.param_groups()[0].params().push_back(p);
  net->forward(x).sum().backward();
  optimizer.step();
}
void aGroupOfItsOwn(torch::Tensor x) {
  Growing net;
  torch::optim::SGD optimizer(net->parameters(), 1e-3);
  net->grow();
  optimizer.param_groups().emplace_back(net->fresh->parameters());
  net->forward(x).sum().backward();
  optimizer.step();
}
void anOptimizerOfItsOwn(torch::Tensor x) {
  Growing net;
  torch::optim::SGD optimizer(net->parameters(), 1e-3);
  net->grow();
  torch::optim::SGD second(net->fresh->parameters(), 1e-2);
  net->forward(x).sum().backward();
  optimizer.step();
  second.step();
}
void anotherDropout(torch::Tensor x) {
  Growing net;
  torch::optim::SGD optimizer(net->parameters(), 1e-3);
  for (int epoch = 0; epoch < 10; ++epoch) {
    if (epoch == 5)
      net->replace_module("drop", torch::nn::Dropout(0.5));
    net->forward(x).sum().backward();
    optimizer.step();
  }
}
void builtBefore(torch::Tensor x) {
  Growing net;
  net->ensure();
  torch::optim::SGD optimizer(net->parameters(), 1e-3);
  net->ensure();
  net->forward(x).sum().backward();
  optimizer.step();
}
// The module's own parameters, its children's elsewhere.
struct PromptedImpl : torch::nn::Module {
  PromptedImpl() : prompt(register_parameter("prompt", torch::zeros({1, 4}))), backbone(register_module("backbone", torch::nn::Linear(4, 2))) {}
  torch::Tensor forward(torch::Tensor x) { return backbone(x + prompt); }
  torch::Tensor prompt;
  torch::nn::Linear backbone;
};
TORCH_MODULE(Prompted);
void twoRates(Prompted net, torch::Tensor x) {
  torch::optim::Adam own(net->parameters(false), 1e-2);
  torch::optim::SGD rest(net->backbone->parameters(), 1e-3);
  net->forward(x).sum().backward();
  own.step();
  rest.step();
}
void thinned(Prompted net, torch::Tensor x) {
  auto head = net->backbone->parameters();
  auto base = net->parameters();
  base.resize(base.size() - head.size());
  std::vector<torch::optim::OptimizerParamGroup> groups;
  groups.emplace_back(base);
  groups.emplace_back(head);
  torch::optim::SGD optimizer(groups, torch::optim::SGDOptions(0.1));
  net->forward(x).sum().backward();
  optimizer.step();
}
struct FilledLaterImpl : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    for (auto &child : children())
      x = child->as<torch::nn::Linear>()->forward(x);
    return x;
  }
};
TORCH_MODULE(FilledLater);
void addLayers(torch::nn::Module &module) { module.register_module("a", torch::nn::Linear(4, 4)); }
void filledByHelper(torch::Tensor x) {
  FilledLater net;
  addLayers(*net);
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  net->forward(x).sum().backward();
  optimizer.step();
}
