// What is kept for plotting is detached.
#include <torch/torch.h>

#include <iostream>
#include <vector>

using WeakTensor = c10::weak_intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>;

struct AttentionImpl : torch::nn::Module {
  AttentionImpl() {
    first = register_module("first", torch::nn::Linear(8, 8));
    score = register_module("score", torch::nn::Linear(8, 8));
  }
  torch::Tensor forward(torch::Tensor x) {
    auto h = torch::tanh(first(x));
    hidden.emplace_back(h.getIntrusivePtr());
    auto attention = torch::softmax(score(h), 1);
    weights = attention.detach();
    return attention * x;
  }
  torch::nn::Linear first{nullptr}, score{nullptr};
  torch::Tensor weights;
  std::vector<WeakTensor> hidden; // to see whether the activation is still alive
};
TORCH_MODULE(Attention);

int main() {
  Attention net;
  net(torch::ones({4, 8}));
  std::cout << "SYMPTOM activations_alive_after_the_call=" << !net->hidden.back().expired() << "\n"; // 0
}
