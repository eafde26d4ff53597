#include "module_tensors.h"
#include "near_names.h"
#include "parametrization_list.h"
#include "tree.h"

#include <torch/nn/modules/container/moduledict.h>

#include <algorithm>

namespace torchtidy {
namespace detail {
namespace {

using parametrize::ParametrizationBase;
using torch::Tensor;
using torch::nn::ModuleDictImpl;

constexpr const char* kChild = "parametrizations";

std::shared_ptr<ModuleDictImpl> dict_of(const Module& module) {
  const auto* child = RegisteredOf::children(module).find(kChild);
  return child != nullptr ? std::dynamic_pointer_cast<ModuleDictImpl>(*child) : nullptr;
}

/// Adds a list; at the first makes the dictionary.
void insert_list(Module& module, std::shared_ptr<ParametrizationList> list) {
  auto dict = dict_of(module);
  if (!dict) {
    dict = std::make_shared<ModuleDictImpl>();
    module.register_module(kChild, dict);
  }
  torch::OrderedDict<std::string, std::shared_ptr<Module>> added;
  added.insert(list->tensor_name(), list);
  dict->update(added);
}

void erase_list(Module& module, const std::string& name) {
  const auto dict = dict_of(module);
  // ModuleDict forgets only its own reference.
  dict->pop(name);
  RegisteredOf::children(*dict).erase(name);
  if (dict->empty()) {
    RegisteredOf::children(module).erase(kChild);
  }
}

/// Puts a tensor back, last as in Python.
void register_again(Module& module, const ParametrizationList& list, const Tensor& tensor) {
  auto& tensors = list.is_parameter() ? RegisteredOf::parameters(module) : RegisteredOf::buffers(module);
  tensors.insert(list.tensor_name(), tensor);
}

void check_alike(const std::string& name, const Tensor& value, const Tensor& was) {
  TORCH_CHECK(
      value.defined() && value.scalar_type() == was.scalar_type() && value.sizes() == was.sizes(),
      "register_parametrization: the parametrization makes of '",
      name,
      "', which is ",
      was.toString(),
      was.sizes(),
      ", a tensor that is ",
      value.defined() ? c10::str(value.toString(), value.sizes()) : "undefined",
      "; give it the same shape and dtype, or pass unsafe = true");
}

/// What `is_parameter` receives is whether it is one.
Tensor registered_tensor(const Module& module, const std::string& name, bool& is_parameter) {
  const Tensor* parameter = RegisteredOf::parameters(module).find(name);
  const Tensor* tensor = parameter != nullptr ? parameter : RegisteredOf::buffers(module).find(name);
  is_parameter = parameter != nullptr;
  if (tensor != nullptr && tensor->defined()) {
    return *tensor;
  }
  std::vector<std::string> names;
  for (const auto* tensors : {&RegisteredOf::parameters(module), &RegisteredOf::buffers(module)}) {
    for (const auto& item : *tensors) {
      names.push_back(item.key());
    }
  }
  TORCH_CHECK(
      false,
      "A ",
      module.name(),
      " has no parameter or buffer '",
      name,
      "' of its own",
      names.empty() ? "" : "; " + near_names(name, names, 5, "it has"));
}

void check_member(Module& module, const std::string& name, const parametrize::MemberOf& member) {
  const Tensor* found = member ? &member(module) : builtin_member(module, name);
  TORCH_CHECK(
      found != nullptr,
      "register_parametrization: it is not known which member of ",
      module.name(),
      " is '",
      name,
      "'. For an own class name it: register_parametrization(module, \"",
      name,
      "\", &MyImpl::",
      name,
      ", …)");
}

bool any_requires_grad(const ParametrizationList& list) {
  const auto originals = list.parameters(/*recurse=*/false);
  return std::any_of(
      originals.begin(), originals.end(), [](const Tensor& tensor) { return tensor.requires_grad(); });
}

/// Checks `step` against the value so far, and adds it.
void append_checked(
    Module& module,
    ParametrizationList& list,
    std::shared_ptr<Module> step,
    ParametrizationBase& base,
    bool unsafe) {
  if (!unsafe) {
    const Tensor before = list.compute();
    check_alike(list.tensor_name(), base.compute({before}), before);
  }
  list.append(std::move(step), base);
  torch::NoGradGuard no_grad;
  set_parametrized(module, list);
}

} // namespace

ParametrizationList::ParametrizationList(std::string name, bool is_parameter)
    : Module("torchtidy::ParametrizationList"), tensor_name_(std::move(name)), is_parameter_(is_parameter) {}

ParametrizationList::ParametrizationList(
    std::string name,
    std::shared_ptr<Module> first,
    ParametrizationBase& base,
    const Tensor& original,
    bool is_parameter)
    : ParametrizationList(std::move(name), is_parameter) {
  append(std::move(first), base);
  torch::NoGradGuard no_grad;
  const auto given = inverse(original);
  if (given.size() == 1) {
    TORCH_CHECK(
        given[0].scalar_type() == original.scalar_type() && given[0].device() == original.device(),
        "register_parametrization: right_inverse of one tensor may not change its dtype or device: '",
        tensor_name_,
        "' is ",
        original.toString(),
        ", what it gave ",
        given[0].toString());
    // The same object, which optimizers have.
    if (!given[0].is_same(original)) {
      Tensor(original).set_data(given[0].detach());
    }
    add_original("original", original);
    return;
  }
  for (size_t i = 0; i < given.size(); ++i) {
    const Tensor tensor = given[i].is_same(original) ? given[i].detach() : given[i];
    const bool requires_grad = original.requires_grad() && tensor.is_floating_point();
    add_original("original" + std::to_string(i), tensor.requires_grad_(requires_grad));
  }
}

void ParametrizationList::add_original(const std::string& key, const Tensor& tensor) {
  // As it is: register_parameter would give gradients to a frozen one.
  (is_parameter_ ? RegisteredOf::parameters(*this) : RegisteredOf::buffers(*this)).insert(key, tensor);
  originals_.push_back(tensor);
}

void ParametrizationList::append(std::shared_ptr<Module> step, ParametrizationBase& base) {
  register_module(std::to_string(steps_.size()), step);
  steps_.push_back(std::move(step));
  bases_.push_back(&base);
}

std::vector<Tensor> ParametrizationList::inverse(Tensor value) const {
  std::vector<Tensor> given{std::move(value)};
  for (auto base = bases_.rbegin(); base != bases_.rend(); ++base) {
    TORCH_CHECK(
        given.size() == 1,
        "The parametrizations of '",
        tensor_name_,
        "': right_inverse of one that is not the first gave ",
        given.size(),
        " tensors; only the first may have several originals");
    given = (*base)->right_inverse(given[0]);
    TORCH_CHECK(!given.empty(), "right_inverse for '", tensor_name_, "' gave no tensor");
  }
  return given;
}

Tensor ParametrizationList::compute() const {
  Tensor value = bases_.front()->compute(originals_);
  for (size_t i = 1; i < bases_.size(); ++i) {
    value = bases_[i]->compute({value});
  }
  return value;
}

void ParametrizationList::assign(const Tensor& value) {
  torch::NoGradGuard no_grad;
  const auto given = inverse(value.detach());
  TORCH_CHECK(
      given.size() == originals_.size(),
      "parametrize::assign: right_inverse for '",
      tensor_name_,
      "' gave ",
      given.size(),
      " tensors where there are ",
      originals_.size());
  for (size_t i = 0; i < given.size(); ++i) {
    TORCH_CHECK(
        given[i].scalar_type() == originals_[i].scalar_type(),
        "parametrize::assign: original ",
        i,
        " of '",
        tensor_name_,
        "' would change its dtype; convert the value first");
  }
  for (size_t i = 0; i < given.size(); ++i) {
    // Not the caller's memory, which an optimizer would change.
    originals_[i].set_data(
        given[i].detach().to(originals_[i].device(), /*non_blocking=*/false, /*copy=*/true));
  }
}

std::shared_ptr<Module> ParametrizationList::clone(const Optional<torch::Device>& device) const {
  torch::NoGradGuard no_grad;
  auto copy = std::shared_ptr<ParametrizationList>(new ParametrizationList(tensor_name_, is_parameter_));
  copy->member = member;
  const auto& registered = is_parameter_ ? RegisteredOf::parameters(*this) : RegisteredOf::buffers(*this);
  for (const auto& item : registered) {
    const Tensor& tensor = item.value();
    const auto data = device && tensor.device() != *device ? tensor.to(*device) : tensor.clone();
    copy->add_original(item.key(), data.detach().requires_grad_(tensor.requires_grad()));
  }
  for (const auto& step : steps_) {
    auto cloned = step->clone(device);
    auto* base = dynamic_cast<ParametrizationBase*>(cloned.get());
    TORCH_CHECK(base != nullptr, "clone() of the parametrization ", step->name(), " gave another class");
    cloned->train(step->is_training());
    copy->append(std::move(cloned), *base);
  }
  copy->train(is_training());
  return copy;
}

std::shared_ptr<ParametrizationList> find_parametrizations(const Module& module, const std::string& name) {
  const auto dict = dict_of(module);
  const auto* list = dict ? RegisteredOf::children(*dict).find(name) : nullptr;
  return list != nullptr ? std::dynamic_pointer_cast<ParametrizationList>(*list) : nullptr;
}

std::vector<std::shared_ptr<ParametrizationList>> all_parametrizations(const Module& module) {
  std::vector<std::shared_ptr<ParametrizationList>> lists;
  if (const auto dict = dict_of(module)) {
    for (const auto& item : RegisteredOf::children(*dict)) {
      if (auto list = std::dynamic_pointer_cast<ParametrizationList>(item.value())) {
        lists.push_back(std::move(list));
      }
    }
  }
  return lists;
}

Tensor present_value(const Module& module, const std::string& name) {
  if (const auto list = find_parametrizations(module, name)) {
    return list->compute();
  }
  bool is_parameter = false;
  return registered_tensor(module, name, is_parameter);
}

void bake_parametrizations(Module& module) {
  const auto lists = all_parametrizations(module);
  RegisteredOf::children(module).erase(kChild);
  for (const auto& list : lists) {
    const Tensor& member = list->member ? list->member(module) : *builtin_member(module, list->tensor_name());
    register_again(module, *list, member.detach());
  }
}

void clone_parametrizations(const Module& from, Module& to, const Optional<torch::Device>& device) {
  for (const auto& list : all_parametrizations(from)) {
    auto copy = std::static_pointer_cast<ParametrizationList>(list->clone(device));
    (list->is_parameter() ? RegisteredOf::parameters(to) : RegisteredOf::buffers(to))
        .erase(list->tensor_name());
    insert_list(to, copy);
    attach_parametrization(to, *copy);
  }
}

} // namespace detail

namespace parametrize {

using torch::Tensor;
using torch::nn::Module;
using torchtidy::detail::ParametrizationList;

namespace {

ParametrizationList& parametrized(const char* function, const Module& module, const std::string& name) {
  const auto list = torchtidy::detail::find_parametrizations(module, name);
  TORCH_CHECK(
      list,
      "parametrize::",
      function,
      ": '",
      name,
      "' of ",
      module.name(),
      " is not parametrized; parametrized are the names of its child 'parametrizations'");
  return *list;
}

} // namespace

bool is_parametrized(ConstModuleRef module, const std::string& name) {
  return name.empty() ? torchtidy::detail::has_parametrizations(*module)
                      : torchtidy::detail::find_parametrizations(*module, name) != nullptr;
}

Tensor value(ModuleRef module, const std::string& name) {
  return torchtidy::detail::present_value(*module, name);
}

void assign(ModuleRef module, const std::string& name, const Tensor& value) {
  TORCH_CHECK(value.defined(), "parametrize::assign: the value for '", name, "' is undefined");
  parametrized("assign", *module, name).assign(value);
}

void remove_parametrizations(ModuleRef owner, const std::string& name, bool leave_parametrized) {
  Module& module = *owner;
  auto& list = parametrized("remove_parametrizations", module, name);
  const auto keep = torchtidy::detail::find_parametrizations(module, name);
  TORCH_CHECK(
      leave_parametrized || list.has_one_original(),
      "parametrize::remove_parametrizations: '",
      name,
      "' is computed from several tensors, so that there is no original to leave; leave it parametrized");
  Tensor tensor = list.original();
  if (leave_parametrized) {
    torch::NoGradGuard no_grad;
    const Tensor now = list.compute();
    if (list.has_one_original()) {
      // The same object, which optimizers have.
      tensor.set_data(now.is_same(tensor) ? now.detach().clone() : now.detach());
    } else {
      const auto requires_grad = torchtidy::detail::any_requires_grad(list);
      tensor = now.detach().requires_grad_(requires_grad && now.is_floating_point());
    }
  }
  torchtidy::detail::detach_parametrization(module, list);
  (list.member ? list.member(module) : *torchtidy::detail::builtin_member(module, name)) = tensor;
  torchtidy::detail::erase_list(module, name);
  torchtidy::detail::register_again(module, list, tensor);
}

namespace detail {

void register_parametrization(
    Module& module,
    const std::string& name,
    std::shared_ptr<Module> parametrization,
    ParametrizationBase& base,
    MemberOf member,
    bool unsafe) {
  namespace lists = torchtidy::detail;
  hook_site(module);                       // says how to make it hookable
  lists::check_children(*parametrization); // train() below would call a null one
  const auto present = lists::find_parametrizations(module, name);
  bool is_parameter = false;
  const Tensor original = present ? Tensor() : lists::registered_tensor(module, name, is_parameter);
  lists::check_member(module, name, member);
  parametrization->train(module.is_training());
  if (present) {
    lists::append_checked(module, *present, std::move(parametrization), base, unsafe);
    return;
  }
  const Tensor before = original.detach(); // has its shape when right_inverse has changed the original
  const auto list =
      std::make_shared<ParametrizationList>(name, std::move(parametrization), base, original, is_parameter);
  list->member = std::move(member);
  list->train(module.is_training());
  torch::NoGradGuard no_grad;
  Tensor value = before;
  if (!unsafe) {
    try {
      value = list->compute();
      lists::check_alike(name, value, before);
    } catch (...) {
      // The list gave the parameter itself what right_inverse made.
      Tensor(original).set_data(before);
      throw;
    }
  }
  (is_parameter ? lists::RegisteredOf::parameters(module) : lists::RegisteredOf::buffers(module)).erase(name);
  lists::insert_list(module, list);
  lists::attach_parametrization(module, *list);
  (list->member ? list->member(module) : *lists::builtin_member(module, name)) = value;
}

} // namespace detail
} // namespace parametrize
} // namespace torchtidy
