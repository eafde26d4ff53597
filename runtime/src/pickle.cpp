#include "pickle.h"

#include <algorithm>
#include <cstring>

namespace torchtidy {
namespace detail {
namespace {

struct TypeNames {
  torch::ScalarType type;
  const char* dtype;
  // Null where Python has only untyped storages.
  const char* storage;
};

const TypeNames kTypes[] = {
    {torch::kFloat, "float32", "FloatStorage"},
    {torch::kDouble, "float64", "DoubleStorage"},
    {torch::kHalf, "float16", "HalfStorage"},
    {torch::kBFloat16, "bfloat16", "BFloat16Storage"},
    {torch::kByte, "uint8", "ByteStorage"},
    {torch::kChar, "int8", "CharStorage"},
    {torch::kShort, "int16", "ShortStorage"},
    {torch::kInt, "int32", "IntStorage"},
    {torch::kLong, "int64", "LongStorage"},
    {torch::kBool, "bool", "BoolStorage"},
    {torch::kComplexFloat, "complex64", "ComplexFloatStorage"},
    {torch::kComplexDouble, "complex128", "ComplexDoubleStorage"},
#if TORCHTIDY_TORCH_VERSION_NUMBER >= 20300
    {torch::kUInt16, "uint16", nullptr},
    {torch::kUInt32, "uint32", nullptr},
    {torch::kUInt64, "uint64", nullptr},
    {torch::kFloat8_e4m3fn, "float8_e4m3fn", nullptr},
    {torch::kFloat8_e5m2, "float8_e5m2", nullptr},
#endif
};

const TypeNames* type_of_storage(const std::string& global) {
  for (const auto& names : kTypes) {
    if (names.storage != nullptr && global == std::string("torch ") + names.storage) {
      return &names;
    }
  }
  return nullptr;
}

const TypeNames* type_of_dtype(const std::string& global) {
  for (const auto& names : kTypes) {
    if (global == std::string("torch ") + names.dtype) {
      return &names;
    }
  }
  return nullptr;
}

bool is_untyped_storage(const std::string& global) {
  return global == "torch.storage UntypedStorage";
}

// A pickle may name one long text or tuple any number of times, and each tensor takes a copy: these bounds
// keep the memory in proportion to the file. torch.save numbers storages, or writes their address;
// LibTorch's own functions take 64 dimensions at most (c10's dim_bitset_size).
constexpr size_t kMaxStorageKey = 64;
constexpr size_t kMaxDimensions = 64;
// Of names that are only shown.
constexpr size_t kMaxShown = 128;

void check_argument(bool ok, const char* function) {
  TORCH_CHECK(ok, "the arguments of ", function, " are not what torch.save writes");
}

/// The operations, named as in Python's pickletools.
enum Operation : unsigned char {
  MARK = '(',
  STOP = '.',
  POP = '0',
  POP_MARK = '1',
  DUP = '2',
  BINBYTES = 'B',
  SHORT_BINBYTES = 'C',
  BINFLOAT = 'G',
  BININT = 'J',
  BININT1 = 'K',
  BININT2 = 'M',
  NONE = 'N',
  BINPERSID = 'Q',
  REDUCE = 'R',
  BINSTRING = 'T',
  SHORT_BINSTRING = 'U',
  BINUNICODE = 'X',
  EMPTY_LIST = ']',
  APPEND = 'a',
  BUILD = 'b',
  GLOBAL = 'c',
  APPENDS = 'e',
  BINGET = 'h',
  LONG_BINGET = 'j',
  BINPUT = 'q',
  LONG_BINPUT = 'r',
  SETITEM = 's',
  TUPLE = 't',
  EMPTY_TUPLE = ')',
  SETITEMS = 'u',
  EMPTY_DICT = '}',
  PROTO = 0x80,
  NEWOBJ = 0x81,
  TUPLE1 = 0x85,
  TUPLE2 = 0x86,
  TUPLE3 = 0x87,
  NEWTRUE = 0x88,
  NEWFALSE = 0x89,
  LONG1 = 0x8a,
  LONG4 = 0x8b,
  SHORT_BINUNICODE = 0x8c,
  BINUNICODE8 = 0x8d,
  BINBYTES8 = 0x8e,
  EMPTY_SET = 0x8f,
  ADDITEMS = 0x90,
  FROZENSET = 0x91,
  NEWOBJ_EX = 0x92,
  STACK_GLOBAL = 0x93,
  MEMOIZE = 0x94,
  FRAME = 0x95,
  BYTEARRAY8 = 0x96
};

std::string dotted(std::string global) {
  std::replace(global.begin(), global.end(), ' ', '.');
  return global;
}

} // namespace

const char* storage_class(torch::ScalarType dtype) {
  for (const auto& names : kTypes) {
    if (names.type == dtype) {
      return names.storage;
    }
  }
  return nullptr;
}

const char* python_dtype(torch::ScalarType dtype) {
  for (const auto& names : kTypes) {
    if (names.type == dtype) {
      return names.dtype;
    }
  }
  return nullptr;
}

const char* kind_name(PickleNode::Kind kind) {
  static const char* const names[] = {
      "None",
      "a bool",
      "an int",
      "a float",
      "a string",
      "a tuple",
      "a list",
      "a dictionary",
      "a class",
      "a storage",
      "a tensor",
      "an object of another class"};
  return names[static_cast<size_t>(kind)];
}

std::string described(const PickleNode& node) {
  if (node.is(PickleNode::Kind::opaque)) {
    return node.text;
  }
  if (node.is(PickleNode::Kind::global)) {
    return "names '" + dotted(node.text) + "', which is no part of a state dict";
  }
  return std::string("is ") + kind_name(node.kind);
}

namespace {

double big_endian_double(const char* bytes) {
  uint64_t bits = 0;
  for (int i = 0; i < 8; ++i) {
    bits = bits << 8 | static_cast<unsigned char>(bytes[i]);
  }
  double value = 0;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

} // namespace

const char* PickleReader::take(uint64_t size) {
  TORCH_CHECK(size <= end_ - at_, "the pickle ends too early");
  const char* place = file_.data + at_;
  at_ += size;
  return place;
}

uint64_t PickleReader::number(unsigned bytes) {
  take(bytes);
  return file_.number(at_ - bytes, bytes);
}

int64_t PickleReader::signed_number(unsigned bytes) {
  if (bytes == 0) {
    return 0;
  }
  const uint64_t value = number(bytes);
  const unsigned shift = 64 - 8 * bytes;
  return static_cast<int64_t>(value << shift) >> shift;
}

std::string PickleReader::line() {
  const char* begin = file_.data + at_;
  const auto* end = static_cast<const char*>(std::memchr(begin, '\n', static_cast<size_t>(end_ - at_)));
  TORCH_CHECK(end != nullptr, "the pickle ends too early");
  at_ += static_cast<uint64_t>(end - begin) + 1;
  return std::string(begin, end);
}

PickleNode* PickleReader::make(Kind kind) {
  nodes_.emplace_back();
  nodes_.back().kind = kind;
  return &nodes_.back();
}

void PickleReader::push(Kind kind, int64_t integer) {
  stack_.push_back(make(kind));
  stack_.back()->integer = integer;
}

void PickleReader::push_text(uint64_t size) {
  const char* text = take(size);
  push(Kind::string);
  stack_.back()->text.assign(text, static_cast<size_t>(size));
}

PickleNode* PickleReader::pop() {
  TORCH_CHECK(
      stack_.size() > (marks_.empty() ? 0 : marks_.back()), "the pickle takes more values than it has given");
  PickleNode* node = stack_.back();
  stack_.pop_back();
  return node;
}

PickleNode* PickleReader::top() {
  TORCH_CHECK(
      stack_.size() > (marks_.empty() ? 0 : marks_.back()), "the pickle takes more values than it has given");
  return stack_.back();
}

PickleNode* PickleReader::top(Kind kind) {
  TORCH_CHECK(top()->is(kind), "the pickle treats ", kind_name(top()->kind), " as ", kind_name(kind));
  return stack_.back();
}

void PickleReader::push_opaque(std::string what) {
  push(Kind::opaque);
  stack_.back()->text = std::move(what);
}

/// What a class or function gives that is not called.
void PickleReader::push_instance(const PickleNode& of) {
  push_opaque(described(of));
}

/// Adds to the container on top, of which nothing is kept if it is opaque.
void PickleReader::add(Kind kind, const std::vector<PickleNode*>& items) {
  if (!top()->is(Kind::opaque)) {
    auto& all = top(kind)->items;
    all.insert(all.end(), items.begin(), items.end());
  }
}

std::vector<PickleNode*> PickleReader::pop_to_mark() {
  TORCH_CHECK(!marks_.empty(), "the pickle takes more values than it has given");
  const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
  std::vector<PickleNode*> items(begin, stack_.end());
  stack_.erase(begin, stack_.end());
  marks_.pop_back();
  return items;
}

void PickleReader::push_tuple(std::vector<PickleNode*> items) {
  push(Kind::tuple);
  stack_.back()->items = std::move(items);
}

void PickleReader::put(uint64_t slot) {
  PickleNode* node = pop();
  stack_.push_back(node);
  memo_[slot] = node;
}

void PickleReader::get(uint64_t slot) {
  const auto found = memo_.find(slot);
  TORCH_CHECK(found != memo_.end(), "the pickle refers to a value that it has not given");
  stack_.push_back(found->second);
}

void PickleReader::push_global(std::string module, const std::string& name) {
  push(Kind::global);
  // Known names are short.
  stack_.back()->text = (std::move(module) + " " + name).substr(0, kMaxShown);
}

void PickleReader::rebuild_tensor(const std::vector<PickleNode*>& arguments, bool with_dtype) {
  const char* function = with_dtype ? "_rebuild_tensor_v3" : "_rebuild_tensor_v2";
  check_argument(
      arguments.size() >= (with_dtype ? 7u : 6u) && arguments.size() <= (with_dtype ? 8u : 7u), function);
  PickleNode* storage = arguments[0];
  PickleNode* sizes = arguments[2];
  PickleNode* strides = arguments[3];
  if (storage->is(Kind::opaque)) {
    return push_opaque(storage->text);
  }
  check_argument(
      storage->is(Kind::storage) && arguments[1]->is(Kind::integer) && sizes->is(Kind::tuple) &&
          strides->is(Kind::tuple) && sizes->items.size() == strides->items.size(),
      function);
  TORCH_CHECK(
      sizes->items.size() <= kMaxDimensions,
      "a tensor has ",
      sizes->items.size(),
      " dimensions, more than ",
      kMaxDimensions);
  for (const auto* tuple : {sizes, strides}) {
    for (const auto* number : tuple->items) {
      check_argument(number->is(Kind::integer), function);
    }
  }
  PickleNode* tensor = make(Kind::tensor);
  tensor->integer = arguments[1]->integer;
  tensor->items = {storage, sizes, strides};
  tensor->dtype = storage->dtype;
  if (with_dtype) {
    check_argument(arguments[6]->is(Kind::global), function);
    const auto* type = type_of_dtype(arguments[6]->text);
    if (type == nullptr) {
      return push_opaque("is a tensor of a dtype that is not known here: " + dotted(arguments[6]->text));
    }
    tensor->dtype = type->type;
  }
  const size_t metadata = with_dtype ? 7 : 6;
  if (arguments.size() > metadata && !arguments[metadata]->is(Kind::none)) {
    check_argument(arguments[metadata]->is(Kind::dict), function);
    if (!arguments[metadata]->items.empty()) {
      return push_opaque(
          "is a conjugate or a negative that is not computed yet; save it after resolve_conj() and "
          "resolve_neg()");
    }
  }
  stack_.push_back(tensor);
}

void PickleReader::reduce() {
  const std::vector<PickleNode*>& arguments = top(Kind::tuple)->items;
  pop();
  const PickleNode& called = *pop();
  if (called.is(Kind::opaque)) {
    return push_instance(called);
  }
  TORCH_CHECK(called.is(Kind::global), "the pickle calls ", kind_name(called.kind));
  const std::string& function = called.text;
  if (function == "collections OrderedDict") {
    check_argument(arguments.empty(), "OrderedDict");
    push(Kind::dict);
  } else if (function == "collections defaultdict") {
    push(Kind::dict);
  } else if (function == "torch Size") {
    check_argument(arguments.size() == 1 && arguments[0]->is(Kind::tuple), "torch.Size");
    stack_.push_back(arguments[0]);
  } else if (function == "torch._utils _rebuild_tensor_v2") {
    rebuild_tensor(arguments, false);
  } else if (function == "torch._utils _rebuild_tensor_v3") {
    rebuild_tensor(arguments, true);
  } else if (function == "torch._utils _rebuild_parameter") {
    check_argument(
        !arguments.empty() && (arguments[0]->is(Kind::tensor) || arguments[0]->is(Kind::opaque)),
        "_rebuild_parameter");
    stack_.push_back(arguments[0]);
  } else if (function == "torch.jit._pickle restore_type_tag") {
    check_argument(arguments.size() == 2, "restore_type_tag");
    stack_.push_back(arguments[0]);
  } else {
    push_instance(called);
  }
}

void PickleReader::persistent() {
  // ('storage', class, key, location, number of elements[, None])
  const std::vector<PickleNode*>& id = top(Kind::tuple)->items;
  pop();
  if (id.size() > 1 && id[0]->is(Kind::string) && id[0]->text == "module") {
    stack_.push_back(id[1]); // a class of a model that was saved whole, with its source text
    return;
  }
  const bool fits = (id.size() == 5 || id.size() == 6) && id[0]->is(Kind::string) &&
      id[0]->text == "storage" && id[1]->is(Kind::global) && id[2]->is(Kind::string) &&
      id[4]->is(Kind::integer) && (id.size() == 5 || id[5]->is(Kind::none));
  check_argument(fits, "a storage");
  TORCH_CHECK(
      id[2]->text.size() <= kMaxStorageKey,
      "the key of a storage has ",
      id[2]->text.size(),
      " characters, more than ",
      kMaxStorageKey);
  const bool untyped = is_untyped_storage(id[1]->text);
  const auto* type = type_of_storage(id[1]->text);
  if (!untyped && type == nullptr) {
    return push_opaque("is a tensor of a storage that is not known here: " + dotted(id[1]->text));
  }
  PickleNode* storage = make(Kind::storage);
  storage->text = id[2]->text;
  storage->integer = id[4]->integer;
  storage->dtype = untyped ? torch::kByte : type->type;
  stack_.push_back(storage);
}

void PickleReader::build() {
  // The attributes of an OrderedDict: `_metadata`, which loading does not need. Those of other objects: the
  // modules of an archive.
  PickleNode* state = pop();
  if (top()->is(Kind::opaque)) {
    top()->items = {state};
  } else {
    top(Kind::dict);
  }
}

void PickleReader::step(unsigned char operation) {
  switch (operation) {
    case PROTO: {
      const uint64_t version = number(1);
      TORCH_CHECK(version <= 5, "the pickle has protocol ", version, ", which is not known");
      return;
    }
    case FRAME:
      number(8);
      return;
    case MARK:
      marks_.push_back(stack_.size());
      return;
    case POP:
      pop();
      return;
    case NONE:
      return push(Kind::none);
    case NEWTRUE:
      return push(Kind::boolean, 1);
    case NEWFALSE:
      return push(Kind::boolean, 0);
    case BININT:
      return push(Kind::integer, signed_number(4));
    case BININT1:
      return push(Kind::integer, static_cast<int64_t>(number(1)));
    case BININT2:
      return push(Kind::integer, static_cast<int64_t>(number(2)));
    case LONG1: {
      const auto bytes = static_cast<unsigned>(number(1));
      if (bytes <= 8) {
        return push(Kind::integer, signed_number(bytes));
      }
      take(bytes);
      return push_opaque("is an int of more than 64 bits");
    }
    case LONG4:
      take(number(4));
      return push_opaque("is an int of more than 64 bits");
    case BINFLOAT:
      push(Kind::real);
      top()->real = big_endian_double(take(8));
      return;
    case BINUNICODE:
    case BINSTRING: // of Python 2
      return push_text(number(4));
    case SHORT_BINSTRING:
    case SHORT_BINUNICODE:
      return push_text(number(1));
    case BINUNICODE8:
      return push_text(number(8));
    case BINBYTES:
      take(number(4));
      return push_opaque("is bytes");
    case SHORT_BINBYTES:
      take(number(1));
      return push_opaque("is bytes");
    case BINBYTES8:
    case BYTEARRAY8:
      take(number(8));
      return push_opaque("is bytes");
    case EMPTY_SET:
      return push_opaque("is a set");
    case FROZENSET:
      pop_to_mark();
      return push_opaque("is a set");
    case ADDITEMS:
      pop_to_mark();
      TORCH_CHECK(top()->is(Kind::opaque), "the pickle treats ", kind_name(top()->kind), " as a set");
      return;
    case NEWOBJ_EX:
      pop();
      [[fallthrough]];
    case NEWOBJ:
      pop();
      return push_instance(*pop());
    case POP_MARK:
      pop_to_mark();
      return;
    case DUP:
      stack_.push_back(top());
      return;
    case EMPTY_LIST:
      return push(Kind::list);
    case EMPTY_DICT:
      return push(Kind::dict);
    case EMPTY_TUPLE:
      return push(Kind::tuple);
    case TUPLE:
      return push_tuple(pop_to_mark());
    case TUPLE1:
    case TUPLE2:
    case TUPLE3: {
      std::vector<PickleNode*> items(operation - TUPLE1 + 1u);
      for (auto item = items.rbegin(); item != items.rend(); ++item) {
        *item = pop();
      }
      return push_tuple(std::move(items));
    }
    case APPEND: {
      PickleNode* item = pop();
      return add(Kind::list, {item});
    }
    case APPENDS: {
      return add(Kind::list, pop_to_mark());
    }
    case SETITEM: {
      PickleNode* value = pop();
      PickleNode* key = pop();
      return add(Kind::dict, {key, value});
    }
    case SETITEMS: {
      const auto items = pop_to_mark();
      TORCH_CHECK(items.size() % 2 == 0, "the pickle gives a dictionary a key without a value");
      return add(Kind::dict, items);
    }
    case GLOBAL: {
      const std::string module = line();
      return push_global(module, line());
    }
    case STACK_GLOBAL: {
      // A pickle may name one long text any number of times.
      const std::string name = top(Kind::string)->text.substr(0, kMaxShown);
      pop();
      const std::string module = top(Kind::string)->text.substr(0, kMaxShown);
      pop();
      return push_global(module, name);
    }
    case REDUCE:
      return reduce();
    case BUILD:
      return build();
    case BINPERSID:
      return persistent();
    case BINPUT:
      return put(number(1));
    case LONG_BINPUT:
      return put(number(4));
    case MEMOIZE:
      return put(memo_.size());
    case BINGET:
      return get(number(1));
    case LONG_BINGET:
      return get(number(4));
    default:
      TORCH_CHECK(
          false,
          "the pickle has operation ",
          static_cast<int>(operation),
          " at byte ",
          at_ - 1,
          ", which is no part of a state dict");
  }
}

PickleNode* PickleReader::read() {
  stack_.clear();
  marks_.clear();
  memo_.clear();
  while (true) {
    const auto operation = static_cast<unsigned char>(*take(1));
    if (operation == STOP) {
      TORCH_CHECK(marks_.empty(), "the pickle ends too early");
      return pop();
    }
    step(operation);
    TORCH_CHECK(
        nodes_.size() + stack_.size() + memo_.size() <= most_,
        "the pickle holds more than ",
        most_,
        " values");
  }
}

} // namespace detail
} // namespace torchtidy
