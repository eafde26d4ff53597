// A comparison of keys for people and for programs.
#ifndef TORCHTIDY_DRIVER_KEYS_COMPARISONPRINTER_H
#define TORCHTIDY_DRIVER_KEYS_COMPARISONPRINTER_H

#include "keys/KeyComparison.h"
#include "keys/KeyPrinter.h"

namespace torchtidy {

struct ComparisonReport {
  const KeysReport &Class;
  std::string Path; // of the checkpoint, as it was named
  const Checkpoint &Against;
  KeyComparison Result;
};

void printComparisonAsText(const ComparisonReport &Report, llvm::raw_ostream &OS);
void printComparisonAsJson(const ComparisonReport &Report, llvm::raw_ostream &OS);

} // namespace torchtidy

#endif
