#pragma once

/// \file
/// State dicts in files: safetensors, Python's `torch.save` and LibTorch's archives, read and written.
///
/// \code
/// using torchtidy::ReadOptions;
/// auto weights = torchtidy::read_state_dict("model.safetensors"); // the content tells the format
/// auto inner = torchtidy::read_state_dict("checkpoint.pt", ReadOptions().entry("state_dict"));
/// torchtidy::write_torch(torchtidy::state_dict(model), "model.pt"); // torch.load reads it
/// \endcode
///
/// | format | reading | writing |
/// |---|---|---|
/// | safetensors | mapped, no copy | yes |
/// | `torch.save` of a state dict (zip, and the format before 1.6) | mapped, no copy | zip |
/// | archive of LibTorch's `torch::save(module)` | by LibTorch | yes |
/// | index of several files (`….index.json`) | as those | no |
///
/// Nothing in a file is run: of the pickle format only what state dicts need is understood, by an allow-list
/// of operations and names. Anything else, and any size or offset that does not fit the file, is an error
/// that names the file and what was found.
///
/// Tensors over a mapped file are on the CPU, keep the mapping alive, and may be written to (the file stays
/// as it is). Do not shorten a file while it is mapped.

#include <torchtidy/state_dict.h>

#include <iosfwd>
#include <map>
#include <string>
#include <vector>

namespace torchtidy {

/// What a tolerant read found beside tensors.
struct ReadReport {
  struct Entry {
    std::string key;
    /// "an int", "a float", "a bool"; of what was left out: "is a list".
    std::string what;
  };
  /// Numbers, which became tensors without dimensions (int64, float64, bool).
  std::vector<Entry> scalars;
  /// What was left out.
  std::vector<Entry> skipped;

  /// A line an entry.
  std::string to_string() const;
};
std::ostream& operator<<(std::ostream& stream, const ReadReport& report);

/// How a file is read.
struct ReadOptions {
  /// Where the tensors go; the CPU if not given (as `map_location`).
  ReadOptions& device(torch::Device value) {
    device_ = value;
    return *this;
  }
  /// Reads only the dictionary under this key of a larger checkpoint, such as "state_dict" or "model".
  /// For files of `torch.save` only.
  ReadOptions& entry(std::string value) {
    entry_ = std::move(value);
    return *this;
  }

  /// Takes of a whole checkpoint what can be taken: nested dictionaries by dotted names ("model.fc.weight"),
  /// ints, floats and bools as tensors without dimensions; all else is left out. `report`, which must live
  /// until the file is read, says which. For files of `torch.save`; the other formats hold tensors only.
  ReadOptions& tolerant(ReadReport& report) {
    report_ = &report;
    return *this;
  }

  torch::Device device_ = torch::kCPU;
  std::string entry_;
  ReadReport* report_ = nullptr;
};

/// Reads a state dict in any of the formats above. \throws c10::Error naming the file and the cause.
[[nodiscard]] StateDict read_state_dict(const std::string& path, const ReadOptions& options = {});

/// Reads a checkpoint in several files by its index (`model.safetensors.index.json`,
/// `pytorch_model.bin.index.json`): the tensors that it lists, in its order. The files stand beside it.
/// `read_state_dict` does so as well when it is given an index.
/// \throws c10::Error naming the file and the cause: a file or tensor that is missing, or a name that leads
/// elsewhere.
[[nodiscard]] StateDict read_sharded(const std::string& index_path, const ReadOptions& options = {});

/// Reads a safetensors file, in the order of its header. `metadata` receives its `__metadata__`.
/// Mirrors `safetensors.torch.load_file`. \throws c10::Error naming the file and the cause.
[[nodiscard]] StateDict read_safetensors(
    const std::string& path,
    const ReadOptions& options = {},
    std::map<std::string, std::string>* metadata = nullptr);

/// Writes a safetensors file. Tensors of any device and strides; those that share memory are written each in
/// full (Python's `save_file` refuses them). Mirrors `safetensors.torch.save_file`.
/// \throws c10::Error for dtypes that the format lacks, or if the file cannot be written.
void write_safetensors(
    const StateDict& dict, const std::string& path, const std::map<std::string, std::string>& metadata = {});

/// Reads a file that Python's `torch.save(model.state_dict(), path)` wrote, or LibTorch's
/// `torch::pickle_save` of a dictionary. Tensors that shared a storage share it again; `Parameter`s become
/// tensors. Mirrors `torch.load(path, weights_only=True, mmap=True)`.
/// \throws c10::Error naming the file and what in it is no part of a state dict.
[[nodiscard]] StateDict read_torch(const std::string& path, const ReadOptions& options = {});

/// Writes what `torch.load(path, weights_only=True)` reads as an `OrderedDict`. Tensors that share a storage
/// share it in the file. Mirrors `torch.save(state_dict, path)`.
/// \throws c10::Error for dtypes that Python lacks, or if the file cannot be written.
void write_torch(const StateDict& dict, const std::string& path);

/// Reads the tensors of an archive that LibTorch's `torch::save(module, path)` wrote.
/// \throws c10::Error if LibTorch cannot read it, or if `options` name an entry.
[[nodiscard]] StateDict read_archive(const std::string& path, const ReadOptions& options = {});

/// Writes an archive that LibTorch's `torch::load(module, path)` reads.
/// \throws c10::Error if the file cannot be written.
void write_archive(const StateDict& dict, const std::string& path);

} // namespace torchtidy
