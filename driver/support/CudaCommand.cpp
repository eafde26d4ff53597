#include "support/CudaCommand.h"
#include "support/FilePaths.h"
#include "support/LLVMCompat.h"
#include "support/ResourceDirectory.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Allocator.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/StringSaver.h"

using namespace llvm;

namespace torchtidy {
namespace {

// What NVCC does with a flag and clang's host side does not; the names are those of
// "nvcc --help". Flags with '=' may have their value in the next argument as well.
constexpr StringLiteral DroppedFlags[] = {"-G",
                                          "--device-debug",
                                          "-lineinfo",
                                          "--generate-line-info",
                                          "-dc",
                                          "--device-c",
                                          "-dw",
                                          "--device-w",
                                          "-dlink",
                                          "--device-link",
                                          "-use_fast_math",
                                          "--use_fast_math",
                                          "-extended-lambda",
                                          "--extended-lambda",
                                          "-expt-extended-lambda",
                                          "--expt-extended-lambda",
                                          "-expt-relaxed-constexpr",
                                          "--expt-relaxed-constexpr",
                                          "-forward-unknown-to-host-compiler",
                                          "--forward-unknown-to-host-compiler",
                                          "-forward-unknown-to-host-linker",
                                          "--forward-unknown-to-host-linker",
                                          "-res-usage",
                                          "--resource-usage",
                                          "-restrict",
                                          "--restrict",
                                          "-keep",
                                          "--keep",
                                          "-brief-diagnostics",
                                          "--extra-device-vectorization",
                                          "-extra-device-vectorization",
                                          "--cuda-device-only",
                                          "--cuda-host-only",
                                          "-fcuda-flush-denormals-to-zero"};
constexpr StringLiteral DroppedWithValue[] = {"-arch",
                                              "--gpu-architecture",
                                              "-code",
                                              "--gpu-code",
                                              "-gencode",
                                              "--generate-code",
                                              "-rdc",
                                              "--relocatable-device-code",
                                              "-maxrregcount",
                                              "--maxrregcount",
                                              "-ccbin",
                                              "--compiler-bindir",
                                              "-Xptxas",
                                              "--ptxas-options",
                                              "-Xcudafe",
                                              "-Xnvlink",
                                              "--nvlink-options",
                                              "-Xfatbin",
                                              "--fatbin-options",
                                              "-Xlinker",
                                              "--linker-options",
                                              "-Xarchive",
                                              "-t",
                                              "--threads",
                                              "-split-compile",
                                              "--split-compile",
                                              "-ftz",
                                              "--ftz",
                                              "-prec-div",
                                              "--prec-div",
                                              "-prec-sqrt",
                                              "--prec-sqrt",
                                              "-fmad",
                                              "--fmad",
                                              "-diag-suppress",
                                              "--diag-suppress",
                                              "-diag-error",
                                              "--diag-error",
                                              "-diag-warn",
                                              "--diag-warn",
                                              "-cudart",
                                              "--cudart",
                                              "-default-stream",
                                              "--default-stream",
                                              "-keep-dir",
                                              "--keep-dir",
                                              "--cuda-gpu-arch",
                                              "--no-cuda-gpu-arch",
                                              "--offload-arch",
                                              "--no-offload-arch",
                                              "-static-global-template-stub"};
// The newest toolkit that clang says it supports.
constexpr unsigned NewestKnown = compat::LLVMMajor >= 22 ? 12090 : 12050;

constexpr StringLiteral HostFlags[] = {"-Xcompiler", "--compiler-options"};
constexpr StringLiteral OptionFiles[] = {"-optf", "--options-file"};
constexpr StringLiteral SystemPaths[] = {"-isystem", "--system-include"};
constexpr StringLiteral Toolkits[] = {"--cuda-path"};
constexpr StringLiteral Languages[] = {"-x", "--x"};

// One command, read from left to right.
class HostCommand {
public:
  HostCommand(ArrayRef<std::string> Args, StringRef Directory) : Directory(Directory) {
    if (!Args.empty())
      readAll(Args.drop_front());
  }

  std::vector<std::string> Kept;
  std::string Toolkit; // --cuda-path

private:
  void readAll(ArrayRef<std::string> Args) {
    for (Rest = Args; !Rest.empty();) {
      StringRef Arg = Rest.front();
      Rest = Rest.drop_front();
      if (!is_contained(DroppedFlags, Arg) && !readWithValue(Arg))
        Kept.push_back(Arg.str());
    }
  }

  // Whether Arg is one of Flags: its value is what follows '=' or the next argument.
  bool takes(ArrayRef<StringLiteral> Flags, StringRef Arg, StringRef &Value) {
    auto [Name, After] = Arg.split('=');
    if (!is_contained(Flags, Name))
      return false;
    if (Name.size() < Arg.size()) {
      Value = After;
      return true;
    }
    Value = Rest.empty() ? StringRef() : StringRef(Rest.front());
    Rest = Rest.drop_front(Rest.empty() ? 0 : 1);
    return true;
  }

  bool readWithValue(StringRef Arg) {
    StringRef Value;
    if (takes(DroppedWithValue, Arg, Value) || takes(Languages, Arg, Value))
      return true;
    if (takes(Toolkits, Arg, Value)) {
      Toolkit = absoluteIn(Directory, Value);
      return true;
    }
    if (takes(SystemPaths, Arg, Value)) {
      Kept.insert(Kept.end(), {"-isystem", Value.str()});
      return true;
    }
    if (takes(HostFlags, Arg, Value)) {
      for (StringRef Flag : split(Value.trim("\"'"), ','))
        if (!Flag.empty())
          Kept.push_back(Flag.str());
      return true;
    }
    if (!takes(OptionFiles, Arg, Value))
      return false;
    readOptionFile(Value);
    return true;
  }

  // CMake's generators for Make and Ninja put the search paths into one.
  void readOptionFile(StringRef Name) {
    auto Text = MemoryBuffer::getFile(absoluteIn(Directory, Name));
    if (!Text || ++OptionFilesRead > 16) // one may name itself
      return;
    BumpPtrAllocator Storage;
    StringSaver Saver(Storage);
    SmallVector<const char *, 32> Tokens;
    cl::TokenizeGNUCommandLine((*Text)->getBuffer(), Saver, Tokens);
    ArrayRef<std::string> After = Rest;
    readAll(std::vector<std::string>(Tokens.begin(), Tokens.end()));
    Rest = After;
  }

  StringRef Directory;
  ArrayRef<std::string> Rest;
  unsigned OptionFilesRead = 0;
};

// The headers of a toolkit. Those that come with PyTorch's wheels lack the folder crt, which all
// others include.
std::string toolkitHeaders(StringRef Root) {
  for (StringRef Below : {"include", "targets/x86_64-linux/include", "targets/sbsa-linux/include"})
    if (std::string Path = joinPath(Root, Below);
        sys::fs::exists(Path + "/cuda_runtime.h") && sys::fs::exists(Path + "/crt/host_defines.h"))
      return Path;
  return "";
}

// Named on the command line, beside the compiler, named by the environment, else where packages
// put it; none if there is none.
std::string findToolkit(StringRef Named, StringRef Compiler) {
  std::vector<std::string> Roots = {Named.str()};
  if (sys::path::is_absolute(Compiler))
    Roots.push_back(sys::path::parent_path(sys::path::parent_path(realPath(Compiler))).str());
  bool IsSaid = false;
  for (const char *Variable : {"CUDA_HOME", "CUDA_PATH"})
    if (auto Root = sys::Process::GetEnv(Variable)) {
      Roots.push_back(*Root);
      IsSaid = true;
    }
  if (!IsSaid)
    Roots.insert(Roots.end(), {"/usr/local/cuda", "/usr/lib/cuda", "/usr"});
  for (const std::string &Root : Roots)
    if (std::string Headers = Root.empty() ? "" : toolkitHeaders(Root); !Headers.empty())
      return Headers;
  return "";
}

} // namespace

bool isCudaCommand(StringRef File, const std::vector<std::string> &Args) {
  if (sys::path::extension(File) == ".cu")
    return true;
  auto Language = llvm::find(Args, "-x");
  return Language != Args.end() && Language + 1 != Args.end() &&
         (Language[1] == "cu" || Language[1] == "cuda");
}

void useHostSide(std::vector<std::string> &Args, StringRef Directory) {
  const std::string Cuda = cudaDirectory();
  // torch-clangd may be installed without the driver, whose package has the prelude.
  if (Args.empty() || !sys::fs::exists(Cuda + "/prelude.h"))
    return;
  HostCommand Command(Args, Directory);
  std::vector<std::string> Flags = {"clang++", "-x", "cuda", "--cuda-host-only", "-nocudainc",
                                    "-nocudalib", "-Wno-unknown-cuda-version",
                                    // With clang's own headers come wrappers of the standard
                                    // library's that want clang's wrapper of the toolkit.
                                    "-nobuiltininc", "-fuse-cuid=none", "-include",
                                    Cuda + "/prelude.h", "-idirafter", Cuda};
  if (std::string Headers = findToolkit(Command.Toolkit, Args[0]); !Headers.empty())
    for (const std::string &Path : {Headers, Headers + "/cccl"}) // where Thrust is since CUDA 13
      Flags.insert(Flags.end(), {"-isystem", Path});
  Flags.insert(Flags.end(), {"-isystem", resourceDirectory() + "/include"});
  Flags.insert(Flags.end(), Command.Kept.begin(), Command.Kept.end());
  Args = std::move(Flags);
}

std::string withLaunchBrackets(StringRef Text) {
  std::string Result = Text.str();
  for (size_t Open = Result.find("<< <"); Open != std::string::npos;
       Open = Result.find("<< <", Open + 1)) {
    size_t End = Result.find(';', Open), Close = Result.find(">> >", Open);
    bool IsApart = Close != std::string::npos && Close < End;
    if (!IsApart && Result.find(">>>", Open) >= End)
      continue;
    Result.replace(Open, 4, "<<< ");
    if (IsApart)
      Result.replace(Close, 4, ">>> ");
  }
  return Result;
}

bool hasReadableToolkit(const std::vector<std::string> &Args, StringRef Directory) {
  if (Args.empty())
    return false;
  std::string Headers = findToolkit(HostCommand(Args, Directory).Toolkit, Args[0]);
  if (Headers.empty() || !sys::fs::exists(Headers + "/curand_mtgp32_kernel.h"))
    return false;
  auto Text = MemoryBuffer::getFile(Headers + "/cuda.h");
  unsigned Version = 0;
  return Text &&
         !(*Text)
              ->getBuffer()
              .split("#define CUDA_VERSION ")
              .second.take_while(isDigit)
              .getAsInteger(10, Version) &&
         Version <= NewestKnown;
}

} // namespace torchtidy
