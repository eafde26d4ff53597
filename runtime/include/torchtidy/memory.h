#pragma once

/// \file
/// Memory that goes into tensors and comes out of them, with its dtype from the C++ type and its owner kept
/// alive.
///
/// \code
/// auto batch = torchtidy::from_container(std::move(samples), {n, 3});     // owns the vector's memory, no
/// copy auto frame = torchtidy::view_of(image->pixels(), {h, w, 3}, image);     // keeps the shared_ptr
/// std::vector<float> values = torchtidy::to_vector<float>(output);        // from any device, in index order
/// torchtidy::copy_into(buffer, output);                                   // the same, into memory that is
/// there auto cells = torchtidy::accessor_of<float, 2>(grid);                    // keeps the tensor it reads
/// \endcode
///
/// In place of `from_blob`, which neither owns its memory nor knows its type, and of `data_ptr`, which is in
/// the order of strides and may lie on another device. Errors are `c10::Error`s that say what to do.

#include <torch/types.h>

#include <complex>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace torchtidy {
namespace detail {

/// The dtype of T by size and kind: `long long` is kLong although it is another type than `int64_t`.
template <typename T>
constexpr at::ScalarType scalar_type_of() {
  using Plain = std::remove_cv_t<T>;
  if constexpr (std::is_same_v<Plain, bool>) {
    return at::kBool;
  } else if constexpr (std::is_same_v<Plain, float>) {
    return at::kFloat;
  } else if constexpr (std::is_same_v<Plain, double>) {
    return at::kDouble;
  } else if constexpr (std::is_same_v<Plain, c10::Half>) {
    return at::kHalf;
  } else if constexpr (std::is_same_v<Plain, c10::BFloat16>) {
    return at::kBFloat16;
  } else if constexpr (
      std::is_same_v<Plain, c10::complex<float>> || std::is_same_v<Plain, std::complex<float>>) {
    return at::kComplexFloat;
  } else if constexpr (
      std::is_same_v<Plain, c10::complex<double>> || std::is_same_v<Plain, std::complex<double>>) {
    return at::kComplexDouble;
  } else if constexpr (std::is_integral_v<Plain> && sizeof(Plain) == 1) {
    return std::is_signed_v<Plain> ? at::kChar : at::kByte;
  } else if constexpr (std::is_integral_v<Plain> && std::is_signed_v<Plain>) {
    return sizeof(Plain) == 2 ? at::kShort : sizeof(Plain) == 4 ? at::kInt : at::kLong;
  } else {
    static_assert(!sizeof(Plain), "no dtype of LibTorch holds elements of this type");
  }
}

inline int64_t count_of(at::IntArrayRef sizes) {
  int64_t count = 1;
  for (const int64_t size : sizes) {
    TORCH_CHECK(size >= 0, "torchtidy: a size is ", size, "; sizes of memory are given in full");
    count *= size;
  }
  return count;
}

/// What may be read as elements of the dtype `wanted`.
inline void check_readable(const char* function, const torch::Tensor& tensor, at::ScalarType wanted) {
  TORCH_CHECK(tensor.defined(), "torchtidy::", function, ": the tensor is undefined; give it a value first");
  TORCH_CHECK(
      tensor.layout() == at::kStrided,
      "torchtidy::",
      function,
      ": the tensor is ",
      tensor.layout(),
      "; call to_dense() on it first");
  TORCH_CHECK(
      c10::canCast(tensor.scalar_type(), wanted),
      "torchtidy::",
      function,
      ": the tensor holds ",
      tensor.scalar_type(),
      ", which ",
      wanted,
      " cannot hold; say what is meant by to(), round() or real() first");
}

} // namespace detail

/// A tensor over the elements of `values`, which it owns from now on: nothing is copied, and the memory goes
/// with the last tensor that shows it. `Container` is a std::vector or another class with `data()` and
/// `size()` whose memory moves along with it. The dtype is that of its elements.
/// \throws c10::Error if the sizes ask for another number of elements than there are.
template <typename Container>
[[nodiscard]] torch::Tensor from_container(Container&& values, at::IntArrayRef sizes) {
  static_assert(
      !std::is_lvalue_reference_v<Container>,
      "from_container takes the memory over: give it std::move(values), or a copy");
  static_assert(!std::is_const_v<Container>, "what is const cannot be moved from");
  static_assert(
      !std::is_same_v<Container, std::vector<bool>>,
      "std::vector<bool> has no elements in memory: use std::vector<uint8_t>");
  constexpr auto dtype = detail::scalar_type_of<std::remove_reference_t<decltype(*values.data())>>();
  const auto count = static_cast<int64_t>(values.size());
  TORCH_CHECK(
      detail::count_of(sizes) == count,
      "torchtidy::from_container: sizes ",
      sizes,
      " ask for ",
      detail::count_of(sizes),
      " elements, there are ",
      count);
  auto owner = std::make_shared<Container>(std::move(values));
  auto* const data = owner->data();
  return torch::from_blob(
      const_cast<std::remove_const_t<std::remove_reference_t<decltype(*data)>>*>(data),
      sizes,
      [owner = std::move(owner)](void*) mutable { owner.reset(); },
      torch::TensorOptions(dtype));
}
/// The same in one dimension.
template <typename Container>
[[nodiscard]] torch::Tensor from_container(Container&& values) {
  const auto count = static_cast<int64_t>(values.size());
  return from_container(std::forward<Container>(values), {count});
}

/// A tensor over memory that `owner` keeps, and that is kept as long as some tensor shows it: a
/// `std::shared_ptr`, a `cv::Mat`, a tensor, or a `std::unique_ptr` that is moved in. What is written to the
/// one is seen in the other. Pointers and references own nothing and do not compile.
/// \throws c10::Error for a null pointer to elements.
template <typename T, typename Owner>
[[nodiscard]] torch::Tensor view_of(T* data, at::IntArrayRef sizes, Owner owner) {
  static_assert(!std::is_const_v<T>, "a tensor can be written to: copy what is const");
  static_assert(
      !std::is_pointer_v<Owner>, "a pointer owns nothing: give a shared_ptr, or what has the memory");
  static_assert(!std::is_lvalue_reference_v<Owner>, "a reference keeps nothing alive");
  TORCH_CHECK(
      data || detail::count_of(sizes) == 0, "torchtidy::view_of: the pointer is null, the sizes are ", sizes);
  // A deleter is copied; the owner need not be.
  auto kept = std::make_shared<Owner>(std::move(owner));
  return torch::from_blob(
      data,
      sizes,
      [kept = std::move(kept)](void*) mutable { kept.reset(); },
      torch::TensorOptions(detail::scalar_type_of<T>()));
}

/// Copies the elements of `tensor` into `size` elements from `data` on, in the order of indices whatever its
/// strides, from whatever device, converted to T where T can hold them (double to float, int to float; not
/// float to int).
/// \throws c10::Error if the numbers of elements differ, or T cannot hold them.
template <typename T>
void copy_into(T* data, size_t size, const torch::Tensor& tensor) {
  constexpr auto dtype = detail::scalar_type_of<T>();
  detail::check_readable("copy_into", tensor, dtype);
  TORCH_CHECK(
      static_cast<int64_t>(size) == tensor.numel(),
      "torchtidy::copy_into: the tensor of sizes ",
      tensor.sizes(),
      " has ",
      tensor.numel(),
      " elements, there is room for ",
      size);
  if (size == 0) {
    return;
  }
  at::from_blob(data, tensor.sizes(), torch::TensorOptions(dtype)).copy_(tensor.detach());
}
/// The same into what has `data()` and `size()`: a vector, an array, a span.
template <typename Range, typename = decltype(std::declval<Range&>().data())>
void copy_into(Range&& range, const torch::Tensor& tensor) {
  copy_into(range.data(), range.size(), tensor);
}

/// The elements of `tensor` in a vector, as copy_into() gives them.
template <typename T>
[[nodiscard]] std::vector<T> to_vector(const torch::Tensor& tensor) {
  static_assert(
      !std::is_same_v<T, bool>, "std::vector<bool> has no elements in memory: use to_vector<uint8_t>");
  detail::check_readable("to_vector", tensor, detail::scalar_type_of<T>());
  const bool is_plain = tensor.device().is_cpu() && tensor.layout() == at::kStrided &&
      tensor.scalar_type() == detail::scalar_type_of<T>() && tensor.is_contiguous() && !tensor.is_neg() &&
      !tensor.is_conj();
  if (is_plain && tensor.numel() > 0) { // nothing is written twice
    const T* data = tensor.template data_ptr<T>();
    return std::vector<T>(data, data + tensor.numel());
  }
  std::vector<T> values(static_cast<size_t>(tensor.numel()));
  copy_into(values, tensor);
  return values;
}

/// An accessor that keeps its tensor: it may be returned and stored.
template <typename T, size_t N>
class KeepingAccessor : public decltype(std::declval<const torch::Tensor&>().template accessor<T, N>()) {
  using Accessor = decltype(std::declval<const torch::Tensor&>().template accessor<T, N>());

 public:
  explicit KeepingAccessor(torch::Tensor tensor)
      : Accessor(tensor.template accessor<T, N>()), tensor_(std::move(tensor)) {}

  const torch::Tensor& tensor() const {
    return tensor_;
  }

 private:
  torch::Tensor tensor_; // the accessor's sizes and strides are in it as well
};

/// Reads and writes the elements of `tensor`, of N dimensions and T's dtype, on the CPU; strides are
/// followed.
/// \throws c10::Error for another dtype, device or number of dimensions.
template <typename T, size_t N>
[[nodiscard]] KeepingAccessor<T, N> accessor_of(torch::Tensor tensor) {
  TORCH_CHECK(tensor.defined(), "torchtidy::accessor_of: the tensor is undefined; give it a value first");
  TORCH_CHECK(
      tensor.device().is_cpu(),
      "torchtidy::accessor_of: the tensor is on ",
      tensor.device(),
      "; read a copy: accessor_of(tensor.cpu())");
  constexpr auto dtype = detail::scalar_type_of<T>();
  TORCH_CHECK(
      tensor.scalar_type() == dtype,
      "torchtidy::accessor_of: the tensor holds ",
      tensor.scalar_type(),
      ", not ",
      dtype,
      "; convert it by to() first");
  TORCH_CHECK(
      tensor.dim() == static_cast<int64_t>(N),
      "torchtidy::accessor_of: the tensor has ",
      tensor.dim(),
      " dimensions, not ",
      N);
  return KeepingAccessor<T, N>(std::move(tensor));
}

} // namespace torchtidy
