// What a checkpoint says of its tensors, and the reader of torch.save's formats. Only the standard
// library: the reader throws inside and is compiled apart from LLVM.
#ifndef TORCHTIDY_DRIVER_KEYS_TORCHFILE_H
#define TORCHTIDY_DRIVER_KEYS_TORCHFILE_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace torchtidy {

struct CheckpointEntry {
  std::string Name;
  std::optional<std::vector<int64_t>> Sizes; // none: of a kind of tensor that is not read here
  std::string DType;                         // as in Python, "float32"; empty: not known
};

// Of a name, and of all names of a file: 100,000 tensors take less.
constexpr size_t MaxKeyName = 1024, MaxKeyNames = size_t(16) << 20;

struct Checkpoint {
  std::string Format;
  std::string Entry;                    // the dictionary that was taken; empty: the outermost
  bool IsChosen = false;                // Entry was not asked for: it is the only one
  std::vector<CheckpointEntry> Entries; // each name once
  std::vector<std::string> LeftOut;     // what is no tensor: "epoch: is an int"; the first of them
  size_t LeftOutCount = 0;
};

bool looksLikeTorchFile(const char *Data, uint64_t Size);

// A LibTorch archive, or what Python's torch.save writes, zip or older. Entry: the dictionary or
// module to take, keys joined by dots. Runs nothing and reads no values. What is wrong with the
// file; empty: nothing is.
std::string readTorchFile(const char *Data, uint64_t Size, const std::string &Entry,
                          Checkpoint &To);

} // namespace torchtidy

#endif
