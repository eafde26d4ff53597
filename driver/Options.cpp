#include "Options.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/VirtualFileSystem.h"
#include "llvm/Support/WithColor.h"

using namespace llvm;
using namespace clang::tidy;

namespace torchtidy {
namespace {

cl::OptionCategory Category("torch-tidy options");

template <typename T> using Opt = cl::opt<T>;

Opt<std::string> BuildPath("p", cl::desc("Directory of compile_commands.json"),
                           cl::value_desc("dir"), cl::cat(Category));
Opt<std::string> TorchRoot("torch-root",
                           cl::desc("Where LibTorch is, for files without a database"),
                           cl::value_desc("dir"), cl::cat(Category));
Opt<std::string> Checks("checks", cl::desc("Globs of rules, added to the configuration's"),
                        cl::value_desc("globs"), cl::cat(Category));
Opt<std::string> Config("config", cl::desc("Configuration in place of .clang-tidy"),
                        cl::value_desc("yaml"), cl::cat(Category));
Opt<std::string> ConfigFile("config-file", cl::desc("File with it"), cl::value_desc("file"),
                            cl::cat(Category));
Opt<std::string> HeaderFilter("header-filter",
                              cl::desc("Headers to report on (default: the project's)"),
                              cl::value_desc("regex"), cl::cat(Category));
Opt<std::string> ExcludeHeaderFilter("exclude-header-filter", cl::desc("Headers not to report on"),
                                     cl::value_desc("regex"), cl::cat(Category));
Opt<std::string> WarningsAsErrors("warnings-as-errors", cl::desc("Globs of rules that are errors"),
                                  cl::value_desc("globs"), cl::cat(Category));
Opt<std::string> LineFilter("line-filter", cl::desc("Files and lines to report on"),
                            cl::value_desc("json"), cl::cat(Category));
cl::list<std::string> ExtraArg("extra-arg", cl::desc("Compiler flag to append"),
                               cl::value_desc("flag"), cl::cat(Category));
cl::list<std::string> ExtraArgBefore("extra-arg-before", cl::desc("Compiler flag to prepend"),
                                     cl::value_desc("flag"), cl::cat(Category));
cl::list<std::string> OutputFormats(
    "output-format",
    cl::desc("text (default), clang-tidy, json, sarif, github, gitlab, junit, rdjson, "
             "html; several may be given, all but one with a file"),
    cl::value_desc("format[:file]"), cl::cat(Category));
Opt<std::string> OutputFile("output-file", cl::desc("Write there, not to standard output"),
                            cl::value_desc("file"), cl::cat(Category));
Opt<unsigned> Jobs("j", cl::desc("Files at a time (default: one a core)"), cl::value_desc("n"),
                   cl::cat(Category));
Opt<unsigned> Timeout("timeout-per-file", cl::desc("Give up on a file after this many seconds"),
                      cl::value_desc("s"), cl::cat(Category));
Opt<std::string> CacheDir("cache-dir", cl::desc("Where preambles and results are kept"),
                          cl::value_desc("dir"), cl::cat(Category));
Opt<bool> NoCache("no-cache", cl::desc("Forget results and preambles afterwards"),
                  cl::cat(Category));
Opt<bool> Plain("plain", cl::desc("Parse as clang-tidy does: share nothing"), cl::cat(Category));
Opt<bool> Fix("fix", cl::desc("Apply fixes"), cl::cat(Category));
Opt<bool>
    UnsafeFixes("unsafe-fixes",
                cl::desc("With --fix: also apply fixes that can change what the program does"),
                cl::cat(Category));
Opt<bool> FixNotes("fix-notes", cl::desc("Apply fixes that stand on notes, too"),
                   cl::cat(Category));
Opt<bool> FixErrors("fix-errors", cl::desc("Apply fixes even to files with compile errors"),
                    cl::cat(Category));
Opt<bool> Quiet("quiet", cl::desc("Findings only"), cl::cat(Category));
Opt<bool> Profile("profile", cl::desc("Tell where the time went"), cl::cat(Category));
Opt<cl::boolOrDefault> UseColor("use-color",
                                cl::desc("Colour (default: on a terminal, unless NO_COLOR is set)"),
                                cl::cat(Category));
cl::list<std::string> Arguments(cl::Positional, cl::desc("[check] [files and directories]"),
                                cl::cat(Category));

std::optional<std::string> given(const Opt<std::string> &O) {
  if (O.getNumOccurrences() == 0)
    return std::nullopt;
  return O.getValue();
}

constexpr const char *Overview =
    "torch-tidy [check] [paths] [-p build] [options]   lint LibTorch C++ code\n"
    "torch-tidy check FILE... [options] -- FLAGS       the same with explicit compiler flags\n"
    "torch-tidy rule [NAME]                            list the rules, or explain one\n"
    "torch-tidy cache {info|clear}                     look at or empty the cache\n\n"
    "Exit status: 0 clean, 1 findings, 2 wrong usage or a file that could not be checked.\n";

} // namespace

Options parseCommandLine(int Argc, const char **Argv) {
  Options Result;
  std::vector<const char *> Args;
  for (int I = 0; I < Argc; ++I) {
    if (I > 0 && StringRef(Argv[I]) == "--") {
      Result.FixedFlags.emplace(Argv + I + 1, Argv + Argc);
      break;
    }
    Args.push_back(Argv[I]);
  }
  if (Args.size() > 1)
    for (StringRef Command : {"check", "rule", "cache"})
      if (Args[1] == Command) {
        Result.Command = Command.str();
        Args.erase(Args.begin() + 1);
        break;
      }
  cl::HideUnrelatedOptions(Category);
  if (!cl::ParseCommandLineOptions(Args.size(), Args.data(), Overview, &errs()))
    exit(2);
  Result.Arguments = std::vector<std::string>(Arguments.begin(), Arguments.end());
  Result.BuildPath = BuildPath;
  Result.TorchRoot = TorchRoot;
  Result.CacheDir = CacheDir;
  Result.Checks = given(Checks);
  Result.Config = given(Config);
  Result.ConfigFile = given(ConfigFile);
  Result.HeaderFilter = given(HeaderFilter);
  Result.ExcludeHeaderFilter = given(ExcludeHeaderFilter);
  Result.WarningsAsErrors = given(WarningsAsErrors);
  Result.LineFilter = given(LineFilter);
  Result.ExtraArgs = std::vector<std::string>(ExtraArg.begin(), ExtraArg.end());
  Result.ExtraArgsBefore = std::vector<std::string>(ExtraArgBefore.begin(), ExtraArgBefore.end());
  Result.OutputFormats = std::vector<std::string>(OutputFormats.begin(), OutputFormats.end());
  Result.OutputFile = OutputFile;
  Result.Jobs = Jobs;
  Result.TimeoutPerFile = Timeout;
  Result.Fix = Fix || FixNotes || FixErrors;
  Result.FixNotes = FixNotes || (Fix && UnsafeFixes);
  Result.FixErrors = FixErrors;
  Result.Plain = Plain;
  Result.NoCache = NoCache;
  Result.Quiet = Quiet;
  Result.Profile = Profile;
  if (UseColor != cl::BOU_UNSET)
    Result.Color = UseColor == cl::BOU_TRUE;
  else if (!sys::Process::GetEnv("NO_COLOR").value_or("").empty())
    Result.Color = false;
  if (Result.Color)
    WithColor::setAutoDetectFunction(*Result.Color ? +[](const raw_ostream &) { return true; }
                                                   : +[](const raw_ostream &) { return false; });
  return Result;
}

std::unique_ptr<ClangTidyOptionsProvider> makeOptionsProvider(const Options &Opts) {
  IntrusiveRefCntPtr<vfs::FileSystem> FS = vfs::getRealFileSystem();
  ClangTidyGlobalOptions Global;
  if (Opts.LineFilter)
    if (std::error_code EC = parseLineFilter(*Opts.LineFilter, Global)) {
      WithColor::error() << "--line-filter is not valid: " << EC.message() << '\n';
      return nullptr;
    }
  ClangTidyOptions Defaults = ClangTidyOptions::getDefaults();
  Defaults.Checks = "torch-*,-torch-advice-*";
  Defaults.HeaderFilterRegex = ".*";
  Defaults.ExcludeHeaderFilterRegex = "";
  Defaults.WarningsAsErrors = "";
  Defaults.FormatStyle = "none";
  Defaults.User = sys::Process::GetEnv("USER");
  ClangTidyOptions Override;
  Override.Checks = Opts.Checks;
  Override.HeaderFilterRegex = Opts.HeaderFilter;
  Override.ExcludeHeaderFilterRegex = Opts.ExcludeHeaderFilter;
  Override.WarningsAsErrors = Opts.WarningsAsErrors;
  Override.UseColor = Opts.Color;
  if (!Opts.Config && !Opts.ConfigFile)
    return std::make_unique<FileOptionsProvider>(std::move(Global), std::move(Defaults),
                                                 std::move(Override), FS);
  if (Opts.Config && Opts.ConfigFile) {
    WithColor::error() << "--config and --config-file exclude each other. Next: give one of them\n";
    return nullptr;
  }
  std::string Text = Opts.Config.value_or(""), Name = "<command line>";
  if (Opts.ConfigFile) {
    Name = *Opts.ConfigFile;
    auto Buffer = MemoryBuffer::getFile(Name);
    if (!Buffer) {
      WithColor::error() << "cannot read '" << Name << "': " << Buffer.getError().message() << '\n';
      return nullptr;
    }
    Text = (*Buffer)->getBuffer().str();
  }
  auto Parsed = parseConfiguration(MemoryBufferRef(Text, Name));
  if (!Parsed) {
    WithColor::error() << "the configuration in '" << Name
                       << "' is not valid: " << Parsed.getError().message() << '\n';
    return nullptr;
  }
  return std::make_unique<ConfigOptionsProvider>(std::move(Global), std::move(Defaults),
                                                 std::move(*Parsed), std::move(Override), FS);
}

} // namespace torchtidy
