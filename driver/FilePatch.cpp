#include "FilePatch.h"
#include "UnifiedDiff.h"
#include "engine/Paths.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include <sys/stat.h>
#include <unistd.h>

using namespace llvm;

namespace torchtidy {

static Error failure(StringRef Path, const Twine &Why) {
  return createStringError(inconvertibleErrorCode(), "cannot write '" + Path + "': " + Why);
}

std::string withLineEndingsOf(StringRef Model, StringRef Text) {
  size_t Windows = Model.count("\r\n");
  std::string Unix;
  for (size_t I = 0; I < Text.size(); ++I)
    if (Text[I] != '\r' || I + 1 == Text.size() || Text[I + 1] != '\n')
      Unix += Text[I];
  if (2 * Windows <= Model.count('\n'))
    return Windows ? Text.str() : Unix;
  std::string Result;
  for (char C : Unix)
    Result += C == '\n' ? std::string("\r\n") : std::string(1, C);
  return Result;
}

Error writeAtomically(StringRef Path, StringRef Text) {
  std::string Real = realPath(Path);
  struct stat Old;
  bool Exists = ::stat(Real.c_str(), &Old) == 0;
  if (Exists && sys::fs::access(Real, sys::fs::AccessMode::Write))
    return failure(Path, "it is read-only. Next: make it writable");
  auto Temp = sys::fs::TempFile::create(Real + ".torch-tidy-%%%%%%");
  if (!Temp)
    return failure(Path, toString(Temp.takeError()));
  auto giveUp = [&](const Twine &Why) {
    std::string Reason = Why.str();
    consumeError(Temp->discard());
    return failure(Path, Reason);
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
  if (::fsync(Temp->FD) != 0)
    return giveUp("it cannot be made safe on the disk");
  if (Error E = Temp->keep(Real))
    return failure(Path, toString(std::move(E)));
  return Error::success();
}

Error writePatch(const FilePatch &Patch) {
  auto Now = MemoryBuffer::getFile(Patch.Path);
  if (!Now)
    return failure(Patch.Path, Now.getError().message());
  if ((*Now)->getBuffer() != Patch.Before)
    return failure(Patch.Path, "it was changed in the meantime. Next: run torch-tidy again");
  return writeAtomically(Patch.Path, Patch.After);
}

void printPatches(ArrayRef<FilePatch> Patches, raw_ostream &OS) {
  SmallString<256> Cwd, RealCwd;
  sys::fs::current_path(Cwd);
  sys::fs::real_path(Cwd, RealCwd);
  for (const FilePatch &P : Patches) {
    StringRef Name = P.Path;
    if (!Name.consume_front((RealCwd + "/").str()))
      Name = Name.ltrim('/');
    printUnifiedDiff(Name, P.Before, P.After, OS);
  }
}

} // namespace torchtidy
