#include "engine/ProjectScope.h"
#include "engine/TorchLocator.h"
#include "support/Clang.h"
#include "support/FilePaths.h"
#include "clang/Lex/HeaderSearchOptions.h"
#include "llvm/Support/Process.h"

using namespace llvm;

namespace torchtidy {
namespace {

// The length of the longest of Dirs that holds Path, 0 if none does.
size_t holderLength(StringRef Path, ArrayRef<std::string> Dirs) {
  size_t Best = 0;
  for (StringRef Dir : Dirs)
    if (isIn(Dir, Path))
      Best = std::max(Best, Dir.size());
  return Best;
}

} // namespace

void ProjectScope::addSearchPaths(const clang::HeaderSearchOptions &Options, StringRef Directory) {
  using namespace clang::frontend;
  for (const auto &Entry : Options.UserEntries) {
    bool System = Entry.Group != Quoted && Entry.Group != Angled;
    std::string Dir = absoluteIn(Directory, Entry.Path);
    if (is_contained(ExternalDirs, Dir) || (!System && !isTorchIncludeDir(Dir)))
      continue;
    // A root given as a system directory (-isystem .) would hide the project from itself.
    if (is_contained(Roots, Dir))
      continue;
    ExternalDirs.push_back(std::move(Dir));
    Known.clear();
  }
}

bool ProjectScope::isProject(StringRef Path, StringRef Directory) const {
  std::string Absolute = absoluteIn(Directory, Path);
  auto [It, New] = Known.try_emplace(Absolute, false);
  if (New)
    It->second = holderLength(Absolute, Roots) > holderLength(Absolute, ExternalDirs);
  return It->second;
}

// Whether Dir holds a file or directory that one of Others holds too.
static bool shadowsAny(StringRef Dir, ArrayRef<std::string> Others) {
  std::error_code EC;
  for (sys::fs::directory_iterator It(Dir, EC), End; It != End && !EC; It.increment(EC))
    for (StringRef Other : Others)
      if (sys::fs::exists(joinPath(Other, sys::path::filename(It->path()))))
        return true;
  return false;
}

void ProjectScope::dropProjectSearchPaths(clang::HeaderSearchOptions &Options,
                                          StringRef Directory) const {
  std::vector<std::string> External;
  for (const auto &Entry : Options.UserEntries)
    if (std::string Dir = absoluteIn(Directory, Entry.Path); !isProject(Dir, Directory))
      External.push_back(std::move(Dir));
  erase_if(Options.UserEntries, [&](const clang::HeaderSearchOptions::Entry &Entry) {
    std::string Dir = absoluteIn(Directory, Entry.Path);
    return isProject(Dir, Directory) && !shadowsAny(Dir, External);
  });
}

std::string findProjectRoot(StringRef File, StringRef DatabaseDirectory) {
  // Where git, too, looks no further.
  std::string Ceilings = sys::Process::GetEnv("GIT_CEILING_DIRECTORIES").value_or("");
  for (StringRef Dir = sys::path::parent_path(File);
       Dir.size() > 1 && !is_contained(split(Ceilings, ':'), Dir);
       Dir = sys::path::parent_path(Dir)) {
    SmallString<256> Git(Dir);
    sys::path::append(Git, ".git");
    if (sys::fs::exists(Git))
      return Dir.str();
  }
  // A database in the project's own directory, or in a build directory below it.
  for (StringRef Dir : {DatabaseDirectory, sys::path::parent_path(DatabaseDirectory)})
    if (Dir.size() > 1 && isIn(Dir, File))
      return Dir.str();
  SmallString<256> Here;
  if (!sys::fs::current_path(Here) && Here.size() > 1 && isIn(Here, File))
    return std::string(Here);
  return sys::path::parent_path(File).str();
}

} // namespace torchtidy
