// The same callback keeps the values without their graph. variable_data() runs no operator, so that
// the callback is not called again from inside itself, as it would be by detach().
#include <torch/torch.h>

#include <iostream>
#include <mutex>
#include <vector>

std::mutex mutex;
std::vector<torch::Tensor> kept;

void keep_output(const at::RecordFunction& fn, at::ObserverContext*) {
  std::lock_guard<std::mutex> lock(mutex);
  kept.push_back(fn.outputs()[0].toTensor().variable_data());
}

std::unique_ptr<at::ObserverContext> ignore_start(const at::RecordFunction&) {
  return nullptr;
}

struct OutputRecorder {
  OutputRecorder()
      : handle(at::addGlobalCallback(
            at::RecordFunctionCallback(ignore_start, keep_output).needsOutputs(true))) {}
  ~OutputRecorder() {
    at::removeCallback(handle);
  }
  at::CallbackHandle handle;
};

using WeakTensor = c10::weak_intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>;

int main() {
  torch::nn::Linear first(64, 64), second(64, 64);
  std::vector<WeakTensor> hidden;
  for (int step = 0; step < 20; ++step) {
    auto h = torch::tanh(first(torch::ones({32, 64})));
    hidden.emplace_back(h.getIntrusivePtr());
    auto y = second(h);
    OutputRecorder recorder;
    torch::sigmoid(y);
  }
  int alive = 0;
  for (auto& weak : hidden) {
    alive += !weak.expired();
  }
  std::cout << "SYMPTOM hidden_activations_alive=" << alive << "\n"; // 0 of 20
}
