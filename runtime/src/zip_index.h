#pragma once

// Not installed: where the records of an uncompressed zip file (what torch.save writes) lie.

#include "file_bytes.h"

#include <map>
#include <string>

namespace torchtidy {
namespace detail {

struct ZipRecord {
  uint64_t offset = 0;
  uint64_t size = 0;
};

/// Names to places, all of them inside the file.
/// \throws c10::Error if the file is no zip file, or its entries are compressed or do not fit it.
std::map<std::string, ZipRecord> zip_records(const FileBytes& file);

} // namespace detail
} // namespace torchtidy
