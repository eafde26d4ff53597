// .torch-tidy.yaml: the project's defaults for options of the command line.
#ifndef TORCHTIDY_DRIVER_OPTIONS_SETTINGS_H
#define TORCHTIDY_DRIVER_OPTIONS_SETTINGS_H

#include "options/OptionTable.h"
#include "llvm/Support/Error.h"

namespace torchtidy {

struct SettingValue {
  const OptionInfo *Info = nullptr;
  OptionValue Value;
};

// The nearest .torch-tidy.yaml, from the current directory up; empty if there is none.
std::string findSettings();

// Keys are the names of those options that the table lets into the file. Paths are as seen from the
// file's directory, here made absolute. Fails with the line and the reason on anything that is not
// understood.
llvm::Expected<std::vector<SettingValue>> loadSettings(llvm::StringRef Path);

} // namespace torchtidy

#endif
