#pragma once

// Not installed: the part of Python's pickle format that state dicts use. Nothing is run: what a file names
// beyond that is kept as a thing of which only the name is known, and is an error where it is asked for.

#include "reader_base.h"

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

namespace torchtidy {
namespace detail {

/// A value of a pickle. Owned by its reader, so that cycles do no harm.
struct PickleNode {
  enum class Kind {
    none,
    boolean,
    integer,
    real,
    string,
    tuple,
    list,
    dict,
    global,
    storage,
    tensor,
    opaque
  };
  Kind kind = Kind::none;
  /// boolean, integer; a storage's number of elements; a tensor's offset into its storage.
  int64_t integer = 0;
  double real = 0;
  /// A string, "module name" of a global, the key of a storage; of something opaque what it is: "names
  /// 'x.Y'…".
  std::string text;
  /// Elements; of a dict keys and values in turn; of a tensor its storage, sizes and strides; of something
  /// opaque the state that it was given, if any.
  std::vector<PickleNode*> items;
  /// Of storages and tensors.
  torch::ScalarType dtype = torch::kFloat;

  bool is(Kind wanted) const {
    return kind == wanted;
  }
};

/// What a kind is called in messages.
const char* kind_name(PickleNode::Kind kind);
/// "is an int", "names 'argparse.Namespace', which is no part of a state dict".
std::string described(const PickleNode& node);

/// Reads pickles one after another from a range of a file.
class PickleReader {
 public:
  /// `most`: how many values and references it may have at once.
  PickleReader(const FileBytes& file, uint64_t begin, uint64_t end, size_t most = SIZE_MAX)
      : file_(file), at_(begin), end_(end), most_(most) {}

  /// The next pickle. \throws c10::Error saying what was found where.
  PickleNode* read();
  /// All values of all pickles so far.
  const std::deque<PickleNode>& nodes() const {
    return nodes_;
  }
  /// Where the next pickle would begin.
  uint64_t position() const {
    return at_;
  }

 private:
  using Kind = PickleNode::Kind;

  void step(unsigned char operation);
  PickleNode* make(Kind kind);
  void push(Kind kind, int64_t integer = 0);
  void push_text(uint64_t size);
  PickleNode* pop();
  PickleNode* top();
  PickleNode* top(Kind kind);
  void push_opaque(std::string what);
  void push_instance(const PickleNode& of);
  void add(Kind kind, const std::vector<PickleNode*>& items);
  std::vector<PickleNode*> pop_to_mark();
  void push_tuple(std::vector<PickleNode*> items);
  void put(uint64_t slot);
  void get(uint64_t slot);
  void push_global(std::string module, const std::string& name);
  void reduce();
  void rebuild_tensor(const std::vector<PickleNode*>& arguments, bool with_dtype);
  void persistent();
  void build();

  uint64_t number(unsigned bytes);
  int64_t signed_number(unsigned bytes);
  std::string line();
  const char* take(uint64_t size);

  const FileBytes& file_;
  uint64_t at_;
  uint64_t end_;
  size_t most_;
  std::deque<PickleNode> nodes_;
  std::vector<PickleNode*> stack_;
  std::vector<size_t> marks_;
  std::unordered_map<uint64_t, PickleNode*> memo_;
};

/// The name of Python's storage class for `dtype` ("FloatStorage"), null if there is none.
const char* storage_class(torch::ScalarType dtype);
/// The name of a dtype in Python's torch ("float32"), null if there is none.
const char* python_dtype(torch::ScalarType dtype);

} // namespace detail
} // namespace torchtidy
