#include "cache/ResultCache.h"
#include "commands/Commands.h"
#include "engine/Preamble.h"
#include "support/Clang.h"
#include "support/FilePaths.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/WithColor.h"

using namespace llvm;

namespace torchtidy {
namespace {

int info(const std::string &Dir) {
  CacheUsage Usage = preambleUsage(Dir);
  outs() << "directory: " << Dir << '\n'
         << format("shared headers: %zu, %.1f MB\n", Usage.Preambles, double(Usage.Bytes) / 1e6);
  size_t Entries = 0;
  if (sys::fs::exists(joinPath(Dir, "results.db"))) {
    std::string Message;
    if (auto Cache = ResultCache::open(Dir, Message))
      Entries = Cache->entryCount();
    if (!Message.empty())
      WithColor::warning(errs(), "torch-tidy") << Message << '\n';
  }
  outs() << "remembered results: " << Entries << '\n';
  return 0;
}

int clear(const std::string &Dir) {
  size_t Preambles = prunePreambles(Dir, 0, {});
  std::error_code EC;
  for (sys::fs::directory_iterator It(Dir, EC), End; It != End && !EC; It.increment(EC))
    if (StringRef(sys::path::filename(It->path())).starts_with("results.db"))
      if (std::error_code Removed = sys::fs::remove(It->path())) {
        WithColor::error(errs(), "torch-tidy")
            << "cannot remove '" << It->path() << "': " << Removed.message() << '\n';
        return 2;
      }
  outs() << "removed " << Preambles << " shared headers and all results from " << Dir << '\n';
  return 0;
}

} // namespace

int runCacheCommand(const Options &Opts) {
  std::string Dir = Opts.CacheDir.empty() ? defaultCacheDirectory() : Opts.CacheDir;
  if (Opts.Arguments.size() == 1 && Opts.Arguments[0] == "info")
    return info(Dir);
  if (Opts.Arguments.size() == 1 && Opts.Arguments[0] == "clear")
    return clear(Dir);
  WithColor::error(errs(), "torch-tidy")
      << "usage: torch-tidy cache {info|clear} [--cache-dir DIR]\n";
  return 2;
}

} // namespace torchtidy
