// The modules of a class as a picture: what is registered, what is not known, what a checkpoint has
// otherwise.
#ifndef TORCHTIDY_DRIVER_KEYS_KEYPICTURE_H
#define TORCHTIDY_DRIVER_KEYS_KEYPICTURE_H

#include "keys/KeyComparison.h"
#include "keys/KeyPrinter.h"

namespace torchtidy {

// SVG. Compared: null if there is nothing to compare with.
std::string keyPicture(const KeysReport &Report, llvm::ArrayRef<ListedModule> Modules,
                       const KeyComparison *Compared);

} // namespace torchtidy

#endif
