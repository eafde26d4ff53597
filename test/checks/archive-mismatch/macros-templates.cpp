// RUN: %check torch-archive-mismatch %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <sstream>
#include <torch/torch.h>

namespace nn = torch::nn;

#define SAVE(what, where) torch::save(what, where)
#define MODEL "model.pt"
#define REGISTER(name, ...) name = register_module(#name, __VA_ARGS__)

struct EncoderImpl : nn::Module {
  EncoderImpl() { REGISTER(fc, nn::Linear(1, 1)); }
  nn::Linear fc{nullptr};
};
struct HeadImpl : nn::Module {
  HeadImpl() { REGISTER(head, nn::Linear(1, 1)); }
  nn::Linear head{nullptr};
};
TORCH_MODULE(Encoder);
TORCH_MODULE(Head);

void macros(Encoder a, Head b, torch::Tensor x) {
  SAVE(a, MODEL);
  torch::load(b, MODEL);
  // CHECK: :[[@LINE-1]]:3: warning: this throws: the archive was written from a 'EncoderImpl', which has nothing registered as 'head'
  std::stringstream stream;
  SAVE(x, stream);
  SAVE(x, stream);
  // CHECK: :[[@LINE-1]]:3: warning: 'stream' has an archive already
}

template <typename Value> void twice(const Value &value) {
  std::stringstream stream;
  torch::save(value, stream);
  torch::save(value, stream);
  // CHECK: :[[@LINE-1]]:3: warning: 'stream' has an archive already
}
// Dependent: nothing is known before it is instantiated.
template <typename Value> void never(const Value &value, std::ostream &stream) {
  torch::save(value, stream);
  torch::save(value, stream);
}
void instantiated(torch::Tensor x, Encoder a) {
  twice(x);
  twice(a);
}
