// Checkpoints in several files, with an index.

#include "state_readers.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <map>

namespace torchtidy {
namespace detail {
namespace {

// Of models with a million tensors, with room to spare.
constexpr uint64_t kMaxIndex = 256'000'000;

using Places = std::vector<std::pair<std::string, std::string>>;

/// Reads `weight_map`, pairs of a tensor's name and its file's, in order. An event at a time: no depth of the
/// text matters.
class IndexReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  Places places;
  bool found = false;
  std::string error;

  bool start_object(std::size_t /*elements*/) override {
    ++depth_;
    inside_ = inside_ || (depth_ == 2 && key_ == "weight_map");
    found = found || inside_;
    return !inside_ || depth_ == 2 || fail();
  }
  bool end_object() override {
    inside_ = inside_ && depth_ != 2;
    --depth_;
    return true;
  }
  bool key(string_t& name) override {
    key_ = name;
    return true;
  }
  bool string(string_t& value) override {
    if (inside_) {
      places.emplace_back(key_, value);
    }
    return true;
  }
  bool start_array(std::size_t /*elements*/) override {
    ++depth_;
    return other();
  }
  bool end_array() override {
    --depth_;
    return true;
  }
  bool null() override {
    return other();
  }
  bool boolean(bool /*value*/) override {
    return other();
  }
  bool number_integer(number_integer_t /*value*/) override {
    return other();
  }
  bool number_unsigned(number_unsigned_t /*value*/) override {
    return other();
  }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override {
    return other();
  }
  bool binary(binary_t& /*value*/) override {
    return other();
  }
  bool parse_error(
      std::size_t position,
      const std::string& /*token*/,
      const nlohmann::json::exception& /*error*/) override {
    error = "it is no JSON: something is wrong at byte " + std::to_string(position);
    return false;
  }

 private:
  bool other() {
    return !inside_ || fail();
  }
  bool fail() {
    error = "its weight_map gives no file name for '" + key_ + "'";
    return false;
  }

  int depth_ = 0;
  bool inside_ = false;
  std::string key_;
};

Places read_places(const FileBytes& file) {
  TORCH_CHECK(file.size <= kMaxIndex, "it takes ", file.size, " bytes, more than an index can");
  IndexReader reader;
  nlohmann::json::sax_parse(file.data, file.data + file.size, &reader);
  TORCH_CHECK(reader.error.empty(), reader.error);
  TORCH_CHECK(reader.found, "it has no 'weight_map'");
  return std::move(reader.places);
}

/// Whether `name` is that of a file in the same folder.
bool stays_here(const std::string& name) {
  return !name.empty() && name != "." && name != ".." &&
      name.find_first_of(std::string("/\\\0", 3)) == std::string::npos;
}

} // namespace

bool looks_like_index(const FileBytes& file) {
  const char* const end = file.data + std::min<uint64_t>(file.size, 4096);
  const char* const first =
      std::find_if(file.data, end, [](unsigned char c) { return std::isspace(c) == 0; });
  return first != end && *first == '{';
}

StateDict parse_index(
    const FileBytes& file, const std::function<StateDict(const std::string& name)>& read_shard) {
  const Places places = read_places(file);
  std::map<std::string, StateDict> shards;
  StateDict dict;
  for (const auto& [key, name] : places) {
    TORCH_CHECK(
        stays_here(name),
        "it says that '",
        key,
        "' is in '",
        name,
        "'; only files in the folder of the index are read");
    auto shard = shards.find(name);
    if (shard == shards.end()) {
      shard = shards.emplace(name, read_shard(name)).first;
    }
    const torch::Tensor* tensor = shard->second.find(key);
    TORCH_CHECK(tensor != nullptr, "it says that '", key, "' is in '", name, "', which has no such tensor");
    TORCH_CHECK(dict.find(key) == nullptr, "it lists '", key, "' twice");
    dict.insert(key, *tensor);
  }
  return dict;
}

} // namespace detail

StateDict read_sharded(const std::string& index_path, const ReadOptions& options) {
  const auto file = detail::map_file(index_path);
  const std::string folder = index_path.substr(0, index_path.find_last_of('/') + 1);
  const auto read_shard = [&](const std::string& name) {
    const auto shard = detail::map_file(folder + name);
    TORCH_CHECK(!detail::looks_like_index(shard), "'", folder + name, "' is an index itself");
    return read_state_dict(folder + name, options);
  };
  try {
    return detail::parse_index(file, read_shard);
  } catch (const c10::Error& error) {
    TORCH_CHECK(
        false, "'", index_path, "' cannot be read as an index of shards: ", error.what_without_backtrace());
  }
}

} // namespace torchtidy
