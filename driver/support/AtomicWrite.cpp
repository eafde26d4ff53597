#include "support/AtomicWrite.h"
#include "support/FilePaths.h"
#include "support/Interrupt.h"
#include "support/Messages.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#include <sys/stat.h>
#include <unistd.h>

using namespace llvm;

namespace torchtidy {
namespace {

constexpr StringLiteral TemporarySuffix = ".torch-tidy-";

Error cannotWrite(StringRef Path, const Twine &Why) {
  // The signal handler of LLVM removes temporary files.
  return failure("cannot write '" + Path + "': " + (wasInterrupted() ? Twine("interrupted") : Why));
}

// Temporary files of a process that was killed. One that is alive needs no minute.
void removeLeftovers(StringRef Path) {
  std::string Prefix = (sys::path::filename(Path) + TemporarySuffix).str();
  auto Old = std::chrono::system_clock::now() - std::chrono::minutes(1);
  std::error_code EC;
  for (sys::fs::directory_iterator It(sys::path::parent_path(Path), EC), End; It != End && !EC;
       It.increment(EC)) {
    sys::fs::file_status Stat;
    if (sys::path::filename(It->path()).starts_with(Prefix) && !sys::fs::status(It->path(), Stat) &&
        Stat.getLastModificationTime() < Old)
      (void)sys::fs::remove(It->path());
  }
}

} // namespace

Error writeAtomically(StringRef Path, StringRef Text, Loss Allowed) {
  std::string Real = realPath(Path);
  struct stat Old;
  bool Exists = ::stat(Real.c_str(), &Old) == 0;
  if (Exists && sys::fs::access(Real, sys::fs::AccessMode::Write))
    return cannotWrite(Path, "it is read-only. Next: make it writable");
  removeLeftovers(Real);
  auto Temp = sys::fs::TempFile::create(Real + TemporarySuffix + "%%%%%%");
  if (!Temp)
    return cannotWrite(Path, toString(Temp.takeError()));
  auto giveUp = [&](const Twine &Why) {
    std::string Reason = Why.str();
    consumeError(Temp->discard());
    return cannotWrite(Path, Reason);
  };
  raw_fd_ostream OS(Temp->FD, /*shouldClose=*/false);
  OS << Text;
  OS.flush();
  if (OS.has_error()) {
    std::string Why = OS.error().message();
    OS.clear_error();
    return giveUp(Why);
  }
  struct stat New;
  if (Exists && ::fstat(Temp->FD, &New) == 0) {
    // The owner first: changing it clears the set-user bits of the mode.
    if ((Old.st_uid != New.st_uid || Old.st_gid != New.st_gid) &&
        ::fchown(Temp->FD, Old.st_uid, Old.st_gid) != 0)
      return giveUp("its owner cannot be kept. Next: run torch-tidy as its owner");
    if (::fchmod(Temp->FD, Old.st_mode & 07777) != 0)
      return giveUp("its mode cannot be kept");
  }
  if (Allowed == Loss::Nothing && ::fsync(Temp->FD) != 0)
    return giveUp("it cannot be made safe on the disk");
  if (Error E = Temp->keep(Real))
    return cannotWrite(Path, toString(std::move(E)));
  return Error::success();
}

} // namespace torchtidy
