#include "zip.h"

#include <algorithm>
#include <initializer_list>

namespace torchtidy {
namespace detail {
namespace {

// Signatures and sizes of the records, from PKWARE's APPNOTE.
constexpr uint64_t kLocal = 0x04034b50, kLocalSize = 30;
constexpr uint64_t kCentral = 0x02014b50, kCentralSize = 46;
constexpr uint64_t kEnd = 0x06054b50, kEndSize = 22;
constexpr uint64_t kEnd64 = 0x06064b50, kEnd64Size = 56;
constexpr uint64_t kLocator64 = 0x07064b50, kLocator64Size = 20;
constexpr uint64_t kMaxComment = 65535;
constexpr uint64_t kIn64 = 0xffffffff;

void check(bool ok) {
  TORCH_CHECK(ok, "the zip file is damaged or was cut off");
}

bool is_record(const FileBytes& file, uint64_t offset, uint64_t signature, uint64_t size) {
  return file.holds(offset, size) && file.number(offset, 4) == signature;
}

struct Directory {
  uint64_t offset = 0;
  uint64_t count = 0;
};

Directory find_directory(const FileBytes& file) {
  check(file.size >= kEndSize);
  const uint64_t last = file.size - kEndSize;
  const uint64_t first = last - std::min(last, kMaxComment);
  uint64_t end = last;
  while (!is_record(file, end, kEnd, kEndSize)) {
    check(end > first);
    --end;
  }
  Directory directory{file.number(end + 16, 4), file.number(end + 10, 2)};
  if (end >= kLocator64Size && is_record(file, end - kLocator64Size, kLocator64, kLocator64Size)) {
    const uint64_t end64 = file.number(end - kLocator64Size + 8, 8);
    check(is_record(file, end64, kEnd64, kEnd64Size));
    directory = {file.number(end64 + 48, 8), file.number(end64 + 32, 8)};
  }
  return directory;
}

/// Replaces the fields that are all ones by their 64-bit values in the extra data.
void read_zip64(
    const FileBytes& file, uint64_t begin, uint64_t end, std::initializer_list<uint64_t*> fields) {
  while (end - begin >= 4) {
    const uint64_t id = file.number(begin, 2);
    const uint64_t size = file.number(begin + 2, 2);
    begin += 4;
    check(size <= end - begin);
    if (id == 1) {
      uint64_t at = begin;
      for (uint64_t* field : fields) {
        if (*field == kIn64) {
          check(begin + size - at >= 8);
          *field = file.number(at, 8);
          at += 8;
        }
      }
    }
    begin += size;
  }
}

} // namespace

bool looks_like_zip(const FileBytes& file) {
  return is_record(file, 0, kLocal, kLocalSize);
}

std::map<std::string, ZipEntry> zip_entries(const FileBytes& file, uint64_t most) {
  const Directory directory = find_directory(file);
  TORCH_CHECK(directory.count <= most, "the zip file has more than ", most, " entries");
  std::map<std::string, ZipEntry> entries;
  uint64_t at = directory.offset;
  for (uint64_t i = 0; i < directory.count; ++i) {
    check(is_record(file, at, kCentral, kCentralSize));
    const uint64_t method = file.number(at + 10, 2);
    uint64_t stored = file.number(at + 20, 4), size = file.number(at + 24, 4),
             local = file.number(at + 42, 4);
    const uint64_t name_size = file.number(at + 28, 2), extra_size = file.number(at + 30, 2);
    const uint64_t comment_size = file.number(at + 32, 2);
    check(file.holds(at + kCentralSize, name_size + extra_size + comment_size));
    const std::string name(file.data + at + kCentralSize, name_size);
    const uint64_t extra = at + kCentralSize + name_size;
    read_zip64(file, extra, extra + extra_size, {&size, &stored, &local});
    at = extra + extra_size + comment_size;

    check(is_record(file, local, kLocal, kLocalSize));
    const uint64_t offset = local + kLocalSize + file.number(local + 26, 2) + file.number(local + 28, 2);
    check(file.holds(offset, stored));
    // "archive/data.pkl": the folder is named after the file.
    const size_t slash = name.find('/');
    entries[slash == std::string::npos ? name : name.substr(slash + 1)] = {
        offset, stored, method != 0 || size != stored};
  }
  return entries;
}

bool is_archive(const FileBytes& file) {
  try {
    return zip_entries(file).count("constants.pkl") != 0;
  } catch (const c10::Error&) {
    return false; // read_torch says what is wrong with it
  }
}

} // namespace detail
} // namespace torchtidy
