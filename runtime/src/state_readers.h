#pragma once

// Not installed: the readers on bytes in memory, for files and for fuzzing.

#include "file_bytes.h"
#include "zip.h"

#include <torchtidy/state_files.h>

#include <functional>
#include <map>
#include <string>

namespace torchtidy {
namespace detail {

StateDict parse_safetensors(const FileBytes& file, std::map<std::string, std::string>* metadata);
/// Zip or legacy. `entry`, `report`: see ReadOptions; null unless tolerant.
StateDict parse_torch(const FileBytes& file, const std::string& entry, ReadReport* report = nullptr);
/// An index of shards. `read_shard` reads the file of that name beside it.
StateDict parse_index(
    const FileBytes& file, const std::function<StateDict(const std::string& name)>& read_shard);

bool looks_like_index(const FileBytes& file);
bool looks_like_safetensors(const FileBytes& file);

/// As the functions of the same names, for a file that is mapped already.
StateDict read_safetensors(
    const FileBytes& file, const ReadOptions& options, std::map<std::string, std::string>* metadata);
StateDict read_torch(const FileBytes& file, const ReadOptions& options);

/// `text` in quotes. \throws c10::Error naming `path`, the file that it is for, if it is no UTF-8, "as names
/// of a safetensors file must be": that is `what`.
std::string json_text(const std::string& text, const std::string& path, const char* what);

/// All tensors on `device`.
StateDict to_device(StateDict dict, torch::Device device);

} // namespace detail
} // namespace torchtidy
