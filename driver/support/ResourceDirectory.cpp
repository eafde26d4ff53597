#include "support/ResourceDirectory.h"
#include "support/LLVMCompat.h"
#include "clang/Basic/Version.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include <dlfcn.h>

using namespace llvm;

namespace torchtidy {
namespace {

std::string withMajor(StringRef Directory) {
  if (Directory.empty())
    return "";
  SmallString<256> Path(Directory);
  sys::path::append(Path, Twine(compat::LLVMMajor));
  sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
  return std::string(Path);
}

// <directory of File, links resolved>/Below
std::string besideFile(const Twine &File, StringRef Below) {
  SmallString<256> Path;
  if (sys::fs::real_path(File, Path))
    return "";
  sys::path::remove_filename(Path);
  sys::path::append(Path, Below);
  sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
  return std::string(Path);
}

// A function of clang's shared library tells which file that is.
std::string besideLibrary() {
  Dl_info Library{};
  if (!dladdr(reinterpret_cast<void *>(&clang::getClangFullRepositoryVersion), &Library) ||
      !Library.dli_fname)
    return "";
  return withMajor(besideFile(Library.dli_fname, "clang"));
}

bool mentions(StringRef Text) { return Text.contains("resource-dir"); }

} // namespace

std::string resourceDirectory() {
  std::string BuiltAgainst = withMajor(TORCHTIDY_LLVM_PREFIX "/lib/clang");
  std::string Major = std::to_string(compat::LLVMMajor);
  const std::string Candidates[] = {withMajor(besideFile("/proc/self/exe", "../lib/clang")),
                                    besideLibrary(),
                                    BuiltAgainst,
                                    withMajor("/usr/lib/llvm-" + Major + "/lib/clang"),
                                    withMajor("/usr/lib/clang"),
                                    withMajor("/usr/local/lib/clang")};
  for (const std::string &Candidate : Candidates)
    if (!Candidate.empty() && sys::fs::exists(Candidate + "/include/stddef.h"))
      return Candidate;
  return BuiltAgainst;
}

std::string cudaDirectory() {
  static const std::string Installed = besideFile("/proc/self/exe", "../share/torch-tidy/cuda");
  static const bool IsInstalled = sys::fs::exists(Installed + "/prelude.h");
  return IsInstalled ? Installed : TORCHTIDY_CUDA_DIRECTORY;
}

bool isCudaPrelude(StringRef Path) {
  return sys::path::filename(Path) == "prelude.h" &&
         sys::path::parent_path(Path) == cudaDirectory();
}

std::vector<const char *> withResourceDirectory(int Argc, const char *const *Argv,
                                                const char *Prefix, const char *Environment,
                                                std::string &Storage) {
  std::vector<const char *> Args(Argv, Argv + Argc);
  bool Said = Environment && mentions(sys::Process::GetEnv(Environment).value_or(""));
  for (const char *Arg : Args) {
    if (StringRef(Arg) == "--")
      break;
    Said |= mentions(Arg);
  }
  if (!Said && !Args.empty()) {
    Storage = Prefix + resourceDirectory();
    Args.insert(Args.begin() + 1, Storage.c_str());
  }
  return Args;
}

} // namespace torchtidy
