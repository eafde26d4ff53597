#include "options/CommandLine.h"
#include "options/Settings.h"
#include "support/Messages.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Process.h"
#include <functional>
#include <memory>

using namespace llvm;

namespace torchtidy {
namespace {

// A row of the table as LLVM's parser has it.
struct Registration {
  const OptionInfo *Info;
  std::shared_ptr<cl::Option> Option;
  std::function<OptionValue()> Value;

  bool isGiven() const { return Option->getNumOccurrences() > 0; }
};

cl::OptionCategory &category() {
  static cl::OptionCategory Category("torch-tidy options");
  return Category;
}

template <typename ClOption, typename Convert, typename... Mods>
Registration registered(const OptionInfo &Info, Convert ToValue, const Mods &...Other) {
  auto Option = std::make_shared<ClOption>(
      Info.Name, cl::desc(Info.Help), cl::value_desc(Info.Value), cl::cat(category()), Other...);
  return {&Info, Option, [Option, ToValue]() -> OptionValue { return ToValue(*Option); }};
}

struct Registrar {
  const OptionInfo &Info;

  template <typename T> static T valueOf(const cl::opt<T> &O) { return O.getValue(); }

  Registration operator()(bool Options::*) const {
    return registered<cl::opt<bool>>(Info, valueOf<bool>);
  }
  // A single letter takes its number without a space, too.
  Registration operator()(unsigned Options::*) const {
    return registered<cl::opt<unsigned>>(Info, valueOf<unsigned>,
                                         Info.Name.size() == 1 ? cl::Prefix : cl::NormalFormatting);
  }
  Registration operator()(std::string Options::*) const {
    return registered<cl::opt<std::string>>(Info, valueOf<std::string>);
  }
  Registration operator()(std::optional<std::string> Options::*) const {
    return registered<cl::opt<std::string>>(Info, valueOf<std::string>);
  }
  Registration operator()(std::optional<bool> Options::*) const {
    using Option = cl::opt<cl::boolOrDefault>;
    return registered<Option>(Info, [](const Option &O) { return O.getValue() == cl::BOU_TRUE; });
  }
  Registration operator()(std::vector<std::string> Options::*) const {
    using Option = cl::list<std::string>;
    return registered<Option>(
        Info, [](const Option &O) { return std::vector<std::string>(O.begin(), O.end()); });
  }
};

SmallVector<cl::Option *> optionsOfOtherPrograms() {
  SmallVector<cl::Option *> Result;
  for (auto &[Name, Option] : cl::getRegisteredOptions()) {
    StringRef Theirs = Name; // a binding is no capture in C++17
    if (any_of(optionTable(), [=](const OptionInfo &Info) { return Info.Name == Theirs; }))
      Result.push_back(Option);
  }
  return Result;
}

class Parser {
public:
  Parser()
      : Arguments(cl::Positional, cl::desc("[check] [files and directories]"),
                  cl::cat(category())) {
    // In the wheel's program clangd and clang-tidy have registered theirs before.
    for (cl::Option *Other : optionsOfOtherPrograms())
      Other->removeArgument();
    for (const OptionInfo &Info : optionTable())
      if (Info.AliasOf.empty())
        All.push_back(std::visit(Registrar{Info}, Info.Member));
    for (const OptionInfo &Info : optionTable())
      if (!Info.AliasOf.empty())
        Aliases.push_back(std::make_unique<cl::alias>(
            Info.Name, cl::desc(Info.Help), cl::value_desc(Info.Value),
            cl::aliasopt(*find(Info.AliasOf).Option), cl::cat(category())));
  }

  const Registration &find(StringRef Name) const {
    return *find_if(All, [&](const Registration &R) { return R.Info->Name == Name; });
  }

  cl::list<std::string> Arguments;
  std::vector<Registration> All;

private:
  std::vector<std::unique_ptr<cl::alias>> Aliases;
};

// Ends the program.
[[noreturn]] void fail(const Twine &Message) {
  Messages(false).error(Message);
  exit(2);
}

std::string overview(ArrayRef<CommandInfo> Commands) {
  std::string Text = "lint LibTorch C++ code\n\nCOMMANDS:\n";
  for (const CommandInfo &C : Commands)
    Text += "  torch-tidy " + C.Usage.str() + "\n      " + C.Summary.str() + "\n";
  return Text + "  @FILE anywhere stands for the arguments in FILE\n\n"
                "EXIT STATUS: 0 clean or infos only (see --fail-on), 1 warnings, 2 wrong usage, "
                "configuration or a file that "
                "could not be checked\n";
}

void refuseOtherOptions(const Parser &P, const CommandInfo &Command, StringRef Next) {
  for (const Registration &R : P.All)
    if (R.isGiven() && !(R.Info->Commands & Command.Kind))
      fail("'torch-tidy " + Command.Name.str() + "' has no option '" + dashed(R.Info->Name) +
           "'. Next: " + Next.str());
}

// What only the whole can tell is for `merge`, which sees it.
bool isLeftToMerge(const SettingValue &S, const Messages &Tell) {
  if (S.Info->Name == "report-unused-nolint" && std::get<bool>(S.Value))
    Tell.note("report-unused-nolint of the settings file is left out: a shard does not see every "
              "use of a header's comments. Next: run once without --shard");
  return S.Info->Name == "report-unused-nolint" || S.Info->Name == "baseline";
}

// Reads the settings of Command. The command line's word comes before the file's.
void applySettings(const Parser &P, CommandSet Command, Options &Result) {
  if (none_of(optionTable(), [&](const OptionInfo &Info) {
        return Info.Settings != InSettings::No && (Info.Commands & Command);
      }))
    return;
  const Registration &File = P.find("settings-file");
  Result.SettingsPath = File.isGiven() ? std::get<std::string>(File.Value()) : findSettings();
  if (Result.SettingsPath.empty())
    return;
  auto Values = loadSettings(Result.SettingsPath);
  if (!Values)
    fail(toString(Values.takeError()));
  bool IsShard = P.find("shard").isGiven();
  Messages Tell(std::get<bool>(P.find("quiet").Value()));
  for (SettingValue &S : *Values) {
    if (!(S.Info->Commands & Command) || P.find(S.Info->Name).isGiven() ||
        (IsShard && isLeftToMerge(S, Tell)))
      continue;
    assign(Result, *S.Info, S.Value);
    Result.Given.push_back({S.Info, std::move(S.Value), /*IsFromSettings=*/true});
  }
}

void applyCommandLine(const Parser &P, Options &Result) {
  for (const Registration &R : P.All)
    if (R.isGiven()) {
      OptionValue Value = R.Value();
      if (const auto *Text = std::get_if<std::string>(&Value))
        if (std::string Why = refusal(*R.Info, *Text); !Why.empty())
          fail(Why + ". Next: give one of them");
      assign(Result, *R.Info, Value);
      Result.Given.push_back({R.Info, std::move(Value), /*IsFromSettings=*/false});
    }
  Result.Arguments = std::vector<std::string>(P.Arguments.begin(), P.Arguments.end());
  if (!Result.ShardText.empty() || P.find("shard").isGiven()) {
    auto Part = parseShard(Result.ShardText);
    if (!Part)
      fail(toString(Part.takeError()));
    Result.Part = *Part;
  }
}

void chooseColor(Options &Result) {
  if (!Result.Color && !sys::Process::GetEnv("NO_COLOR").value_or("").empty())
    Result.Color = false;
  if (Result.Color)
    WithColor::setAutoDetectFunction(*Result.Color ? +[](const raw_ostream &) { return true; }
                                                   : +[](const raw_ostream &) { return false; });
}

} // namespace

CommandLine parseCommandLine(int Argc, const char **Argv, ArrayRef<CommandInfo> Commands) {
  CommandLine Result{&Commands.front(), {}};
  std::vector<const char *> Args;
  for (int I = 0; I < Argc; ++I) {
    if (I > 0 && StringRef(Argv[I]) == "--") {
      Result.Opts.FixedFlags.emplace(Argv + I + 1, Argv + Argc);
      break;
    }
    Args.push_back(Argv[I]);
  }
  if (Args.size() > 1)
    for (const CommandInfo &Command : Commands)
      if (Args[1] == Command.Name) {
        Result.Command = &Command;
        Args.erase(Args.begin() + 1);
        break;
      }
  static Parser P; // LLVM's parser keeps pointers to what it is told of
  cl::HideUnrelatedOptions(category());
  cl::SetVersionPrinter([](raw_ostream &OS) {
    OS << "torch-tidy " TORCHTIDY_VERSION " (LLVM " LLVM_VERSION_STRING ")\n";
  });
  if (!cl::ParseCommandLineOptions(int(Args.size()), Args.data(), overview(Commands), &errs()))
    exit(2);
  if (Result.Command->Kind == ForMerge)
    refuseOtherOptions(P, *Result.Command,
                       "pass it to the runs that write the reports, if it is for them");
  if (Result.Command->Kind == ForKeys)
    refuseOtherOptions(P, *Result.Command, "leave it out");
  applySettings(P, Result.Command->Kind, Result.Opts);
  applyCommandLine(P, Result.Opts);
  chooseColor(Result.Opts);
  return Result;
}

} // namespace torchtidy
