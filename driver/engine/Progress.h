// How far a run is.
#ifndef TORCHTIDY_DRIVER_ENGINE_PROGRESS_H
#define TORCHTIDY_DRIVER_ENGINE_PROGRESS_H

#include <cstddef>
#include <string>

namespace torchtidy {

struct Progress {
  size_t Done = 0, Total = 0, PreamblesBuilt = 0, PreamblesToBuild = 0, Diagnostics = 0;
  std::string Current;
  bool IsOver = false;
};

} // namespace torchtidy

#endif
