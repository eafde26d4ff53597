#pragma once

// Not installed: what the readers of zip and pickle need. torch-tidy, which links no LibTorch, compiles them
// with TORCHTIDY_WITHOUT_TORCH: then the few names of LibTorch that they use are defined here.

#include <cstdint>
#include <memory>
#include <string>

#ifndef TORCHTIDY_WITHOUT_TORCH

#include <torchtidy/compat.h>

#include <c10/util/Exception.h>
#include <torch/types.h>

#else

#include <exception>
#include <sstream>
#include <utility>

// As of a LibTorch that has every dtype below.
#define TORCHTIDY_TORCH_VERSION_NUMBER 20300

#define TORCH_CHECK(condition, ...)            \
  do {                                         \
    if (!(condition)) {                        \
      throw c10::Error(c10::str(__VA_ARGS__)); \
    }                                          \
  } while (false)

namespace c10 {

class Error : public std::exception {
 public:
  explicit Error(std::string text) : text_(std::move(text)) {}
  const char* what() const noexcept override {
    return text_.c_str();
  }
  const char* what_without_backtrace() const noexcept {
    return text_.c_str();
  }

 private:
  std::string text_;
};

template <typename... Parts>
std::string str(const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  return text.str();
}

} // namespace c10

namespace torch {

enum ScalarType : uint8_t {
  kFloat,
  kDouble,
  kHalf,
  kBFloat16,
  kByte,
  kChar,
  kShort,
  kInt,
  kLong,
  kBool,
  kComplexFloat,
  kComplexDouble,
  kUInt16,
  kUInt32,
  kUInt64,
  kFloat8_e4m3fn,
  kFloat8_e5m2
};

} // namespace torch

namespace c10 {

inline uint64_t elementSize(torch::ScalarType type) {
  constexpr uint8_t sizes[] = {4, 8, 2, 2, 1, 1, 2, 4, 8, 1, 8, 16, 2, 4, 8, 1, 1};
  return sizes[type];
}

} // namespace c10

#endif

namespace torchtidy {
namespace detail {

/// Bytes that stay where they are as long as `owner` lives.
struct FileBytes {
  const char* data = nullptr;
  uint64_t size = 0;
  std::shared_ptr<void> owner;
  /// For messages.
  std::string name;

  /// Whether [offset, offset + length) lies inside.
  bool holds(uint64_t offset, uint64_t length) const {
    return offset <= size && length <= size - offset;
  }
  /// The little-endian unsigned number of `bytes` bytes at `offset`, which must lie inside.
  uint64_t number(uint64_t offset, unsigned bytes) const {
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; ++i) {
      value |= static_cast<uint64_t>(static_cast<unsigned char>(data[offset + i])) << (8 * i);
    }
    return value;
  }
};

} // namespace detail
} // namespace torchtidy
