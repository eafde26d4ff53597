#include <torchtidy/summary.h>

#include "hook_state.h"
#include "near_names.h"
#include "tree.h"

#include <torchtidy/any_hooks.h>

#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/accumulate_grad.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <algorithm>
#include <iomanip>
#include <ostream>
#include <sstream>
#include <thread>
#include <unordered_map>
#include <unordered_set>

namespace torchtidy {
namespace {

using torch::Tensor;
using torch::nn::Module;

using Shapes = std::vector<std::vector<int64_t>>;

Shapes shapes_of(const std::vector<Tensor>& tensors) {
  Shapes shapes;
  for (const auto& tensor : tensors) {
    shapes.push_back(tensor.defined() ? tensor.sizes().vec() : std::vector<int64_t>());
  }
  return shapes;
}

int64_t bytes_of(const Tensor& tensor) {
  return tensor.defined() ? tensor.numel() * static_cast<int64_t>(tensor.element_size()) : 0;
}

/// Eval mode for the whole tree, and the mode of each module afterwards.
class EvalScope {
 public:
  explicit EvalScope(Module& model) {
    detail::visit_modules(model, "", [&](const std::string&, Module& module) { // throws at a null child
      modes_.emplace_back(&module, module.is_training());
    });
    model.eval();
  }
  ~EvalScope() {
    // train() is recursive: parents come first.
    for (const auto& mode : modes_) {
      mode.first->train(mode.second);
    }
  }
  EvalScope(const EvalScope&) = delete;
  EvalScope& operator=(const EvalScope&) = delete;

 private:
  std::vector<std::pair<Module*, bool>> modes_;
};

/// The rows of the table and what is registered.
struct Registered {
  explicit Registered(Module& model) {
    detail::visit_modules(model, "", [&](const std::string& prefix, Module& module) {
      if (!modules.emplace(&module, rows.size()).second) {
        return;
      }
      ModuleSummary row;
      row.path = detail::module_name(prefix);
      row.type = module.name();
      detail::visit_own_tensors(module, [&](const std::string& key, const Tensor& tensor, bool is_parameter) {
        add(row, rows.size(), key, tensor, is_parameter);
      });
      rows.push_back(std::move(row));
    });
  }

  struct Parameter {
    size_t row;
    std::string key;
    const torch::TensorImpl* tensor;
  };

  std::vector<ModuleSummary> rows;
  std::unordered_map<const Module*, size_t> modules;
  std::unordered_set<const torch::TensorImpl*> tensors;
  std::vector<Parameter> trainable;

 private:
  void add(
      ModuleSummary& row, size_t index, const std::string& key, const Tensor& tensor, bool is_parameter) {
    if (!tensor.defined() || !tensors.insert(tensor.unsafeGetTensorImpl()).second) {
      return;
    }
    if (!is_parameter) {
      row.buffers += tensor.numel();
      row.buffer_bytes += bytes_of(tensor);
      return;
    }
    row.parameters += tensor.numel();
    row.parameter_bytes += bytes_of(tensor);
    if (tensor.requires_grad()) {
      row.trainable += tensor.numel();
      trainable.push_back({index, key, tensor.unsafeGetTensorImpl()});
    }
  }
};

/// The hooks on what is registered, and a global one that sees what is not.
class Watch {
 public:
  Watch(Module& model, Registered& registered) : registered_(registered) {
    make_hookable(model);
    for (const auto& entry : registered_.modules) {
      watch(const_cast<Module&>(*entry.first), entry.second);
    }
    handles_ += register_module_forward_pre_hook([this](Module& module, Values&) { meet(module); });
  }

  /// Modules that were called and are not registered, with the caller's path.
  std::vector<std::pair<std::shared_ptr<Module>, std::string>> strangers;

 private:
  void watch(Module& module, size_t index) {
    HookSite* site = nullptr;
    if (is_hookable(module)) {
      site = &hook_site(module);
    } else if (detail::is_plain_sequential(module)) {
      try {
        site = &detail::attach_sequence(module);
      } catch (const c10::Error&) {
        // Its first or last child cannot be hooked, so neither can it: the row says that it is not seen.
        return;
      }
    } else {
      return;
    }
    registered_.rows[index].seen = true;
    handles_ += site->register_forward_pre_hook(
        [this, index](Module&, Values& inputs) {
          if (std::this_thread::get_id() == thread_) {
            enter(index, inputs);
          }
        },
        // Callers are entered before what hooks of the user call.
        HookOptions().prepend(true));
    handles_ += site->register_forward_hook(
        [this, index](Module&, const Values&, Values& outputs) {
          if (std::this_thread::get_id() == thread_) {
            leave(index, outputs);
          }
        },
        HookOptions().always_call(true));
  }

  void enter(size_t index, const Values& inputs) {
    auto& row = registered_.rows[index];
    if (row.calls++ == 0) {
      row.input_shapes = shapes_of(inputs.tensors());
    }
    callers_.push_back(index);
  }

  void leave(size_t index, const Values& outputs) {
    if (!callers_.empty()) {
      callers_.pop_back();
    }
    auto& row = registered_.rows[index];
    const auto tensors = outputs.tensors();
    for (const auto& tensor : tensors) {
      row.output_bytes += bytes_of(tensor);
    }
    if (row.output_shapes.empty()) {
      row.output_shapes = shapes_of(tensors);
    }
  }

  void meet(Module& module) {
    if (std::this_thread::get_id() != thread_ || registered_.modules.count(&module) != 0 ||
        !known_strangers_.insert(&module).second) {
      return;
    }
    const std::string caller = callers_.empty() ? "" : registered_.rows[callers_.back()].path;
    // Kept alive, so that its address is not another module's later on.
    strangers.emplace_back(find_module(module, ""), caller);
    for (const auto& child : detail::all_modules(module, detail::Names::first)) {
      known_strangers_.insert(child.second.get());
    }
  }

  Registered& registered_;
  const std::thread::id thread_ = std::this_thread::get_id();
  std::vector<size_t> callers_;
  std::unordered_set<const Module*> known_strangers_;
  HookHandles handles_;
};

/// A tensor at the beginning of the graph, and the operation that uses it.
struct Leaf {
  Tensor tensor;
  std::string user;
};

std::vector<Leaf> leaves_of(const std::vector<Tensor>& outputs) {
  using torch::autograd::Node;
  std::vector<Leaf> leaves;
  std::unordered_set<const Node*> seen;
  std::vector<Node*> open;
  const auto reach = [&](const torch::autograd::Edge& edge, const std::string& user) {
    if (edge.function == nullptr || !seen.insert(edge.function.get()).second) {
      return;
    }
    if (auto* leaf = dynamic_cast<torch::autograd::AccumulateGrad*>(edge.function.get())) {
      leaves.push_back({leaf->variable, user});
    } else {
      open.push_back(edge.function.get());
    }
  };
  for (const auto& output : outputs) {
    if (output.defined() && output.requires_grad()) {
      reach(torch::autograd::impl::gradient_edge(output), "the output");
    }
  }
  while (!open.empty()) {
    Node* node = open.back();
    open.pop_back();
    for (const auto& edge : node->next_edges()) {
      reach(edge, node->name());
    }
  }
  return leaves;
}

std::string shape_text(c10::IntArrayRef shape) {
  return c10::str("[", c10::Join(", ", shape), "]");
}

class Suspects {
 public:
  Suspects(const Registered& registered, ModelSummary& result) : registered_(registered), result_(result) {}

  void add_strangers(const std::vector<std::pair<std::shared_ptr<Module>, std::string>>& strangers) {
    for (const auto& stranger : strangers) {
      const Module& module = *stranger.first;
      for (const auto& part : detail::all_modules(*stranger.first, detail::Names::first)) {
        for (const auto& parameter : part.second->parameters(/*recurse=*/false)) {
          explained_.insert(parameter.unsafeGetTensorImpl());
        }
      }
      result_.suspects.push_back(
          {stranger.second,
           "unregistered-module",
           c10::str(
               "forward calls a ",
               module.name(),
               " that is not registered: parameters(), to(), train() and saving leave it out"),
           "register it with register_module in the constructor; for several use torchtidy::ModuleVector"});
    }
  }

  void add_leaves(const std::vector<Leaf>& leaves, const std::vector<Tensor>& inputs) {
    for (const auto& input : inputs) {
      if (input.defined()) {
        explained_.insert(input.unsafeGetTensorImpl());
      }
    }
    for (const auto& leaf : leaves) {
      const auto* impl = leaf.tensor.unsafeGetTensorImpl();
      reached_.insert(impl);
      if (registered_.tensors.count(impl) != 0 || !explained_.insert(impl).second) {
        continue;
      }
      result_.suspects.push_back(
          {"",
           "unregistered-tensor",
           c10::str(
               "the output depends on a tensor ",
               shape_text(leaf.tensor.sizes()),
               " that requires gradients (used by ",
               leaf.user,
               ") and is not registered: no optimizer made of parameters() steps it, and it is not saved"),
           "register it with register_parameter, or the layer that has it with register_module"});
    }
  }

  void add_unused() {
    std::unordered_map<size_t, std::vector<std::string>> lost;
    std::unordered_set<size_t> used;
    for (const auto& parameter : registered_.trainable) {
      if (reached_.count(parameter.tensor) == 0) {
        lost[parameter.row].push_back(parameter.key);
      } else {
        used.insert(parameter.row);
      }
    }
    for (size_t i = 0; i < result_.modules.size(); ++i) {
      const auto& row = result_.modules[i];
      // Parameters that the output depends on: it was called past its hooks.
      if (row.seen && row.calls == 0 && used.count(i) == 0) {
        result_.suspects.push_back(
            {row.path,
             "uncalled-module",
             "forward does not call it",
             "call it, or leave it out of the model; another input may take another way"});
      } else if (lost.count(i) != 0) {
        result_.suspects.push_back(
            {row.path,
             "unreached-parameter",
             c10::str(
                 "the output does not depend on '", c10::Join("', '", lost[i]), "': no gradient will come"),
             "use it in forward, without detach() or NoGradGuard behind it; another input may take another "
             "way"});
      }
    }
  }

 private:
  const Registered& registered_;
  ModelSummary& result_;
  std::unordered_set<const torch::TensorImpl*> explained_;
  std::unordered_set<const torch::TensorImpl*> reached_;
};

void operator+=(TensorCounts& sum, const TensorCounts& counts) {
  sum.parameters += counts.parameters;
  sum.trainable += counts.trainable;
  sum.buffers += counts.buffers;
  sum.parameter_bytes += counts.parameter_bytes;
  sum.buffer_bytes += counts.buffer_bytes;
}

void add_up(ModelSummary& result) {
  std::unordered_set<std::string> parents;
  for (const auto& row : result.modules) {
    const size_t dot = row.path.rfind('.');
    if (!row.path.empty() && !detail::is_parametrization(row.path)) {
      parents.insert(dot == std::string::npos ? "" : row.path.substr(0, dot));
    }
  }
  for (const auto& row : result.modules) {
    result += row;
    result.output_bytes += parents.count(row.path) == 0 ? row.output_bytes : 0;
    if (!row.seen && !detail::is_parametrization(row.path) &&
        (row.parameters + row.buffers > 0 || parents.count(row.path) == 0)) {
      result.unseen.push_back(row.path);
    }
  }
}

std::string bytes_text(int64_t bytes) {
  const char* const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 1024 && unit + 1 < std::size(units)) {
    value /= 1024;
    ++unit;
  }
  std::ostringstream text;
  text << std::fixed << std::setprecision(unit == 0 ? 0 : 1) << value << ' ' << units[unit];
  return text.str();
}

std::string type_text(const std::string& type) {
  const std::string prefix = "torch::nn::";
  const std::string name = detail::holder_name(type);
  return name.compare(0, prefix.size(), prefix) == 0 ? name.substr(prefix.size()) : name;
}

std::string output_text(const ModuleSummary& row) {
  if (!row.seen) {
    return "not seen";
  }
  if (row.calls == 0) {
    return "not called";
  }
  std::string text;
  for (const auto& shape : row.output_shapes) {
    text += (text.empty() ? "" : " ") + shape_text(shape);
  }
  return row.calls > 1 ? c10::str(text, " x", row.calls) : text;
}

std::string count_text(int64_t count) {
  return count == 0 ? "-" : std::to_string(count);
}

using Line = std::vector<std::string>;

void write_table(std::ostream& stream, const std::vector<Line>& lines) {
  std::vector<size_t> widths(lines.front().size());
  for (const auto& line : lines) {
    for (size_t i = 0; i < line.size(); ++i) {
      widths[i] = std::max(widths[i], line[i].size());
    }
  }
  constexpr size_t words = 3; // the columns of words, aligned left; the others are numbers
  for (const auto& line : lines) {
    for (size_t i = 0; i < line.size(); ++i) {
      stream << (i == 0 ? "" : "  ") << (i < words ? std::left : std::right)
             << std::setw(static_cast<int>(widths[i])) << line[i];
    }
    stream << '\n';
  }
}

} // namespace

ModelSummary detail::summarize(Module& model, const std::vector<Tensor>& inputs, RunModel run) {
  Registered registered(model);
  ModelSummary result;
  std::vector<Leaf> leaves;
  std::vector<std::pair<std::shared_ptr<Module>, std::string>> strangers;
  {
    const EvalScope eval(model);
    Watch watch(model, registered);
    torch::AutoGradMode with_graph(true);
    leaves = leaves_of(run());
    strangers = std::move(watch.strangers);
  }
  result.modules = std::move(registered.rows);
  Suspects suspects(registered, result);
  suspects.add_strangers(strangers);
  suspects.add_leaves(leaves, inputs);
  suspects.add_unused();
  add_up(result);
  return result;
}

const ModuleSummary& ModelSummary::operator[](const std::string& path) const& {
  const auto found =
      std::find_if(modules.begin(), modules.end(), [&](const auto& row) { return row.path == path; });
  if (found == modules.end()) {
    std::vector<std::string> paths;
    for (const auto& row : modules) {
      paths.push_back(row.path);
    }
    TORCH_CHECK(false, "No module '", path, "' in this summary; ", detail::near_names(path, paths, 5));
  }
  return *found;
}

std::string ModelSummary::to_string() const {
  std::ostringstream stream;
  stream << *this;
  return stream.str();
}

std::ostream& operator<<(std::ostream& stream, const ModelSummary& summary) {
  std::vector<Line> lines{{"module", "type", "output", "parameters", "buffers", "memory", "outputs"}};
  for (const auto& row : summary.modules) {
    lines.push_back(
        {row.path.empty() ? "(model)" : row.path,
         type_text(row.type),
         output_text(row),
         count_text(row.parameters),
         count_text(row.buffers),
         bytes_text(row.parameter_bytes + row.buffer_bytes),
         bytes_text(row.output_bytes)});
  }
  std::ostringstream text; // the caller's stream keeps its own formatting
  write_table(text, lines);
  text << "parameters: " << summary.parameters << " (" << summary.trainable << " trainable, "
       << bytes_text(summary.parameter_bytes) << "), buffers: " << summary.buffers << " ("
       << bytes_text(summary.buffer_bytes) << "), outputs of leaves: " << bytes_text(summary.output_bytes);
  for (const auto& suspect : summary.suspects) {
    text << '\n' << suspect;
  }
  if (!summary.unseen.empty()) {
    text << "\ncalls that cannot be seen (declare them with torchtidy::hnn or TORCHTIDY_MODULE): '"
         << c10::Join("', '", summary.unseen) << "'";
  }
  return stream << text.str();
}

} // namespace torchtidy
