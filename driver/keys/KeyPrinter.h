// The keys of a class for people and for programs.
#ifndef TORCHTIDY_DRIVER_KEYS_KEYPRINTER_H
#define TORCHTIDY_DRIVER_KEYS_KEYPRINTER_H

#include "model/summaries/KeyList.h"
#include "llvm/Support/raw_ostream.h"

namespace torchtidy {

struct KeysReport {
  std::string Class, File; // as the project names them
  unsigned Line = 0;
  std::vector<ListedKey> Keys; // File: as seen from the project
};

// "[64, 3, 7, 7]", "[64, …]", "…"
std::string shapeText(const TreeTensor &Of);

// A file may call a tensor anything: without control characters, as UTF-8.
std::string printable(llvm::StringRef Name);

void printKeysAsText(const KeysReport &Report, llvm::raw_ostream &OS);
void printKeysAsJson(const KeysReport &Report, llvm::raw_ostream &OS);

} // namespace torchtidy

#endif
