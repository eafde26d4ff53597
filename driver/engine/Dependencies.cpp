#include "engine/Dependencies.h"
#include "Clang.h"
#include "engine/Paths.h"
#include "clang/Lex/HeaderSearchOptions.h"
#include "llvm/Support/SHA1.h"
#include <chrono>
#include <set>

using namespace llvm;

namespace torchtidy {
namespace {

int64_t nanoseconds(sys::TimePoint<> Time) { return Time.time_since_epoch().count(); }

// A file written this recently may change again without its time moving on, on file systems with
// coarse clocks; then only the content tells.
bool isRecent(sys::TimePoint<> Time) {
  return std::chrono::system_clock::now() - Time < std::chrono::seconds(2);
}

bool isHeaderName(StringRef Name) {
  StringRef Ext = sys::path::extension(Name);
  return !Name.starts_with(".") && (Ext.empty() || Ext.starts_with(".h") || Ext == ".cuh" ||
                                    Ext == ".inc" || Ext == ".ipp" || Ext == ".tpp");
}

std::string digestOfNames(StringRef Dir) {
  std::set<std::string> Names;
  std::error_code EC;
  for (sys::fs::directory_iterator It(Dir, EC), End; It != End && !EC; It.increment(EC))
    if (StringRef Name = sys::path::filename(It->path()); isHeaderName(Name))
      Names.insert(Name.str());
  std::string Text;
  for (const std::string &Name : Names)
    Text += Name + "\n";
  return hexDigest(Text);
}

} // namespace

std::string hexDigest(StringRef Data) {
  return toHex(SHA1::hash(arrayRefFromStringRef(Data)), /*LowerCase=*/true);
}

Dependency describeFile(StringRef Path) {
  Dependency D;
  D.Path = Path.str();
  sys::fs::file_status Stat;
  // A pipe or a device may have no end.
  if (sys::fs::status(Path, Stat) || Stat.type() != sys::fs::file_type::regular_file)
    return D;
  auto Buffer = MemoryBuffer::getFile(Path);
  if (!Buffer)
    return D;
  D.Size = Stat.getSize();
  D.Time =
      isRecent(Stat.getLastModificationTime()) ? 0 : nanoseconds(Stat.getLastModificationTime());
  D.Digest = hexDigest((*Buffer)->getBuffer());
  return D;
}

Dependency describeDirectory(StringRef Path) {
  Dependency D;
  D.Path = Path.str();
  D.IsDirectory = true;
  D.Digest = digestOfNames(Path);
  return D;
}

std::vector<Dependency> collectDependencies(clang::SourceManager &SM,
                                            const clang::HeaderSearchOptions &Search,
                                            const ProjectScope &Scope, StringRef Directory) {
  std::vector<Dependency> Result;
  std::set<std::string> Dirs;
  for (auto It = SM.fileinfo_begin(), End = SM.fileinfo_end(); It != End; ++It) {
    auto Buffer = It->second->getBufferIfLoaded();
    if (!Buffer)
      continue;
    Dependency D;
    D.Path = absoluteIn(Directory, It->first.getName());
    D.Size = Buffer->getBufferSize();
    D.Digest = hexDigest(Buffer->getBuffer());
    sys::fs::file_status Stat;
    if (!sys::fs::status(D.Path, Stat) && Stat.getSize() == D.Size &&
        !isRecent(Stat.getLastModificationTime()))
      D.Time = nanoseconds(Stat.getLastModificationTime());
    if (Scope.isProject(D.Path, Directory))
      Dirs.insert(sys::path::parent_path(D.Path).str());
    Result.push_back(std::move(D));
  }
  for (const auto &Entry : Search.UserEntries) {
    std::string Dir = absoluteIn(Directory, Entry.Path);
    if (Scope.isProject(Dir, Directory))
      Dirs.insert(std::move(Dir));
  }
  for (const std::string &Dir : Dirs)
    Result.push_back(describeDirectory(Dir));
  return Result;
}

bool DependencyChecker::holds(const Dependency &D) {
  auto [It, New] = Known.try_emplace(D.Path + "|" + D.Digest + "|" + std::to_string(D.Time), false);
  if (New)
    It->second = compute(D);
  return It->second;
}

bool DependencyChecker::compute(const Dependency &D) {
  if (D.IsDirectory)
    return digestOfNames(D.Path) == D.Digest;
  sys::fs::file_status Stat;
  if (sys::fs::status(D.Path, Stat) || Stat.getSize() != D.Size)
    return false;
  if (D.Time && nanoseconds(Stat.getLastModificationTime()) == D.Time)
    return true;
  auto Buffer = MemoryBuffer::getFile(D.Path);
  return Buffer && hexDigest((*Buffer)->getBuffer()) == D.Digest;
}

} // namespace torchtidy
