#pragma once

/// \file
/// Intermediate results of a model by layer name, for as long as a scope lasts.
///
/// \code
/// torchtidy::FeatureExtractor features(*model, {"layer2", "layer3.1"});
/// auto output = model->forward(image);
/// torch::Tensor pyramid = features["layer2"];
/// \endcode
///
/// After the scope nothing is retained: no hook, no tensor. Until then every call is kept: in a loop, call
/// `clear()` or `take()` after each batch, or keep the last calls only (`CaptureOptions().keep(1)`).
/// Several extractors may watch one model; one extractor may watch a model that several threads run (captures
/// are then in the order of completion).

#include <torchtidy/hooks.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace torchtidy {

/// What is kept of an output.
enum class CapturePolicy {
  /// The output itself, with its graph: for losses on features. Keeps the graph alive until cleared.
  keep_graph,
  /// The same memory without the graph. Later in-place operations of the model show in it; reading it warns
  /// then.
  detach,
  /// An own copy on the same device, without the graph.
  detach_clone,
  /// An own copy in host memory. For a tensor on a CUDA device: pinned memory, written by a stream of its
  /// own while the model runs on; reading a capture waits for it. For a CPU tensor: as detach_clone.
  to_host_async,
};

/// What is kept, and how much.
struct CaptureOptions {
  CaptureOptions() = default;
  CaptureOptions(CapturePolicy policy) : policy_(policy) {}

  CaptureOptions& policy(CapturePolicy value) {
    policy_ = value;
    return *this;
  }
  /// Keeps the last `calls` calls of each layer (default: all, until `clear()` or `take()`).
  CaptureOptions& keep(size_t calls) {
    keep_ = calls;
    return *this;
  }

  CapturePolicy policy_ = CapturePolicy::detach;
  size_t keep_ = SIZE_MAX;
};

/// One output of one layer.
struct Captured {
  std::string name;
  /// 0 for the first call of this layer since the last `clear()`.
  size_t call = 0;
  /// All tensors of the output, in order; those inside tuples and lists as well. Shapes and dtypes are
  /// those of the output.
  std::vector<torch::Tensor> tensors;
};

namespace detail {
class CaptureStore;
}

/// Keeps the outputs of the layers that it watches. Move-only; thread-safe.
class [[nodiscard]] FeatureExtractor {
 public:
  /// Watches the modules called `layers` ("" is the model itself), as in `named_modules()`.
  /// \throws c10::Error naming every unknown name with near ones, or the module that cannot be hooked.
  FeatureExtractor(
      ModuleRef model, const std::vector<std::string>& layers, const CaptureOptions& options = {});

  ~FeatureExtractor();
  FeatureExtractor(FeatureExtractor&&) noexcept;
  FeatureExtractor& operator=(FeatureExtractor&&) noexcept;

  /// The first tensor of the last call of `layer`, whatever else was captured.
  /// \throws c10::Error if the layer is not watched, has not run, or gave no tensor.
  torch::Tensor operator[](const std::string& layer) const;

  /// The first tensor of every call of `layer`, in call order; empty if it has not run.
  std::vector<torch::Tensor> all(const std::string& layer) const;

  /// Everything captured, in call order.
  std::vector<Captured> captured() const;

  /// As `captured()`, and forgets it.
  std::vector<Captured> take();

  /// Forgets what was captured; goes on watching.
  void clear();

  /// Stops watching; keeps what was captured until destruction.
  void stop();

 private:
  std::shared_ptr<detail::CaptureStore> store_;
  HookHandles handles_;
};

} // namespace torchtidy
