// Differences between two texts as patch(1) and git apply read them.
#ifndef TORCHTIDY_DRIVER_SUPPORT_UNIFIEDDIFF_H
#define TORCHTIDY_DRIVER_SUPPORT_UNIFIEDDIFF_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

namespace torchtidy {

// Prints nothing where the texts are equal. Name: as it is to stand after a/ and b/.
void printUnifiedDiff(llvm::StringRef Name, llvm::StringRef Before, llvm::StringRef After,
                      llvm::raw_ostream &OS);

} // namespace torchtidy

#endif
