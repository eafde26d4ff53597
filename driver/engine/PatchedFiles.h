// Files as they would be: texts in memory that a parse reads in place of those on the disk.
#ifndef TORCHTIDY_DRIVER_ENGINE_PATCHEDFILES_H
#define TORCHTIDY_DRIVER_ENGINE_PATCHEDFILES_H

#include "support/LLVMCompat.h"
#include <map>
#include <string>

namespace torchtidy {

using FileTexts = std::map<std::string, std::string>; // by real path

// FS, where each file of Texts holds its text, under whatever name it is reached.
compat::FileSystemPtr withTexts(compat::FileSystemPtr FS, const FileTexts &Texts);

} // namespace torchtidy

#endif
