#include "file_bytes.h"

#include <ATen/MapAllocator.h>
#include <torch/torch.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace torchtidy {
namespace detail {

FileBytes map_file(const std::string& path) {
  std::error_code error;
  TORCH_CHECK(std::filesystem::exists(path, error), "Cannot read '", path, "': there is no such file");
  TORCH_CHECK(
      std::filesystem::is_regular_file(path, error), "Cannot read '", path, "': it is not a regular file");
  const uint64_t size = std::filesystem::file_size(path, error);
  TORCH_CHECK(!error, "Cannot read '", path, "': ", error.message());
  TORCH_CHECK(size > 0, "Cannot read '", path, "': the file is empty");
  size_t mapped = 0;
  auto memory = std::make_shared<at::DataPtr>(
      at::MapAllocator::makeDataPtr(path.c_str(), /*flags=*/0, static_cast<size_t>(size), &mapped));
  FileBytes bytes;
  bytes.data = static_cast<const char*>(memory->get());
  bytes.size = size;
  bytes.owner = std::move(memory);
  bytes.name = path;
  return bytes;
}

NewFile::NewFile(const std::string& path)
    : path_(path), part_(path + ".part"), stream_(part_, std::ios::binary | std::ios::trunc) {
  TORCH_CHECK(stream_, "Cannot write '", part_, "': ", std::strerror(errno));
}

NewFile::~NewFile() {
  if (!part_.empty()) {
    stream_.close();
    std::error_code error;
    std::filesystem::remove(part_, error);
  }
}

void NewFile::write(const void* data, uint64_t size) {
  stream_.write(static_cast<const char*>(data), static_cast<std::streamsize>(size));
}

void NewFile::commit() {
  stream_.close();
  TORCH_CHECK(stream_, "Cannot write '", path_, "': ", std::strerror(errno));
  std::error_code error;
  std::filesystem::rename(part_, path_, error);
  TORCH_CHECK(!error, "Cannot write '", path_, "': ", error.message());
  part_.clear();
}

torch::Tensor tensor_over(const FileBytes& file, uint64_t offset, int64_t numel, torch::ScalarType dtype) {
  const auto options = torch::TensorOptions().dtype(dtype);
  if (numel == 0) {
    return torch::empty({0}, options);
  }
  char* place = const_cast<char*>(file.data) + offset;
  const size_t item = c10::elementSize(dtype);
  if (reinterpret_cast<uintptr_t>(place) % item == 0) {
    return torch::from_blob(place, {numel}, [owner = file.owner](void* /*data*/) {}, options);
  }
  auto copy = torch::empty({numel}, options);
  std::memcpy(copy.data_ptr(), place, static_cast<size_t>(numel) * item);
  return copy;
}

int64_t checked_product(at::IntArrayRef sizes, int64_t factor) {
  bool zero = factor == 0;
  int64_t product = factor;
  for (const int64_t size : sizes) {
    if (size < 0) {
      return -1;
    }
    zero = zero || size == 0;
    if (size != 0 && __builtin_mul_overflow(product, size, &product)) {
      return -1;
    }
  }
  return zero ? 0 : product;
}

} // namespace detail
} // namespace torchtidy
