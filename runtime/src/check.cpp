#include <torchtidy/check.h>

#include "tree.h"

#include <c10/util/StringUtil.h>

#include <algorithm>
#include <map>
#include <ostream>
#include <unordered_map>

namespace torchtidy {
namespace {

using torch::Tensor;
using torch::nn::Module;

/// A parameter or buffer, at the first of its names.
struct NamedTensor {
  std::string owner;
  std::string key;
  Tensor tensor;
  bool is_parameter;
};

std::string joined(const std::string& owner, const std::string& key) {
  return owner.empty() ? key : owner + "." + key;
}

std::string quoted(const std::vector<std::string>& names) {
  constexpr size_t shown = 5;
  std::string text;
  for (size_t i = 0; i < std::min(shown, names.size()); ++i) {
    text += (i == 0 ? "'" : ", '") + names[i] + "'";
  }
  return names.size() > shown ? text + c10::str(" and ", names.size() - shown, " more") : text;
}

/// What one walk over the tree finds: the tensors, and all that is wrong with the tree itself.
class Tree {
 public:
  explicit Tree(const Module& model) {
    detail::walk_modules(
        model,
        "",
        [&](const std::string& prefix, const Module& module) { return enter(prefix, module); },
        [&](const std::string& name, const Module& parent) {
          findings.push_back(
              {name,
               "null-module",
               c10::str(
                   "a null child of ", parent.name(), ": parameters(), to(), saving and printing will crash"),
               "register a torch::nn::Identity, or a torchtidy::ModuleSlot, in its place"});
        });
  }

  std::vector<Finding> findings;
  std::vector<NamedTensor> tensors;

 private:
  bool enter(const std::string& prefix, const Module& module) {
    const std::string path = detail::module_name(prefix);
    const auto first = modules_.emplace(&module, path);
    if (!first.second) {
      if (!has_tensors(module)) {
        return false; // an activation in several places: nothing to count twice
      }
      findings.push_back(
          {path,
           "shared-module",
           c10::str(
               "the same module as '",
               first.first->second,
               "': parameters() lists its parameters twice, so an optimizer made of them steps twice"),
           "register it under one name; other members may hold it without registering it"});
      return false;
    }
    check_mode(path, module);
    detail::visit_own_tensors(module, [&](const std::string& key, const Tensor& tensor, bool is_parameter) {
      add(path, key, tensor, is_parameter);
    });
    return true;
  }

  static bool has_tensors(const Module& module) {
    bool any = false;
    detail::walk_modules(
        module,
        "",
        [&](const std::string&, const Module& visited) {
          detail::visit_own_tensors(visited, [&](const std::string&, const Tensor&, bool) { any = true; });
          return !any;
        },
        [](const std::string&, const Module&) {});
    return any;
  }

  /// The parent has been entered before, under the name without the last part.
  void check_mode(const std::string& path, const Module& module) {
    modes_[path] = module.is_training();
    if (path.empty()) {
      return;
    }
    const size_t dot = path.rfind('.');
    if (modes_.at(dot == std::string::npos ? "" : path.substr(0, dot)) == module.is_training()) {
      return;
    }
    const bool training = module.is_training();
    findings.push_back(
        {path,
         "train-eval-mismatch",
         training
             ? "in training mode while its parent is in eval mode: dropout and batch statistics are active"
             : "in eval mode while its parent is in training mode: it will not drop out or update statistics",
         "call train() or eval() on the whole model after it is built; leave it if this part is frozen on "
         "purpose"});
  }

  void add(const std::string& path, const std::string& key, const Tensor& tensor, bool is_parameter) {
    if (!tensor.defined()) {
      return;
    }
    const auto first = names_.emplace(tensor.unsafeGetTensorImpl(), joined(path, key));
    if (!first.second) {
      findings.push_back(
          {path,
           "shared-tensor",
           c10::str(
               "'",
               key,
               "' is the same tensor as '",
               first.first->second,
               "': parameters() lists it twice, so an optimizer made of them steps it twice"),
           "give the optimizer each tensor once; tied weights are saved and loaded under both names"});
      return;
    }
    tensors.push_back({path, key, tensor, is_parameter});
  }

  std::unordered_map<const Module*, std::string> modules_;
  std::unordered_map<std::string, bool> modes_;
  std::unordered_map<const torch::TensorImpl*, std::string> names_;
};

void check_gradients(const Module& model, const std::vector<NamedTensor>& tensors, std::vector<Finding>& to) {
  size_t parameters = 0;
  size_t trainable = 0;
  for (const auto& item : tensors) {
    if (!item.is_parameter) {
      continue;
    }
    ++parameters;
    trainable += item.tensor.requires_grad() ? 1 : 0;
    if (!item.tensor.is_leaf()) {
      to.push_back(
          {item.owner,
           "non-leaf-parameter",
           c10::str(
               "'",
               item.key,
               "' is the result of an operation: it gets no gradient and no optimizer takes it"),
           "register the tensor itself: register_parameter(name, tensor.detach().requires_grad_())"});
    }
  }
  if (parameters == 0) {
    to.push_back(
        {"",
         "no-parameters",
         "the model has no parameter: there is nothing to train, save or move",
         "register its layers with register_module; for a std::vector of layers use "
         "torchtidy::ModuleVector"});
  } else if (trainable == 0 && model.is_training()) {
    to.push_back(
        {"",
         "frozen-model",
         "no parameter requires gradients, though the model is in training mode: nothing will be learnt",
         "call requires_grad_() on the parameters that should be trained, or eval() on the model"});
  }
}

/// A finding for each module that has tensors whose `kind_of` is not that of most tensors; "" is left out.
template <typename KindOf>
void check_mixed(
    const std::vector<NamedTensor>& tensors,
    KindOf&& kind_of,
    const Finding& like,
    std::vector<Finding>& to) {
  std::map<std::string, size_t> counts;
  for (const auto& item : tensors) {
    ++counts[kind_of(item.tensor)];
  }
  counts.erase("");
  if (counts.size() < 2) {
    return;
  }
  const auto most = std::max_element(
      counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  std::map<std::pair<std::string, std::string>, size_t> places;
  std::vector<std::pair<const NamedTensor*, std::vector<std::string>>> groups;
  for (const auto& item : tensors) {
    const std::string kind = kind_of(item.tensor);
    if (kind.empty() || kind == most->first) {
      continue;
    }
    const auto place = places.emplace(std::make_pair(item.owner, kind), groups.size());
    if (place.second) {
      groups.push_back({&item, {}});
    }
    groups[place.first->second].second.push_back(item.key);
  }
  for (const auto& group : groups) {
    to.push_back(
        {group.first->owner,
         like.rule,
         c10::str(
             quoted(group.second),
             group.second.size() == 1 ? " is " : " are ",
             kind_of(group.first->tensor),
             ", most of the model is ",
             most->first,
             like.message),
         like.next_step});
  }
}

void check_devices_and_dtypes(const std::vector<NamedTensor>& tensors, std::vector<Finding>& to) {
  check_mixed(
      tensors,
      [](const Tensor& tensor) { return "on " + tensor.device().str(); },
      {"",
       "mixed-device",
       ": operations on both will throw",
       "call to(device) on the whole model after it is built, unless it is split over devices on purpose"},
      to);
  check_mixed(
      tensors,
      [](const Tensor& tensor) {
        const bool counts = tensor.is_floating_point() || tensor.is_complex();
        return counts ? std::string(c10::toString(tensor.scalar_type())) : std::string();
      },
      {"",
       "mixed-dtype",
       ": operations on both will throw, or give the wider type",
       "call to(dtype) on the whole model after it is built, unless this part is more precise on purpose"},
      to);
}

using Steps = std::unordered_map<const torch::TensorImpl*, size_t>;

Steps steps_of(const torch::optim::Optimizer& optimizer) {
  Steps steps;
  for (const auto& group : optimizer.param_groups()) {
    for (const auto& parameter : group.params()) {
      ++steps[parameter.unsafeGetTensorImpl()];
    }
  }
  return steps;
}

void check_optimizer(
    const std::vector<NamedTensor>& tensors,
    const torch::optim::Optimizer& optimizer,
    std::vector<Finding>& to) {
  Steps steps = steps_of(optimizer);
  // The tensors of a module follow each other.
  std::vector<std::pair<std::string, std::vector<std::string>>> left;
  for (const auto& item : tensors) {
    const auto found = steps.find(item.tensor.unsafeGetTensorImpl());
    const size_t count = found == steps.end() ? 0 : found->second;
    if (found != steps.end()) {
      steps.erase(found);
    }
    if (count == 0 && item.is_parameter && item.tensor.requires_grad()) {
      if (left.empty() || left.back().first != item.owner) {
        left.push_back({item.owner, {}});
      }
      left.back().second.push_back(item.key);
    } else if (count > 1) {
      to.push_back(
          {item.owner,
           "repeated-parameter",
           c10::str("the optimizer steps '", item.key, "' ", count, " times a step"),
           "give the optimizer each parameter once: it has several names in the model, or is in several "
           "groups"});
    }
  }
  for (const auto& module : left) {
    to.push_back(
        {module.first,
         "unoptimized-parameter",
         c10::str(
             "the optimizer does not step ",
             quoted(module.second),
             ", which will not change: gradients are required"),
         "add them with add_param_group, or call requires_grad_(false) on them"});
  }
  if (!steps.empty()) {
    to.push_back(
        {"",
         "foreign-parameter",
         c10::str(
             "the optimizer steps ",
             steps.size(),
             steps.size() == 1 ? " tensor" : " tensors",
             " that the model does not have, left from a module that was replaced or from another model"),
         "make the optimizer after the model has its final modules; to swap one later use ModuleSlot::set "
         "with it"});
  }
}

std::vector<Finding> check_model(const Module& model, const torch::optim::Optimizer* optimizer) {
  Tree tree(model);
  check_gradients(model, tree.tensors, tree.findings);
  check_devices_and_dtypes(tree.tensors, tree.findings);
  if (optimizer != nullptr) {
    check_optimizer(tree.tensors, *optimizer, tree.findings);
  }
  return std::move(tree.findings);
}

} // namespace

std::vector<Finding> check(ConstModuleRef model) {
  return check_model(*model, nullptr);
}

std::vector<Finding> check(ConstModuleRef model, const torch::optim::Optimizer& optimizer) {
  return check_model(*model, &optimizer);
}

std::ostream& operator<<(std::ostream& stream, const Finding& finding) {
  return stream << (finding.path.empty() ? "the model" : finding.path) << ": " << finding.message << " ["
                << finding.rule << "]\n  next: " << finding.next_step;
}

} // namespace torchtidy
