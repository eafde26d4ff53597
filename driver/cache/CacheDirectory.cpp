#include "cache/CacheDirectory.h"
#include "engine/Preamble.h"
#include "support/FilePaths.h"

using namespace llvm;

namespace torchtidy {

constexpr StringLiteral Prefix = "torch-tidy-cache";

static bool isWritable(const std::string &Dir) {
  return !sys::fs::create_directories(Dir) && !sys::fs::access(Dir, sys::fs::AccessMode::Write);
}

static void removeThoseOfKilledProcesses() {
  SmallString<128> Folder;
  sys::path::system_temp_directory(/*ErasedOnReboot=*/true, Folder);
  std::error_code EC;
  for (sys::fs::directory_iterator It(Folder, EC), End; It != End && !EC; It.increment(EC)) {
    std::string File = joinPath(It->path(), "lock");
    if (sys::path::filename(It->path()).starts_with(Prefix) && sys::fs::exists(File) &&
        FileLock(File, /*Wait=*/false).ok())
      (void)sys::fs::remove_directories(It->path());
  }
}

std::string CacheDirectory::pathFor(StringRef Asked) {
  return Asked.empty() ? defaultCacheDirectory() : absoluteHere(Asked);
}

std::string CacheDirectory::open(StringRef Asked, bool Forget) {
  std::string Wanted = pathFor(Asked);
  if (!Forget && isWritable(Wanted)) {
    Path = std::move(Wanted);
    return "";
  }
  makeTemporary();
  return Forget ? ""
                : "cannot write in the cache directory '" + Wanted +
                      "': nothing is remembered this time. Next: pass --cache-dir";
}

void CacheDirectory::makeTemporary() {
  removeThoseOfKilledProcesses();
  Temporary = true;
  SmallString<128> Unique;
  if (sys::fs::createUniqueDirectory(Prefix, Unique))
    return;
  Path = std::string(Unique);
  Lock.emplace(joinPath(Path, "lock"));
}

void CacheDirectory::close() {
  if (Temporary && !Path.empty())
    (void)sys::fs::remove_directories(Path);
  Path.clear();
}

} // namespace torchtidy
