#include "engine/TorchLocator.h"
#include "support/Clang.h"
#include "support/FilePaths.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/Regex.h"

using namespace llvm;

namespace torchtidy {
namespace {

constexpr StringLiteral ApiSubdir = "torch/csrc/api/include";

// Dir holds both include directories: ATen/… and torch/csrc/api/include/torch/torch.h.
bool tryIncludeDir(StringRef Dir, TorchInstall &Install) {
  Install.Tried.push_back(Dir.str());
  std::string Api = joinPath(Dir, ApiSubdir);
  if (!sys::fs::exists(joinPath(Api, "torch/torch.h")))
    return false;
  if (auto Header = MemoryBuffer::getFile(joinPath(Dir, "ATen/ATen.h")))
    if (std::string Asked = standardAskedFor((*Header)->getBuffer()); Asked > Install.Standard)
      Install.Standard = Asked;
  // The system's own directory is searched anyway; naming it would reorder the search path.
  if (Dir != "/usr/include")
    Install.IncludeDirs.push_back(Dir.str());
  Install.IncludeDirs.push_back(Api);
  return true;
}

// A prefix as users give it: LibTorch's root, its include directory, site-packages or torch/ in it.
bool tryPrefix(StringRef Prefix, TorchInstall &Install) {
  return tryIncludeDir(joinPath(Prefix, "include"), Install) || tryIncludeDir(Prefix, Install) ||
         tryIncludeDir(joinPath(Prefix, "torch/include"), Install);
}

// The Python of the environment that this program is installed in, else that of the shell.
std::string pythonProgram() {
  SmallString<256> Folder;
  if (!sys::fs::real_path("/proc/self/exe", Folder)) {
    sys::path::remove_filename(Folder);
    std::string Own = joinPath(Folder, "python3");
    if (sys::fs::exists(joinPath(sys::path::parent_path(Folder), "pyvenv.cfg")) &&
        sys::fs::can_execute(Own))
      return Own;
  }
  auto Found = sys::findProgramByName("python3");
  return Found ? *Found : "";
}

// Asks the Python interpreter where torch is, without importing it (which takes seconds).
std::string pythonTorchDir() {
  std::string Python = pythonProgram();
  if (Python.empty())
    return "";
  SmallString<128> Output;
  if (sys::fs::createTemporaryFile("torch-tidy-python", "txt", Output))
    return "";
  StringRef Script = "import importlib.util as u; s = u.find_spec('torch'); "
                     "print(s.submodule_search_locations[0] if s else '')";
  std::optional<StringRef> Redirects[] = {StringRef(""), StringRef(Output), StringRef("")};
  int Code = sys::ExecuteAndWait(Python, {Python, "-c", Script}, std::nullopt, Redirects,
                                 /*SecondsToWait=*/20);
  std::string Dir;
  if (auto Buffer = MemoryBuffer::getFile(Output); Code == 0 && Buffer)
    Dir = (*Buffer)->getBuffer().trim().str();
  (void)sys::fs::remove(Output);
  return Dir;
}

} // namespace

std::string standardAskedFor(StringRef Message) {
  SmallVector<StringRef> Parts;
  if (!Regex("C\\+\\+([0-9]+) or later compatible compiler is required").match(Message, &Parts))
    return "";
  return ("c++" + Parts[1]).str();
}

bool isTorchIncludeDir(StringRef Dir) {
  return sys::fs::exists(joinPath(Dir, "torch/torch.h")) ||
         sys::fs::exists(joinPath(Dir, "ATen/ATen.h"));
}

TorchInstall locateTorch(StringRef Root) {
  TorchInstall Install;
  if (!Root.empty()) {
    tryPrefix(Root, Install);
    return Install;
  }
  if (auto Env = sys::Process::GetEnv("CMAKE_PREFIX_PATH")) {
    SmallVector<StringRef> Prefixes;
    StringRef(*Env).split(Prefixes, Env->find(';') == std::string::npos ? ':' : ';');
    for (StringRef Prefix : Prefixes)
      if (!Prefix.empty() && tryPrefix(Prefix, Install))
        return Install;
  }
  if (std::string Dir = pythonTorchDir(); !Dir.empty() && tryPrefix(Dir, Install))
    return Install;
  for (StringRef Prefix : {"/usr", "/usr/local", "/opt/libtorch"})
    if (tryPrefix(Prefix, Install))
      break;
  return Install;
}

} // namespace torchtidy
