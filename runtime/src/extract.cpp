#include <torchtidy/extract.h>
#include <torchtidy/hooks.h>

#include "layers.h"
#include "tree.h"

#include <algorithm>
#include <unordered_set>

namespace torchtidy {
namespace detail {
namespace {

thread_local Extraction* innermost = nullptr;

/// The number behind the last "_" of "relu_1", and "relu" in `base`; -1 if there is none.
int64_t call_number(const std::string& name, std::string& base) {
  const size_t mark = name.rfind('_');
  const bool digits = mark != std::string::npos && mark + 1 < name.size() && name.size() - mark < 10 &&
      std::all_of(
                          name.begin() + static_cast<std::ptrdiff_t>(mark) + 1,
                          name.end(),
                          [](unsigned char c) { return std::isdigit(c) != 0; });
  base = digits ? name.substr(0, mark) : name;
  return digits ? std::stoll(name.substr(mark + 1)) : -1;
}

} // namespace

ExtractionHooks::ExtractionHooks(Module& model, ReturnNodes wanted) {
  find_nodes(model, std::move(wanted));
  const auto found = find_layers(model, layers_);
  for (size_t layer = 0; layer < found.size(); ++layer) {
    // Of this object only the address is used, unless one of its own calls is under way.
    handles_ += found[layer].second->register_forward_hook(
        [this, layer](Module& /*module*/, const Values& /*inputs*/, Values& outputs) {
          for (Extraction* call = innermost; call != nullptr; call = call->outer_) {
            if (&call->hooks_ == this) {
              call->see(layer, outputs);
              return;
            }
          }
        });
  }
}

void ExtractionHooks::find_nodes(Module& model, ReturnNodes wanted) {
  TORCH_CHECK(!wanted.nodes.empty(), "create_feature_extractor: no layer is wanted");
  std::unordered_set<std::string> known, names;
  for (const auto& named : all_modules(model, Names::all)) {
    known.insert(named.first);
  }
  for (auto& node : wanted.nodes) {
    TORCH_CHECK(
        names.insert(node.name).second,
        "create_feature_extractor: two results would be called '",
        node.name,
        "'; give one another name, as {\"",
        node.layer,
        "\", \"…\"}");
    std::string base;
    const int64_t number = call_number(node.layer, base);
    const bool repeated = known.count(node.layer) == 0 && number >= 0 && known.count(base) != 0;
    const std::string& layer = repeated ? base : node.layer;
    const auto at = std::find(layers_.begin(), layers_.end(), layer);
    const auto index = static_cast<size_t>(at - layers_.begin());
    if (at == layers_.end()) {
      layers_.push_back(layer);
    }
    nodes_.push_back({std::move(node), index, repeated ? number : 0});
  }
}

Extraction::Extraction(const ExtractionHooks& hooks)
    : hooks_(hooks),
      outer_(innermost),
      calls_(hooks.layers_.size()),
      found_(hooks.nodes_.size()),
      left_(hooks.nodes_.size()) {
  innermost = this;
}

Extraction::~Extraction() {
  innermost = outer_;
}

void Extraction::see(size_t layer, const Values& outputs) {
  const int64_t call = calls_[layer]++;
  for (size_t i = 0; i < found_.size(); ++i) {
    const auto& node = hooks_.nodes_[i];
    if (node.layer != layer || node.call != call) {
      continue;
    }
    const auto tensors = outputs.tensors();
    TORCH_CHECK(
        !tensors.empty(),
        "create_feature_extractor: there is no tensor in what layer '",
        node.wanted.layer,
        "' gave: if that is a struct, specialise torchtidy::TensorTraits for it");
    found_[i] = tensors.front();
    --left_;
  }
  if (left_ == 0 && calls_[layer] == call + 1) {
    left_ = SIZE_MAX; // a forward that swallows this goes on unhindered
    throw ExtractionDone{this};
  }
}

Features Extraction::take() {
  Features features;
  std::string missing;
  for (size_t i = 0; i < found_.size(); ++i) {
    const auto& node = hooks_.nodes_[i];
    if (found_[i].defined()) {
      features.insert(node.wanted.name, std::move(found_[i]));
    } else {
      missing += (missing.empty() ? "'" : ", '") + node.wanted.layer + "' (ran " +
          std::to_string(calls_[node.layer]) + " times)";
    }
  }
  TORCH_CHECK(
      missing.empty(),
      "create_feature_extractor: forward ended without these layers: ",
      missing,
      "; ask for layers that it calls with such inputs");
  return features;
}

} // namespace detail
} // namespace torchtidy
