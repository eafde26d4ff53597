// The options: each is spelled once, as a row. Parsing, --help, the completion scripts, the manual
// page, the keys of .torch-tidy.yaml and --show-settings come from here.
#ifndef TORCHTIDY_DRIVER_OPTIONS_OPTIONTABLE_H
#define TORCHTIDY_DRIVER_OPTIONS_OPTIONTABLE_H

#include "options/Options.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace torchtidy {

// A set of commands.
enum CommandSet : unsigned {
  ForNone = 0,
  ForCheck = 1,
  ForMerge = 2,
  ForCache = 4,
  ForKeys = 8,
  ForAll = ~0u
};

// What the settings file may say of an option.
enum class InSettings {
  No,
  Yes,
  Path,  // as seen from the file's directory
  Regex, // each is tried when the file is read
};

using OptionMember =
    std::variant<bool Options::*, unsigned Options::*, std::string Options::*,
                 std::optional<bool> Options::*, std::optional<std::string> Options::*,
                 std::vector<std::string> Options::*>;

struct OptionInfo {
  llvm::StringRef Name, Value, Help; // Value: a word for it; empty for a switch
  OptionMember Member;               // its type decides what may be given, and how often
  InSettings Settings = InSettings::No;
  unsigned Commands = ForCheck;                   // the commands that it means something to
  bool Options::*Implied = nullptr;               // a switch that it turns on, too
  llvm::StringRef AliasOf = {};                   // the row of which this is another name
  llvm::ArrayRef<llvm::StringLiteral> Words = {}; // the only ones that a text may be; empty: any
};

// Why Info cannot have that value; empty if it can.
std::string refusal(const OptionInfo &Info, llvm::StringRef Value);

// Sorted by name.
llvm::ArrayRef<OptionInfo> optionTable();

// As it is typed: --name, -n.
std::string dashed(llvm::StringRef Name);

void assign(Options &Opts, const OptionInfo &Info, const OptionValue &Value);

// In words; passwords are left out.
std::string toText(const OptionValue &Value);

} // namespace torchtidy

#endif
