#include "commands/Watch.h"
#include "support/Clang.h"
#include "support/Interrupt.h"
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

using namespace llvm;

namespace torchtidy {
namespace {

constexpr int PollMilliseconds = 200;
// Editors write a file in several steps.
constexpr int SettleMilliseconds = 50;

// The directories are watched, not the files: most editors put a new file in the old one's place.
class Watcher {
public:
  explicit Watcher(const Messages &Tell)
      : Tell(Tell), FD(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {}
  ~Watcher() {
    if (FD >= 0)
      ::close(FD);
  }
  bool works() const { return FD >= 0; }

  void watch(ArrayRef<std::string> Files) {
    for (StringRef File : Files) {
      Names.insert(sys::path::filename(File));
      std::string Dir = sys::path::parent_path(File).str();
      if (Dirs.insert(Dir).second &&
          ::inotify_add_watch(FD, Dir.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE) < 0)
        Tell.warning("cannot watch '" + Dir + "': " + ::strerror(errno) +
                     ". Next: raise fs.inotify.max_user_watches");
    }
  }

  // False if the user interrupted.
  bool waitForChange() {
    while (!wasInterrupted()) {
      pollfd End{FD, POLLIN, 0};
      if (::poll(&End, 1, PollMilliseconds) <= 0 || !takeEvents())
        continue;
      ::poll(nullptr, 0, SettleMilliseconds);
      takeEvents();
      return true;
    }
    return false;
  }

private:
  // Whether a file of interest was among them.
  bool takeEvents() {
    alignas(inotify_event) char Buffer[1 << 14];
    bool Wanted = false;
    ssize_t Size;
    while ((Size = ::read(FD, Buffer, sizeof Buffer)) > 0)
      for (char *At = Buffer; At < Buffer + Size;) {
        auto *Event = reinterpret_cast<inotify_event *>(At);
        StringRef Name = Event->len ? StringRef(Event->name) : StringRef();
        Wanted |= Names.contains(Name) || Name == ".clang-tidy" || (Event->mask & IN_Q_OVERFLOW);
        At += sizeof(inotify_event) + Event->len;
      }
    return Wanted;
  }

  const Messages &Tell;
  int FD;
  StringSet<> Dirs, Names;
};

} // namespace

int repeatOnChange(const Messages &Tell, function_ref<int(std::vector<std::string> &)> Run) {
  Watcher W(Tell);
  if (!W.works()) {
    Tell.error(Twine("--watch cannot be had: ") + ::strerror(errno) +
               ". Next: raise fs.inotify.max_user_instances");
    return 2;
  }
  while (true) {
    std::vector<std::string> Files;
    int Status = Run(Files);
    if (Files.empty() || wasInterrupted())
      return Status;
    W.watch(Files);
    watchForInterrupt(); // before the words that invite one
    Tell.note("waiting for changes; Ctrl-C ends");
    if (!W.waitForChange())
      return Status;
  }
}

} // namespace torchtidy
