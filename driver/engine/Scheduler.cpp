#include "engine/Scheduler.h"
#include "support/Clang.h"
#include "support/IgnoredPipeSignal.h"
#include "support/Interrupt.h"
#include <chrono>
#include <csignal>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;

namespace torchtidy {
namespace {

using Clock = std::chrono::steady_clock;

// A worker that has grown beyond this is replaced before its next job.
constexpr long WorkerKilobytes = 1200L * 1024;

bool writeAll(int FD, const char *Data, size_t Size) {
  while (Size > 0) {
    ssize_t Done = ::write(FD, Data, Size);
    if (Done < 0 && errno == EINTR)
      continue;
    if (Done <= 0)
      return false;
    Data += Done;
    Size -= size_t(Done);
  }
  return true;
}

bool readAll(int FD, char *Data, size_t Size) {
  while (Size > 0) {
    ssize_t Done = ::read(FD, Data, Size);
    if (Done < 0 && errno == EINTR)
      continue;
    if (Done <= 0)
      return false;
    Data += Done;
    Size -= size_t(Done);
  }
  return true;
}

// A message is its length in 8 bytes and then JSON.
bool sendMessage(int FD, const json::Value &Value) {
  std::string Text;
  raw_string_ostream(Text) << Value;
  uint64_t Size = Text.size();
  return writeAll(FD, reinterpret_cast<const char *>(&Size), sizeof Size) &&
         writeAll(FD, Text.data(), Text.size());
}

bool receiveMessage(int FD, std::string &Text) {
  uint64_t Size = 0;
  if (!readAll(FD, reinterpret_cast<char *>(&Size), sizeof Size))
    return false;
  Text.resize(Size);
  return readAll(FD, Text.data(), Size);
}

std::string describeExit(int Status) {
  if (WIFSIGNALED(Status))
    return "the check crashed: " + std::string(::strsignal(WTERMSIG(Status)));
  return "the check ended with status " + std::to_string(WEXITSTATUS(Status));
}

} // namespace

class Scheduler::Worker {
public:
  Worker(Runner &Run, const std::vector<Unit> &Units,
         const std::vector<std::unique_ptr<Worker>> &Others) {
    int Down[2], Up[2];
    if (::pipe(Down) != 0)
      return;
    if (::pipe(Up) != 0) {
      ::close(Down[0]);
      ::close(Down[1]);
      return;
    }
    Pid = ::fork();
    if (Pid == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      letInterruptEnd();
      for (const auto &Other : Others)
        if (Other)
          Other->closeEnds();
      ::close(Down[1]);
      ::close(Up[0]);
      serve(Run, Units, Down[0], Up[1]);
      ::_exit(0);
    }
    ::close(Down[0]);
    ::close(Up[1]);
    To = Down[1];
    From = Up[0];
  }
  ~Worker() { stop(); }

  bool alive() const { return Pid > 0; }
  bool busy() const { return Current.has_value(); }
  int replyEnd() const { return From; }
  const Job &job() const { return *Current; }
  double runningFor() const {
    return std::chrono::duration<double>(Clock::now() - Started).count();
  }

  bool give(Job J) {
    Current = std::move(J);
    Started = Clock::now();
    return sendMessage(To, json::Object{{"kind", int(Current->Kind)},
                                        {"unit", int64_t(Current->Index)},
                                        {"plan", toJSON(Current->Plan)}});
  }

  // False if the worker died.
  bool receive(UnitResult &Reply, bool &Oversized) {
    std::string Text;
    if (!receiveMessage(From, Text))
      return false;
    auto Value = json::parse(Text);
    json::Path::Root Root;
    if (!Value) {
      consumeError(Value.takeError());
      return false;
    }
    const json::Object *O = Value->getAsObject();
    Oversized = O && O->getBoolean("oversized").value_or(false);
    return O && O->get("result") && fromJSON(*O->get("result"), Reply, Root);
  }
  void release() { Current.reset(); }

  // Ends the process and says how it ended.
  std::string stop() {
    if (!alive())
      return "";
    closeEnds();
    ::kill(Pid, SIGKILL);
    int Status = 0;
    while (::waitpid(Pid, &Status, 0) < 0 && errno == EINTR)
      ;
    Pid = -1;
    return describeExit(Status);
  }

  // For a worker that has gone by itself.
  std::string reap() {
    closeEnds();
    int Status = 0;
    while (::waitpid(Pid, &Status, 0) < 0 && errno == EINTR)
      ;
    Pid = -1;
    return describeExit(Status);
  }

private:
  void closeEnds() {
    if (To >= 0)
      ::close(To);
    if (From >= 0)
      ::close(From);
    To = From = -1;
  }

  static UnitResult perform(Runner &Run, const Unit &U, JobKind Kind, const UnitPlan &Plan) {
    switch (Kind) {
    case JobKind::Plan:
      return Run.plan(U);
    case JobKind::Build:
      return Run.buildPreamble(U, Plan);
    case JobKind::Check:
      return Run.check(U, Plan);
    }
    llvm_unreachable("unknown job");
  }

  static void serve(Runner &Run, const std::vector<Unit> &Units, int In, int Out) {
    std::string Text;
    while (receiveMessage(In, Text)) {
      auto Value = json::parse(Text);
      UnitPlan Plan;
      json::Path::Root Root;
      const json::Object *O = Value ? Value->getAsObject() : nullptr;
      if (!O || !fromJSON(*O->get("plan"), Plan, Root))
        ::_exit(3);
      UnitResult Result = perform(Run, Units[size_t(*O->getInteger("unit"))],
                                  JobKind(*O->getInteger("kind")), Plan);
      rusage Usage{};
      ::getrusage(RUSAGE_SELF, &Usage);
      bool Oversized = Usage.ru_maxrss > WorkerKilobytes;
      if (!sendMessage(Out, json::Object{{"result", toJSON(Result)}, {"oversized", Oversized}}))
        ::_exit(3);
    }
  }

  pid_t Pid = -1;
  int To = -1, From = -1;
  std::optional<Job> Current;
  Clock::time_point Started;
};

Scheduler::Scheduler(Runner &Run, const PreambleStore *Store, SchedulerOptions Options)
    : Run(Run), Store(Store), Options(std::move(Options)) {}
Scheduler::~Scheduler() = default;

std::vector<UnitResult> Scheduler::run(const std::vector<Unit> &AllUnits,
                                       const std::vector<double> &ExpectedSeconds) {
  Units = &AllUnits;
  Expected = &ExpectedSeconds;
  Results.assign(AllUnits.size(), UnitResult());
  State.Total = AllUnits.size();
  for (size_t I = 0; I < AllUnits.size(); ++I)
    Plans.push_back({JobKind::Plan, I, {}});
  IgnoredPipeSignal NoPipeSignal;
  while (State.Done < State.Total && !wasInterrupted()) {
    assignJobs();
    waitForReplies();
    killOverdue();
    if (Options.OnProgress)
      Options.OnProgress(State); // time passes while nothing is done
  }
  Workers.clear();
  State.IsOver = true;
  if (Options.OnProgress)
    Options.OnProgress(State);
  return wasInterrupted() ? std::vector<UnitResult>() : std::move(Results);
}

size_t Scheduler::busyWorkers() const {
  return size_t(count_if(Workers, [](const auto &W) { return W->busy(); }));
}

// Builds first, since units wait for them; then scans, which may lead to builds.
bool Scheduler::nextJob(Job &J) {
  if (!Builds.empty()) {
    J = std::move(Builds.front());
    Builds.pop_front();
  } else if (!Plans.empty()) {
    J = std::move(Plans.front());
    Plans.pop_front();
  } else if (!Checks.empty()) {
    J = std::move(Checks.begin()->second);
    Checks.erase(Checks.begin());
  } else {
    return false;
  }
  return true;
}

void Scheduler::assignJobs() {
  Job J;
  while (busyWorkers() < Options.Jobs && nextJob(J)) {
    auto Idle = find_if(Workers, [](const auto &W) { return !W->busy(); });
    if (Idle == Workers.end()) {
      Workers.push_back(std::make_unique<Worker>(Run, *Units, Workers));
      Idle = std::prev(Workers.end());
    }
    Worker &W = **Idle;
    size_t Index = J.Index;
    if (!W.give(std::move(J)))
      lost(W, W.alive() ? W.reap() : "no worker process could be started");
    else
      report(Index);
  }
}

void Scheduler::waitForReplies() {
  std::vector<pollfd> Ends;
  std::vector<Worker *> Owners;
  for (const auto &W : Workers)
    if (W->busy()) {
      Ends.push_back({W->replyEnd(), POLLIN, 0});
      Owners.push_back(W.get());
    }
  if (Ends.empty() || ::poll(Ends.data(), Ends.size(), 200) <= 0)
    return;
  for (size_t I = 0; I < Ends.size(); ++I) {
    if (!Ends[I].revents)
      continue;
    UnitResult Reply;
    bool Oversized = false;
    Worker &W = *Owners[I];
    if (!W.receive(Reply, Oversized)) {
      lost(W, W.reap());
      continue;
    }
    finished(W, std::move(Reply));
    if (Oversized)
      erase_if(Workers, [&](const auto &Other) { return Other.get() == &W; });
  }
}

void Scheduler::finished(Worker &W, UnitResult Reply) {
  Job J = W.job();
  W.release();
  switch (J.Kind) {
  case JobKind::Plan:
    return planned(J.Index, std::move(Reply));
  case JobKind::Build:
    return built(J, Reply);
  case JobKind::Check:
    return checked(J.Index, std::move(Reply));
  }
}

void Scheduler::planned(size_t Index, UnitResult Reply) {
  Results[Index] = std::move(Reply);
  UnitResult &R = Results[Index];
  if (!R.Failure.empty()) {
    ++State.Done;
    return report(Index);
  }
  const std::string &Key = R.Plan.PreambleKey;
  if (Key.empty())
    return queueCheck(Index);
  Group &G = Groups[Key];
  if (!G.Ready && G.Failure.empty() && !G.Queued)
    G.Ready = !Store->find(Key).empty();
  if (G.Ready || !G.Failure.empty())
    return queueCheck(Index);
  G.Waiting.push_back(Index);
  if (G.Queued)
    return;
  G.Queued = true;
  ++State.PreamblesToBuild;
  Builds.push_back({JobKind::Build, Index, R.Plan});
}

void Scheduler::built(const Job &J, const UnitResult &Reply) {
  Group &G = Groups[J.Plan.PreambleKey];
  G.Ready = Reply.Failure.empty();
  G.Failure = Reply.Failure;
  Results[J.Index].PreambleSeconds = Reply.PreambleSeconds;
  ++State.PreamblesBuilt;
  for (size_t Index : std::exchange(G.Waiting, {}))
    queueCheck(Index);
}

void Scheduler::queueCheck(size_t Index) {
  UnitPlan &Plan = Results[Index].Plan;
  if (!Plan.PreambleKey.empty())
    if (const Group &G = Groups[Plan.PreambleKey]; !G.Failure.empty())
      Plan = UnitPlan::plain(G.Failure);
  Checks.emplace((*Expected)[Index], Job{JobKind::Check, Index, Plan});
}

void Scheduler::checked(size_t Index, UnitResult Reply) {
  UnitResult &R = Results[Index];
  Reply.ScanSeconds = R.ScanSeconds;
  Reply.PreambleSeconds = R.PreambleSeconds;
  R = std::move(Reply);
  if (Options.OnChecked)
    Options.OnChecked(Index, R);
  ++State.Done;
  State.Diagnostics += R.Diagnostics.size();
  report(Index);
}

void Scheduler::lost(Worker &W, const std::string &Why) {
  Job J = W.job();
  erase_if(Workers, [&](const auto &Other) { return Other.get() == &W; });
  UnitResult Reply;
  Reply.Failure = Why;
  if (J.Kind == JobKind::Build)
    return built(J, Reply);
  checked(J.Index, std::move(Reply));
}

void Scheduler::killOverdue() {
  if (!Options.TimeoutPerFile)
    return;
  std::vector<Worker *> Overdue;
  for (const auto &W : Workers)
    if (W->busy() && W->job().Kind != JobKind::Build && W->runningFor() > Options.TimeoutPerFile)
      Overdue.push_back(W.get());
  for (Worker *W : Overdue) {
    W->stop();
    lost(*W,
         "not done after " + std::to_string(Options.TimeoutPerFile) + " s (--timeout-per-file)");
  }
}

void Scheduler::report(size_t Index) {
  State.Current = (*Units)[Index].File;
  if (Options.OnProgress)
    Options.OnProgress(State);
}

} // namespace torchtidy
