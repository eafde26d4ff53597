// Reading and writing what Python's torch.save writes for a state dict.

#include "pickle.h"
#include "state_readers.h"
#include "zip_index.h"

#include <caffe2/serialize/inline_container.h>
#include <torch/torch.h>

#include <cstring>

namespace torchtidy {
namespace detail {
namespace {

using Kind = PickleNode::Kind;
using torch::Tensor;

// Protocol 2, then the long number that torch.save wrote first before 1.6.
const char kLegacyMagic[] = "\x80\x02\x8a\x0al\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";
constexpr uint64_t kLegacyMagicSize = sizeof(kLegacyMagic) - 1;
constexpr int64_t kLegacyVersion = 1001;

bool is_legacy(const FileBytes& file) {
  return file.size >= kLegacyMagicSize && std::memcmp(file.data, kLegacyMagic, kLegacyMagicSize) == 0;
}

PickleNode* find_item(const PickleNode& dict, const std::string& key) {
  for (size_t i = 0; i + 1 < dict.items.size(); i += 2) {
    if (dict.items[i]->is(Kind::string) && dict.items[i]->text == key) {
      return dict.items[i + 1];
    }
  }
  return nullptr;
}

/// Where the elements of a storage are.
using Places = std::map<std::string, ZipRecord>;

/// Tensors of the nodes; those with one storage share it.
class TensorMaker {
 public:
  TensorMaker(const FileBytes& file, const Places& places) : file_(file), places_(places) {}

  Tensor operator()(const PickleNode& node) {
    const PickleNode& storage = *node.items[0];
    const Tensor base = elements_of(storage, node.dtype);
    std::vector<int64_t> sizes = numbers(*node.items[1]);
    std::vector<int64_t> strides = numbers(*node.items[2]);
    TORCH_CHECK(fits(sizes, strides, node.integer, base.numel()), "it does not lie inside its storage");
    return base.as_strided(sizes, strides, node.integer);
  }

 private:
  static std::vector<int64_t> numbers(const PickleNode& tuple) {
    std::vector<int64_t> values;
    for (const auto* item : tuple.items) {
      values.push_back(item->integer);
    }
    return values;
  }

  /// Whether every element of the view lies among `numel` elements.
  static bool fits(
      const std::vector<int64_t>& sizes, const std::vector<int64_t>& strides, int64_t offset, int64_t numel) {
    const int64_t count = checked_product(sizes, 1);
    if (count < 0 || offset < 0 || offset > numel) {
      return false;
    }
    int64_t last = offset;
    for (size_t d = 0; d < sizes.size(); ++d) {
      int64_t step = 0;
      if (strides[d] < 0) {
        return false;
      }
      if (count > 0 &&
          (__builtin_mul_overflow(sizes[d] - 1, strides[d], &step) || __builtin_add_overflow(last, step, &last))) {
        return false;
      }
    }
    return count == 0 || last < numel;
  }

  Tensor elements_of(const PickleNode& storage, torch::ScalarType dtype) {
    auto found = bases_.find(storage.text);
    if (found == bases_.end()) {
      const auto place = places_.find(storage.text);
      TORCH_CHECK(place != places_.end(), "its storage '", storage.text, "' is not in the file");
      const int64_t bytes = checked_product({storage.integer}, static_cast<int64_t>(c10::elementSize(storage.dtype)));
      TORCH_CHECK(
          bytes >= 0 && static_cast<uint64_t>(bytes) <= place->second.size, "its storage '", storage.text,
          "' should have ", storage.integer, " elements, the file has ", place->second.size, " bytes");
      const auto count = bytes / static_cast<int64_t>(c10::elementSize(dtype));
      found = bases_.emplace(storage.text, tensor_over(file_, place->second.offset, count, dtype)).first;
    }
    if (found->second.scalar_type() == dtype) {
      return found->second;
    }
    const Tensor raw = found->second.view(torch::kByte);
    const auto item = static_cast<int64_t>(c10::elementSize(dtype));
    TORCH_CHECK(
        reinterpret_cast<uintptr_t>(raw.data_ptr()) % c10::elementSize(dtype) == 0,
        "its storage '", storage.text, "' is shared by dtypes of different alignment");
    return raw.narrow(0, 0, raw.numel() / item * item).view(dtype);
  }

  const FileBytes& file_;
  const Places& places_;
  std::map<std::string, Tensor> bases_;
};

std::string dict_keys(const PickleNode& dict) {
  std::string keys;
  for (size_t i = 0; i + 1 < dict.items.size() && i < 20; i += 2) {
    if (dict.items[i]->is(Kind::string)) {
      keys += (keys.empty() ? "'" : ", '") + dict.items[i]->text + "'";
    }
  }
  return keys;
}

const PickleNode& dict_of(const PickleNode& root, const std::string& entry) {
  TORCH_CHECK(
      root.is(Kind::dict), "it holds ", kind_name(root.kind), ", not a state dict; save model.state_dict() in Python");
  if (entry.empty()) {
    return root;
  }
  const PickleNode* chosen = find_item(root, entry);
  TORCH_CHECK(chosen != nullptr, "it has no entry '", entry, "'; its keys: ", dict_keys(root));
  TORCH_CHECK(chosen->is(Kind::dict), "its entry '", entry, "' is ", kind_name(chosen->kind), ", not a state dict");
  return *chosen;
}

StateDict tensors_of(const PickleNode& root, const std::string& entry, TensorMaker& make) {
  const PickleNode& dict = dict_of(root, entry);
  StateDict result;
  for (size_t i = 0; i + 1 < dict.items.size(); i += 2) {
    TORCH_CHECK(dict.items[i]->is(Kind::string), "a key is ", kind_name(dict.items[i]->kind), ", not a string");
    const std::string& key = dict.items[i]->text;
    const PickleNode& value = *dict.items[i + 1];
    TORCH_CHECK(
        value.is(Kind::tensor), "its entry '", key, "' is ", kind_name(value.kind), ", not a tensor",
        value.is(Kind::dict) ? "; to read that one: ReadOptions().entry(\"" + key + "\")" : std::string());
    try {
      const Tensor tensor = make(value);
      if (auto* earlier = result.find(key)) {
        *earlier = tensor; // as in a Python dictionary
      } else {
        result.insert(key, tensor);
      }
    } catch (const c10::Error& error) {
      TORCH_CHECK(false, "tensor '", key, "': ", error.what_without_backtrace());
    }
  }
  return result;
}

/// The folder that torch.save puts everything into, with its slash.
std::string zip_root(const std::map<std::string, ZipRecord>& records) {
  const std::string tail = "data.pkl";
  for (const auto& record : records) {
    const size_t size = record.first.size();
    if (size >= tail.size() && record.first.compare(size - tail.size(), tail.size(), tail) == 0) {
      return record.first.substr(0, size - tail.size());
    }
  }
  TORCH_CHECK(false, "it has no data.pkl, which torch.save writes");
}

StateDict parse_zip(const FileBytes& file, const std::string& entry) {
  const auto records = zip_records(file);
  const std::string root = zip_root(records);
  const auto order = records.find(root + "byteorder");
  TORCH_CHECK(
      order == records.end() ||
          std::string(file.data + order->second.offset, static_cast<size_t>(order->second.size)) != "big",
      "it was written on a big-endian machine");
  Places places;
  const std::string folder = root + "data/";
  for (auto record = records.lower_bound(folder);
       record != records.end() && record->first.compare(0, folder.size(), folder) == 0;
       ++record) {
    places.emplace(record->first.substr(folder.size()), record->second);
  }
  const ZipRecord pickle = records.at(root + "data.pkl");
  PickleReader reader(file, pickle.offset, pickle.offset + pickle.size);
  const PickleNode* value = reader.read();
  TensorMaker make(file, places);
  return tensors_of(*value, entry, make);
}

StateDict parse_legacy(const FileBytes& file, const std::string& entry) {
  PickleReader reader(file, kLegacyMagicSize, file.size);
  const PickleNode* version = reader.read();
  TORCH_CHECK(
      version->is(Kind::integer) && version->integer == kLegacyVersion, "its format version is not ", kLegacyVersion);
  const PickleNode* system = reader.read();
  TORCH_CHECK(system->is(Kind::dict), "its system information is ", kind_name(system->kind));
  const PickleNode* little = find_item(*system, "little_endian");
  TORCH_CHECK(little == nullptr || little->integer != 0, "it was written on a big-endian machine");
  const PickleNode* value = reader.read();
  const PickleNode* keys = reader.read();
  TORCH_CHECK(keys->is(Kind::list), "its list of storages is ", kind_name(keys->kind));

  std::map<std::string, uint64_t> item_sizes;
  for (const auto& node : reader.nodes()) {
    if (node.is(Kind::storage)) {
      item_sizes.emplace(node.text, c10::elementSize(node.dtype));
    }
  }
  Places places;
  uint64_t at = reader.position();
  for (const auto* key : keys->items) {
    TORCH_CHECK(key->is(Kind::string), "the key of a storage is ", kind_name(key->kind));
    const auto item = item_sizes.find(key->text);
    TORCH_CHECK(item != item_sizes.end(), "nothing uses its storage '", key->text, "'");
    TORCH_CHECK(file.holds(at, 8), "it ends before storage '", key->text, "'");
    const uint64_t count = file.number(at, 8);
    at += 8;
    TORCH_CHECK(
        count <= file.size / item->second && file.holds(at, count * item->second), "it ends inside storage '",
        key->text, "'");
    places.emplace(key->text, ZipRecord{at, count * item->second});
    at += count * item->second;
  }
  TensorMaker make(file, places);
  return tensors_of(*value, entry, make);
}

} // namespace

bool looks_like_zip(const FileBytes& file) {
  return file.size >= 4 && std::memcmp(file.data, "PK\x03\x04", 4) == 0;
}

bool is_archive(const FileBytes& file) {
  const auto records = zip_records(file);
  return records.count(zip_root(records) + "constants.pkl") != 0;
}

StateDict parse_torch(const FileBytes& file, const std::string& entry) {
  try {
    if (is_legacy(file)) {
      return parse_legacy(file, entry);
    }
    TORCH_CHECK(looks_like_zip(file), "it begins neither as a zip file nor as one of torch.save before 1.6");
    return parse_zip(file, entry);
  } catch (const c10::Error& error) {
    TORCH_CHECK(false, "Cannot read '", file.name, "' as a state dict of torch.save: ", error.what_without_backtrace());
  }
}

namespace {

/// Writes the pickle of an OrderedDict of tensors, and collects their storages.
class PickleWriter {
 public:
  PickleWriter() : out_("\x80\x02") {}

  std::string write(const StateDict& dict) {
    ordered_dict();
    out_ += '(';
    for (const auto& item : dict) {
      text(item.key());
      tensor(item.value());
    }
    out_ += "u.";
    return out_;
  }
  /// In the order of their keys "0", "1", …; each is flat, of bytes, on the CPU.
  const std::vector<Tensor>& storages() const {
    return storages_;
  }

 private:
  void global(const char* module, const std::string& name) {
    out_ += std::string("c") + module + "\n" + name + "\n";
  }
  void ordered_dict() {
    global("collections", "OrderedDict");
    out_ += ")R";
  }
  void little(uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) {
      out_ += static_cast<char>(value >> (8 * i));
    }
  }
  void text(const std::string& value) {
    out_ += 'X';
    little(value.size(), 4);
    out_ += value;
  }
  void integer(int64_t value) {
    if (value >= INT32_MIN && value <= INT32_MAX) {
      out_ += 'J';
      little(static_cast<uint64_t>(value), 4);
    } else {
      out_ += "\x8a\x08";
      little(static_cast<uint64_t>(value), 8);
    }
  }
  void tuple(at::IntArrayRef values) {
    out_ += '(';
    for (const int64_t value : values) {
      integer(value);
    }
    out_ += 't';
  }

  void tensor(const Tensor& given) {
    const Tensor value = given.detach().resolve_conj().resolve_neg();
    const char* typed = storage_class(value.scalar_type());
    global("torch._utils", typed != nullptr ? "_rebuild_tensor_v2" : "_rebuild_tensor_v3");
    out_ += '(';
    storage(value, typed);
    integer(value.storage_offset());
    tuple(value.sizes());
    tuple(value.strides());
    out_ += '\x89'; // requires_grad
    ordered_dict(); // backward hooks
    if (typed == nullptr) {
      global("torch", python_dtype(value.scalar_type()));
    }
    out_ += "tR";
  }

  void storage(const Tensor& value, const char* typed) {
    const c10::Storage& storage = value.storage();
    const auto bytes = static_cast<int64_t>(storage.nbytes());
    const auto id = std::make_pair(storage.unsafeGetStorageImpl(), value.scalar_type());
    const auto known = keys_.emplace(id, std::to_string(storages_.size()));
    if (known.second) {
      const auto raw = torch::empty({0}, value.options().dtype(torch::kByte));
      storages_.push_back(torch::Tensor(raw).set_(storage, 0, {bytes}, {1}).cpu());
      kept_.push_back(value);
    }
    out_ += '(';
    text("storage");
    if (typed != nullptr) {
      global("torch", typed);
    } else {
      global("torch.storage", "UntypedStorage");
    }
    text(known.first->second);
    text("cpu");
    integer(typed != nullptr ? bytes / static_cast<int64_t>(value.element_size()) : bytes);
    out_ += "tQ";
  }

  std::string out_;
  std::map<std::pair<const void*, torch::ScalarType>, std::string> keys_;
  std::vector<Tensor> storages_;
  // Keeps the storages of temporaries, so that no later one has the same address.
  std::vector<Tensor> kept_;
};

} // namespace
} // namespace detail

StateDict read_torch(const std::string& path, const ReadOptions& options) {
  return detail::to_device(detail::parse_torch(detail::map_file(path), options.entry_), options.device_);
}

void write_torch(const StateDict& dict, const std::string& path) {
  for (const auto& item : dict) {
    TORCH_CHECK(
        item.value().defined() && item.value().layout() == torch::kStrided && !item.value().is_meta() &&
            detail::python_dtype(item.value().scalar_type()) != nullptr,
        "Cannot write '", path, "': '", item.key(), "' is ",
        item.value().defined() ? item.value().toString() : std::string("undefined"),
        ", and only strided tensors of ordinary dtypes can be written");
  }
  detail::PickleWriter pickle;
  const std::string text = pickle.write(dict);
  detail::NewFile file(path);
  {
    caffe2::serialize::PyTorchStreamWriter zip([&](const void* data, size_t size) {
      file.write(data, size);
      return size;
    });
    zip.writeRecord("data.pkl", text.data(), text.size());
    zip.writeRecord("byteorder", "little", 6);
    const auto& storages = pickle.storages();
    for (size_t i = 0; i < storages.size(); ++i) {
      zip.writeRecord(
          "data/" + std::to_string(i), storages[i].data_ptr(), static_cast<size_t>(storages[i].numel()));
    }
    zip.writeEndOfFile();
  }
  file.commit();
}

} // namespace torchtidy
