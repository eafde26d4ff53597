#include "fixes/FilePatch.h"
#include "support/AtomicWrite.h"
#include "support/FilePaths.h"
#include "support/Messages.h"
#include "support/UnifiedDiff.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace torchtidy {

static Error cannotWrite(StringRef Path, const Twine &Why) {
  return failure("cannot write '" + Path + "': " + Why);
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

Error writePatch(const FilePatch &Patch) {
  auto Now = MemoryBuffer::getFile(Patch.Path);
  if (!Now)
    return cannotWrite(Patch.Path, Now.getError().message());
  if ((*Now)->getBuffer() != Patch.Before)
    return cannotWrite(Patch.Path, "it was changed in the meantime. Next: run torch-tidy again");
  return writeAtomically(Patch.Path, Patch.After);
}

void printPatches(ArrayRef<FilePatch> Patches, raw_ostream &OS) {
  SmallString<256> Cwd, RealCwd;
  (void)sys::fs::current_path(Cwd);
  (void)sys::fs::real_path(Cwd, RealCwd);
  for (const FilePatch &P : Patches) {
    StringRef Name = pathIn(RealCwd, P.Path).value_or(StringRef(P.Path).ltrim('/'));
    printUnifiedDiff(Name, P.Before, P.After, OS);
  }
}

} // namespace torchtidy
