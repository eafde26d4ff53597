#include <torchtidy/capture.h>

#include "hook_state.h"
#include "host_copy.h"
#include "layers.h"

#include <torch/csrc/autograd/grad_mode.h>

#include <map>

namespace torchtidy {
namespace detail {

class CaptureStore {
 public:
  CaptureStore(CapturePolicy policy, std::vector<std::string> names)
      : policy_(policy), names_(std::move(names)) {}

  void capture(const std::string& name, const Values& outputs) {
    std::vector<torch::Tensor> tensors = outputs.tensors();
    std::lock_guard<std::mutex> lock(mutex_);
    if (closed_) {
      return;
    }
    for (auto& tensor : tensors) {
      if (tensor.defined()) {
        tensor = keep(tensor);
      }
    }
    captured_.push_back({name, calls_[name]++, std::move(tensors)});
  }

  bool watches(const std::string& name) const {
    for (const auto& known : names_) {
      if (known == name) {
        return true;
      }
    }
    return false;
  }

  std::vector<Captured> read(bool take) {
    std::lock_guard<std::mutex> lock(mutex_);
    copier_.wait();
    if (!take) {
      return captured_;
    }
    calls_.clear();
    return std::exchange(captured_, {});
  }

  void clear(bool close) {
    std::vector<Captured> old; // tensors die after the lock
    std::lock_guard<std::mutex> lock(mutex_);
    copier_.wait();
    old.swap(captured_);
    calls_.clear();
    closed_ = closed_ || close;
  }

 private:
  torch::Tensor keep(const torch::Tensor& tensor) {
    switch (policy_) {
      case CapturePolicy::keep_graph:
        return tensor;
      case CapturePolicy::detach:
        return tensor.detach();
      case CapturePolicy::detach_clone: {
        torch::NoGradGuard no_grad;
        return tensor.detach().clone();
      }
      case CapturePolicy::to_host_async:
        break;
    }
    return copier_.start(tensor);
  }

  const CapturePolicy policy_;
  const std::vector<std::string> names_;
  std::mutex mutex_;
  HostCopier copier_;
  std::vector<Captured> captured_;
  std::map<std::string, size_t> calls_;
  bool closed_ = false;
};

} // namespace detail

FeatureExtractor::FeatureExtractor(
    torch::nn::Module& model, const std::vector<std::string>& layers, CapturePolicy policy) {
  const auto found = detail::find_layers(model, layers);
  std::vector<std::string> names;
  for (const auto& layer : found) {
    names.push_back(layer.first);
  }
  store_ = std::make_shared<detail::CaptureStore>(policy, std::move(names));
  for (const auto& layer : found) {
    handles_ += layer.second->register_forward_hook(
        [store = store_, name = layer.first](torch::nn::Module&, const Values&, Values& outputs) {
          store->capture(name, outputs);
        });
  }
}

FeatureExtractor::~FeatureExtractor() {
  stop();
  if (store_) {
    // A hook on another thread may still hold the store.
    store_->clear(/*close=*/true);
  }
}

FeatureExtractor::FeatureExtractor(FeatureExtractor&&) noexcept = default;

FeatureExtractor& FeatureExtractor::operator=(FeatureExtractor&& other) noexcept {
  if (this != &other) {
    stop();
    if (store_) {
      store_->clear(/*close=*/true);
    }
    store_ = std::move(other.store_);
    handles_ = std::move(other.handles_);
  }
  return *this;
}

torch::Tensor FeatureExtractor::operator[](const std::string& layer) const {
  const auto tensors = all(layer);
  TORCH_CHECK(!tensors.empty(), "Layer '", layer, "' has not run since the extractor was made or cleared");
  return tensors.back();
}

std::vector<torch::Tensor> FeatureExtractor::all(const std::string& layer) const {
  TORCH_CHECK(store_->watches(layer), "Layer '", layer, "' is not watched by this FeatureExtractor");
  std::vector<torch::Tensor> result;
  for (auto& captured : store_->read(/*take=*/false)) {
    if (captured.name == layer && !captured.tensors.empty()) {
      result.push_back(std::move(captured.tensors.front()));
    }
  }
  return result;
}

std::vector<Captured> FeatureExtractor::captured() const {
  return store_->read(/*take=*/false);
}

std::vector<Captured> FeatureExtractor::take() {
  return store_->read(/*take=*/true);
}

void FeatureExtractor::clear() {
  store_->clear(/*close=*/false);
}

void FeatureExtractor::stop() {
  handles_.remove();
}

} // namespace torchtidy
