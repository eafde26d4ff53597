// Three models that throw when they run, and an element that is asked for as another class.
#include <torch/torch.h>

#include <iostream>

struct ScaleImpl : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x, double factor = 2.0) { return x * factor; } // flagged: torch-sequential-mismatch
};
TORCH_MODULE(Scale);

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
    net->at<torch::nn::LinearImpl>(1).pretty_print(std::cerr); // flagged: torch-sequential-mismatch
    return false;
  } catch (const c10::Error &) {
    return true;
  }
}

int main() {
  torch::nn::Sequential sizes(torch::nn::Linear(4, 20), torch::nn::ReLU(),
                              torch::nn::Linear(10, 2)); // flagged: torch-sequential-mismatch
  torch::nn::Sequential tuple(torch::nn::LSTM(4, 8),
                              torch::nn::Linear(8, 2)); // flagged: torch-sequential-mismatch
  torch::nn::Sequential scale(torch::nn::Linear(4, 4), Scale());
  auto x = torch::ones({3, 1, 4});
  std::cout << "SYMPTOM sizes_throw=" << throws(sizes, x) << "\n";
  std::cout << "SYMPTOM tuple_throws=" << throws(tuple, x) << "\n";
  std::cout << "SYMPTOM default_argument_throws=" << throws(scale, x) << "\n";
  std::cout << "SYMPTOM element_of_another_class_throws=" << asking_throws() << "\n";
}
