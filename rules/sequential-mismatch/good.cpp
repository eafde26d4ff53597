// The same, which run.
#include <torch/torch.h>

#include <iostream>

struct ScaleImpl : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x, double factor = 2.0) { return x * factor; }

protected:
  FORWARD_HAS_DEFAULT_ARGS({1, torch::nn::AnyValue(2.0)})
};
TORCH_MODULE(Scale);

struct FirstImpl : torch::nn::Module {
  torch::Tensor forward(std::tuple<torch::Tensor, std::tuple<torch::Tensor, torch::Tensor>> x) { return std::get<0>(x); }
};
TORCH_MODULE(First);

bool throws(torch::nn::Sequential net, torch::Tensor x) {
  try {
    net->forward(x);
    return false;
  } catch (const c10::Error &) {
    return true;
  }
}

bool asking_throws() {
  torch::nn::Sequential net(torch::nn::Linear(4, 4), torch::nn::ReLU());
  try {
    net->at<torch::nn::ReLUImpl>(1).pretty_print(std::cerr);
    return false;
  } catch (const c10::Error &) {
    return true;
  }
}

int main() {
  torch::nn::Sequential sizes(torch::nn::Linear(4, 20), torch::nn::ReLU(), torch::nn::Linear(20, 2));
  torch::nn::Sequential tuple(torch::nn::LSTM(4, 8), First(), torch::nn::Linear(8, 2));
  torch::nn::Sequential scale(torch::nn::Linear(4, 4), Scale());
  auto x = torch::ones({3, 1, 4});
  std::cout << "SYMPTOM sizes_throw=" << throws(sizes, x) << "\n";
  std::cout << "SYMPTOM tuple_throws=" << throws(tuple, x) << "\n";
  std::cout << "SYMPTOM default_argument_throws=" << throws(scale, x) << "\n";
  std::cout << "SYMPTOM element_of_another_class_throws=" << asking_throws() << "\n";
}
