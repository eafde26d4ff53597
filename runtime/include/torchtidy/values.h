#pragma once

/// \file
/// What a module hook sees of one call: the inputs or the outputs, whatever their types.
///
/// `Values` is a view of the call's own variables: nothing is copied or boxed, and a value that a hook
/// replaces is what the module (or its caller) gets. A view is valid only while the hook runs.
///
/// A forward that returns a struct shows its tensors to hooks once `TensorTraits` says where they are:
/// \code
/// template <>
/// struct torchtidy::TensorTraits<Detections> {
///   template <typename Visitor>
///   static void visit(Detections& value, Visitor&& visitor) {
///     visitor(value.boxes);
///     visitor(value.scores);
///   }
/// };
/// \endcode

#include <torchtidy/compat.h>

#include <c10/util/FunctionRef.h>

#include <torch/ordered_dict.h>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <unordered_map>
#include <utility>
#include <vector>

namespace torchtidy {

/// Where the tensors inside a `T` are. The primary template finds none; specialise it for own structs.
template <typename T, typename = void>
struct TensorTraits {
  template <typename Visitor>
  static void visit(T& /*value*/, Visitor&& /*visitor*/) {}
};

template <>
struct TensorTraits<torch::Tensor> {
  template <typename Visitor>
  static void visit(torch::Tensor& value, Visitor&& visitor) {
    visitor(value);
  }
};

template <typename T>
struct TensorTraits<Optional<T>> {
  template <typename Visitor>
  static void visit(Optional<T>& value, Visitor&& visitor) {
    if (value.has_value()) {
      TensorTraits<T>::visit(*value, visitor);
    }
  }
};

template <typename T>
struct TensorTraits<std::vector<T>, std::enable_if_t<!std::is_same_v<T, bool>>> {
  template <typename Visitor>
  static void visit(std::vector<T>& value, Visitor&& visitor) {
    for (auto& element : value) {
      TensorTraits<T>::visit(element, visitor);
    }
  }
};

template <typename T, size_t N>
struct TensorTraits<std::array<T, N>> {
  template <typename Visitor>
  static void visit(std::array<T, N>& value, Visitor&& visitor) {
    for (auto& element : value) {
      TensorTraits<T>::visit(element, visitor);
    }
  }
};

namespace detail {
template <typename Map, typename Visitor>
void visit_mapped(Map& map, Visitor&& visitor) {
  for (auto& item : map) {
    TensorTraits<typename Map::mapped_type>::visit(item.second, visitor);
  }
}
} // namespace detail

template <typename K, typename T, typename... Rest>
struct TensorTraits<std::map<K, T, Rest...>> {
  template <typename Visitor>
  static void visit(std::map<K, T, Rest...>& value, Visitor&& visitor) {
    detail::visit_mapped(value, visitor);
  }
};

template <typename K, typename T, typename... Rest>
struct TensorTraits<std::unordered_map<K, T, Rest...>> {
  template <typename Visitor>
  static void visit(std::unordered_map<K, T, Rest...>& value, Visitor&& visitor) {
    detail::visit_mapped(value, visitor);
  }
};

template <typename K, typename T>
struct TensorTraits<torch::OrderedDict<K, T>> {
  template <typename Visitor>
  static void visit(torch::OrderedDict<K, T>& value, Visitor&& visitor) {
    for (auto& item : value) {
      TensorTraits<T>::visit(item.value(), visitor);
    }
  }
};

template <typename A, typename B>
struct TensorTraits<std::pair<A, B>> {
  template <typename Visitor>
  static void visit(std::pair<A, B>& value, Visitor&& visitor) {
    TensorTraits<A>::visit(value.first, visitor);
    TensorTraits<B>::visit(value.second, visitor);
  }
};

template <typename... Ts>
struct TensorTraits<std::tuple<Ts...>> {
  template <typename Visitor>
  static void visit(std::tuple<Ts...>& value, Visitor&& visitor) {
    std::apply(
        [&](auto&... elements) {
          (TensorTraits<std::decay_t<decltype(elements)>>::visit(elements, visitor), ...);
        },
        value);
  }
};

namespace detail {

using TensorVisitor = c10::function_ref<void(torch::Tensor&)>;

enum class ValueKind : uint8_t { tensor, optional_tensor, tensor_list, other };

template <typename T>
struct IsOptional : std::false_type {};
template <typename T>
struct IsOptional<Optional<T>> : std::true_type {};

template <typename T>
constexpr ValueKind value_kind() {
  if constexpr (std::is_same_v<T, torch::Tensor>) {
    return ValueKind::tensor;
  } else if constexpr (std::is_same_v<T, Optional<torch::Tensor>>) {
    return ValueKind::optional_tensor;
  } else if constexpr (std::is_same_v<T, std::vector<torch::Tensor>>) {
    return ValueKind::tensor_list;
  } else {
    return ValueKind::other;
  }
}

/// What can be done with a value whose type is known only where the slot was made.
struct ValueOps {
  const std::type_info* type;
  ValueKind kind;
  bool optional;
  void (*visit)(void* value, TensorVisitor visitor);
  /// A copy, or null if the type cannot be copied.
  std::shared_ptr<void> (*copy)(const void* value);
};

template <typename T>
void visit_value(void* value, TensorVisitor visitor) {
  TensorTraits<T>::visit(*static_cast<T*>(value), visitor);
}

template <typename T>
std::shared_ptr<void> copy_value(const void* value) {
  if constexpr (std::is_copy_constructible_v<T>) {
    return std::make_shared<T>(*static_cast<const T*>(value));
  } else {
    return nullptr;
  }
}

template <typename T>
inline const ValueOps value_ops{
    &typeid(T), value_kind<T>(), IsOptional<T>::value, &visit_value<T>, &copy_value<T>};

struct Slot {
  const ValueOps* ops = nullptr;
  void* value = nullptr;
  bool read_only = false;
};

template <typename T>
Slot make_slot(T& value) {
  using Plain = std::remove_const_t<T>;
  return {&value_ops<Plain>, const_cast<Plain*>(&value), std::is_const_v<T>};
}

} // namespace detail

/// The inputs of a call (one value a parameter of `forward`), or its outputs (one value; several if
/// `forward` returns a tuple or a pair).
class Values {
 public:
  Values() = default;
  Values(const detail::Slot* slots, size_t size) : slots_(slots), size_(size) {}
  Values(const Values&) = delete;
  Values& operator=(const Values&) = delete;

  /// How many values: 0 for the outputs of a `forward` that threw or returns void.
  size_t size() const noexcept {
    return size_;
  }
  bool empty() const noexcept {
    return size_ == 0;
  }

  /// Whether value `index` is a Tensor, or an optional Tensor that has one.
  bool is_tensor(size_t index = 0) const;

  /// Value `index` as a Tensor, of the shape, dtype and device that the module was given or gave.
  /// An empty optional Tensor reads as an undefined Tensor.
  /// \throws c10::Error if there is no such value or it is not a Tensor.
  const torch::Tensor& tensor(size_t index = 0) const;

  /// Value `index`, of exactly type `T` (without const and reference).
  /// \throws c10::Error if there is no such value or its type is another.
  template <typename T>
  const T& get(size_t index = 0) const {
    return *static_cast<const T*>(slot_of_type(index, typeid(T)).value);
  }

  /// Replaces value `index`; its type must be exactly `T`.
  /// A Tensor may be set where the value is an optional Tensor.
  /// \throws c10::Error if there is no such value, its type is another or it cannot be replaced.
  template <typename T>
  void set(size_t index, T value) {
    if constexpr (std::is_same_v<T, torch::Tensor>) {
      set_tensor(index, std::move(value));
    } else {
      *static_cast<T*>(slot_to_replace(index, typeid(T)).value) = std::move(value);
    }
  }

  /// Every tensor, those inside tuples, optionals, lists and known structs included, in order.
  std::vector<torch::Tensor> tensors() const;

  /// Replaces every tensor that `tensors()` lists; or, given that many, all but those of optional values, so
  /// that what a hook returns means the same whether an optional mask is there or not.
  /// \throws c10::Error if the number of tensors is neither.
  void replace_tensors(const std::vector<torch::Tensor>& replacements);

  /// \internal
  const detail::Slot& slot(size_t index) const {
    return slots_[index];
  }

 private:
  const detail::Slot& slot_of_type(size_t index, const std::type_info& type) const;
  const detail::Slot& slot_to_replace(size_t index, const std::type_info& type) const;
  void set_tensor(size_t index, torch::Tensor value);

  const detail::Slot* slots_ = nullptr;
  size_t size_ = 0;
};

namespace detail {

/// The slots of what a `forward` returned: one, or one an element of a tuple or pair.
template <typename T>
struct OutputSlots {
  explicit OutputSlots(T& value) : slots{make_slot(value)} {}
  Slot slots[1];
  Values values{slots, 1};
};

template <typename... Ts>
struct OutputSlots<std::tuple<Ts...>> {
  explicit OutputSlots(std::tuple<Ts...>& value) {
    size_t next = 0;
    std::apply([&](auto&... elements) { ((slots[next++] = make_slot(elements)), ...); }, value);
  }
  Slot slots[sizeof...(Ts) + 1];
  Values values{slots, sizeof...(Ts)};
};

template <typename A, typename B>
struct OutputSlots<std::pair<A, B>> {
  explicit OutputSlots(std::pair<A, B>& value) : slots{make_slot(value.first), make_slot(value.second)} {}
  Slot slots[2];
  Values values{slots, 2};
};

} // namespace detail
} // namespace torchtidy
