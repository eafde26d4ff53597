// The lines that differ from a revision, as git tells them: committed since, staged, in the working
// tree or in files that git does not know yet.
#ifndef TORCHTIDY_DRIVER_FINDINGS_CHANGEDLINES_H
#define TORCHTIDY_DRIVER_FINDINGS_CHANGEDLINES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace torchtidy {

struct LineRange {
  unsigned First = 0, Last = 0;
};

class ChangedLines {
public:
  // Roots: directories in the repositories to ask.
  static llvm::Expected<ChangedLines> since(llvm::StringRef Revision,
                                            llvm::ArrayRef<std::string> Roots);

  // Paths are absolute with links resolved.
  bool contains(llvm::StringRef Path, unsigned Line) const;
  bool touches(llvm::StringRef Path) const { return Files.count(Path); }

  // Adds what a diff without context lines says of files below Root.
  void addDiff(llvm::StringRef Diff, llvm::StringRef Root);

private:
  llvm::Error addRepository(llvm::StringRef Revision, llvm::StringRef Root);

  llvm::StringMap<std::vector<LineRange>> Files;
};

} // namespace torchtidy

#endif
