#include "state_readers.h"

#include <torch/torch.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_set>

namespace torchtidy {
namespace detail {
namespace {

using Json = nlohmann::json;

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

// LibTorch's own functions take no more (c10's dim_bitset_size).
constexpr size_t kMaxDimensions = 64;

struct Entry {
  std::string name;
  const NamedType* type = nullptr;
  std::vector<int64_t> shape;
  uint64_t begin = 0;
  uint64_t end = 0;
};

/// What the header says of one tensor. Null: it does not say, or something else than it should.
struct Description {
  using Numbers = std::vector<uint64_t>;

  bool is_object = false;
  std::set<std::string> fields;
  std::optional<std::string> dtype;
  std::optional<Numbers> shape;
  std::optional<Numbers> offsets;
};

Entry entry_of(const std::string& name, const Description& said) {
  TORCH_CHECK(
      said.is_object &&
          said.fields.count("dtype") + said.fields.count("shape") + said.fields.count("data_offsets") == 3,
      "it lacks dtype, shape or data_offsets");
  TORCH_CHECK(said.dtype, "its dtype is not a string");
  TORCH_CHECK(said.shape, "its shape is not a list of natural numbers");
  TORCH_CHECK(said.offsets, "its data_offsets is not a list of natural numbers");
  TORCH_CHECK(said.offsets->size() == 2, "its data_offsets are not two numbers");
  Entry entry;
  entry.name = name;
  entry.type = type_named(*said.dtype);
  TORCH_CHECK(entry.type != nullptr, "this LibTorch has no dtype ", *said.dtype);
  TORCH_CHECK(
      said.shape->size() <= kMaxDimensions,
      "it has ",
      said.shape->size(),
      " dimensions, more than ",
      kMaxDimensions);
  for (const uint64_t size : *said.shape) {
    TORCH_CHECK(size <= static_cast<uint64_t>(INT64_MAX), "its shape is too large");
    entry.shape.push_back(static_cast<int64_t>(size));
  }
  entry.begin = (*said.offsets)[0];
  entry.end = (*said.offsets)[1];
  const int64_t bytes =
      checked_product(entry.shape, static_cast<int64_t>(c10::elementSize(entry.type->type)));
  TORCH_CHECK(
      bytes >= 0 && entry.begin <= entry.end && entry.end - entry.begin == static_cast<uint64_t>(bytes),
      "its data_offsets do not fit its shape and dtype");
  return entry;
}

/// Reads the header as a stream: of its text nothing is kept but the entries, and the time that it takes is
/// in proportion to its length.
class HeaderReader : public nlohmann::json_sax<Json> {
 public:
  explicit HeaderReader(std::map<std::string, std::string>* metadata) : metadata_(metadata) {}

  std::vector<Entry> entries;

  bool start_object(size_t /*elements*/) override {
    if (depth_ == 1) {
      said_.is_object = true;
    }
    return enter();
  }
  bool start_array(size_t /*elements*/) override {
    if (depth_ == 2) {
      list_.emplace();
    }
    return enter();
  }
  bool end_object() override {
    return leave();
  }
  bool end_array() override {
    if (depth_ == 3) {
      (field_ == "shape" ? said_.shape : field_ == "data_offsets" ? said_.offsets : ignored_) = list_;
    }
    return leave();
  }
  bool key(std::string& text) override {
    if (depth_ == 1) {
      TORCH_CHECK(names_.insert(text).second, "it names '", text, "' twice");
      name_ = text;
      said_ = Description();
    } else if (depth_ == 2) {
      field_ = text;
      if (!in_metadata()) {
        said_.fields.insert(text);
      }
    }
    return true;
  }

  bool string(std::string& text) override {
    if (depth_ == 2 && in_metadata()) {
      if (metadata_ != nullptr) {
        (*metadata_)[field_] = text;
      }
      return true;
    }
    if (depth_ == 2 && field_ == "dtype") {
      said_.dtype = text;
    }
    return other();
  }
  bool number_unsigned(uint64_t number) override {
    if (depth_ == 3 && list_) {
      list_->push_back(number);
      return true;
    }
    return other();
  }
  bool number_integer(int64_t /*number*/) override {
    return other();
  }
  bool number_float(double /*number*/, const std::string& /*text*/) override {
    return other();
  }
  bool boolean(bool /*value*/) override {
    return other();
  }
  bool null() override {
    return other();
  }
  bool binary(Json::binary_t& /*bytes*/) override {
    return other();
  }
  bool parse_error(size_t /*position*/, const std::string& /*token*/, const Json::exception& error) override {
    TORCH_CHECK(false, error.what());
  }

 private:
  bool in_metadata() const {
    return name_ == "__metadata__";
  }
  bool enter() {
    TORCH_CHECK(++depth_ <= 3, "it is nested too deeply");
    check_metadata();
    return true;
  }
  bool leave() {
    if (--depth_ == 1) {
      end_entry();
    }
    return true;
  }
  /// A value that is not one of those wanted: in a list, it makes that no list of natural numbers.
  bool other() {
    list_.reset();
    ++depth_;
    check_metadata();
    return leave();
  }
  void check_metadata() const {
    TORCH_CHECK(!(in_metadata() && depth_ == 3), "its __metadata__ holds something other than strings");
  }
  void end_entry() {
    if (in_metadata()) {
      TORCH_CHECK(said_.is_object, "its __metadata__ is no JSON object");
      return;
    }
    try {
      entries.push_back(entry_of(name_, said_));
    } catch (const c10::Error& error) {
      TORCH_CHECK(false, "tensor '", name_, "': ", error.what_without_backtrace());
    }
  }

  std::map<std::string, std::string>* metadata_;
  // Open objects and lists: 1 in the header, 2 in an entry, 3 in a list of numbers.
  int depth_ = 0;
  std::unordered_set<std::string> names_;
  std::string name_;
  std::string field_;
  Description said_;
  std::optional<Description::Numbers> list_;
  std::optional<Description::Numbers> ignored_;
};

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
  HeaderReader reader(metadata);
  Json::sax_parse(text, text + header, &reader);
  const std::vector<Entry>& entries = reader.entries;
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

std::string json_text(const std::string& text, const std::string& path, const char* what) {
  try {
    return Json(text).dump();
  } catch (const Json::exception&) {
    TORCH_CHECK(
        false,
        "Cannot write '",
        path,
        "': ",
        Json(text).dump(-1, ' ', false, Json::error_handler_t::replace),
        " is no UTF-8, as ",
        what,
        " must be");
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

  const char* const texts = "names and metadata of a safetensors file";
  std::string text = "{";
  if (!metadata.empty()) {
    std::string pairs;
    for (const auto& pair : metadata) {
      pairs += (pairs.empty() ? "" : ",") + detail::json_text(pair.first, path, texts) + ":" +
          detail::json_text(pair.second, path, texts);
    }
    text += "\"__metadata__\":{" + pairs + "}" + (order.empty() ? "" : ",");
  }
  uint64_t position = 0;
  for (const auto* item : order) {
    const auto& tensor = item->value();
    const uint64_t end = position + static_cast<uint64_t>(tensor.numel()) * tensor.element_size();
    text += c10::str(
        detail::json_text(item->key(), path, texts),
        ":{\"dtype\":\"",
        detail::name_of(tensor.scalar_type())->name,
        "\",\"shape\":[",
        c10::Join(",", tensor.sizes()),
        "],\"data_offsets\":[",
        position,
        ",",
        end,
        "]}",
        item == order.back() ? "" : ",");
    position = end;
  }
  text += "}";
  TORCH_CHECK(
      text.size() <= detail::kMaxHeader,
      "Cannot write '",
      path,
      "': its header would take ",
      text.size(),
      " bytes, more than the format allows");
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
