#include "cache/CacheDirectory.h"
#include "cache/ResultCache.h"
#include "commands/Commands.h"
#include "engine/Preamble.h"
#include "support/Clang.h"
#include "support/FilePaths.h"
#include "support/Messages.h"
#include "llvm/Support/Format.h"

using namespace llvm;

namespace torchtidy {
namespace {

int info(const std::string &Dir, const Messages &Tell) {
  CacheUsage Usage = preambleUsage(Dir);
  outs() << "directory: " << Dir << '\n'
         << format("shared headers: %zu, %.1f MB\n", Usage.Preambles, double(Usage.Bytes) / 1e6);
  size_t Entries = 0;
  if (sys::fs::exists(joinPath(Dir, "results.db"))) {
    std::string Message;
    if (auto Cache = ResultCache::open(Dir, Message))
      Entries = Cache->entryCount();
    if (!Message.empty())
      Tell.warning(Message);
  }
  outs() << "remembered results: " << Entries << '\n';
  return Clean;
}

int clear(const std::string &Dir, const Messages &Tell) {
  size_t Preambles = prunePreambles(Dir, 0, {});
  std::error_code EC;
  for (sys::fs::directory_iterator It(Dir, EC), End; It != End && !EC; It.increment(EC))
    if (StringRef(sys::path::filename(It->path())).starts_with("results.db"))
      if (std::error_code Removed = sys::fs::remove(It->path())) {
        Tell.error("cannot remove '" + It->path() + "': " + Removed.message());
        return Unusable;
      }
  outs() << "removed " << Preambles << " shared headers and all results from " << Dir << '\n';
  return Clean;
}

} // namespace

int runCacheCommand(const Options &Opts) {
  Messages Tell(Opts.Quiet);
  std::string Dir = CacheDirectory::pathFor(Opts.CacheDir);
  if (Opts.Arguments.size() == 1 && Opts.Arguments[0] == "info")
    return info(Dir, Tell);
  if (Opts.Arguments.size() == 1 && Opts.Arguments[0] == "clear")
    return clear(Dir, Tell);
  Tell.error("usage: torch-tidy cache {info|clear} [--cache-dir DIR]");
  return Unusable;
}

} // namespace torchtidy
