#pragma once

/// \file
/// A model that gives intermediate results instead of its output, as torchvision's
/// `create_feature_extractor`.
///
/// \code
/// auto features = torchtidy::create_feature_extractor(resnet, {"layer2", {"layer4", "top"}});
/// auto found = features(images);        // stops after layer4: neither the pooling nor fc runs
/// torch::Tensor top = found["top"];     // with its graph
/// \endcode
///
/// To watch a model that runs anyway, or for copies on the host: `FeatureExtractor` (capture.h).

#include <torchtidy/handles.h>
#include <torchtidy/module_ref.h>
#include <torchtidy/values.h>

#include <torch/ordered_dict.h>

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace torchtidy {

/// A layer by its dotted name, and what its output is called in the result.
struct ReturnNode {
  /// `path`: as in `named_modules()`; "" is the model itself. A layer that runs several times gives its
  /// first output; `relu_1` is the second of `relu`, where no layer has that name, as in Python.
  ReturnNode(std::string path) : layer(path), name(std::move(path)) {}
  ReturnNode(const char* path) : ReturnNode(std::string(path)) {}
  ReturnNode(std::string path, std::string result) : layer(std::move(path)), name(std::move(result)) {}

  std::string layer;
  std::string name;
};

/// `{"layer1", {"layer2", "middle"}}`, a list of names, or a map from layers to names.
struct ReturnNodes {
  ReturnNodes(std::initializer_list<ReturnNode> list) : nodes(list) {}
  ReturnNodes(const std::vector<std::string>& layers) : nodes(layers.begin(), layers.end()) {}
  ReturnNodes(const std::map<std::string, std::string>& names) {
    for (const auto& item : names) {
      nodes.emplace_back(item.first, item.second);
    }
  }

  std::vector<ReturnNode> nodes;
};

/// Names to tensors, in the order that was asked for.
using Features = torch::OrderedDict<std::string, torch::Tensor>;

namespace detail {

class ExtractionHooks;

/// Thrown through `forward` when everything that is wanted is there. No std::exception: handlers of errors
/// leave it alone.
struct ExtractionDone {
  const void* call;
};

/// One call of a model for its features, on this thread.
class Extraction {
 public:
  explicit Extraction(const ExtractionHooks& hooks);
  ~Extraction();
  Extraction(const Extraction&) = delete;
  Extraction& operator=(const Extraction&) = delete;

  /// \throws c10::Error naming the layers that did not run.
  Features take();

 private:
  friend class ExtractionHooks;
  void see(size_t layer, const Values& outputs);

  const ExtractionHooks& hooks_;
  Extraction* outer_;
  std::vector<int64_t> calls_;       // of each layer
  std::vector<torch::Tensor> found_; // of each node
  size_t left_;
};

/// What is wanted of a model, and the hooks that see it.
class ExtractionHooks {
 public:
  ExtractionHooks(torch::nn::Module& model, ReturnNodes wanted);
  ExtractionHooks(const ExtractionHooks&) = delete;
  ExtractionHooks& operator=(const ExtractionHooks&) = delete;

 private:
  friend class Extraction;
  struct Node {
    ReturnNode wanted;
    size_t layer;
    int64_t call; // from 0
  };
  void find_nodes(torch::nn::Module& model, ReturnNodes wanted);

  std::vector<std::string> layers_;
  std::vector<Node> nodes_;
  HookHandles handles_;
};

} // namespace detail

/// What `create_feature_extractor` gives. Move-only; keeps the model alive (one on the stack has to outlive
/// it), and shares it: weights and mode are the model's. Safe to call from several threads if the model is.
template <typename Model>
class [[nodiscard]] FeatureModel {
 public:
  FeatureModel(Model model, ReturnNodes nodes)
      : model_(std::move(model)),
        hooks_(
            std::make_unique<detail::ExtractionHooks>(
                static_cast<torch::nn::Module&>(*model_), std::move(nodes))) {}

  /// Runs the model with `inputs` until the last wanted layer has run.
  /// \returns the first tensor that each layer gave, with its graph; names in the order that was asked for.
  /// \throws c10::Error if a layer did not run or gave no tensor, and what the model throws.
  template <typename... Inputs>
  Features operator()(Inputs&&... inputs) const {
    static_assert(
        !std::is_same_v<std::decay_t<decltype(*std::declval<Model&>())>, torch::nn::Module>,
        "A torch::nn::Module has no forward: give create_feature_extractor the model by its own class");
    detail::Extraction extraction(*hooks_);
    Model model = model_;
    try {
      (void)model->forward(std::forward<Inputs>(inputs)...);
    } catch (const detail::ExtractionDone& done) {
      if (done.call != &extraction) {
        throw;
      }
    }
    return extraction.take();
  }

  /// The model.
  const Model& model() const {
    return model_;
  }

 private:
  Model model_;
  std::unique_ptr<detail::ExtractionHooks> hooks_;
};

/// Makes a function of the model's inputs that gives the outputs of `nodes`, and runs nothing behind the last
/// of them. `model`: a holder, a `shared_ptr` or a module, by its own class; its layers must be hookable
/// (hooks.h).
///
/// The model stops by an exception that is no std::exception: `forward` must not swallow what it does not
/// know (`catch (...)` without `throw`), nor run wanted layers on other threads. Of the last layer, hooks
/// that are registered later and full backward hooks do not run. Mirrors
/// `torchvision.models.feature_extraction.create_feature_extractor`, for modules (not for operations).
/// \throws c10::Error naming wrong names with near ones, the module that cannot be hooked, or two nodes of
/// one name.
template <typename Model, typename = std::enable_if_t<!detail::is_module<Model>>>
FeatureModel<Model> create_feature_extractor(Model model, ReturnNodes nodes) {
  (void)ConstModuleRef(model); // throws if it is empty
  return FeatureModel<Model>(std::move(model), std::move(nodes));
}
template <typename Impl, typename = std::enable_if_t<detail::is_module<Impl>>>
FeatureModel<std::shared_ptr<Impl>> create_feature_extractor(Impl& model, ReturnNodes nodes) {
  return FeatureModel<std::shared_ptr<Impl>>(detail::pointer_of(model), std::move(nodes));
}

} // namespace torchtidy
