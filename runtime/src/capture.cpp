#include <torchtidy/capture.h>

#include "hook_state.h"
#include "host_copy.h"
#include "layers.h"

#include <torch/csrc/autograd/grad_mode.h>

#include <algorithm>
#include <deque>
#include <list>
#include <map>

namespace torchtidy {
namespace detail {

// More than this is likely to be a loop that never clears.
constexpr int64_t kMuch = int64_t{1} << 30;

class CaptureStore {
 public:
  CaptureStore(const CaptureOptions& options, const std::vector<std::string>& names) : options_(options) {
    TORCH_CHECK(options_.keep_ > 0, "A FeatureExtractor that keeps 0 calls of a layer captures nothing");
    for (const auto& name : names) {
      layers_[name];
    }
  }

  void capture(const std::string& name, const Values& outputs) {
    Kept kept;
    kept.captured.name = name;
    kept.captured.tensors = outputs.tensors();
    std::list<Kept> old; // dies after the lock
    std::lock_guard<std::mutex> lock(mutex_);
    if (closed_) {
      return;
    }
    for (auto& tensor : kept.captured.tensors) {
      if (tensor.defined()) {
        tensor = keep(tensor);
        bytes_ += static_cast<int64_t>(tensor.nbytes());
      }
      kept.versions.push_back(version_of(tensor));
    }
    Layer& layer = layers_[name];
    kept.captured.call = layer.calls++;
    kept_.push_back(std::move(kept));
    layer.kept.push_back(std::prev(kept_.end()));
    if (layer.kept.size() > options_.keep_) {
      for (const auto& tensor : layer.kept.front()->captured.tensors) {
        bytes_ -= tensor.defined() ? static_cast<int64_t>(tensor.nbytes()) : 0;
      }
      old.splice(old.end(), kept_, layer.kept.front());
      layer.kept.pop_front();
    }
    warn_if_much();
  }

  /// The first tensors of the calls of a layer, at most `count` of the last ones.
  std::vector<torch::Tensor> first_tensors(const std::string& name, size_t count) {
    std::lock_guard<std::mutex> lock(mutex_);
    copier_.wait();
    Layer& layer = layer_called(name);
    std::vector<torch::Tensor> tensors;
    for (auto kept = layer.kept.rbegin(); kept != layer.kept.rend() && tensors.size() < count; ++kept) {
      if (!(*kept)->captured.tensors.empty()) {
        warn_if_changed(layer, **kept);
        tensors.push_back((*kept)->captured.tensors.front());
      }
    }
    std::reverse(tensors.begin(), tensors.end());
    return tensors;
  }

  bool has_run(const std::string& name) {
    std::lock_guard<std::mutex> lock(mutex_);
    return !layer_called(name).kept.empty();
  }

  std::vector<Captured> read(bool take) {
    std::lock_guard<std::mutex> lock(mutex_);
    copier_.wait();
    std::vector<Captured> result;
    result.reserve(kept_.size());
    for (auto& kept : kept_) {
      warn_if_changed(layers_[kept.captured.name], kept);
      result.push_back(take ? std::move(kept.captured) : kept.captured);
    }
    if (take) {
      forget();
    }
    return result;
  }

  void clear(bool close) {
    std::list<Kept> old; // tensors die after the lock
    std::lock_guard<std::mutex> lock(mutex_);
    copier_.wait();
    old.swap(kept_);
    forget();
    closed_ = closed_ || close;
  }

 private:
  struct Kept {
    Captured captured;
    // Of the tensors, when they were captured; -1 where there is none.
    std::vector<int64_t> versions;
  };
  struct Layer {
    size_t calls = 0;
    bool warned = false;
    std::deque<std::list<Kept>::iterator> kept;
  };

  Layer& layer_called(const std::string& name) {
    const auto found = layers_.find(name);
    TORCH_CHECK(found != layers_.end(), "Layer '", name, "' is not watched by this FeatureExtractor");
    return found->second;
  }

  void forget() {
    kept_.clear();
    for (auto& layer : layers_) {
      layer.second.calls = 0;
      layer.second.kept.clear();
    }
    bytes_ = 0;
  }

  torch::Tensor keep(const torch::Tensor& tensor) {
    switch (options_.policy_) {
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

  int64_t version_of(const torch::Tensor& tensor) const {
    const bool shares =
        options_.policy_ == CapturePolicy::keep_graph || options_.policy_ == CapturePolicy::detach;
    return shares && tensor.defined() && !tensor.is_inference() ? tensor._version() : -1;
  }

  void warn_if_changed(Layer& layer, const Kept& kept) const {
    for (size_t i = 0; i < kept.versions.size() && !layer.warned; ++i) {
      if (kept.versions[i] != version_of(kept.captured.tensors[i])) {
        layer.warned = true;
        TORCH_WARN(
            "What was captured of layer '",
            kept.captured.name,
            "' is not what it gave: the model changed it in place afterwards. Capture it with "
            "CapturePolicy::detach_clone");
      }
    }
  }

  void warn_if_much() {
    if (bytes_ > kMuch && !warned_) {
      warned_ = true;
      TORCH_WARN(
          "A FeatureExtractor holds ",
          bytes_ >> 20,
          " MiB of ",
          kept_.size(),
          " calls: call clear() or take() after each batch, or keep the last calls only, with "
          "CaptureOptions().keep(1)");
    }
  }

  const CaptureOptions options_;
  std::mutex mutex_;
  HostCopier copier_;
  std::list<Kept> kept_;
  std::map<std::string, Layer> layers_;
  int64_t bytes_ = 0;
  bool warned_ = false;
  bool closed_ = false;
};

} // namespace detail

FeatureExtractor::FeatureExtractor(
    ModuleRef model, const std::vector<std::string>& layers, const CaptureOptions& options) {
  const auto found = detail::find_layers(*model, layers);
  std::vector<std::string> names;
  for (const auto& layer : found) {
    names.push_back(layer.first);
  }
  store_ = std::make_shared<detail::CaptureStore>(options, names);
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
  const auto tensors = store_->first_tensors(layer, 1);
  if (!tensors.empty()) {
    return tensors.front();
  }
  TORCH_CHECK(
      store_->has_run(layer), "Layer '", layer, "' has not run since the extractor was made or cleared");
  TORCH_CHECK(
      false,
      "Layer '",
      layer,
      "' has run, and there is no tensor in what it gave: if that is a struct, specialise "
      "torchtidy::TensorTraits for it");
}

std::vector<torch::Tensor> FeatureExtractor::all(const std::string& layer) const {
  return store_->first_tensors(layer, SIZE_MAX);
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
