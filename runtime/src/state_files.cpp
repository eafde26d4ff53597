#include "state_readers.h"

#include <torch/serialize/archive.h>

#include <memory>
#include <ostream>
#include <sstream>

namespace torchtidy {
namespace detail {
namespace {

using torch::serialize::InputArchive;
using torch::serialize::OutputArchive;

void read_tree(InputArchive& archive, const std::string& prefix, StateDict& dict) {
  for (const auto& key : archive.keys()) {
    torch::Tensor tensor;
    InputArchive child;
    if (archive.try_read(key, tensor)) {
      dict.insert(prefix + key, tensor.detach());
    } else if (archive.try_read(key, child)) {
      read_tree(child, prefix + key + ".", dict);
    }
  }
}

/// Names up to the first dot, with what comes below them.
struct Tree {
  torch::OrderedDict<std::string, std::shared_ptr<Tree>> children;
  StateDict tensors;

  void add(const std::string& key, const torch::Tensor& tensor) {
    const size_t dot = key.find('.');
    if (dot == std::string::npos) {
      tensors.insert(key, tensor);
      return;
    }
    const std::string name = key.substr(0, dot);
    if (!children.contains(name)) {
      children.insert(name, std::make_shared<Tree>());
    }
    children[name]->add(key.substr(dot + 1), tensor);
  }
  void write(OutputArchive& archive) const {
    for (const auto& item : tensors) {
      archive.write(item.key(), item.value(), /*is_buffer=*/true);
    }
    for (const auto& child : children) {
      OutputArchive inner(archive.compilation_unit());
      child.value()->write(inner);
      archive.write(child.key(), inner);
    }
  }
};

} // namespace

StateDict to_device(StateDict dict, torch::Device device) {
  for (auto& item : dict) {
    item.value() = item.value().to(device);
  }
  return dict;
}

} // namespace detail

std::string ReadReport::to_string() const {
  std::ostringstream text;
  text << scalars.size() << " numbers, " << skipped.size() << " left out";
  for (const auto& entry : scalars) {
    text << "\n  number: '" << entry.key << "' is " << entry.what;
  }
  for (const auto& entry : skipped) {
    text << "\n  left out: '" << entry.key << "' " << entry.what;
  }
  return text.str();
}

std::ostream& operator<<(std::ostream& stream, const ReadReport& report) {
  return stream << report.to_string();
}

StateDict read_archive(const std::string& path, const ReadOptions& options) {
  TORCH_CHECK(
      options.entry_.empty(),
      "'",
      path,
      "' is an archive of LibTorch, which has no entries: leave out ReadOptions().entry()");
  torch::serialize::InputArchive archive;
  try {
    archive.load_from(path, options.device_);
  } catch (const c10::Error& error) {
    TORCH_CHECK(false, "'", path, "' is no archive that LibTorch can read: ", error.what_without_backtrace());
  }
  StateDict dict;
  detail::read_tree(archive, "", dict);
  return dict;
}

void write_archive(const StateDict& dict, const std::string& path) {
  detail::Tree tree;
  for (const auto& item : dict) {
    TORCH_CHECK(item.value().defined(), "Cannot write '", path, "': '", item.key(), "' is undefined");
    tree.add(item.key(), item.value().detach());
  }
  torch::serialize::OutputArchive archive;
  tree.write(archive);
  detail::NewFile file(path);
  archive.save_to([&](const void* data, size_t size) {
    file.write(data, size);
    return size;
  });
  file.commit();
}

StateDict read_state_dict(const std::string& path, const ReadOptions& options) {
  const auto file = detail::map_file(path);
  if (detail::looks_like_zip(file) && detail::is_archive(file)) {
    return read_archive(path, options);
  }
  // First: the length of its header may begin with any byte.
  if (detail::looks_like_safetensors(file)) {
    return detail::read_safetensors(file, options, nullptr);
  }
  return detail::looks_like_index(file) ? read_sharded(path, options) : detail::read_torch(file, options);
}

} // namespace torchtidy
