#include "RuleTable.h"
#include "commands/Commands.h"
#include "report/Outputs.h"
#include "support/Messages.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace torchtidy {
namespace {

bool takesFile(const OptionInfo &O) { return O.Value == "file" || O.Value == "dir"; }

std::string ruleWords() {
  std::string Words = "all bug convention advice";
  for (const RuleInfo &R : allRules())
    Words += (" " + R.Name).str();
  return Words;
}

// What may stand after the option; empty if that cannot be listed.
std::string wordsOf(const OptionInfo &O) {
  return O.Value == "names" ? ruleWords() : join(O.Words, " ");
}

std::string commandWords() {
  std::string Words;
  for (const CommandInfo &C : allCommands())
    Words += (Words.empty() ? "" : " ") + C.Name.str();
  return Words;
}

std::string replaced(StringRef Text, StringRef From, StringRef To) {
  std::string Result;
  while (true) {
    auto [Head, Tail] = Text.split(From);
    Result += Head;
    if (Head.size() == Text.size())
      return Result;
    Result += To;
    Text = Tail;
  }
}

void printBash(raw_ostream &OS) {
  OS << "# bash completion of torch-tidy; made by: torch-tidy completion bash\n"
        "_torch_tidy() {\n"
        "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
        "  [ \"$prev\" = = ] && prev=${COMP_WORDS[COMP_CWORD-2]}\n"
        "  [ \"$cur\" = = ] && cur=\n"
        "  case $prev in\n"
        "    --select|--ignore|--checks|rule) COMPREPLY=($(compgen -W '"
     << ruleWords()
     << "' -- \"$cur\")); return ;;\n"
        "    --output-format) COMPREPLY=($(compgen -W '"
     << replaced(outputFormatNames(), ",", "") << "' -- \"$cur\")); return ;;\n";
  for (const OptionInfo &O : optionTable())
    if (!O.Words.empty())
      OS << "    " << dashed(O.Name) << ") COMPREPLY=($(compgen -W '" << wordsOf(O)
         << "' -- \"$cur\")); return ;;\n";
  OS << "    cache) COMPREPLY=($(compgen -W 'info clear' -- \"$cur\")); return ;;\n"
        "    completion) COMPREPLY=($(compgen -W 'bash zsh fish' -- \"$cur\")); return ;;\n"
        "  esac\n"
        "  if [[ $cur == -* ]]; then\n"
        "    COMPREPLY=($(compgen -W '";
  StringRef Separator;
  for (const OptionInfo &O : optionTable()) {
    OS << Separator << dashed(O.Name);
    Separator = " ";
  }
  OS << "' -- \"$cur\"))\n"
        "  else\n"
        "    COMPREPLY=($(compgen -f -- \"$cur\"))\n"
        "    [ \"$COMP_CWORD\" = 1 ] && COMPREPLY+=($(compgen -W '"
     << commandWords()
     << "' -- \"$cur\"))\n"
        "  fi\n"
        "}\n"
        "complete -o filenames -F _torch_tidy torch-tidy\n";
}

void printZsh(raw_ostream &OS) {
  auto quoted = [](StringRef Text) {
    std::string Result = replaced(Text, "'", "'\\''");
    for (StringRef Special : {"[", "]", ":"})
      Result = replaced(Result, Special, ("\\" + Special).str());
    return Result;
  };
  OS << "#compdef torch-tidy\n# zsh completion of torch-tidy; made by: torch-tidy completion zsh\n"
        "_arguments \\\n";
  for (const OptionInfo &O : optionTable()) {
    OS << "  '" << dashed(O.Name) << (O.Value.empty() ? "" : "=") << '[' << quoted(O.Help) << ']';
    if (!O.Value.empty())
      OS << ':' << quoted(O.Value) << ':'
         << (takesFile(O)          ? "_files"
             : !wordsOf(O).empty() ? "(" + wordsOf(O) + ")"
                                   : "");
    OS << "' \\\n";
  }
  OS << "  '1:command or file:{ compadd " << commandWords() << "; _files }' \\\n"
     << "  '*:file:_files'\n";
}

void printFish(raw_ostream &OS) {
  auto quoted = [](StringRef Text) {
    return "'" + replaced(replaced(Text, "\\", "\\\\"), "'", "\\'") + "'";
  };
  OS << "# fish completion of torch-tidy; made by: torch-tidy completion fish\n";
  for (const CommandInfo &C : allCommands())
    OS << "complete -c torch-tidy -n __fish_use_subcommand -a " << C.Name << " -d "
       << quoted(C.Summary) << '\n';
  OS << "complete -c torch-tidy -n '__fish_seen_subcommand_from rule' -f -a '" << ruleWords()
     << "'\n";
  for (const OptionInfo &O : optionTable()) {
    OS << "complete -c torch-tidy " << (O.Name.size() == 1 ? "-s " : "-l ") << O.Name;
    if (!O.Value.empty())
      OS << (takesFile(O) ? " -r" : " -x");
    if (!wordsOf(O).empty())
      OS << " -a '" << wordsOf(O) << "'";
    OS << " -d " << quoted(O.Help) << '\n';
  }
}

// Text as roff wants it: a hyphen that is typed is \-, a leading dot would be a request.
std::string roff(StringRef Text) {
  std::string Result = replaced(replaced(Text, "\\", "\\e"), "-", "\\-");
  return StringRef(Result).starts_with(".") ? "\\&" + Result : Result;
}

} // namespace

int runCompletionCommand(const Options &Opts) {
  StringRef Shell = Opts.Arguments.size() == 1 ? StringRef(Opts.Arguments[0]) : "";
  if (Shell == "bash")
    printBash(outs());
  else if (Shell == "zsh")
    printZsh(outs());
  else if (Shell == "fish")
    printFish(outs());
  else {
    Messages(Opts.Quiet)
        .error("usage: torch-tidy completion {bash|zsh|fish}. Next: name one of these shells");
    return Unusable;
  }
  return Clean;
}

int runManCommand(const Options &) {
  raw_ostream &OS = outs();
  OS << ".\\\" Made by: torch-tidy man. Do not edit.\n"
        ".TH TORCH\\-TIDY 1 \"\" \"torch\\-tidy " TORCHTIDY_VERSION "\"\n"
        ".SH NAME\ntorch\\-tidy \\- lint LibTorch C++ code\n.SH SYNOPSIS\n";
  for (const CommandInfo &C : allCommands())
    OS << ".B torch\\-tidy\n" << roff(C.Usage) << "\n.br\n";
  OS << ".SH COMMANDS\n";
  for (const CommandInfo &C : allCommands())
    OS << ".TP\n.B " << roff(C.Name) << '\n' << roff(C.Summary) << ".\n";
  OS << ".SH OPTIONS\n";
  for (const OptionInfo &O : optionTable()) {
    OS << ".TP\n.B " << roff(dashed(O.Name));
    if (!O.Value.empty())
      OS << (O.Name.size() == 1 ? " " : "=") << roff(O.Value);
    OS << '\n' << roff(O.Help) << ".\n";
  }
  OS << ".TP\n.B @file\nThe arguments in file.\n"
        ".SH EXIT STATUS\n0 clean or infos only (see \\-\\-fail\\-on), 1 warnings, 2 wrong usage, "
        "wrong configuration or a file that "
        "could not be checked.\n"
        ".SH FILES\n.TP\n.B .clang\\-tidy\nRules and their options, as for clang\\-tidy.\n"
        ".TP\n.B .torch\\-tidy.yaml\nDefaults for the options above.\n";
  return Clean;
}

} // namespace torchtidy
