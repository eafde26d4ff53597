#include "HeaderMaker.h"

using namespace llvm;

namespace torchtidy {

constexpr unsigned StackSize = 8 << 20; // as clangd's own threads that parse
// Behind the headers of a file comes the file.
constexpr std::chrono::seconds Grace(1);

bool HeaderMaker::start(const std::string &Key, std::function<void(bool)> Make) {
  std::lock_guard<std::mutex> Lock(Mutex);
  auto [It, New] = Known.try_emplace(Key);
  if (New)
    Threads.emplace_back(std::optional<unsigned>(StackSize), [this, Key, Make = std::move(Make)] {
      if (bool IsAwaited = false; waitFor(Key, IsAwaited))
        Make(IsAwaited);
    });
  else
    It->second.IsAwaited = true;
  Changed.notify_all();
  return New;
}

void HeaderMaker::letStart(const std::string &Key) {
  std::lock_guard<std::mutex> Lock(Mutex);
  Known[Key].Start = std::chrono::steady_clock::now() + Grace;
  Changed.notify_all();
}

bool HeaderMaker::waitFor(const std::string &Key, bool &IsAwaited) {
  std::unique_lock<std::mutex> Lock(Mutex);
  const State &Mine = Known[Key];
  while (!IsEnding && !Mine.IsAwaited && std::chrono::steady_clock::now() < Mine.Start)
    if (Mine.Start == Time::max())
      Changed.wait(Lock);
    else
      Changed.wait_until(Lock, Time(Mine.Start));
  IsAwaited = Mine.IsAwaited;
  return !IsEnding;
}

void HeaderMaker::finish() {
  {
    std::lock_guard<std::mutex> Lock(Mutex);
    IsEnding = true;
  }
  Changed.notify_all();
  for (thread &Each : Threads)
    Each.join();
  Threads.clear();
}

} // namespace torchtidy
