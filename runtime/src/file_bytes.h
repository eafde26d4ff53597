#pragma once

// Not installed: the bytes of a file in memory, and tensors over them.

#include "reader_base.h"

#include <cstdint>
#include <fstream>
#include <string>

namespace torchtidy {
namespace detail {

/// Maps a file: read on demand, and writing to the memory does not change the file.
/// \throws c10::Error naming the file if it cannot be read or is empty.
FileBytes map_file(const std::string& path);

/// A file that takes its name only when it is whole: what is written may come from the file of that name.
class NewFile {
 public:
  /// \throws c10::Error naming the file if it cannot be made.
  explicit NewFile(const std::string& path);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  void write(const void* data, uint64_t size);
  /// \throws c10::Error naming the file if anything could not be written.
  void commit();

 private:
  std::string path_;
  std::string part_;
  std::ofstream stream_;
};

/// A flat tensor of `numel` elements over `file` from `offset` on, without a copy unless the place is not
/// aligned for `dtype`. The range must lie inside.
torch::Tensor tensor_over(const FileBytes& file, uint64_t offset, int64_t numel, torch::ScalarType dtype);

/// The product of `sizes` (negative ones are refused) times `factor`, or -1 if it does not fit an int64.
int64_t checked_product(at::IntArrayRef sizes, int64_t factor);

} // namespace detail
} // namespace torchtidy
