// RUN: %check torch-missing-eval %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/script.h>
#include <torch/torch.h>
#include <torchtidy/training.h>

#include <sstream>

using torch::Tensor;

template <int> struct NetImpl : torch::nn::Module {
  NetImpl() { drop = register_module("drop", torch::nn::Dropout(0.5)); }
  Tensor forward(Tensor x) { return drop(x); }
  torch::nn::Dropout drop{nullptr};
};
struct PlainImpl : torch::nn::Module {
  PlainImpl() { fc = register_module("fc", torch::nn::Linear(4, 4)); }
  Tensor forward(Tensor x) { return fc(x); }
  torch::nn::Linear fc{nullptr};
};

// Put into a mode, here or elsewhere.
Tensor evaluated(Tensor x) {
  auto net = std::make_shared<NetImpl<0>>();
  torch::load(net, "net.pt");
  net->eval();
  return net->forward(x);
}
Tensor modeByFlag(Tensor x, bool train) {
  auto net = std::make_shared<NetImpl<1>>();
  torch::load(net, "net.pt");
  net->train(train);
  return net->forward(x);
}
struct Server {
  std::shared_ptr<NetImpl<2>> net = std::make_shared<NetImpl<2>>();
  void open() {
    torch::load(net, "net.pt");
    prepare(*net);
  }
  static void prepare(NetImpl<2> &module) { module.eval(); }
  Tensor predict(Tensor x) { return net->forward(x); }
};

// Nothing that depends on the mode; not loaded here; a script module.
Tensor plain(Tensor x) {
  auto net = std::make_shared<PlainImpl>();
  torch::load(net, "net.pt");
  return net->forward(x);
}
Tensor handed(std::shared_ptr<NetImpl<3>> net, Tensor x) { return net->forward(x); }
Tensor script(Tensor x) {
  auto module = torch::jit::load("net.pt");
  return module.forward({x}).toTensor();
}
Tensor another(Tensor x) {
  torch::nn::Sequential loaded(torch::nn::Dropout(0.1)), run(torch::nn::Dropout(0.1));
  torch::load(loaded, "layers.pt");
  return run->forward(x);
}

// Code out of view is given the model.
namespace given_away {
struct PartImpl : torch::nn::Module {
  PartImpl() { drop = register_module("drop", torch::nn::Dropout(0.5)); }
  torch::Tensor forward(torch::Tensor x) { return drop(x); }
  torch::nn::Dropout drop{nullptr};
};
TORCH_MODULE(Part);
void prepare(Part &part);
void prepare_copy(Part part);
struct Scope {
  explicit Scope(Part part);
  ~Scope();
};
torch::Tensor reference(torch::Tensor x) {
  Part part;
  torch::load(part, "part.pt");
  prepare(part);
  return part(x);
}
torch::Tensor copy(torch::Tensor x) {
  Part part;
  torch::load(part, "part.pt");
  prepare_copy(part);
  return part(x);
}
torch::Tensor scope(torch::Tensor x) {
  Part part;
  torch::load(part, "part.pt");
  Scope scope(part);
  return part(x);
}
torch::Tensor runtime(torch::Tensor x) {
  Part part;
  torch::load(part, "part.pt");
  torchtidy::InferenceScope scope(part);
  return part(x);
}
} // namespace given_away

// The layers that a function makes depend on no mode.
static torch::nn::Sequential plain(int64_t in, int64_t out) {
  return torch::nn::Sequential(torch::nn::Conv2d(in, out, 3), torch::nn::GroupNorm(2, out), torch::nn::ReLU());
}
struct PlainStagesImpl : torch::nn::Module {
  PlainStagesImpl() { first = register_module("first", plain(1, 8)); }
  torch::Tensor forward(torch::Tensor x) { return first->forward(x); }
  torch::nn::Sequential first{nullptr};
};
TORCH_MODULE(PlainStages);
torch::Tensor classifyPlainly(torch::Tensor x) {
  PlainStages stages;
  torch::load(stages, "stages.pt");
  return stages->forward(x);
}

// Handed out: who calls it may put it into eval().
class Engine {
public:
  NetImpl<7> &net() { return *model; }
  void read(const std::string &path) { torch::load(model, path); }
  Tensor run(Tensor x) { return model->forward(x); }

private:
  std::shared_ptr<NetImpl<7>> model;
};
