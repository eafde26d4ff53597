// RUN: %check torch-archive-mismatch %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <fstream>
#include <sstream>
#include <torch/script.h>
#include <torch/torch.h>

namespace nn = torch::nn;

struct EncoderImpl : nn::Module {
  EncoderImpl() { fc = register_module("fc", nn::Linear(1, 1)); }
  nn::Linear fc{nullptr};
};
TORCH_MODULE(Encoder);
struct ClassifierImpl : nn::Module {
  explicit ClassifierImpl(bool norm = false) {
    fc = register_module("fc", nn::Linear(1, 1));
    if (norm)
      bn = register_module("bn", nn::BatchNorm1d(1));
    head = register_module("head", nn::Linear(1, 1));
  }
  nn::Linear fc{nullptr}, head{nullptr};
  nn::BatchNorm1d bn{nullptr};
};
TORCH_MODULE(Classifier);
struct WeightImpl : nn::Module {
  WeightImpl() { w = register_parameter("w", torch::ones(1)); }
  torch::Tensor w;
};
TORCH_MODULE(Weight);

// Another class.
void classes(Encoder encoder, Classifier classifier) {
  torch::save(encoder, "classes.pt");
  torch::load(classifier, "classes.pt");
  // CHECK: :[[@LINE-1]]:3: warning: this throws: the archive was written from a 'EncoderImpl', which has nothing registered as 'head' [torch-archive-mismatch]
  // CHECK: :[[@LINE-3]]:3: note: written here
}
// From another function, by a constant path, by shared_ptr.
const std::string Path = "constant.pt";
void writes(std::shared_ptr<EncoderImpl> encoder) { torch::save(encoder, Path); }
void reads(Weight weight) {
  torch::load(weight, Path);
  // CHECK: :[[@LINE-1]]:3: warning: this throws: the archive was written from a 'EncoderImpl', which has nothing registered as 'w'
  // CHECK: :[[@LINE-4]]:53: note: written here
}

// Another kind.
void kinds(Encoder encoder, torch::optim::SGD &optimizer, torch::Tensor x) {
  torch::save(encoder, "module.pt");
  torch::load(x, "module.pt");
  // CHECK: :[[@LINE-1]]:3: warning: this throws: the archive holds a module, and a tensor is read
  torch::load(optimizer, "module.pt");
  // CHECK: :[[@LINE-1]]:3: warning: this throws: the archive holds a module, and an optimizer is read
  std::string name = "optimizer.pt";
  torch::save(optimizer, name);
  torch::load(encoder, name);
  // CHECK: :[[@LINE-1]]:3: warning: this throws: the archive holds an optimizer, and a module is read
  torch::save(x, "tensor.pt");
  torch::load(encoder, "tensor.pt");
  // CHECK: :[[@LINE-1]]:3: warning: this throws: the archive holds a tensor, and a module is read
}

// Two in one stream.
void streams(Encoder encoder, torch::Tensor x, std::ostream &out) {
  std::ofstream file("file.pt", std::ios::binary);
  torch::save(x, file);
  torch::save(encoder, file);
  // CHECK: :[[@LINE-1]]:3: warning: 'file' has an archive already: what is written here is not what a load() of the stream reads
  // CHECK: :[[@LINE-3]]:3: note: the first archive; one archive takes a vector of tensors, or what an OutputArchive is given
  torch::save(x, out);
  if (out.good())
    torch::save(x, out);
  // CHECK: :[[@LINE-1]]:5: warning: 'out' has an archive already
  // CHECK: :[[@LINE-4]]:3: note: the first archive
}
void rounds(const std::vector<torch::Tensor> &list) {
  std::ostringstream stream;
  for (const auto &x : list)
    torch::save(x, stream);
  // CHECK: :[[@LINE-1]]:5: warning: 'stream' has an archive already
  // CHECK: :[[@LINE-2]]:5: note: written by the round before
}
void between(torch::Tensor x, torch::Tensor y) {
  std::stringstream stream;
  torch::save(x, stream);
  torch::load(x, stream);
  torch::serialize::OutputArchive archive;
  archive.save_to(stream);
  // CHECK: :[[@LINE-1]]:3: warning: 'stream' has an archive already
  // CHECK: :[[@LINE-5]]:3: note: the first archive
}

// No code.
void scripts(Encoder encoder, torch::Tensor x) {
  torch::save(encoder, "script.pt");
  auto script = torch::jit::load("script.pt");
  // CHECK: :[[@LINE-1]]:17: warning: the archive that torch::save() writes has no code: to run the script module throws
  // CHECK: :[[@LINE-3]]:3: note: written here
  // CHECK: :[[@LINE+2]]:3: note: run here
  script.eval();
  script.forward({x});
}
struct Server {
  void start() {
    script = torch::jit::load("server.pt");
    // CHECK: :[[@LINE-1]]:14: warning: the archive that torch::save() writes has no code
  }
  void train(Encoder encoder) { torch::save(encoder, "server.pt"); }
  torch::Tensor run(torch::Tensor x) { return script.run_method("encode", x).toTensor(); }
  torch::jit::Module script;
};

// Paths by other spellings.
constexpr char deployed[] = "deployed.pt";
const char *const placed = "placed.pt";
struct Deployed {
  Deployed() : model(torch::jit::load(deployed)) {}
  // CHECK: :[[@LINE-1]]:22: warning: the archive that torch::save() writes has no code
  torch::Tensor run(torch::Tensor x) { return model.forward({x}).toTensor(); }
  torch::jit::Module model;
};
void deploy(Encoder encoder, torch::Tensor x) {
  torch::save(encoder, deployed);
  torch::save(encoder, placed);
  torch::jit::load(std::string(placed)).forward({x});
  // CHECK: :[[@LINE-1]]:3: warning: the archive that torch::save() writes has no code
}
class Trainer {
public:
  void store(const std::string &path) { torch::save(net, path); }
  Encoder net;
};
class Runner {
public:
  explicit Runner(std::string path) : path_(std::move(path)), model_(torch::jit::load(path_)) {}
  // CHECK: :[[@LINE-1]]:70: warning: the archive that torch::save() writes has no code
  torch::Tensor run(torch::Tensor x) { return model_.forward({x}).toTensor(); }

private:
  std::string path_;
  torch::jit::Module model_;
};
void trainThenRun(Trainer &trainer, torch::Tensor x) {
  trainer.store("handed.pt");
  Runner runner("handed.pt");
  runner.run(x);
}
