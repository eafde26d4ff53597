// A lock held on a file for the life of the object; the system releases it if the process dies.
#ifndef TORCHTIDY_DRIVER_SUPPORT_FILELOCK_H
#define TORCHTIDY_DRIVER_SUPPORT_FILELOCK_H

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <unistd.h>

namespace torchtidy {

class FileLock {
public:
  explicit FileLock(const std::string &Path, bool Wait = true)
      : FD(::open(Path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
    int Result = 0;
    if (FD >= 0)
      while ((Result = ::flock(FD, LOCK_EX | (Wait ? 0 : LOCK_NB))) != 0 && errno == EINTR)
        ;
    if (FD >= 0 && Result != 0) {
      ::close(FD);
      FD = -1;
    }
  }
  ~FileLock() {
    if (FD >= 0)
      ::close(FD);
  }
  FileLock(const FileLock &) = delete;
  FileLock &operator=(const FileLock &) = delete;

  bool ok() const { return FD >= 0; }

private:
  int FD;
};

} // namespace torchtidy

#endif
