// Fuzzes the readers of state dicts: whatever the bytes are, the result is tensors inside them or a
// c10::Error.
//
//   TORCHTIDY_FUZZ_SAFETENSORS   the safetensors reader
//   TORCHTIDY_FUZZ_INDEX         the reader of an index of shards, which all have one tensor
//   (neither)                    the reader of torch.save's formats, strict and tolerant

#include "../src/state_readers.h"

#include <torch/torch.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

namespace {

/// Reads every element that a tensor claims to have, without a copy of more than the input allows.
void touch(const torch::Tensor& tensor) {
  if (tensor.numel() == 0) {
    return;
  }
  std::vector<int64_t> last;
  for (const int64_t size : tensor.sizes()) {
    last.push_back(size - 1);
  }
  const char* first = static_cast<const char*>(tensor.data_ptr());
  int64_t offset = 0;
  for (int64_t d = 0; d < tensor.dim(); ++d) {
    offset += last[static_cast<size_t>(d)] * tensor.stride(d);
  }
  volatile char sum = first[0];
  sum = first
      [offset * static_cast<int64_t>(tensor.element_size()) + static_cast<int64_t>(tensor.element_size()) -
       1];
  (void)sum;
}

torchtidy::StateDict read(const torchtidy::detail::FileBytes& file) {
#if defined(TORCHTIDY_FUZZ_SAFETENSORS)
  return torchtidy::detail::parse_safetensors(file, nullptr);
#elif defined(TORCHTIDY_FUZZ_INDEX)
  return torchtidy::detail::parse_index(file, [](const std::string& /*name*/) {
    torchtidy::StateDict shard;
    shard.insert("a", torch::ones({1}));
    return shard;
  });
#else
  torchtidy::ReadReport report;
  for (const auto& item : torchtidy::detail::parse_torch(file, "", &report)) {
    touch(item.value());
  }
  return torchtidy::detail::parse_torch(file, "");
#endif
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Exactly as large as the input, so that ASan sees every step outside; as aligned as a mapped file.
  auto copy = std::shared_ptr<char>(static_cast<char*>(std::malloc(size == 0 ? 1 : size)), std::free);
  std::memcpy(copy.get(), data, size);
  torchtidy::detail::FileBytes file;
  file.data = copy.get();
  file.size = size;
  file.owner = copy;
  file.name = "input";
  try {
    const auto dict = read(file);
    for (const auto& item : dict) {
      touch(item.value());
    }
  } catch (const c10::Error&) {
    return 0;
  }
  return 0;
}
