#include "pickle.h"
#include "state_readers.h"
#include "zip.h"

#include <torch/torch.h>

#include <caffe2/serialize/inline_container.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <unordered_set>

namespace torchtidy {
namespace detail {
namespace {

using Kind = PickleNode::Kind;
using torch::Tensor;

// The pickle of a state dict is small: the values are not in it.
constexpr uint64_t kMaxPickle = uint64_t{1} << 30;

// Of the types that tensors have.
constexpr size_t kMaxAlignment = 8;

/// The values of storages, by key, as flat tensors.
using Storages = std::map<std::string, Tensor>;

/// What a storage's values are in the file.
struct Region {
  uint64_t offset;
  uint64_t size;
};

Tensor values_of(const FileBytes& file, const PickleNode& storage, const Region& region) {
  const auto item = static_cast<int64_t>(c10::elementSize(storage.dtype));
  const int64_t bytes = storage.integer < 0 ? -1 : checked_product({storage.integer}, item);
  TORCH_CHECK(
      bytes >= 0 && static_cast<uint64_t>(bytes) == region.size,
      "storage '",
      storage.text,
      "' should have ",
      storage.integer,
      " elements of ",
      c10::toString(storage.dtype),
      ", and the file has ",
      region.size,
      " bytes for it");
  return tensor_over(file, region.offset, storage.integer, storage.dtype);
}

/// The view of `values` that `node` describes.
Tensor view_of(const PickleNode& node, Tensor values, const std::string& name) {
  if (values.scalar_type() != node.dtype) {
    // Only an untyped storage (bytes) is given another dtype.
    const auto item = static_cast<int64_t>(c10::elementSize(node.dtype));
    TORCH_CHECK(values.numel() % item == 0, "tensor '", name, "' does not fit its storage");
    // Bytes may lie anywhere in the old format.
    const auto place = reinterpret_cast<uintptr_t>(values.data_ptr());
    values = (place % kMaxAlignment == 0 ? values : values.clone()).view(node.dtype);
  }
  std::vector<int64_t> sizes, strides;
  for (const auto* size : node.items[1]->items) {
    sizes.push_back(size->integer);
  }
  for (const auto* stride : node.items[2]->items) {
    strides.push_back(stride->integer);
  }
  const int64_t numel = checked_product(sizes, 1);
  bool fits = numel >= 0 && node.integer >= 0 && node.integer <= values.numel();
  int64_t last = node.integer;
  for (size_t d = 0; d < sizes.size() && fits; ++d) {
    int64_t reach = 0;
    fits = strides[d] >= 0 &&
        (numel == 0 ||
         (!__builtin_mul_overflow(sizes[d] - 1, strides[d], &reach) &&
          !__builtin_add_overflow(last, reach, &last)));
  }
  TORCH_CHECK(
      fits && (numel == 0 || last < values.numel()), "tensor '", name, "' does not lie inside its storage");
  return numel == 0 ? torch::empty(sizes, values.options()) : values.as_strided(sizes, strides, node.integer);
}

const PickleNode* find_key(const PickleNode& dict, const std::string& key) {
  const PickleNode* found = nullptr;
  for (size_t i = 0; i + 1 < dict.items.size(); i += 2) {
    if (dict.items[i]->is(Kind::string) && dict.items[i]->text == key) {
      found = dict.items[i + 1];
    }
  }
  return found;
}

/// Whether `dict` could be read: there are tensors in it and nothing else.
bool holds_tensors(const PickleNode& dict) {
  for (size_t i = 0; i + 1 < dict.items.size(); i += 2) {
    if (!dict.items[i]->is(Kind::string) || !dict.items[i + 1]->is(Kind::tensor)) {
      return false;
    }
  }
  return !dict.items.empty();
}

/// Adds the names of the dictionaries below `dict` that could be read. A pickle may hold one dictionary any
/// number of times, and in itself: neither names nor steps grow beyond what helps.
void add_readable(
    const PickleNode& dict, const std::string& prefix, size_t& steps, std::vector<std::string>& to) {
  constexpr size_t most = 8;
  for (size_t i = 0; i + 1 < dict.items.size() && steps > 0 && to.size() < most; i += 2) {
    --steps;
    const PickleNode& inner = *dict.items[i + 1];
    if (!dict.items[i]->is(Kind::string) || !inner.is(Kind::dict)) {
      continue;
    }
    const std::string name = prefix + dict.items[i]->text;
    if (holds_tensors(inner)) {
      to.push_back(name);
    } else if (std::count(name.begin(), name.end(), '.') < 8) {
      add_readable(inner, name + ".", steps, to);
    }
  }
}

/// "; it holds the dictionaries 'model', 'nets.encoder': name one with ReadOptions().entry(…)"
std::string entry_hint(const PickleNode& root) {
  std::vector<std::string> names;
  size_t steps = 10000;
  add_readable(root, "", steps, names);
  return names.empty() ? ""
                       : "; it holds the dictionaries '" + c10::Join("', '", names) +
          "': name one with ReadOptions().entry(\"…\")";
}

/// The entry called `path`: a key, or keys of nested dictionaries joined by dots (which keys may hold too).
const PickleNode* find_entry(const PickleNode& dict, const std::string& path) {
  if (const PickleNode* whole = find_key(dict, path)) {
    return whole;
  }
  for (size_t dot = path.find('.'); dot != std::string::npos; dot = path.find('.', dot + 1)) {
    const PickleNode* outer = find_key(dict, path.substr(0, dot));
    if (outer != nullptr && outer->is(Kind::dict)) {
      if (const PickleNode* inner = find_entry(*outer, path.substr(dot + 1))) {
        return inner;
      }
    }
  }
  return nullptr;
}

/// The dictionary that holds the tensors.
const PickleNode& state_of_file(const PickleNode& root, const std::string& entry) {
  TORCH_CHECK(root.is(Kind::dict), "what it holds ", described(root), ", not a dictionary of tensors");
  if (entry.empty()) {
    return root; // NOLINT(bugprone-return-const-ref-from-parameter): the file's, which outlives it
  }
  const PickleNode* inner = find_entry(root, entry);
  TORCH_CHECK(inner != nullptr, "it has no entry '", entry, "'", entry_hint(root));
  TORCH_CHECK(
      inner->is(Kind::dict),
      "its entry '",
      entry,
      "' ",
      described(*inner),
      ", not a dictionary",
      entry_hint(root));
  return *inner;
}

using NamedNodes = std::vector<std::pair<std::string, const PickleNode*>>;

/// Checks that the entry holds tensors only, and gives them with the last value of each name.
NamedNodes tensors_of(const PickleNode& root, const std::string& entry) {
  const PickleNode& dict = state_of_file(root, entry);
  NamedNodes tensors;
  std::map<std::string, size_t> place;
  for (size_t i = 0; i + 1 < dict.items.size(); i += 2) {
    const PickleNode& key = *dict.items[i];
    const PickleNode& value = *dict.items[i + 1];
    TORCH_CHECK(key.is(Kind::string), "a key of its dictionary is ", kind_name(key.kind), ", not a string");
    TORCH_CHECK(
        value.is(Kind::tensor),
        "its entry '",
        entry.empty() ? key.text : entry + "." + key.text,
        "' ",
        described(value),
        ", not a tensor",
        entry_hint(root));
    const auto added = place.emplace(key.text, tensors.size());
    if (added.second) {
      tensors.emplace_back(key.text, &value);
    } else {
      tensors[added.first->second].second = &value;
    }
  }
  return tensors;
}

/// Collects what a tolerant read takes: tensors and numbers, nested dictionaries by dotted names.
class TolerantWalk {
 public:
  /// `values`: how many the pickle has. One that is met again and again is met some times at most: a small
  /// file may not take much time or memory.
  TolerantWalk(ReadReport& report, size_t values) : report_(report), most_steps_(16 * values + 1000) {}

  void walk(const PickleNode& dict, const std::string& prefix, int depth = 0) {
    for (size_t i = 0; i + 1 < dict.items.size(); i += 2) {
      // A pickle may hold one dictionary any number of times, and in itself.
      TORCH_CHECK(++steps_ < most_steps_, "it holds the same dictionaries again and again");
      const PickleNode& key = *dict.items[i];
      const PickleNode& value = *dict.items[i + 1];
      if (!key.is(Kind::string) && !key.is(Kind::integer)) {
        report_.skipped.push_back({prefix, "has a key that " + described(key)});
        continue;
      }
      const std::string name = prefix + (key.is(Kind::string) ? key.text : std::to_string(key.integer));
      if (value.is(Kind::dict) && depth < kDeepest) {
        walk(value, name + ".", depth + 1);
      } else {
        take(name, value);
      }
    }
  }

  NamedNodes nodes;

 private:
  static constexpr int kDeepest = 32;

  void take(const std::string& name, const PickleNode& value) {
    const bool is_scalar = value.is(Kind::integer) || value.is(Kind::real) || value.is(Kind::boolean);
    if (!is_scalar && !value.is(Kind::tensor)) {
      report_.skipped.push_back({name, described(value)});
    } else if (!names_.insert(name).second) {
      report_.skipped.push_back({name, "has the name of another entry"});
    } else {
      nodes.emplace_back(name, &value);
      if (is_scalar) {
        report_.scalars.push_back({name, kind_name(value.kind)});
      }
    }
  }

  ReadReport& report_;
  const size_t most_steps_;
  std::unordered_set<std::string> names_;
  size_t steps_ = 0;
};

NamedNodes entries_of(
    const PickleReader& reader, const PickleNode& root, const std::string& entry, ReadReport* report) {
  if (report == nullptr) {
    return tensors_of(root, entry);
  }
  TolerantWalk walk(*report, reader.nodes().size());
  walk.walk(state_of_file(root, entry), "");
  return std::move(walk.nodes);
}

/// A number as a tensor without dimensions; undefined for what is none.
Tensor scalar_of(const PickleNode& node) {
  if (node.is(Kind::integer)) {
    return torch::scalar_tensor(node.integer, torch::kLong);
  }
  if (node.is(Kind::boolean)) {
    return torch::scalar_tensor(node.integer != 0, torch::kBool);
  }
  return node.is(Kind::real) ? torch::scalar_tensor(node.real, torch::kDouble) : Tensor();
}

template <typename FindRegion>
StateDict build_dict(const FileBytes& file, const NamedNodes& nodes, FindRegion&& find_region) {
  Storages storages;
  StateDict dict;
  for (const auto& [name, node] : nodes) {
    if (const Tensor scalar = scalar_of(*node); scalar.defined()) {
      dict.insert(name, scalar);
      continue;
    }
    const PickleNode& storage = *node->items[0];
    // Python writes one storage under one key with one type.
    const std::string key = storage.text + " " + c10::toString(storage.dtype);
    auto found = storages.find(key);
    if (found == storages.end()) {
      found = storages.emplace(key, values_of(file, storage, find_region(storage))).first;
    }
    dict.insert(name, view_of(*node, found->second, name));
  }
  return dict;
}

/// The entry called `name`, null if there is none.
const ZipEntry* find_stored(const std::map<std::string, ZipEntry>& entries, const std::string& name) {
  const auto found = entries.find(name);
  if (found == entries.end()) {
    return nullptr;
  }
  TORCH_CHECK(
      !found->second.compressed,
      "its entry '",
      name,
      "' is compressed, which torch.save does not do; unpack it and store it uncompressed");
  return &found->second;
}

StateDict parse_zip(const FileBytes& file, const std::string& entry, ReadReport* report) {
  const auto entries = zip_entries(file);
  const ZipEntry* pickle = find_stored(entries, "data.pkl");
  TORCH_CHECK(pickle != nullptr, "it is a zip file without data.pkl");
  TORCH_CHECK(
      entries.count("constants.pkl") == 0,
      "it is an archive of LibTorch's torch::save or of TorchScript: use read_archive");
  TORCH_CHECK(pickle->size <= kMaxPickle, "its data.pkl is larger than 1 GiB");
  const ZipEntry* order = find_stored(entries, "byteorder");
  TORCH_CHECK(
      order == nullptr || std::string(file.data + order->offset, order->size) == "little",
      "its numbers are not little-endian");
  PickleReader reader(file, pickle->offset, pickle->offset + pickle->size);
  const PickleNode& root = *reader.read();
  return build_dict(file, entries_of(reader, root, entry, report), [&](const PickleNode& storage) {
    const ZipEntry* found = find_stored(entries, "data/" + storage.text);
    TORCH_CHECK(found != nullptr, "storage '", storage.text, "' is not in the file");
    return Region{found->offset, found->size};
  });
}

// The number that the format before PyTorch 1.6 begins with, as a pickle.
const char kLegacyMagic[] = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";
constexpr uint64_t kLegacyMagicSize = sizeof(kLegacyMagic) - 1;

StateDict parse_legacy(const FileBytes& file, const std::string& entry, ReadReport* report) {
  PickleReader reader(file, kLegacyMagicSize, std::min(file.size, kLegacyMagicSize + kMaxPickle));
  const PickleNode& version = *reader.read();
  TORCH_CHECK(
      version.is(Kind::integer) && version.integer == 1001,
      "its version of the old torch.save format is not known");
  const PickleNode& system = *reader.read();
  const PickleNode* little = system.is(Kind::dict) ? find_key(system, "little_endian") : nullptr;
  TORCH_CHECK(little != nullptr && little->integer == 1, "its numbers are not little-endian");
  const PickleNode& root = *reader.read();
  const PickleNode& keys = *reader.read();
  TORCH_CHECK(keys.is(Kind::list), "its list of storages is missing");

  // Each storage: its number of elements, then the elements; how long they are says where it is named.
  std::map<std::string, const PickleNode*> storages;
  for (const PickleNode& node : reader.nodes()) {
    if (node.is(Kind::storage)) {
      storages.emplace(node.text, &node);
    }
  }
  std::map<std::string, Region> regions;
  uint64_t at = reader.position();
  for (const auto* key : keys.items) {
    TORCH_CHECK(key->is(Kind::string), "its list of storages is damaged");
    TORCH_CHECK(file.holds(at, 8), "it was cut off");
    const uint64_t numel = file.number(at, 8);
    at += 8;
    const auto found = storages.find(key->text);
    TORCH_CHECK(
        found != storages.end(),
        "it is in the old torch.save format and holds tensors of types that are not known here; load and "
        "save "
        "it anew with a PyTorch of version 1.6 or later");
    const uint64_t item = c10::elementSize(found->second->dtype);
    TORCH_CHECK(numel <= file.size / item && file.holds(at, numel * item), "it was cut off");
    regions[key->text] = {at, numel * item};
    at += numel * item;
  }
  return build_dict(file, entries_of(reader, root, entry, report), [&](const PickleNode& storage) {
    const auto found = regions.find(storage.text);
    TORCH_CHECK(found != regions.end(), "storage '", storage.text, "' is not in the file");
    return found->second;
  });
}

/// Writes a state dict as Python's pickle (protocol 2) does.
class PickleWriter {
 public:
  std::string text = std::string("\x80\x02", 2);

  void global(const std::string& module, const std::string& name) {
    text += "c" + module + "\n" + name + "\n";
  }
  void ordered_dict() {
    global("collections", "OrderedDict");
    text += ")R";
  }
  void string(const std::string& value) {
    text += 'X';
    little(value.size(), 4);
    text += value;
  }
  void integer(int64_t value) {
    if (value >= INT32_MIN && value <= INT32_MAX) {
      text += 'J';
      little(static_cast<uint64_t>(value), 4);
    } else {
      text += "\x8a\x08";
      little(static_cast<uint64_t>(value), 8);
    }
  }
  void tuple(at::IntArrayRef values) {
    text += '(';
    for (const int64_t value : values) {
      integer(value);
    }
    text += 't';
  }
  /// `key` names the storage, which has `numel` elements of `tensor`'s dtype.
  void tensor(const Tensor& tensor, const std::string& key, int64_t storage_bytes) {
    const char* typed = storage_class(tensor.scalar_type());
    global("torch._utils", typed != nullptr ? "_rebuild_tensor_v2" : "_rebuild_tensor_v3");
    text += "((";
    string("storage");
    global(typed != nullptr ? "torch" : "torch.storage", typed != nullptr ? typed : "UntypedStorage");
    string(key);
    string("cpu");
    integer(typed != nullptr ? storage_bytes / static_cast<int64_t>(tensor.element_size()) : storage_bytes);
    text += "tQ";
    integer(tensor.storage_offset());
    tuple(tensor.sizes());
    tuple(tensor.strides());
    text += '\x89'; // requires_grad
    ordered_dict();
    if (typed == nullptr) {
      global("torch", python_dtype(tensor.scalar_type()));
    }
    text += "tR";
  }

 private:
  void little(uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) {
      text += static_cast<char>(value >> (8 * i));
    }
  }
};

/// The bytes of a whole storage, on the CPU.
Tensor bytes_of(const Tensor& tensor) {
  const auto& storage = tensor.storage();
  auto bytes = torch::empty({0}, torch::TensorOptions().dtype(torch::kByte).device(tensor.device()));
  bytes.set_(storage, 0, {static_cast<int64_t>(storage.nbytes())}, {1});
  return bytes.cpu();
}

} // namespace

StateDict parse_torch(const FileBytes& file, const std::string& entry, ReadReport* report) {
  try {
    if (looks_like_zip(file)) {
      return parse_zip(file, entry, report);
    }
    TORCH_CHECK(
        file.size > kLegacyMagicSize && std::memcmp(file.data, kLegacyMagic, kLegacyMagicSize) == 0,
        "it is neither a zip file nor in the old torch.save format");
    return parse_legacy(file, entry, report);
  } catch (const c10::Error& error) {
    TORCH_CHECK(
        false,
        "'",
        file.name,
        "' is no file of torch.save with a state dict: ",
        error.what_without_backtrace());
  }
}

StateDict read_torch(const FileBytes& file, const ReadOptions& options) {
  return to_device(parse_torch(file, options.entry_, options.report_), options.device_);
}

} // namespace detail

StateDict read_torch(const std::string& path, const ReadOptions& options) {
  return detail::read_torch(detail::map_file(path), options);
}

void write_torch(const StateDict& dict, const std::string& path) {
  detail::PickleWriter pickle;
  // Kept until the end: a storage that dies could give its address to the next.
  std::vector<torch::Tensor> tensors;
  std::map<std::pair<const void*, torch::ScalarType>, size_t> storages;
  std::vector<torch::Tensor> contents;
  pickle.ordered_dict();
  pickle.text += '(';
  for (const auto& item : dict) {
    TORCH_CHECK(
        item.value().defined() && item.value().has_storage() &&
            detail::python_dtype(item.value().scalar_type()) != nullptr,
        "Cannot write '",
        path,
        "': torch.save has no form for '",
        item.key(),
        "', which is ",
        item.value().defined() ? c10::toString(item.value().scalar_type()) : "undefined");
    (void)detail::json_text(item.key(), path, "names in a file of torch.save");
    tensors.push_back(item.value().detach().resolve_conj().resolve_neg());
    const auto& tensor = tensors.back();
    const auto added = storages.emplace(
        std::make_pair(tensor.storage().unsafeGetStorageImpl(), tensor.scalar_type()), contents.size());
    if (added.second) {
      contents.push_back(detail::bytes_of(tensor));
    }
    pickle.string(item.key());
    pickle.tensor(tensor, std::to_string(added.first->second), contents[added.first->second].numel());
  }
  pickle.text += "u.";

  detail::NewFile file(path);
  caffe2::serialize::PyTorchStreamWriter writer([&](const void* data, size_t size) {
    file.write(data, size);
    return size;
  });
  writer.writeRecord("data.pkl", pickle.text.data(), pickle.text.size());
  writer.writeRecord("byteorder", "little", 6);
  for (size_t i = 0; i < contents.size(); ++i) {
    writer.writeRecord(
        "data/" + std::to_string(i), contents[i].data_ptr(), static_cast<size_t>(contents[i].numel()));
  }
  writer.writeEndOfFile();
  file.commit();
}

} // namespace torchtidy
