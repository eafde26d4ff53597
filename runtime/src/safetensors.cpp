#include "state_readers.h"

#include <torch/torch.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace torchtidy {
namespace detail {
namespace {

using Json = nlohmann::ordered_json;

struct NamedType {
  const char* name;
  torch::ScalarType type;
};

// Names as in the safetensors specification.
const NamedType kTypes[] = {
    {"BOOL", torch::kBool},
    {"U8", torch::kByte},
    {"I8", torch::kChar},
    {"I16", torch::kShort},
    {"I32", torch::kInt},
    {"I64", torch::kLong},
    {"F16", torch::kHalf},
    {"BF16", torch::kBFloat16},
    {"F32", torch::kFloat},
    {"F64", torch::kDouble},
    {"C64", torch::kComplexFloat},
#if TORCHTIDY_TORCH_VERSION_NUMBER >= 20300
    {"U16", torch::kUInt16},
    {"U32", torch::kUInt32},
    {"U64", torch::kUInt64},
    {"F8_E4M3", torch::kFloat8_e4m3fn},
    {"F8_E5M2", torch::kFloat8_e5m2},
#endif
};

// The reference implementation's limit.
constexpr uint64_t kMaxHeader = 100'000'000;

const NamedType* type_named(const std::string& name) {
  const auto* found =
      std::find_if(std::begin(kTypes), std::end(kTypes), [&](const NamedType& t) { return name == t.name; });
  return found == std::end(kTypes) ? nullptr : found;
}

const NamedType* name_of(torch::ScalarType type) {
  const auto* found =
      std::find_if(std::begin(kTypes), std::end(kTypes), [&](const NamedType& t) { return type == t.type; });
  return found == std::end(kTypes) ? nullptr : found;
}

/// Keeps a hostile header from building deep trees, and from naming a tensor twice.
class HeaderFilter {
 public:
  bool operator()(int depth, Json::parse_event_t event, Json& value) {
    TORCH_CHECK(depth <= 3, "it is nested too deeply");
    if (event == Json::parse_event_t::key && depth == 1) {
      TORCH_CHECK(names_.insert(value.get<std::string>()).second, "it names ", value.dump(), " twice");
    }
    return true;
  }

 private:
  std::set<std::string> names_;
};

struct Entry {
  std::string name;
  const NamedType* type = nullptr;
  std::vector<int64_t> shape;
  uint64_t begin = 0;
  uint64_t end = 0;
};

uint64_t natural(const Json& value, const char* what) {
  TORCH_CHECK(value.is_number_unsigned(), "its ", what, " is not a list of natural numbers");
  return value.get<uint64_t>();
}

Entry entry_of(const std::string& name, const Json& value) {
  TORCH_CHECK(
      value.is_object() && value.contains("dtype") && value.contains("shape") &&
          value.contains("data_offsets"),
      "it lacks dtype, shape or data_offsets");
  TORCH_CHECK(value["dtype"].is_string(), "its dtype is not a string");
  Entry entry;
  entry.name = name;
  const auto type = value["dtype"].get<std::string>();
  entry.type = type_named(type);
  TORCH_CHECK(entry.type != nullptr, "this LibTorch has no dtype ", type);
  TORCH_CHECK(value["shape"].is_array(), "its shape is not a list of natural numbers");
  for (const auto& size : value["shape"]) {
    const uint64_t number = natural(size, "shape");
    TORCH_CHECK(number <= static_cast<uint64_t>(INT64_MAX), "its shape is too large");
    entry.shape.push_back(static_cast<int64_t>(number));
  }
  const auto& offsets = value["data_offsets"];
  TORCH_CHECK(offsets.is_array() && offsets.size() == 2, "its data_offsets are not two numbers");
  entry.begin = natural(offsets[0], "data_offsets");
  entry.end = natural(offsets[1], "data_offsets");
  const int64_t bytes =
      checked_product(entry.shape, static_cast<int64_t>(c10::elementSize(entry.type->type)));
  TORCH_CHECK(
      bytes >= 0 && entry.begin <= entry.end && entry.end - entry.begin == static_cast<uint64_t>(bytes),
      "its data_offsets do not fit its shape and dtype");
  return entry;
}

/// As the specification demands: the tensors fill the data without holes or overlaps.
void check_layout(const std::vector<Entry>& entries, uint64_t data_size) {
  std::vector<const Entry*> ordered;
  for (const auto& entry : entries) {
    ordered.push_back(&entry);
  }
  std::sort(ordered.begin(), ordered.end(), [](const Entry* a, const Entry* b) {
    return std::make_pair(a->begin, a->end) < std::make_pair(b->begin, b->end);
  });
  uint64_t position = 0;
  for (const Entry* entry : ordered) {
    TORCH_CHECK(
        entry->begin == position, "tensor '", entry->name, "' does not begin where the last one ends");
    position = entry->end;
  }
  TORCH_CHECK(
      position == data_size,
      "the tensors take ",
      position,
      " bytes and the file has ",
      data_size,
      " for them");
}

uint64_t header_size(const FileBytes& file) {
  TORCH_CHECK(file.size >= 8, "it is too short");
  const uint64_t size = file.number(0, 8);
  TORCH_CHECK(
      size <= kMaxHeader && file.holds(8, size), "its header would take ", size, " bytes of ", file.size);
  return size;
}

StateDict parse(const FileBytes& file, std::map<std::string, std::string>* metadata) {
  const uint64_t header = header_size(file);
  const char* text = file.data + 8;
  TORCH_CHECK(header > 0 && text[0] == '{', "its header is no JSON object");
  const Json json = Json::parse(text, text + header, HeaderFilter());
  TORCH_CHECK(json.is_object(), "its header is no JSON object");

  std::vector<Entry> entries;
  for (const auto& item : json.items()) {
    if (item.key() == "__metadata__") {
      TORCH_CHECK(item.value().is_object(), "its __metadata__ is no JSON object");
      for (const auto& pair : item.value().items()) {
        TORCH_CHECK(pair.value().is_string(), "its __metadata__ holds something other than strings");
        if (metadata != nullptr) {
          (*metadata)[pair.key()] = pair.value().get<std::string>();
        }
      }
      continue;
    }
    try {
      entries.push_back(entry_of(item.key(), item.value()));
    } catch (const c10::Error& error) {
      TORCH_CHECK(false, "tensor '", item.key(), "': ", error.what_without_backtrace());
    }
  }
  const uint64_t data = 8 + header;
  check_layout(entries, file.size - data);

  StateDict dict;
  for (const auto& entry : entries) {
    const int64_t numel = checked_product(entry.shape, 1);
    dict.insert(entry.name, tensor_over(file, data + entry.begin, numel, entry.type->type).view(entry.shape));
  }
  return dict;
}

} // namespace

StateDict parse_safetensors(const FileBytes& file, std::map<std::string, std::string>* metadata) {
  try {
    return parse(file, metadata);
  } catch (const Json::exception& error) {
    TORCH_CHECK(false, "'", file.name, "' is no valid safetensors file: ", error.what());
  } catch (const c10::Error& error) {
    TORCH_CHECK(false, "'", file.name, "' is no valid safetensors file: ", error.what_without_backtrace());
  }
}

bool looks_like_safetensors(const FileBytes& file) {
  return file.size > 8 && file.data[8] == '{' && file.number(0, 8) <= kMaxHeader;
}

StateDict read_safetensors(
    const FileBytes& file, const ReadOptions& options, std::map<std::string, std::string>* metadata) {
  TORCH_CHECK(
      options.entry_.empty(),
      "'",
      file.name,
      "' is a safetensors file, which has no entries: leave out ReadOptions().entry()");
  return to_device(parse_safetensors(file, metadata), options.device_);
}

} // namespace detail

StateDict read_safetensors(
    const std::string& path, const ReadOptions& options, std::map<std::string, std::string>* metadata) {
  return detail::read_safetensors(detail::map_file(path), options, metadata);
}

void write_safetensors(
    const StateDict& dict, const std::string& path, const std::map<std::string, std::string>& metadata) {
  std::vector<const StateDict::Item*> order;
  for (const auto& item : dict) {
    TORCH_CHECK(
        item.value().defined() && detail::name_of(item.value().scalar_type()) != nullptr,
        "Cannot write '",
        path,
        "': safetensors cannot hold '",
        item.key(),
        "', which is ",
        item.value().defined() ? c10::toString(item.value().scalar_type()) : "undefined");
    TORCH_CHECK(
        item.key() != "__metadata__", "Cannot write '", path, "': no tensor may be called '__metadata__'");
    order.push_back(&item);
  }
  // Wide types first, so that every tensor is aligned.
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return a->value().element_size() > b->value().element_size();
  });

  detail::Json header = detail::Json::object();
  if (!metadata.empty()) {
    header["__metadata__"] = metadata;
  }
  uint64_t position = 0;
  for (const auto* item : order) {
    const auto& tensor = item->value();
    const uint64_t end = position + static_cast<uint64_t>(tensor.numel()) * tensor.element_size();
    header[item->key()] = {
        {"dtype", detail::name_of(tensor.scalar_type())->name},
        {"shape", tensor.sizes().vec()},
        {"data_offsets", {position, end}}};
    position = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');

  detail::NewFile file(path);
  char length[8];
  for (size_t i = 0; i < 8; ++i) {
    length[i] = static_cast<char>(text.size() >> (8 * i));
  }
  file.write(length, sizeof(length));
  file.write(text.data(), text.size());
  for (const auto* item : order) {
    const auto tensor = item->value().detach().resolve_conj().resolve_neg().cpu().contiguous();
    file.write(tensor.data_ptr(), static_cast<uint64_t>(tensor.numel()) * tensor.element_size());
  }
  file.commit();
}

} // namespace torchtidy
