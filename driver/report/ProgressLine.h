// One line on standard error that says how far a run is; only on a terminal.
#ifndef TORCHTIDY_DRIVER_REPORT_PROGRESSLINE_H
#define TORCHTIDY_DRIVER_REPORT_PROGRESSLINE_H

#include "engine/Progress.h"
#include <chrono>
#include <optional>

namespace torchtidy {

class ProgressLine {
public:
  explicit ProgressLine(bool Wanted);
  ~ProgressLine() { clear(); }
  void update(const Progress &P);
  void clear();

private:
  using Clock = std::chrono::steady_clock;
  bool Shown = false, Enabled;
  std::optional<Clock::time_point> Start; // of the run that is shown
  Clock::time_point Last;
};

} // namespace torchtidy

#endif
