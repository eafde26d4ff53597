// One line on standard error that says how far a run is; where nobody sees it change, one that says
// so once of a long run.
#ifndef TORCHTIDY_DRIVER_REPORT_PROGRESSLINE_H
#define TORCHTIDY_DRIVER_REPORT_PROGRESSLINE_H

#include "engine/Progress.h"
#include <chrono>
#include <optional>

namespace torchtidy {

class ProgressLine {
public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds Patience{10};

  explicit ProgressLine(bool Wanted);
  // Made for tests: what a terminal is, and for how long nothing is said elsewhere.
  ProgressLine(bool Wanted, bool OnTerminal, Clock::duration Patience)
      : Wanted(Wanted), OnTerminal(OnTerminal), Patient(Patience) {}
  ~ProgressLine() { clear(); }
  void update(const Progress &P);
  void clear();

private:
  void tellOnce(const Progress &P);

  bool Shown = false, Told = false, Wanted, OnTerminal;
  Clock::duration Patient;
  std::optional<Clock::time_point> Start; // of the run that is shown
  Clock::time_point Last;
};

} // namespace torchtidy

#endif
