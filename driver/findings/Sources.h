// The files that findings lie in: each is read once a report, and has one name whatever it was
// called when it was compiled.
#ifndef TORCHTIDY_DRIVER_FINDINGS_SOURCES_H
#define TORCHTIDY_DRIVER_FINDINGS_SOURCES_H

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/VirtualFileSystem.h"
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace torchtidy {

// As people count: from 1, the column in bytes.
struct Position {
  unsigned Line = 0, Column = 0;
};

class SourceFile {
public:
  SourceFile(std::string SpelledPath, std::string RealPath, std::string Name,
             std::unique_ptr<llvm::MemoryBuffer> Buffer);

  const std::string SpelledPath; // absolute, as the first finding calls it
  const std::string RealPath;    // absolute, links resolved
  const std::string Name;        // its own; relative to the project where it lies in it, with '/'

  bool isReadable() const { return Buffer != nullptr; }
  llvm::StringRef text() const { return Buffer ? Buffer->getBuffer() : ""; }
  unsigned lineCount() const { return unsigned(LineStarts.size()); }
  // Without its end of line. Lines count from 1.
  llvm::StringRef line(unsigned Number) const;
  // Line 0 if the file has no such offset.
  Position position(unsigned Offset) const;
  // The column in UTF-16 units, as editors and SARIF count, of a column in bytes.
  unsigned utf16Column(unsigned Line, unsigned Column) const;

private:
  std::unique_ptr<llvm::MemoryBuffer> Buffer;
  std::vector<unsigned> LineStarts;
};

class SourceFiles {
public:
  // Roots: the directories of the projects that were checked.
  explicit SourceFiles(llvm::ArrayRef<std::string> Roots);

  // Path may be relative to Directory.
  const SourceFile &get(llvm::StringRef Path, llvm::StringRef Directory);

  // A file as a report knows it, whatever lies on this disk: its name there, and its text if the
  // report has it. False if another report said that it has another text.
  bool addReported(llvm::StringRef Name, std::optional<llvm::StringRef> Text);
  // Where get finds it.
  std::string pathOfReported(llvm::StringRef Name) const;
  // Those with a text; null if there are none.
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> reportedFiles() const { return Reported; }

private:
  std::string nameOf(llvm::StringRef Spelled, llvm::StringRef RealPath) const;

  // What names are relative to: the projects that lie in no other, then where the user stands
  // unless that is in one of them. As they are called, and with links resolved.
  std::vector<std::string> Roots, RealRoots;
  llvm::StringMap<const SourceFile *> BySpelling;
  std::map<std::string, std::unique_ptr<SourceFile>> ByRealPath;
  llvm::IntrusiveRefCntPtr<llvm::vfs::InMemoryFileSystem> Reported;
};

} // namespace torchtidy

#endif
