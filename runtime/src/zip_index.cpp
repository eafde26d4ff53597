#include "zip_index.h"

#include <c10/util/Exception.h>

#include <algorithm>

namespace torchtidy {
namespace detail {
namespace {

// Signatures and offsets as in PKWARE's APPNOTE.TXT.
constexpr uint64_t kEndRecord = 0x06054b50;
constexpr uint64_t kEndSize = 22;
constexpr uint64_t kMaxComment = 65535;
constexpr uint64_t kLocator64 = 0x07064b50;
constexpr uint64_t kLocator64Size = 20;
constexpr uint64_t kEndRecord64 = 0x06064b50;
constexpr uint64_t kEndRecord64Size = 56;
constexpr uint64_t kCentral = 0x02014b50;
constexpr uint64_t kCentralSize = 46;
constexpr uint64_t kLocal = 0x04034b50;
constexpr uint64_t kLocalSize = 30;
constexpr uint64_t kIn64 = 0xffffffff;

/// The central directory.
struct Directory {
  uint64_t offset = 0;
  uint64_t entries = 0;
};

uint64_t find_end(const FileBytes& file) {
  TORCH_CHECK(file.size >= kEndSize, "it is too short for a zip file");
  const uint64_t last = file.size - kEndSize;
  for (uint64_t back = 0; back <= std::min(last, kMaxComment); ++back) {
    if (file.number(last - back, 4) == kEndRecord) {
      return last - back;
    }
  }
  TORCH_CHECK(false, "it has no directory, as a zip file that was cut short");
}

Directory directory_of(const FileBytes& file) {
  const uint64_t end = find_end(file);
  Directory directory{file.number(end + 16, 4), file.number(end + 10, 2)};
  if (end >= kLocator64Size && file.number(end - kLocator64Size, 4) == kLocator64) {
    const uint64_t end64 = file.number(end - kLocator64Size + 8, 8);
    TORCH_CHECK(
        file.holds(end64, kEndRecord64Size) && file.number(end64, 4) == kEndRecord64,
        "its directory does not lie inside the file");
    directory = {file.number(end64 + 48, 8), file.number(end64 + 32, 8)};
  }
  return directory;
}

/// The fields that were too large for the directory entry, in the order in which they are asked for.
class Extra64 {
 public:
  Extra64(const FileBytes& file, uint64_t begin, uint64_t size) : file_(file) {
    for (uint64_t at = begin; size - (at - begin) >= 4;) {
      const uint64_t length = file.number(at + 2, 2);
      if (length > size - (at - begin) - 4) {
        return;
      }
      if (file.number(at, 2) == 1) {
        at_ = at + 4;
        end_ = at_ + length;
        return;
      }
      at += 4 + length;
    }
  }
  uint64_t resolve(uint64_t field) {
    if (field != kIn64) {
      return field;
    }
    TORCH_CHECK(end_ - at_ >= 8, "a directory entry lacks its 64-bit sizes");
    at_ += 8;
    return file_.number(at_ - 8, 8);
  }

 private:
  const FileBytes& file_;
  uint64_t at_ = 0;
  uint64_t end_ = 0;
};

} // namespace

std::map<std::string, ZipRecord> zip_records(const FileBytes& file) {
  const Directory directory = directory_of(file);
  std::map<std::string, ZipRecord> records;
  uint64_t at = directory.offset;
  for (uint64_t i = 0; i < directory.entries; ++i) {
    TORCH_CHECK(
        file.holds(at, kCentralSize) && file.number(at, 4) == kCentral, "its directory does not lie inside the file");
    const uint64_t name_size = file.number(at + 28, 2);
    const uint64_t extra_size = file.number(at + 30, 2);
    const uint64_t comment_size = file.number(at + 32, 2);
    TORCH_CHECK(
        file.holds(at + kCentralSize, name_size + extra_size + comment_size),
        "its directory does not lie inside the file");
    const std::string name(file.data + at + kCentralSize, static_cast<size_t>(name_size));
    Extra64 extra(file, at + kCentralSize + name_size, extra_size);
    const uint64_t size = extra.resolve(file.number(at + 24, 4));
    const uint64_t packed = extra.resolve(file.number(at + 20, 4));
    const uint64_t local = extra.resolve(file.number(at + 42, 4));
    TORCH_CHECK(
        file.number(at + 10, 2) == 0 && size == packed,
        "its record '", name, "' is compressed; torch.save writes plain ones");
    TORCH_CHECK(
        file.holds(local, kLocalSize) && file.number(local, 4) == kLocal, "record '", name, "' lies outside the file");
    const uint64_t data = local + kLocalSize + file.number(local + 26, 2) + file.number(local + 28, 2);
    TORCH_CHECK(file.holds(data, size), "record '", name, "' lies outside the file");
    TORCH_CHECK(records.emplace(name, ZipRecord{data, size}).second, "it has two records '", name, "'");
    at += kCentralSize + name_size + extra_size + comment_size;
  }
  return records;
}

} // namespace detail
} // namespace torchtidy
