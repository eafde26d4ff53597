#include "state_readers.h"

#include <torch/serialize.h>
#include <torch/torch.h>

namespace torchtidy {
namespace detail {
namespace {

void read_level(torch::serialize::InputArchive& archive, const std::string& prefix, StateDict& dict) {
  for (const auto& key : archive.keys()) {
    torch::Tensor tensor;
    torch::serialize::InputArchive inner;
    if (archive.try_read(key, tensor)) {
      if (tensor.defined()) {
        dict.insert(prefix + key, tensor.detach());
      }
    } else if (archive.try_read(key, inner)) {
      read_level(inner, prefix + key + ".", dict);
    }
  }
}

} // namespace

StateDict to_device(StateDict dict, torch::Device device) {
  for (auto& item : dict) {
    item.value() = item.value().to(device);
  }
  return dict;
}

} // namespace detail

StateDict read_archive(const std::string& path, const ReadOptions& options) {
  TORCH_CHECK(
      options.entry_.empty(), "'", path, "' is an archive of LibTorch, which has no entries: leave out ReadOptions().entry()");
  StateDict dict;
  torch::serialize::InputArchive archive;
  try {
    archive.load_from(path, options.device_);
    detail::read_level(archive, "", dict);
  } catch (const c10::Error& error) {
    TORCH_CHECK(false, "LibTorch cannot read '", path, "' as an archive: ", error.what_without_backtrace());
  }
  return dict;
}

StateDict read_state_dict(const std::string& path, const ReadOptions& options) {
  bool archive = false;
  bool safetensors = false;
  {
    const auto file = detail::map_file(path);
    safetensors = detail::looks_like_safetensors(file);
    if (detail::looks_like_zip(file)) {
      try {
        archive = detail::is_archive(file);
      } catch (const c10::Error&) {
        archive = false; // read_torch says what is wrong
      }
    }
  }
  return safetensors ? read_safetensors(path, options)
      : archive      ? read_archive(path, options)
                     : read_torch(path, options);
}

} // namespace torchtidy
