// A translation unit to check: a source file and the command that compiles it.
#ifndef TORCHTIDY_DRIVER_ENGINE_UNIT_H
#define TORCHTIDY_DRIVER_ENGINE_UNIT_H

#include <string>
#include <vector>

namespace torchtidy {

struct Unit {
  std::string File;      // absolute
  std::string Directory; // where the command runs, absolute
  std::vector<std::string> CommandLine;
  std::vector<std::string> Joined; // files that are read behind it as if it included them, absolute
};

} // namespace torchtidy

#endif
