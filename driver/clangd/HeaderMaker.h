// Makes shared headers in threads of their own, beside what clangd does.
#ifndef TORCHTIDY_DRIVER_CLANGD_HEADERMAKER_H
#define TORCHTIDY_DRIVER_CLANGD_HEADERMAKER_H

#include <utility> // which the next one of LLVM 19 lacks

#include "llvm/Support/thread.h"
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace torchtidy {

/// A header waits until the file that asked for it first is open, so that this one is not slower
/// than without, or until another file wants it.
class HeaderMaker {
public:
  /// Make runs later, in a thread of its own, if Key is new; IsAwaited: somebody waits for it.
  /// False if it is not new: then it is made now.
  bool start(const std::string &Key, std::function<void(bool IsAwaited)> Make);
  /// The file that asked for Key first has read its headers.
  void letStart(const std::string &Key);
  /// Waits for what is being made. What has not begun is left.
  void finish();
  ~HeaderMaker() { finish(); }

private:
  using Time = std::chrono::steady_clock::time_point;

  struct State {
    bool IsAwaited = false;
    Time Start = Time::max();
  };

  // False if the program ends first.
  bool waitFor(const std::string &Key, bool &IsAwaited);

  std::mutex Mutex;
  std::condition_variable Changed;
  bool IsEnding = false;
  std::map<std::string, State> Known;
  std::vector<llvm::thread> Threads;
};

} // namespace torchtidy

#endif
