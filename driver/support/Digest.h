// Tells texts apart by their content.
#ifndef TORCHTIDY_DRIVER_SUPPORT_DIGEST_H
#define TORCHTIDY_DRIVER_SUPPORT_DIGEST_H

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SHA1.h"
#include <string>

namespace torchtidy {

// 40 hexadecimal digits.
inline std::string hexDigest(llvm::StringRef Data) {
  return llvm::toHex(llvm::SHA1::hash(llvm::arrayRefFromStringRef(Data)), /*LowerCase=*/true);
}

} // namespace torchtidy

#endif
