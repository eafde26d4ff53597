// Spreads the work of a run over worker processes. A worker that crashes or hangs takes nothing
// with it but the file that it was at.
#ifndef TORCHTIDY_DRIVER_ENGINE_SCHEDULER_H
#define TORCHTIDY_DRIVER_ENGINE_SCHEDULER_H

#include "engine/Progress.h"
#include "engine/Runner.h"
#include <deque>
#include <functional>
#include <map>
#include <memory>

namespace torchtidy {

struct SchedulerOptions {
  unsigned Jobs = 1;
  unsigned TimeoutPerFile = 0; // seconds; 0: none
  std::function<void(const Progress &)> OnProgress;
  // Hears of each unit's result as soon as it is there, by the unit's index.
  std::function<void(size_t, const UnitResult &)> OnChecked;
};

class Scheduler {
public:
  Scheduler(Runner &Run, const PreambleStore *Store, SchedulerOptions Options);
  ~Scheduler();

  // Checks the units, those first that took longest last time. Results come in the units' order.
  // Empty if the user interrupted.
  std::vector<UnitResult> run(const std::vector<Unit> &Units,
                              const std::vector<double> &ExpectedSeconds);

private:
  class Worker;
  enum class JobKind { Plan, Build, Check };
  struct Job {
    JobKind Kind;
    size_t Index;
    UnitPlan Plan;
  };
  struct Group {
    bool Ready = false, Queued = false;
    std::string Failure;
    std::vector<size_t> Waiting;
  };

  void assignJobs();
  bool nextJob(Job &J);
  void waitForReplies();
  void finished(Worker &W, UnitResult Reply);
  void planned(size_t Index, UnitResult Reply);
  void built(const Job &J, const UnitResult &Reply);
  void checked(size_t Index, UnitResult Reply);
  void lost(Worker &W, const std::string &Why);
  void queueCheck(size_t Index);
  void report(size_t Index);
  void killOverdue();
  size_t busyWorkers() const;

  Runner &Run;
  const PreambleStore *Store;
  SchedulerOptions Options;
  const std::vector<Unit> *Units = nullptr;
  const std::vector<double> *Expected = nullptr;
  std::vector<UnitResult> Results;
  std::vector<std::unique_ptr<Worker>> Workers;
  std::deque<Job> Builds, Plans;
  std::multimap<double, Job, std::greater<>> Checks; // by expected seconds
  std::map<std::string, Group> Groups;
  Progress State;
};

} // namespace torchtidy

#endif
