#include <torchtidy/inspect.h>

#include "hook_state.h"
#include "layers.h"
#include "near_names.h"
#include "stats_batch.h"
#include "tree.h"

#include <torchtidy/tensor_hook.h>

#include <map>
#include <unordered_set>

namespace torchtidy {
namespace detail {

// More calls than this in one step are likely to be steps that nobody collects.
constexpr size_t kManyCalls = size_t{1} << 16;

class InspectionStore : public std::enable_shared_from_this<InspectionStore> {
 public:
  InspectionStore(std::string quantity, std::vector<std::string> names, const InspectorOptions& options)
      : quantity_(std::move(quantity)), names_(std::move(names)), options_(options) {}

  /// A place for the statistics of a call, in forward order.
  size_t open(const std::string& name) {
    std::lock_guard<std::mutex> lock(mutex_);
    Row row;
    row.name = name;
    row.call = calls_[name]++;
    rows_.push_back(std::move(row));
    warn_if_many();
    return first_ + rows_.size() - 1;
  }

  void fill(size_t place, const torch::Tensor& tensor, int64_t unit_dim) {
    const bool fused = tensor.device().is_cpu() && options_.fused_cpu_ && tensor.layout() == torch::kStrided;
    const StatsRow on_host = fused ? stats_on_cpu(tensor, unit_dim) : StatsRow{};
    std::lock_guard<std::mutex> lock(mutex_);
    if (closed_ || place < first_ || place - first_ >= rows_.size()) {
      return; // of a step that was collected already
    }
    Row& row = rows_[place - first_];
    row.numel = tensor.numel();
    row.stats = on_host;
    row.batch = nullptr;
    if (!fused) {
      const torch::Tensor dense = tensor.is_sparse() ? tensor.coalesce().values() : tensor;
      row.batch = &batch_for(batches_, dense);
      row.place = row.batch->add(dense, unit_dim);
    }
    row.filled = true;
  }

  /// Keeps a hook on a leaf, which has no graph that would end it.
  void keep(ScopedTensorHook hook) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!closed_) {
      leaf_hooks_.push_back(std::move(hook));
    }
  }

  InspectionReport collect() {
    std::vector<Row> rows;
    StatsBatches batches;
    std::vector<ScopedTensorHook> hooks;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      rows.swap(rows_);
      batches.swap(batches_); // its elements stay where they are
      hooks.swap(leaf_hooks_);
      first_ += rows.size();
      calls_.clear();
    }
    hooks.clear();
    std::map<const StatsBatch*, std::vector<StatsRow>> fetched;
    for (auto& batch : batches) {
      fetched[&batch.second] = batch.second.rows();
    }

    std::vector<LayerStats> stats;
    std::map<std::string, bool> seen;
    for (const auto& row : rows) {
      if (!row.filled) {
        continue;
      }
      const StatsRow& of = row.batch != nullptr ? fetched[row.batch][row.place] : row.stats;
      seen[row.name] = true;
      LayerStats layer;
      layer.name = row.name;
      layer.call = row.call;
      layer.numel = row.numel;
      layer.mean_abs = of[mean_abs];
      layer.std = of[std_dev];
      layer.min_abs = of[min_abs];
      layer.max_abs = of[max_abs];
      layer.norm = of[norm];
      layer.nan_count = static_cast<int64_t>(of[nan_count]);
      layer.inf_count = static_cast<int64_t>(of[inf_count]);
      layer.dead_share = of[dead_share];
      stats.push_back(std::move(layer));
    }
    std::vector<std::string> missing;
    for (const auto& name : names_) {
      if (seen.find(name) == seen.end()) {
        missing.push_back(name);
      }
    }
    return InspectionReport(quantity_, std::move(stats), std::move(missing), options_);
  }

  void close() {
    std::vector<Row> rows;
    StatsBatches batches;
    std::vector<ScopedTensorHook> hooks;
    std::lock_guard<std::mutex> lock(mutex_);
    rows.swap(rows_);
    batches.swap(batches_);
    hooks.swap(leaf_hooks_);
    closed_ = true;
  }

  int64_t unit_dim() const {
    return options_.unit_dim_;
  }

 private:
  void warn_if_many() {
    if (rows_.size() > kManyCalls && !warned_) {
      warned_ = true;
      TORCH_WARN(
          "An inspector of ",
          quantity_,
          "s holds the statistics of ",
          rows_.size(),
          " calls: call collect() once a step, or end the inspector");
    }
  }

  struct Row {
    std::string name;
    size_t call = 0;
    int64_t numel = 0;
    bool filled = false;
    StatsRow stats{};
    // Where the statistics will come from, if they are computed on a device.
    StatsBatch* batch = nullptr;
    size_t place = 0;
  };

  const std::string quantity_;
  const std::vector<std::string> names_;
  const InspectorOptions options_;
  std::mutex mutex_;
  std::vector<Row> rows_;
  StatsBatches batches_;
  // The number of the first row, over all steps: a late gradient must not land in the next step.
  size_t first_ = 0;
  std::map<std::string, size_t> calls_;
  std::vector<ScopedTensorHook> leaf_hooks_;
  bool closed_ = false;
  bool warned_ = false;
};

namespace {

using Layers = std::vector<std::pair<std::string, HookSite*>>;

Layers layers_of(Module& model, const std::vector<std::string>& names) {
  return names.empty() ? all_hookable_leaves(model) : find_layers(model, names);
}

std::shared_ptr<InspectionStore> store_for(
    const char* quantity, const Layers& layers, const InspectorOptions& options) {
  std::vector<std::string> names;
  for (const auto& layer : layers) {
    names.push_back(layer.first);
  }
  return std::make_shared<InspectionStore>(quantity, std::move(names), options);
}

/// Watches the gradient of the first output that has one. A hook on the tensor, not a full backward hook:
/// it sees the same gradient, costs less, and leaves in-place operations on the output allowed.
void watch_gradient(
    const std::shared_ptr<InspectionStore>& store, const std::string& name, const Values& outputs) {
  for (const auto& tensor : outputs.tensors()) {
    if (!tensor.defined() || !tensor.requires_grad()) {
      continue;
    }
    const size_t place = store->open(name);
    // Weak: a graph that outlives the inspector keeps nothing of it.
    auto hook = [weak = std::weak_ptr<InspectionStore>(store), place](const torch::Tensor& grad) {
      if (const auto alive = weak.lock()) {
        alive->fill(place, grad, no_units);
      }
    };
    if (tensor.is_leaf()) {
      store->keep(ScopedTensorHook(tensor, std::move(hook)));
    } else {
      tensor.register_hook(std::move(hook));
    }
    return;
  }
}

} // namespace
} // namespace detail

GradientInspector::GradientInspector(
    ModuleRef model, const std::vector<std::string>& layers, const InspectorOptions& options) {
  const auto found = detail::layers_of(*model, layers);
  store_ = detail::store_for("gradient", found, options);
  if (layers.empty()) {
    unwatched_ = detail::unhookable_leaves(*model);
  }
  for (const auto& layer : found) {
    handles_ += layer.second->register_forward_hook(
        [store = store_, name = layer.first](torch::nn::Module&, const Values&, Values& outputs) {
          detail::watch_gradient(store, name, outputs);
        });
  }
}

GradientInspector::~GradientInspector() {
  handles_.remove();
  if (store_) {
    store_->close();
  }
}
GradientInspector::GradientInspector(GradientInspector&&) noexcept = default;
GradientInspector& GradientInspector::operator=(GradientInspector&& other) noexcept {
  std::swap(store_, other.store_);
  std::swap(handles_, other.handles_);
  std::swap(unwatched_, other.unwatched_);
  return *this;
}

InspectionReport GradientInspector::collect() {
  return store_->collect();
}

InspectionReport inspect_parameter_gradients(ModuleRef model, const InspectorOptions& options) {
  std::vector<std::pair<std::string, torch::Tensor>> wanted;
  std::vector<std::string> names;
  std::unordered_set<const torch::TensorImpl*> seen;
  for (const auto& named : detail::all_modules(*model, detail::Names::first)) {
    for (const auto& item : named.second->named_parameters(/*recurse=*/false)) {
      if (item.value().requires_grad() && seen.insert(item.value().unsafeGetTensorImpl()).second) {
        names.push_back(named.first.empty() ? item.key() : named.first + "." + item.key());
        wanted.emplace_back(names.back(), item.value().grad());
      }
    }
  }
  detail::InspectionStore store("parameter gradient", std::move(names), options);
  for (const auto& item : wanted) {
    if (item.second.defined()) {
      store.fill(store.open(item.first), item.second, detail::no_units);
    }
  }
  return store.collect();
}

ActivationInspector::ActivationInspector(
    ModuleRef model, const std::vector<std::string>& layers, const InspectorOptions& options) {
  const auto found = detail::layers_of(*model, layers);
  store_ = detail::store_for("activation", found, options);
  if (layers.empty()) {
    unwatched_ = detail::unhookable_leaves(*model);
  }
  for (const auto& layer : found) {
    handles_ += layer.second->register_forward_hook(
        [store = store_, name = layer.first](torch::nn::Module&, const Values&, Values& outputs) {
          for (const auto& tensor : outputs.tensors()) {
            if (tensor.defined() && tensor.is_floating_point()) {
              store->fill(store->open(name), tensor, store->unit_dim());
              return;
            }
          }
        });
  }
}

ActivationInspector::~ActivationInspector() {
  handles_.remove();
  if (store_) {
    store_->close();
  }
}
ActivationInspector::ActivationInspector(ActivationInspector&&) noexcept = default;
ActivationInspector& ActivationInspector::operator=(ActivationInspector&& other) noexcept {
  std::swap(store_, other.store_);
  std::swap(handles_, other.handles_);
  std::swap(unwatched_, other.unwatched_);
  return *this;
}

InspectionReport ActivationInspector::collect() {
  return store_->collect();
}

} // namespace torchtidy
