// The engine's shared precompiled headers in clangd: a file that includes LibTorch opens in a
// moment.
#ifndef TORCHTIDY_DRIVER_CLANGD_SHAREDHEADERS_H
#define TORCHTIDY_DRIVER_CLANGD_SHAREDHEADERS_H

#include <string>
#include <vector>

namespace torchtidy {

/// Takes our own options out of clangd's: --shared-headers=0 (TORCH_CLANGD_SHARED_HEADERS=0 in the
/// environment does the same) parses each file by itself, as clangd does, and
/// --shared-headers-cache=DIR keeps the headers there.
void takeSharedHeaderOptions(std::vector<const char *> &Args);

/// The cache directory of torch-tidy that is used.
std::string sharedCacheDirectory();

/// Waits for the headers that are being made. Before main() ends: at its end Clang's own static
/// tables go, which whoever parses still reads.
void finishSharedHeaders();

} // namespace torchtidy

#endif
