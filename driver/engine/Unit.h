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
  // Files that are read behind it as if it included them, and the files of the project that units
  // of their own read for them: what these define for the preprocessor is all that may count.
  // Absolute.
  std::vector<std::string> Joined = {}, JoinedReads = {};
};

} // namespace torchtidy

#endif
