#include <torchtidy/values.h>

#include <c10/util/Exception.h>
#include <c10/util/Type.h>

namespace torchtidy {

using detail::Slot;
using detail::ValueKind;
using torch::Tensor;

bool Values::is_tensor(size_t index) const {
  if (index >= size_) {
    return false;
  }
  const Slot& slot = slots_[index];
  return slot.ops->kind == ValueKind::tensor ||
      (slot.ops->kind == ValueKind::optional_tensor &&
       static_cast<const Optional<Tensor>*>(slot.value)->has_value());
}

const Tensor& Values::tensor(size_t index) const {
  static const Tensor undefined;
  TORCH_CHECK(index < size_, "This call has no value #", index, ": there are ", size_);
  const Slot& slot = slots_[index];
  if (slot.ops->kind == ValueKind::tensor) {
    return *static_cast<const Tensor*>(slot.value);
  }
  TORCH_CHECK(
      slot.ops->kind == ValueKind::optional_tensor,
      "Value #",
      index,
      " of this call is a ",
      c10::demangle(slot.ops->type->name()),
      ", not a Tensor: use get<T>(",
      index,
      ") or tensors()");
  const auto& optional = *static_cast<const Optional<Tensor>*>(slot.value);
  return optional.has_value() ? *optional : undefined;
}

const Slot& Values::slot_of_type(size_t index, const std::type_info& type) const {
  TORCH_CHECK(index < size_, "This call has no value #", index, ": there are ", size_);
  const Slot& slot = slots_[index];
  TORCH_CHECK(
      *slot.ops->type == type,
      "Value #",
      index,
      " of this call is a ",
      c10::demangle(slot.ops->type->name()),
      ", not a ",
      c10::demangle(type.name()));
  return slot;
}

const Slot& Values::slot_to_replace(size_t index, const std::type_info& type) const {
  const Slot& slot = slot_of_type(index, type);
  TORCH_CHECK(
      !slot.read_only,
      "Value #",
      index,
      " of this call cannot be replaced: ",
      c10::demangle(type.name()),
      " is not copyable and was passed by const reference");
  return slot;
}

void Values::set_tensor(size_t index, Tensor value) {
  TORCH_CHECK(index < size_, "This call has no value #", index, ": there are ", size_);
  const Slot& slot = slots_[index];
  if (slot.ops->kind == ValueKind::optional_tensor) {
    *static_cast<Optional<Tensor>*>(slot.value) = std::move(value);
    return;
  }
  *static_cast<Tensor*>(slot_to_replace(index, typeid(Tensor)).value) = std::move(value);
}

std::vector<Tensor> Values::tensors() const {
  std::vector<Tensor> result;
  for (size_t i = 0; i < size_; ++i) {
    slots_[i].ops->visit(slots_[i].value, [&](Tensor& tensor) { result.push_back(tensor); });
  }
  return result;
}

void Values::replace_tensors(const std::vector<Tensor>& replacements) {
  const bool only_optional = size_ == 1 && slots_[0].ops->kind == ValueKind::optional_tensor;
  if (only_optional && replacements.size() == 1) {
    set_tensor(0, replacements[0]);
    return;
  }
  std::vector<Tensor*> targets;
  std::vector<Tensor*> required;
  for (size_t i = 0; i < size_; ++i) {
    slots_[i].ops->visit(slots_[i].value, [&](Tensor& tensor) {
      targets.push_back(&tensor);
      if (!slots_[i].ops->optional) {
        required.push_back(&tensor);
      }
    });
  }
  if (required.size() == replacements.size()) {
    targets = required;
  }
  TORCH_CHECK(
      targets.size() == replacements.size(),
      "A hook gave ",
      replacements.size(),
      " tensor(s) to replace ",
      targets.size(),
      ": give one for each, or use Values::set for a single value");
  for (size_t i = 0; i < targets.size(); ++i) {
    *targets[i] = replacements[i];
  }
}

} // namespace torchtidy
