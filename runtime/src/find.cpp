#include "hook_state.h"
#include "near_names.h"
#include "tree.h"

#include <torchtidy/any_hooks.h>

#include <algorithm>
#include <unordered_set>

namespace torchtidy {
namespace detail {
namespace {

using NamedModules = std::vector<std::pair<std::string, std::shared_ptr<Module>>>;

std::shared_ptr<Module> pointer_to(Module& module) {
  if (auto owned = module.weak_from_this().lock()) {
    return owned;
  }
  return std::shared_ptr<Module>(std::shared_ptr<void>(), &module);
}

void add_modules(
    const std::string& name,
    std::shared_ptr<Module> module,
    std::unordered_set<const Module*>* seen,
    NamedModules& to) {
  if (seen != nullptr && !seen->insert(module.get()).second) {
    return;
  }
  const auto children = module->named_children();
  to.emplace_back(name, std::move(module));
  for (const auto& child : children) {
    if (child.value()) {
      add_modules(name.empty() ? child.key() : name + "." + child.key(), child.value(), seen, to);
    }
  }
}

} // namespace

void check_children(const Module& module) {
  visit_modules(module, "", [](const std::string& /*prefix*/, const Module& /*visited*/) {});
}

TreeTensors tensors_below(const Module& module) {
  TreeTensors tensors;
  visit_modules(module, "", [&](const std::string& prefix, const Module& owner) {
    visit_own_tensors(owner, [&](const std::string& name, const torch::Tensor& tensor, bool is_parameter) {
      (is_parameter ? tensors.parameters : tensors.buffers).insert(prefix + name, tensor);
    });
  });
  return tensors;
}

NamedModules all_modules(Module& root, Names names) {
  NamedModules modules;
  std::unordered_set<const Module*> seen;
  add_modules("", pointer_to(root), names == Names::first ? &seen : nullptr, modules);
  return modules;
}

size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) {
    row[j] = j;
  }
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::string near_names(
    const std::string& wanted, std::vector<std::string> names, size_t count, const std::string& all) {
  if (names.empty()) {
    return "the model has no submodules";
  }
  const auto rank = [&](const std::string& name) {
    // A name that contains the wanted one, or is contained in it, is nearer than a mere look-alike.
    const bool part =
        !wanted.empty() && (name.find(wanted) != std::string::npos || wanted.find(name) != std::string::npos);
    return edit_distance(wanted, name) * 2 - (part ? 1 : 0) * std::min<size_t>(wanted.size(), 4);
  };
  std::stable_sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
    return static_cast<long>(rank(a)) < static_cast<long>(rank(b));
  });
  std::string text = (names.size() > count ? "near names" : all) + ": ";
  for (size_t i = 0; i < std::min(count, names.size()); ++i) {
    text += (i == 0 ? "'" : ", '") + names[i] + "'";
  }
  return text;
}

bool is_container(const Module& module) {
  const std::string holder = holder_name(module.name());
  const char* const containers[] = {
      "torch::nn::ModuleList",
      "torch::nn::ModuleDict",
      "torch::nn::ParameterList",
      "torch::nn::ParameterDict",
      "torchtidy::ModuleVector",
      "torchtidy::ModuleMap"};
  return std::find(std::begin(containers), std::end(containers), holder) != std::end(containers);
}

} // namespace detail

std::shared_ptr<torch::nn::Module> find_module(ModuleRef model, const std::string& name) {
  if (name.empty()) {
    return detail::pointer_to(*model);
  }
  std::vector<std::string> names;
  for (const auto& named : detail::all_modules(*model, detail::Names::all)) {
    if (named.first == name) {
      return named.second;
    }
    if (!named.first.empty()) {
      names.push_back(named.first);
    }
  }
  TORCH_CHECK(
      false,
      "No module is called '",
      name,
      "' in ",
      model->name(),
      "; ",
      detail::near_names(name, std::move(names), 5));
}

namespace {

HookSite* site_if_any(torch::nn::Module& module) {
  if (auto* site = dynamic_cast<HookSite*>(&module)) {
    return site;
  }
  if (detail::is_plain_sequential(module)) {
    return &detail::attach_sequence(module);
  }
  return detail::find_attached_site(module);
}

bool is_builtin(const std::string& holder) {
  static const std::unordered_set<std::string> builtins = {
#define TORCHTIDY_BUILTIN(Name) "torch::nn::" #Name,
#define TORCHTIDY_BUILTIN_DEFAULTS(Name) TORCHTIDY_BUILTIN(Name)
#define TORCHTIDY_BUILTIN_EMBEDDING(Name) TORCHTIDY_BUILTIN(Name)
#include <torchtidy/builtins.def>
  };
  return builtins.count(holder) != 0;
}

std::string how_to_hook(const torch::nn::Module& module) {
  const std::string& name = module.name();
  const std::string holder = detail::holder_name(name);
  if (detail::is_container(module)) {
    return "it calls nothing itself, so that there is no call to hook. Hook its elements, by their names";
  }
  std::string text = "its forward is not virtual and this object was not made hookable. ";
  if (is_builtin(holder)) {
    const std::string plain = holder.substr(std::string("torch::nn::").size());
    text += "Declare it as torchtidy::hnn::" + plain + " instead of torch::nn::" + plain;
  } else {
    text += "Declare its holder with TORCHTIDY_MODULE(" + holder + ") instead of TORCH_MODULE(" + holder +
        "), or make it with torchtidy::make_hooked<" + name + ">";
  }
  text +=
      "; a child of a torch::nn::Sequential can also be hooked by name through the model, after "
      "torchtidy::enable_any_hooks<" +
      name + ">() if its class is your own";
  return text;
}

} // namespace

bool is_hookable(ConstModuleRef module) {
  return dynamic_cast<const HookSite*>(&*module) != nullptr || detail::find_attached_site(*module) != nullptr;
}

namespace detail {

HookSite& site_called(Module& module, const std::string& name) {
  HookSite* site = site_if_any(module);
  TORCH_CHECK(
      site != nullptr, "Module '", name, "' (", module.name(), ") cannot be hooked: ", how_to_hook(module));
  return *site;
}

} // namespace detail

HookSite& hook_site(ModuleRef module) {
  HookSite* site = site_if_any(*module);
  TORCH_CHECK(site != nullptr, "A ", module->name(), " cannot be hooked: ", how_to_hook(*module));
  return *site;
}

HookSite& hook_site(ModuleRef model, const std::string& name) {
  if (name.empty()) {
    return hook_site(model);
  }
  const auto module = find_module(model, name);
  if (dynamic_cast<HookSite*>(module.get()) == nullptr) {
    // Also where it has hooks already: those may be of another model, or of a place that it had before.
    make_hookable(model);
  }
  return detail::site_called(*module, name);
}

HookHandles copy_hooks(ModuleRef from, ModuleRef to) {
  HookHandles handles;
  for (const auto& named : detail::all_modules(*from, detail::Names::first)) {
    auto* site = dynamic_cast<HookSite*>(named.second.get());
    if (site == nullptr) {
      site = detail::find_attached_site(*named.second);
    }
    if (site == nullptr || site->state_or_null() == nullptr) {
      continue;
    }
    const detail::Snapshot lists = site->state_or_null()->snapshot();
    for (const auto kind :
         {detail::HookKind::forward_pre,
          detail::HookKind::forward,
          detail::HookKind::backward_pre,
          detail::HookKind::backward}) {
      for (const auto& entry : lists->of(kind)) {
        if (!entry->parametrized.empty()) {
          continue; // a clone has its own
        }
        HookSite& target = hook_site(to, named.first);
        auto copy = detail::new_entry(kind, entry->options);
        // The list is in the order of running already.
        copy->options.prepend_ = false;
        copy->forward_pre = entry->forward_pre;
        copy->forward = entry->forward;
        copy->backward_pre = entry->backward_pre;
        copy->backward = entry->backward;
        handles += detail::add_entry(detail::state_of(target), std::move(copy));
      }
    }
  }
  return handles;
}

} // namespace torchtidy
