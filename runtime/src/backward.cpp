#include "hook_state.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/engine.h>
#include <torch/csrc/autograd/graph_task.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <algorithm>
#include <thread>

// How full backward hooks work, as in Python: two identity functions in the graph, one over the inputs and
// one over the outputs of the module. The backward of the latter runs first; it runs the pre-hooks and keeps
// the gradients of the outputs. The backward of the former then has both kinds of gradients.

namespace torchtidy {
namespace detail {
namespace {

/// Tells two backward passes apart that run over one graph at the same time (two threads, or interleaved
/// on a CUDA device's thread).
uintptr_t current_backward() {
#if TORCH_VERSION_MAJOR >= 2
  return static_cast<uintptr_t>(torch::autograd::get_current_graph_task_id());
#else
  if (const auto* task = torch::autograd::get_current_graph_task_exec_info()) {
    return reinterpret_cast<uintptr_t>(task);
  }
  return std::hash<std::thread::id>()(std::this_thread::get_id());
#endif
}

// A pass that does not reach the inputs leaves its gradients with the graph; more than this many are taken to
// be such.
constexpr size_t max_passes = 64;

} // namespace

class BackwardLink : public torch::CustomClassHolder {
 public:
  BackwardLink(Module& module, EntryList pre, EntryList full)
      : module_(module.weak_from_this().lock()),
        raw_module_(&module),
        pre_(std::move(pre)),
        full_(std::move(full)) {}

  /// Calls `visit` with each place of a gradient: a tensor, or null for a value that is none.
  template <typename Visit>
  static void for_each_place(Values& values, Visit&& visit) {
    for (size_t i = 0; i < values.size(); ++i) {
      const Slot& slot = values.slot(i);
      switch (slot.read_only ? ValueKind::other : slot.ops->kind) {
        case ValueKind::tensor:
          visit(static_cast<torch::Tensor*>(slot.value));
          break;
        case ValueKind::optional_tensor: {
          auto& optional = *static_cast<Optional<torch::Tensor>*>(slot.value);
          visit(optional.has_value() ? &*optional : nullptr);
          break;
        }
        case ValueKind::tensor_list:
          for (auto& tensor : *static_cast<std::vector<torch::Tensor>*>(slot.value)) {
            visit(&tensor);
          }
          break;
        case ValueKind::other:
          visit(nullptr);
          break;
      }
    }
  }

  /// Puts `Fn` over the tensors of `values`. Returns the places that it covers: none, if no gradient is
  /// needed.
  template <typename Fn>
  std::vector<size_t> cover(Values& values, size_t& places, const c10::intrusive_ptr<BackwardLink>& self) {
    std::vector<torch::Tensor*> tensors;
    std::vector<size_t> indices;
    bool needs_grad = false;
    places = 0;
    for_each_place(values, [&](torch::Tensor* tensor) {
      if (tensor != nullptr && tensor->defined()) {
        tensors.push_back(tensor);
        indices.push_back(places);
        needs_grad = needs_grad || tensor->requires_grad();
      }
      ++places;
    });
    if (!needs_grad || !torch::GradMode::is_enabled()) {
      return {};
    }
    std::vector<torch::Tensor> originals;
    originals.reserve(tensors.size());
    for (const auto* tensor : tensors) {
      originals.push_back(*tensor);
    }
    // A TensorList: a std::vector<Tensor> would not be tracked.
    const auto covered = Fn::apply(at::TensorList(originals), self);
    for (size_t i = 0; i < tensors.size(); ++i) {
      *tensors[i] = covered[i];
    }
    return indices;
  }

  Grads on_grad_outputs(const Grads& incoming) {
    Grads grads = pack(output_indices_, incoming, output_places_);
    for (const auto& entry : pre_) {
      run(*entry, [&] { replace(grads, entry->backward_pre(module(), grads), "pre-hook", "outputs"); });
    }
    if (input_indices_.empty()) {
      TORCH_WARN_ONCE(
          "A full backward hook runs when the gradients of the module's outputs are computed, since none of "
          "its inputs requires a gradient");
      const Grads none(input_places_);
      for (const auto& entry : full_) {
        run(*entry, [&] {
          for (const auto& grad : entry->backward(module(), none, grads)) {
            TORCH_CHECK(
                !grad.defined(),
                "A full backward hook of ",
                module().name(),
                " returned a gradient though no input requires one: return nothing");
          }
        });
      }
    } else {
      keep(grads);
    }
    return unpack(output_indices_, grads);
  }

  Grads on_grad_inputs(const Grads& incoming) {
    Grads grad_outputs;
    if (!take(grad_outputs)) {
      // The gradient came to the inputs without passing the outputs, as in a double backward.
      return incoming;
    }
    Grads grads = pack(input_indices_, incoming, input_places_);
    for (const auto& entry : full_) {
      run(*entry, [&] { replace(grads, entry->backward(module(), grads, grad_outputs), "hook", "inputs"); });
    }
    return unpack(input_indices_, grads);
  }

  size_t input_places_ = 0;
  size_t output_places_ = 0;
  std::vector<size_t> input_indices_;
  std::vector<size_t> output_indices_;

 private:
  Module& module() {
    return *raw_module_;
  }

  template <typename Call>
  static void run(HookEntry& entry, Call&& call) {
    if (entry.alive.load(std::memory_order_acquire)) {
      entry.guarded(call);
    }
  }

  static Grads pack(const std::vector<size_t>& indices, const Grads& values, size_t places) {
    Grads packed(places);
    for (size_t i = 0; i < indices.size(); ++i) {
      packed[indices[i]] = values[i];
    }
    return packed;
  }

  static Grads unpack(const std::vector<size_t>& indices, const Grads& packed) {
    Grads values;
    values.reserve(indices.size());
    for (const size_t index : indices) {
      values.push_back(packed[index]);
    }
    return values;
  }

  void replace(Grads& grads, Grads replacement, const char* what, const char* whose) {
    if (replacement.empty()) {
      return;
    }
    TORCH_CHECK(
        replacement.size() == grads.size(),
        "A full backward ",
        what,
        " of ",
        module().name(),
        " returned ",
        replacement.size(),
        " gradient(s) for ",
        grads.size(),
        " of its ",
        whose,
        ": return one for each, undefined where there is none");
    grads = std::move(replacement);
  }

  /// Keeps the gradients of the outputs until the pass comes to the inputs. It may not (autograd::grad of
  /// something in between, an error). Gradients with a graph of their own, as with `create_graph`, lead back
  /// to this object, which must not own itself: the engine owns them until the pass ends.
  void keep(Grads grads) {
    Pass kept{current_backward(), {}, {}};
    std::shared_ptr<Grads> owned;
    if (std::any_of(
            grads.begin(), grads.end(), [](const auto& g) { return g.defined() && g.requires_grad(); })) {
      owned = std::make_shared<Grads>(std::move(grads));
      kept.of_engine = owned;
    } else {
      kept.grads = std::move(grads);
    }
    {
      std::lock_guard<std::mutex> lock(mutex_);
      passes_.erase(
          std::remove_if(
              passes_.begin(),
              passes_.end(),
              [&](const Pass& other) {
                return other.id == kept.id || (other.grads.empty() && other.of_engine.expired());
              }),
          passes_.end());
      if (passes_.size() >= max_passes) {
        passes_.erase(passes_.begin());
      }
      passes_.push_back(std::move(kept));
    }
    if (owned) {
      torch::autograd::Engine::get_default_engine().queue_callback([owned] { owned->clear(); });
    }
  }

  bool take(Grads& grads) {
    const uintptr_t id = current_backward();
    std::lock_guard<std::mutex> lock(mutex_);
    for (auto kept = passes_.begin(); kept != passes_.end(); ++kept) {
      if (kept->id == id) {
        const auto owned = kept->of_engine.lock();
        grads = std::move(owned ? *owned : kept->grads);
        passes_.erase(kept);
        return !grads.empty();
      }
    }
    return false;
  }

  // Python's graph keeps the module alive as well. A module that no shared_ptr owns must outlive its graph.
  std::shared_ptr<Module> module_;
  Module* raw_module_;
  EntryList pre_;
  EntryList full_;
  std::mutex mutex_;
  struct Pass {
    uintptr_t id;
    // One of the two.
    Grads grads;
    std::weak_ptr<Grads> of_engine;
  };
  std::vector<Pass> passes_;
};

namespace {

using torch::autograd::AutogradContext;
using Link = c10::intrusive_ptr<BackwardLink>;

torch::autograd::variable_list identity_forward(
    AutogradContext* context, at::TensorList tensors, const Link& link) {
  context->saved_data["link"] = c10::IValue::make_capsule(link);
  torch::autograd::variable_list without_grad;
  for (const auto& tensor : tensors) {
    if (!tensor.requires_grad()) {
      without_grad.push_back(tensor);
    }
  }
  context->mark_non_differentiable(without_grad);
  return tensors.vec();
}

BackwardLink& link_of(AutogradContext* context) {
  return *static_cast<BackwardLink*>(context->saved_data["link"].toCapsule().get());
}

struct InputIdentity : torch::autograd::Function<InputIdentity> {
  static torch::autograd::variable_list forward(
      AutogradContext* context, at::TensorList tensors, const Link& link) {
    return identity_forward(context, tensors, link);
  }
  static torch::autograd::variable_list backward(
      AutogradContext* context, torch::autograd::variable_list grads) {
    auto result = link_of(context).on_grad_inputs(grads);
    result.emplace_back(); // for `link`
    return result;
  }
};

struct OutputIdentity : torch::autograd::Function<OutputIdentity> {
  static torch::autograd::variable_list forward(
      AutogradContext* context, at::TensorList tensors, const Link& link) {
    // As in Python, an unused output has no gradient, while an input without one has zeros.
    context->set_materialize_grads(false);
    return identity_forward(context, tensors, link);
  }
  static torch::autograd::variable_list backward(
      AutogradContext* context, torch::autograd::variable_list grads) {
    auto result = link_of(context).on_grad_outputs(grads);
    result.emplace_back(); // for `link`
    return result;
  }
};

} // namespace

BackwardLinkPtr make_backward_link(Module& module, EntryList pre, EntryList full) {
  return c10::make_intrusive<BackwardLink>(module, std::move(pre), std::move(full));
}

void link_inputs(const BackwardLinkPtr& target, Values& inputs) {
  const auto link = c10::static_intrusive_pointer_cast<BackwardLink>(target);
  link->input_indices_ = link->cover<InputIdentity>(inputs, link->input_places_, link);
}

void link_outputs(const BackwardLinkPtr& target, Values& outputs) {
  const auto link = c10::static_intrusive_pointer_cast<BackwardLink>(target);
  link->output_indices_ = link->cover<OutputIdentity>(outputs, link->output_places_, link);
}

} // namespace detail
} // namespace torchtidy
