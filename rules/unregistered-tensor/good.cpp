// The table is a buffer: it is saved and moved with the model.
#include <torch/torch.h>

#include <iostream>

struct EncoderImpl : torch::nn::Module {
  EncoderImpl() {
    table = register_buffer("table", torch::randn({16, 8}));
    fc = register_module("fc", torch::nn::Linear(8, 8));
  }
  torch::Tensor forward(torch::Tensor x) {
    return fc(x + table);
  }
  torch::Tensor table;
  torch::nn::Linear fc{nullptr};
};
TORCH_MODULE(Encoder);

int main() {
  Encoder trained, restored;
  std::stringstream archive;
  torch::save(trained, archive);
  torch::load(restored, archive);
  torch::NoGradGuard no_grad;
  auto x = torch::zeros({16, 8});
  std::cout << "SYMPTOM restored_model_agrees=" << trained(x).equal(restored(x)) << "\n"; // 1
}
