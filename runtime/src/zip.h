#pragma once

// Not installed: the index of a zip file.

#include "reader_base.h"

#include <map>
#include <string>

namespace torchtidy {
namespace detail {

/// Where an entry's content lies in the file.
struct ZipEntry {
  uint64_t offset = 0;
  uint64_t size = 0;
  /// Nothing here unpacks it.
  bool compressed = false;
};

/// All entries by name without the archive's own folder ("data.pkl", "data/0"). Every range lies in the file.
/// \throws c10::Error if the file is no zip file, is damaged, or has more than `most`.
std::map<std::string, ZipEntry> zip_entries(const FileBytes& file, uint64_t most = UINT64_MAX);

bool looks_like_zip(const FileBytes& file);
/// Whether a zip file is an archive with code, as LibTorch's `torch::save` writes.
bool is_archive(const FileBytes& file);

} // namespace detail
} // namespace torchtidy
