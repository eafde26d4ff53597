#include "options/OptionTable.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace torchtidy {

constexpr StringLiteral Printing[] = {"text", "json"};
constexpr StringLiteral Failing[] = {"warning", "info"};

constexpr OptionInfo Table[] = {
    {"add-nolint", "", "Suppress each finding with a NOLINT comment", &Options::AddNolint},
    {"against", "file",
     "Compare the keys with those of a checkpoint: a LibTorch archive, a state_dict of Python's "
     "torch.save, or safetensors",
     &Options::Against, InSettings::No, ForKeys},
    {"asked-files", "file",
     "List in it the other files of the database in which something was looked for",
     &Options::AskedFiles},
    {"baseline", "file", "Do not report the findings that it lists", &Options::Baseline,
     InSettings::Path, ForCheck | ForMerge},
    {"cache-dir", "dir", "Where preambles and results are kept", &Options::CacheDir,
     InSettings::Path, ForCheck | ForCache | ForKeys},
    {"checks", "globs", "Globs of rules, added to the configuration's", &Options::Checks,
     InSettings::No, ForCheck | ForKeys},
    {"config", "yaml", "Configuration in place of .clang-tidy", &Options::Config, InSettings::No,
     ForCheck | ForKeys},
    {"config-file", "file", "File with it", &Options::ConfigFile, InSettings::No,
     ForCheck | ForKeys},
    {"diff", "", "Print the fixes as a diff and change nothing", &Options::Diff},
    {"entry", "name", "With --against: the dictionary or module of the checkpoint to take",
     &Options::Entry, InSettings::No, ForKeys},
    {"exclude", "regex", "Files to leave alone, by path", &Options::Exclude, InSettings::Regex,
     ForCheck | ForKeys},
    {"exclude-header-filter", "regex", "Headers not to report on", &Options::ExcludeHeaderFilter},
    {"exit-non-zero-on-fix", "", "Exit with 1 if anything was fixed, even if nothing is left",
     &Options::ExitNonZeroOnFix},
    {"exit-zero", "", "Exit with 0 in spite of findings", &Options::ExitZero, InSettings::No,
     ForCheck | ForMerge},
    {"export-fixes", "file", "Write the fixes for clang-apply-replacements to it",
     &Options::ExportFixes},
    {"extra-arg", "flag", "Compiler flag to append", &Options::ExtraArgs, InSettings::Yes,
     ForCheck | ForKeys},
    {"extra-arg-before", "flag", "Compiler flag to prepend", &Options::ExtraArgsBefore,
     InSettings::No, ForCheck | ForKeys},
    {"fail-on", "severity",
     "What the exit status counts: warning (default), or info, which is warnings and infos",
     &Options::FailOn, InSettings::Yes, ForCheck | ForMerge, nullptr, "", Failing},
    {"fix", "", "Apply fixes", &Options::Fix},
    {"fix-errors", "", "Apply fixes even where a file does not compile", &Options::FixErrors,
     InSettings::No, ForCheck, &Options::Fix},
    {"fix-notes", "", "Apply fixes that stand on notes, too", &Options::UnsafeFixes, InSettings::No,
     ForCheck, &Options::Fix},
    {"format", "format", "text (default) or json", &Options::KeysFormat, InSettings::No, ForKeys,
     nullptr, "", Printing},
    {"header-filter", "regex", "Headers to report on (default: the project's)",
     &Options::HeaderFilter},
    {"ignore", "names", "Rules or groups not to use", &Options::Ignore, InSettings::Yes,
     ForCheck | ForKeys},
    {"j", "n", "Files at a time (default: one a core)", &Options::Jobs, InSettings::Yes,
     ForCheck | ForKeys},
    {"line-filter", "json",
     "Files and lines to report on, as in "
     "[{\"name\":\"net.cpp\",\"lines\":[[1,9]]}]",
     &Options::LineFilter},
    {"new-from-rev", "rev", "Report only on lines changed since this git revision",
     &Options::NewFromRev, InSettings::Yes},
    {"no-cache", "", "Forget results and preambles afterwards", &Options::NoCache, InSettings::No,
     ForCheck | ForKeys},
    {"no-cross-tu", "", "Read each file alone, without what other files define",
     &Options::NoCrossUnits, InSettings::Yes},
    {"o", "file", "The same as --output-file", &Options::OutputFile, InSettings::No,
     ForCheck | ForMerge, nullptr, "output-file"},
    {"output-file", "file", "Write there, not to standard output", &Options::OutputFile,
     InSettings::No, ForCheck | ForMerge},
    {"output-format", "format[:file]",
     "text (default), clang-tidy, json, sarif, github, gitlab, junit, rdjson, "
     "html; several may be given, all but one with a file",
     &Options::OutputFormats, InSettings::Yes, ForCheck | ForMerge},
    {"p", "dir", "Directory of compile_commands.json", &Options::BuildPath, InSettings::Path,
     ForCheck | ForKeys},
    {"plain", "", "Parse as clang-tidy does: share nothing", &Options::Plain, InSettings::No,
     ForCheck | ForKeys},
    {"profile", "", "Tell where the time went", &Options::Profile},
    {"prune-baseline", "", "With --baseline: take out what is no longer found",
     &Options::PruneBaseline},
    {"quiet", "", "Findings only", &Options::Quiet, InSettings::No, ForAll},
    {"remote-cache", "url", "Redis server through which machines share results",
     &Options::RemoteCache, InSettings::Yes, ForCheck | ForKeys},
    {"report-unused-nolint", "", "Also report NOLINT comments that suppress no rule",
     &Options::ReportUnusedNolint, InSettings::Yes},
    {"select", "names",
     "Rules or groups (bug, convention, advice, all) to use in "
     "place of the configuration's",
     &Options::Select, InSettings::Yes, ForCheck | ForKeys},
    {"settings-file", "file",
     "Settings in place of the nearest .torch-tidy.yaml; "
     "empty: none",
     &Options::SettingsFile, InSettings::No, ForCheck | ForMerge | ForCache | ForKeys},
    {"shard", "i/n",
     "Check the i-th of n parts of the files; 'torch-tidy merge' "
     "makes one report of all",
     &Options::ShardText},
    {"show-files", "", "Print the files that would be checked", &Options::ShowFiles},
    {"show-settings", "", "Print what is in force, and from where", &Options::ShowSettings},
    {"statistics", "", "Print how often each rule was met, nothing else", &Options::Statistics,
     InSettings::No, ForCheck | ForMerge},
    {"svg", "file", "Also draw the modules as a picture", &Options::KeysPicture, InSettings::No,
     ForKeys},
    {"timeout-per-file", "s", "Give up on a file after this many seconds (default: 300; 0: never)",
     &Options::TimeoutPerFile, InSettings::Yes, ForCheck | ForKeys},
    {"torch-root", "dir", "Where LibTorch is, for files without a database", &Options::TorchRoot,
     InSettings::Path, ForCheck | ForKeys},
    {"unsafe-fixes", "",
     "With --fix, --diff and --export-fixes: also fixes that can "
     "change what the program does",
     &Options::UnsafeFixes, InSettings::Yes, ForCheck | ForKeys},
    {"use-color", "", "Colour (default: on a terminal, unless NO_COLOR is set)", &Options::Color,
     InSettings::No, ForAll},
    {"verify-config", "", "Look for unknown rules and options in the configuration",
     &Options::VerifyConfig},
    {"warnings-as-errors", "globs", "Globs of rules that are errors; infos stay infos",
     &Options::WarningsAsErrors},
    {"watch", "", "Check again whenever a file is saved", &Options::Watch},
    {"write-baseline", "file", "List the findings of this run in it", &Options::WriteBaseline,
     InSettings::No, ForCheck | ForMerge},
};

ArrayRef<OptionInfo> optionTable() { return Table; }

std::string refusal(const OptionInfo &Info, StringRef Value) {
  if (Info.Words.empty() || is_contained(Info.Words, Value))
    return "";
  return ("'" + Value + "' is no value of " + Info.Name + ", which takes one of " +
          join(Info.Words, ", "))
      .str();
}

std::string dashed(StringRef Name) { return (Name.size() == 1 ? "-" : "--") + Name.str(); }

void assign(Options &Opts, const OptionInfo &Info, const OptionValue &Value) {
  std::visit(
      [&](auto Member) {
        auto &Target = Opts.*Member;
        using T = std::remove_reference_t<decltype(Target)>;
        if constexpr (std::is_same_v<T, std::optional<bool>>)
          Target = std::get<bool>(Value);
        else if constexpr (std::is_same_v<T, std::optional<std::string>>)
          Target = std::get<std::string>(Value);
        else
          Target = std::get<T>(Value);
      },
      Info.Member);
  if (Info.Implied && std::get<bool>(Value))
    Opts.*Info.Implied = true;
}

std::string toText(const OptionValue &Value) {
  if (const auto *Switch = std::get_if<bool>(&Value))
    return *Switch ? "true" : "false";
  if (const auto *Number = std::get_if<unsigned>(&Value))
    return std::to_string(*Number);
  if (const auto *List = std::get_if<std::vector<std::string>>(&Value))
    return join(*List, " ");
  StringRef Text = std::get<std::string>(Value);
  auto [Scheme, Rest] = Text.split("://");
  size_t At = Rest.rfind('@');
  return At == StringRef::npos ? Text.str() : (Scheme + "://..." + Rest.substr(At)).str();
}

} // namespace torchtidy
