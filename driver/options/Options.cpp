#include "options/Options.h"
#include "options/Selection.h"
#include "options/Settings.h"
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
Opt<std::string> LineFilter("line-filter",
                            cl::desc("Files and lines to report on, as in "
                                     "[{\"name\":\"net.cpp\",\"lines\":[[1,9]]}]"),
                            cl::value_desc("json"), cl::cat(Category));
Opt<std::string> NewFromRev("new-from-rev",
                            cl::desc("Report only on lines changed since this git revision"),
                            cl::value_desc("rev"), cl::cat(Category));
Opt<std::string> BaselineFile("baseline", cl::desc("Do not report the findings that it lists"),
                              cl::value_desc("file"), cl::cat(Category));
Opt<std::string> WriteBaseline("write-baseline", cl::desc("List the findings of this run in it"),
                               cl::value_desc("file"), cl::cat(Category));
Opt<bool> PruneBaseline("prune-baseline",
                        cl::desc("With --baseline: take out what is no longer found"),
                        cl::cat(Category));
cl::list<std::string> Select("select",
                             cl::desc("Rules or groups (bug, convention, advice, all) to use in "
                                      "place of the configuration's"),
                             cl::value_desc("names"), cl::cat(Category));
cl::list<std::string> Ignore("ignore", cl::desc("Rules or groups not to use"),
                             cl::value_desc("names"), cl::cat(Category));
cl::list<std::string> Exclude("exclude", cl::desc("Files to leave alone, by path"),
                              cl::value_desc("regex"), cl::cat(Category));
Opt<std::string> SettingsFile("settings-file",
                              cl::desc("Settings in place of the nearest .torch-tidy.yaml; "
                                       "empty: none"),
                              cl::value_desc("file"), cl::cat(Category));
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
cl::alias OutputFileAlias("o", cl::desc("The same as --output-file"), cl::value_desc("file"),
                          cl::aliasopt(OutputFile), cl::cat(Category));
Opt<std::string> ShardText("shard",
                           cl::desc("Check the i-th of n parts of the files; 'torch-tidy merge' "
                                    "makes one report of all"),
                           cl::value_desc("i/n"), cl::cat(Category));
Opt<unsigned> Jobs("j", cl::Prefix, cl::desc("Files at a time (default: one a core)"),
                   cl::value_desc("n"), cl::cat(Category));
Opt<unsigned> Timeout("timeout-per-file", cl::desc("Give up on a file after this many seconds"),
                      cl::value_desc("s"), cl::cat(Category));
Opt<std::string> CacheDir("cache-dir", cl::desc("Where preambles and results are kept"),
                          cl::value_desc("dir"), cl::cat(Category));
Opt<std::string> RemoteCache("remote-cache",
                             cl::desc("Redis server through which machines share results"),
                             cl::value_desc("url"), cl::cat(Category));
Opt<bool> NoCache("no-cache", cl::desc("Forget results and preambles afterwards"),
                  cl::cat(Category));
Opt<bool> Plain("plain", cl::desc("Parse as clang-tidy does: share nothing"), cl::cat(Category));
Opt<bool> Fix("fix", cl::desc("Apply fixes"), cl::cat(Category));
Opt<bool> UnsafeFixes("unsafe-fixes",
                      cl::desc("With --fix, --diff and --export-fixes: also fixes that can "
                               "change what the program does"),
                      cl::cat(Category));
Opt<bool> FixNotes("fix-notes", cl::desc("Apply fixes that stand on notes, too"),
                   cl::cat(Category));
Opt<bool> FixErrors("fix-errors", cl::desc("Apply fixes even to files with compile errors"),
                    cl::cat(Category));
Opt<bool> Diff("diff", cl::desc("Print the fixes as a diff and change nothing"), cl::cat(Category));
Opt<std::string> ExportFixes("export-fixes",
                             cl::desc("Write the fixes for clang-apply-replacements to it"),
                             cl::value_desc("file"), cl::cat(Category));
Opt<bool> AddNolint("add-nolint", cl::desc("Suppress each finding with a NOLINT comment"),
                    cl::cat(Category));
Opt<bool> ExitNonZeroOnFix("exit-non-zero-on-fix",
                           cl::desc("Exit with 1 if anything was fixed, even if nothing is left"),
                           cl::cat(Category));
Opt<bool> ExitZero("exit-zero", cl::desc("Exit with 0 in spite of findings"), cl::cat(Category));
Opt<bool> ReportUnusedNolint("report-unused-nolint",
                             cl::desc("Also report NOLINT comments that suppress no rule"),
                             cl::cat(Category));
Opt<bool> Statistics("statistics", cl::desc("Print how often each rule was met, nothing else"),
                     cl::cat(Category));
Opt<bool> Watch("watch", cl::desc("Check again whenever a file is saved"), cl::cat(Category));
Opt<bool> ShowSettings("show-settings", cl::desc("Print what is in force, and from where"),
                       cl::cat(Category));
Opt<bool> ShowFiles("show-files", cl::desc("Print the files that would be checked"),
                    cl::cat(Category));
Opt<bool> VerifyConfig("verify-config",
                       cl::desc("Look for unknown rules and options in the configuration"),
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

constexpr CommandInfo Commands[] = {
    {"check", "[check] [PATH...] [OPTIONS] [-- FLAGS]",
     "lint files, directories or the whole compilation database; FLAGS: explicit compiler flags"},
    {"merge", "merge REPORT... [OPTIONS]",
     "make one report of those that several runs wrote with --output-format json:FILE"},
    {"rule", "rule [NAME]", "list the rules, or explain one"},
    {"init", "init [DIR]", "write configuration files for a project"},
    {"cache", "cache {info|clear}", "look at or empty the cache"},
    {"completion", "completion {bash|zsh|fish}", "print a completion script for a shell"},
    {"man", "man", "print the manual page"},
};

std::string overview() {
  std::string Text = "lint LibTorch C++ code\n\nCOMMANDS:\n";
  for (const CommandInfo &C : Commands)
    Text += "  torch-tidy " + C.Usage.str() + "\n      " + C.Summary.str() + "\n";
  return Text + "  @FILE anywhere stands for the arguments in FILE\n\n"
                "EXIT STATUS: 0 clean, 1 findings, 2 wrong usage, configuration or a file that "
                "could not be checked\n";
}

// The command line's word comes before the settings file's.
template <typename T, typename V> void setUnlessGiven(Opt<T> &O, const std::optional<V> &Value) {
  if (Value && O.getNumOccurrences() == 0)
    O.setValue(*Value);
}

void setUnlessGiven(cl::list<std::string> &O, const std::vector<std::string> &Values) {
  if (O.getNumOccurrences() == 0)
    for (const std::string &Value : Values)
      O.push_back(Value);
}

void applySettings(const Settings &S) {
  setUnlessGiven(BuildPath, S.BuildPath);
  setUnlessGiven(TorchRoot, S.TorchRoot);
  setUnlessGiven(CacheDir, S.CacheDir);
  setUnlessGiven(RemoteCache, S.RemoteCache);
  setUnlessGiven(BaselineFile, S.Baseline);
  setUnlessGiven(NewFromRev, S.NewFromRev);
  setUnlessGiven(Jobs, S.Jobs);
  setUnlessGiven(Timeout, S.TimeoutPerFile);
  setUnlessGiven(UnsafeFixes, S.UnsafeFixes);
  setUnlessGiven(ReportUnusedNolint, S.ReportUnusedNolint);
  setUnlessGiven(Select, S.Select);
  setUnlessGiven(Ignore, S.Ignore);
  setUnlessGiven(ExtraArg, S.ExtraArgs);
  setUnlessGiven(OutputFormats, S.OutputFormats);
  std::vector<std::string> Patterns;
  for (const RegexText &R : S.Exclude)
    Patterns.push_back(R.Text);
  setUnlessGiven(Exclude, Patterns);
}

// Ends the program.
[[noreturn]] void fail(const Twine &Message) {
  WithColor::error(errs(), "torch-tidy") << Message << '\n';
  exit(2);
}

// What only the whole can tell is for `merge`, which sees it.
void leaveToMerge(Settings &S) {
  S.Baseline.reset();
  if (S.ReportUnusedNolint.value_or(false) && !Quiet)
    WithColor::note(errs(), "torch-tidy")
        << "report-unused-nolint of the settings file is left out: a shard does not see every use "
           "of a header's comments. Next: run once without --shard\n";
  S.ReportUnusedNolint.reset();
}

// All else was for the runs that wrote the reports.
Settings ofMerge(const Settings &S) {
  Settings Result;
  Result.Baseline = S.Baseline;
  Result.OutputFormats = S.OutputFormats;
  return Result;
}

void refuseOptionsOfCheck() {
  constexpr StringLiteral Known[] = {"output-format",  "output-file",  "o",         "baseline",
                                     "write-baseline", "statistics",   "exit-zero", "quiet",
                                     "use-color",      "settings-file"};
  for (const auto &Entry : cl::getRegisteredOptions()) {
    const cl::Option &O = *Entry.second;
    if (is_contained(O.Categories, &Category) && O.getNumOccurrences() &&
        !is_contained(Known, O.ArgStr))
      fail("'torch-tidy merge' has no option '" + Twine(O.ArgStr.size() == 1 ? "-" : "--") +
           O.ArgStr + "'. Next: pass it to the runs that write the reports, if it is for them");
  }
}

// The path of the settings file that was applied; empty if there is none. Exits on a wrong one.
std::string readSettings(StringRef Command) {
  std::string Path = SettingsFile.getNumOccurrences() ? SettingsFile.getValue() : findSettings();
  if (Path.empty())
    return "";
  auto S = loadSettings(Path);
  if (!S)
    fail(toString(S.takeError()));
  if (Command == "merge")
    S = ofMerge(*S);
  else if (ShardText.getNumOccurrences())
    leaveToMerge(*S);
  applySettings(*S);
  return Path;
}

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
    for (const CommandInfo &Command : Commands)
      if (Args[1] == Command.Name) {
        Result.Command = Command.Name.str();
        Args.erase(Args.begin() + 1);
        break;
      }
  cl::HideUnrelatedOptions(Category);
  cl::SetVersionPrinter([](raw_ostream &OS) {
    OS << "torch-tidy " TORCHTIDY_VERSION " (LLVM " LLVM_VERSION_STRING ")\n";
  });
  if (!cl::ParseCommandLineOptions(Args.size(), Args.data(), overview(), &errs()))
    exit(2);
  if (Result.Command == "merge")
    refuseOptionsOfCheck();
  if (Result.Command == "check" || Result.Command == "merge")
    Result.SettingsPath = readSettings(Result.Command);
  if (ShardText.getNumOccurrences()) {
    auto Part = parseShard(ShardText);
    if (!Part)
      fail(toString(Part.takeError()));
    Result.Part = *Part;
  }
  Result.Arguments = std::vector<std::string>(Arguments.begin(), Arguments.end());
  Result.BuildPath = BuildPath;
  Result.TorchRoot = TorchRoot;
  Result.CacheDir = CacheDir;
  Result.RemoteCache = RemoteCache;
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
  Result.NewFromRev = NewFromRev;
  Result.Baseline = BaselineFile;
  Result.WriteBaseline = WriteBaseline;
  Result.PruneBaseline = PruneBaseline;
  Result.Select = std::vector<std::string>(Select.begin(), Select.end());
  Result.Ignore = std::vector<std::string>(Ignore.begin(), Ignore.end());
  Result.Exclude = std::vector<std::string>(Exclude.begin(), Exclude.end());
  Result.Diff = Diff;
  Result.ExportFixes = ExportFixes;
  Result.AddNolint = AddNolint;
  Result.ExitNonZeroOnFix = ExitNonZeroOnFix;
  Result.ExitZero = ExitZero;
  Result.ReportUnusedNolint = ReportUnusedNolint;
  Result.Statistics = Statistics;
  Result.Watch = Watch;
  Result.ShowSettings = ShowSettings;
  Result.ShowFiles = ShowFiles;
  Result.VerifyConfig = VerifyConfig;
  Result.Fix = Fix || FixNotes || FixErrors;
  Result.FixNotes = FixNotes || UnsafeFixes;
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

// What takes more than a part of the units to be right.
static std::string contradictionWithShard(const Options &Opts) {
  for (auto [Given, Name] : {std::pair(!Opts.Baseline.empty(), "--baseline"),
                             std::pair(!Opts.WriteBaseline.empty(), "--write-baseline"),
                             std::pair(Opts.Statistics, "--statistics")})
    if (Given)
      return Name + std::string(" needs the findings of all shards. Next: pass it to 'torch-tidy "
                                "merge', with a report of each shard");
  if (Opts.ReportUnusedNolint)
    return "--report-unused-nolint needs a run over all files: another shard may need a comment in "
           "a header. Next: run it once without --shard";
  if (Opts.Fix || Opts.Diff || Opts.AddNolint)
    return "--fix, --diff and --add-nolint need a run over all files: shards would each change the "
           "headers that they share. Next: leave --shard out, or pass --export-fixes and run "
           "clang-apply-replacements over what all shards wrote";
  return "";
}

std::string contradiction(const Options &Opts) {
  if (!Opts.WriteBaseline.empty() && !Opts.Baseline.empty())
    return "--write-baseline and --baseline exclude each other. Next: --write-baseline to begin "
           "anew, --baseline FILE --prune-baseline to shorten one";
  if (!Opts.WriteBaseline.empty() && !Opts.NewFromRev.empty())
    return "--write-baseline lists all findings, --new-from-rev only some. Next: give one of them";
  if (Opts.PruneBaseline && Opts.Baseline.empty())
    return "--prune-baseline needs a baseline. Next: pass --baseline FILE";
  if (Opts.AddNolint && Opts.Fix)
    return "--add-nolint and --fix exclude each other. Next: --fix first, then --add-nolint";
  return Opts.Part ? contradictionWithShard(Opts) : "";
}

ArrayRef<CommandInfo> commandTable() { return Commands; }

std::vector<OptionInfo> optionTable() {
  std::vector<OptionInfo> Result;
  for (const auto &Entry : cl::getRegisteredOptions()) {
    const cl::Option *O = Entry.second;
    if (is_contained(O->Categories, &Category))
      Result.push_back({O->ArgStr, O->ValueStr, O->HelpStr});
  }
  llvm::sort(Result, [](const OptionInfo &A, const OptionInfo &B) { return A.Name < B.Name; });
  return Result;
}

std::unique_ptr<ClangTidyOptionsProvider> makeOptionsProvider(const Options &Opts) {
  IntrusiveRefCntPtr<vfs::FileSystem> FS = vfs::getRealFileSystem();
  ClangTidyGlobalOptions Global;
  if (Opts.LineFilter)
    if (std::error_code EC = parseLineFilter(*Opts.LineFilter, Global)) {
      WithColor::error(errs(), "torch-tidy")
          << "--line-filter is not valid: " << EC.message()
          << ". Next: write it like [{\"name\":\"net.cpp\",\"lines\":[[1,9]]}]\n";
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
  auto Selected = selectChecks(Opts.Select, Opts.Checks, Opts.Ignore);
  if (!Selected) {
    WithColor::error(errs(), "torch-tidy") << toString(Selected.takeError()) << '\n';
    return nullptr;
  }
  Override.Checks = *Selected;
  Override.HeaderFilterRegex = Opts.HeaderFilter;
  Override.ExcludeHeaderFilterRegex = Opts.ExcludeHeaderFilter;
  Override.WarningsAsErrors = Opts.WarningsAsErrors;
  Override.UseColor = Opts.Color;
  if (!Opts.Config && !Opts.ConfigFile)
    return std::make_unique<FileOptionsProvider>(std::move(Global), std::move(Defaults),
                                                 std::move(Override), FS);
  if (Opts.Config && Opts.ConfigFile) {
    WithColor::error(errs(), "torch-tidy")
        << "--config and --config-file exclude each other. Next: give one of them\n";
    return nullptr;
  }
  std::string Text = Opts.Config.value_or(""), Name = "<command line>";
  if (Opts.ConfigFile) {
    Name = *Opts.ConfigFile;
    auto Buffer = MemoryBuffer::getFile(Name);
    if (!Buffer) {
      WithColor::error(errs(), "torch-tidy")
          << "cannot read '" << Name << "': " << Buffer.getError().message() << '\n';
      return nullptr;
    }
    Text = (*Buffer)->getBuffer().str();
  }
  auto Parsed = parseConfiguration(MemoryBufferRef(Text, Name));
  if (!Parsed) {
    WithColor::error(errs(), "torch-tidy")
        << "the configuration in '" << Name << "' is not valid: " << Parsed.getError().message()
        << '\n';
    return nullptr;
  }
  return std::make_unique<ConfigOptionsProvider>(std::move(Global), std::move(Defaults),
                                                 std::move(*Parsed), std::move(Override), FS);
}

} // namespace torchtidy
