// What was given for an option, whichever it is.
#ifndef TORCHTIDY_DRIVER_OPTIONS_OPTIONVALUE_H
#define TORCHTIDY_DRIVER_OPTIONS_OPTIONVALUE_H

#include <string>
#include <variant>
#include <vector>

namespace torchtidy {

struct OptionInfo;

using OptionValue = std::variant<bool, unsigned, std::string, std::vector<std::string>>;

struct GivenOption {
  const OptionInfo *Info = nullptr;
  OptionValue Value;
  bool IsFromSettings = false; // else from the command line
};

} // namespace torchtidy

#endif
