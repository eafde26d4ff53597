#include "engine/Invocation.h"
#include "support/Clang.h"
#include "support/FilePaths.h"
#include "support/ResourceDirectory.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "clang/Tooling/ArgumentsAdjusters.h"

using namespace llvm;
using namespace clang::tooling;

namespace torchtidy {
namespace {

// Flags of GCC and NVCC that clang rejects, by prefix. A warning flag that clang does not know is
// no error and stays.
constexpr StringLiteral ForeignPrefixes[] = {"-fno-var-tracking",
                                             "-fvar-tracking",
                                             "-fconcepts",
                                             "-fmodules-ts",
                                             "-fanalyzer",
                                             "-fno-gnu-unique",
                                             "-fuse-linker-plugin",
                                             "-flto-partition",
                                             "-fno-fat-lto-objects",
                                             "-ffat-lto-objects",
                                             "-fmax-errors",
                                             "-mno-fma4",
                                             "-mindirect-branch",
                                             "-fno-ipa",
                                             "-fipa",
                                             "-fabi-compat",
                                             "--expt-",
                                             "-expt-",
                                             "--use_fast_math",
                                             "--generate-code",
                                             "-gencode",
                                             "--options-file",
                                             "-rdynamic-host",
                                             "--extended-lambda",
                                             "-Xcudafe",
                                             "-Xptxas",
                                             "--default-stream",
                                             "-ccbin",
                                             "--compiler-options",
                                             "-Xcompiler",
                                             "-fdiagnostics-generate",
                                             "-fcondition-coverage",
                                             "-fprofile-partial",
                                             "-fdevirtualize-",
                                             "-fno-devirtualize-",
                                             "-fno-tree-",
                                             "-ftree-loop",
                                             "-floop-",
                                             "-fgraphite"};

// Those whose value stands in the next argument.
bool takesValue(StringRef Arg) {
  return Arg == "-Xcudafe" || Arg == "-Xptxas" || Arg == "-gencode" || Arg == "--generate-code" ||
         Arg == "-ccbin" || Arg == "-Xcompiler" || Arg == "--compiler-options" ||
         Arg == "--options-file" || Arg == "--default-stream";
}

void dropForeign(std::vector<std::string> &Args, std::vector<std::string> &Dropped) {
  std::vector<std::string> Kept;
  for (size_t I = 0; I < Args.size(); ++I) {
    StringRef Arg = Args[I];
    bool Foreign =
        I > 0 && any_of(ForeignPrefixes, [&](StringRef P) { return Arg.starts_with(P); });
    if (!Foreign) {
      Kept.push_back(Args[I]);
      continue;
    }
    Dropped.push_back(Args[I]);
    if (takesValue(Arg) && I + 1 < Args.size())
      Dropped.back() += " " + Args[++I];
  }
  Args = std::move(Kept);
}

// CMake's target_precompile_headers passes a precompiled header and the header that it was made of.
// The header alone means the same, whichever compiler made the other and whether it is built.
void dropPrecompiledTwin(std::vector<std::string> &Args) {
  auto Is = [&](size_t I, StringRef Arg) { return Args[I] == Arg; };
  for (size_t I = 0; I + 7 < Args.size(); ++I)
    if (Is(I, "-Xclang") && Is(I + 1, "-include-pch") && Is(I + 2, "-Xclang") &&
        Is(I + 4, "-Xclang") && Is(I + 5, "-include") && Is(I + 6, "-Xclang") &&
        StringRef(Args[I + 3]).starts_with(Args[I + 7])) {
      auto First = Args.begin() + static_cast<ptrdiff_t>(I);
      Args.erase(First, First + 4);
      return;
    }
}

} // namespace

std::vector<std::string> adjustedCommandLine(const Unit &U, const ExtraArguments &Extra,
                                             std::vector<std::string> &Dropped) {
  ArgumentsAdjuster Adjust = combineAdjusters(
      combineAdjusters(getClangStripOutputAdjuster(), getClangSyntaxOnlyAdjuster()),
      combineAdjusters(getClangStripDependencyFileAdjuster(), getStripPluginsAdjuster()));
  std::vector<std::string> Args = Adjust(U.CommandLine, U.File);
  dropForeign(Args, Dropped);
  dropPrecompiledTwin(Args);
  Args.insert(Args.begin() + (Args.empty() ? 0 : 1), Extra.Before.begin(), Extra.Before.end());
  Args.insert(llvm::find(Args, "--"), Extra.After.begin(), Extra.After.end());
  // A compiler named without its directory is sought beside clang's own.
  if (!Args.empty() && !sys::path::has_parent_path(Args[0]))
    Args[0] = joinPath(TORCHTIDY_LLVM_PREFIX "/bin", Args[0]);
  static const std::string Resources = resourceDirectory();
  bool HasResourceDir =
      any_of(Args, [](StringRef Arg) { return Arg.starts_with("-resource-dir"); });
  if (!HasResourceDir && !Args.empty())
    Args.insert(Args.begin() + 1, "-resource-dir=" + Resources);
  return Args;
}

std::shared_ptr<clang::CompilerInvocation> makeInvocation(const std::vector<std::string> &Arguments,
                                                          compat::FileSystemPtr FS,
                                                          clang::DiagnosticConsumer *Client) {
  compat::Diagnostics Diags(Client);
  std::vector<const char *> Argv;
  for (const std::string &Arg : Arguments)
    Argv.push_back(Arg.c_str());
  clang::CreateInvocationOptions Options;
  Options.Diags = Diags.Engine;
  Options.VFS = std::move(FS);
  std::shared_ptr<clang::CompilerInvocation> Invocation = clang::createInvocation(Argv, Options);
  if (!Invocation)
    return nullptr;
  Invocation->getFrontendOpts().DisableFree = false;
  Invocation->getDependencyOutputOpts() = clang::DependencyOutputOptions();
  // Keeps "2 warnings generated." from standard error.
  Invocation->getDiagnosticOpts().ShowCarets = false;
  // A precompiled header is only read with the options that it was made with.
  if (Invocation->getPreprocessorOpts().ImplicitPCHInclude.empty())
    Invocation->getCodeGenOpts() = clang::CodeGenOptions();
  // clang-tidy defines __clang_analyzer__ too, and headers may look at it.
  Invocation->getPreprocessorOpts().SetUpStaticAnalyzer = true;
  return Invocation;
}

compat::FileSystemPtr makeFileSystem(const Unit &U) {
  compat::FileSystemPtr FS(llvm::vfs::createPhysicalFileSystem().release());
  (void)FS->setCurrentWorkingDirectory(U.Directory);
  return FS;
}

} // namespace torchtidy
