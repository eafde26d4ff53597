// A change to one file, worked out in memory; written as a whole or not at all.
#ifndef TORCHTIDY_DRIVER_FIXES_FILEPATCH_H
#define TORCHTIDY_DRIVER_FIXES_FILEPATCH_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <string>

namespace torchtidy {

struct FilePatch {
  std::string Path; // absolute, links resolved
  std::string Before, After;
};

// Text with the ends of line that most lines of Model have.
std::string withLineEndingsOf(llvm::StringRef Model, llvm::StringRef Text);

// Writes After, unless the file no longer holds Before.
llvm::Error writePatch(const FilePatch &Patch);

// All of them as one unified diff with names relative to the current directory.
void printPatches(llvm::ArrayRef<FilePatch> Patches, llvm::raw_ostream &OS);

} // namespace torchtidy

#endif
