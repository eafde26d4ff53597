#include "engine/Dependencies.h"
#include "support/Clang.h"
#include "support/Digest.h"
#include "support/FilePaths.h"
#include "clang/Lex/HeaderSearchOptions.h"
#include <chrono>

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

// A header, or a directory that may hold some.
bool mayBeSearched(const sys::fs::directory_entry &Entry) {
  StringRef Name = sys::path::filename(Entry.path());
  return isHeaderName(Name) || (!Name.starts_with(".") && sys::fs::is_directory(Entry.path()));
}

std::string digestOfNames(StringRef Dir) {
  std::set<std::string> Names;
  std::error_code EC;
  for (sys::fs::directory_iterator It(Dir, EC), End; It != End && !EC; It.increment(EC))
    if (mayBeSearched(*It))
      Names.insert(sys::path::filename(It->path()).str());
  std::string Text;
  for (const std::string &Name : Names)
    Text += Name + "\n";
  return hexDigest(Text);
}

} // namespace

Dependency dependencyOn(StringRef Name) {
  Dependency D;
  D.Path = absoluteIn("/", Name);
  if (is_contained(make_range(sys::path::begin(Name), sys::path::end(Name)), ".."))
    D.Requested = Name.str();
  return D;
}

Dependency describeFile(StringRef Name) {
  Dependency D = dependencyOn(Name);
  sys::fs::file_status Stat;
  // A pipe or a device may have no end.
  if (sys::fs::status(D.Path, Stat) || Stat.type() != sys::fs::file_type::regular_file)
    return D;
  auto Buffer = MemoryBuffer::getFile(D.Path);
  if (!Buffer)
    return D;
  D.Size = Stat.getSize();
  D.Time =
      isRecent(Stat.getLastModificationTime()) ? 0 : nanoseconds(Stat.getLastModificationTime());
  D.Digest = hexDigest((*Buffer)->getBuffer());
  return D;
}

Dependency describeDirectory(StringRef Name) {
  Dependency D = dependencyOn(Name);
  D.IsDirectory = true;
  D.Digest = digestOfNames(D.Path);
  return D;
}

Dependency describeAbsence(StringRef Name) {
  Dependency D = dependencyOn(Name);
  D.IsAbsent = true;
  return D;
}

bool dependsOnPlace(const Dependency &D, StringRef Root) {
  if (Root.empty() || D.Requested.empty())
    return false;
  std::optional<StringRef> Below = pathIn(Root, D.Requested);
  if (!Below)
    return isIn(Root, D.Path);
  int Depth = 0;
  for (StringRef Component : split(*Below, '/')) {
    if (Component == "..")
      --Depth;
    else if (!Component.empty() && Component != ".")
      ++Depth;
    if (Depth < 0)
      return true;
  }
  return false;
}

std::set<std::string> watchedDirectories(std::set<std::string> Dirs, ArrayRef<std::string> Files,
                                         ArrayRef<std::string> SearchPath) {
  std::set<std::string> Below; // as in <below/file.h>
  for (StringRef File : Files)
    for (StringRef Dir : SearchPath)
      if (auto Rest = pathIn(Dir, File))
        if (StringRef Parent = sys::path::parent_path(*Rest); !Parent.empty())
          Below.insert(Parent.str());
  StringMap<bool> Exists;
  std::set<std::string> Result = Dirs;
  for (const std::string &Dir : Dirs)
    for (const std::string &Path : Below) {
      std::string Current = Dir;
      for (StringRef Component : make_range(sys::path::begin(Path), sys::path::end(Path))) {
        Current = joinPath(Current, Component);
        auto [It, New] = Exists.try_emplace(Current, false);
        if (New)
          It->second = sys::fs::is_directory(Current);
        if (!It->second)
          break;
        Result.insert(Current);
      }
    }
  return Result;
}

std::vector<Dependency> collectDependencies(clang::SourceManager &SM,
                                            const clang::HeaderSearchOptions &Search,
                                            ArrayRef<HeavyHeader> Headers,
                                            const ProjectScope &Scope, StringRef Directory) {
  std::vector<Dependency> Result;
  std::vector<std::string> Files, SearchPath;
  std::set<std::string> Dirs;
  for (auto It = SM.fileinfo_begin(), End = SM.fileinfo_end(); It != End; ++It) {
    auto Buffer = It->second->getBufferIfLoaded();
    if (!Buffer)
      continue;
    Dependency D = dependencyOn(writtenIn(Directory, It->first.getName()));
    D.Size = Buffer->getBufferSize();
    D.Digest = hexDigest(Buffer->getBuffer());
    sys::fs::file_status Stat;
    if (!sys::fs::status(D.Path, Stat) && Stat.getSize() == D.Size &&
        !isRecent(Stat.getLastModificationTime()))
      D.Time = nanoseconds(Stat.getLastModificationTime());
    if (Scope.isProject(D.Path, Directory))
      Dirs.insert(sys::path::parent_path(D.Path).str());
    Files.push_back(D.Path);
    Result.push_back(std::move(D));
  }
  for (const HeavyHeader &H : Headers)
    Files.push_back(absoluteIn(Directory, H.Path));
  for (const auto &Entry : Search.UserEntries) {
    std::string Dir = absoluteIn(Directory, Entry.Path);
    if (Scope.isProject(Dir, Directory))
      Dirs.insert(Dir);
    // Is another one in another checkout.
    else if (sys::path::is_relative(Entry.Path))
      Result.push_back(describeDirectory(writtenIn(Directory, Entry.Path)));
    SearchPath.push_back(std::move(Dir));
  }
  for (const std::string &Dir : watchedDirectories(std::move(Dirs), Files, SearchPath))
    Result.push_back(describeDirectory(Dir));
  return Result;
}

bool DependencyChecker::holds(const Dependency &D) {
  auto [It, New] = Known.try_emplace(
      D.Path + (D.IsAbsent ? "||" : "|") + D.Digest + "|" + std::to_string(D.Time), false);
  if (New)
    It->second = compute(D);
  return It->second;
}

bool DependencyChecker::compute(const Dependency &D) {
  if (D.IsAbsent)
    return !sys::fs::exists(D.Path);
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
