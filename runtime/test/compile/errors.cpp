// What does not compile, and the errors that docs/runtime/hooks.md shows. Run with Clang's -verify.

#include <torchtidy/hnn.h>
#include <torchtidy/state_files.h>

namespace hnn = torchtidy::hnn;

struct OneImpl : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    return x;
  }
};
TORCHTIDY_MODULE(One);

struct TwoImpl : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    return x;
  }
  torch::Tensor forward(torch::Tensor x, torch::Tensor y) {
    return x + y;
  }
};

struct TemplateImpl : torch::nn::Module {
  template <typename T>
  T forward(T x) {
    return x;
  }
};

void run_plain(torch::nn::Linear& layer);

void f() {
  // expected-error@torchtidy/hooks.h:* 2 {{derive the class from torchtidy::HookSite}}
  torchtidy::make_hooked<TwoImpl>();
  torchtidy::make_hooked<TemplateImpl>();

  hnn::Linear layer(1, 1);
  // expected-error@+1 {{no viable conversion from 'hnn::Linear' to 'torch::nn::Linear'}}
  torch::nn::Linear plain = layer;
  run_plain(layer); // expected-error {{no matching function for call to 'run_plain'}}

  // expected-error@torch/nn/pimpl.h:* {{no matching constructor for initialization of 'torchtidy::HookedI}}
  One one(std::make_shared<OneImpl>());

  torchtidy::state_dict(one);       // expected-warning {{ignoring return value}}
  torchtidy::read_state_dict("x");  // expected-warning {{ignoring return value}}
  torchtidy::read_safetensors("x"); // expected-warning {{ignoring return value}}
  torchtidy::read_torch("x");       // expected-warning {{ignoring return value}}
  torchtidy::read_sharded("x");     // expected-warning {{ignoring return value}}
  torchtidy::read_archive("x");     // expected-warning {{ignoring return value}}
}
