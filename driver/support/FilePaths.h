// Path arithmetic that torch-tidy needs in several places.
#ifndef TORCHTIDY_DRIVER_SUPPORT_FILEPATHS_H
#define TORCHTIDY_DRIVER_SUPPORT_FILEPATHS_H

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <optional>
#include <string>

namespace torchtidy {

inline std::string joinPath(const llvm::Twine &Dir, const llvm::Twine &Name) {
  llvm::SmallString<256> Path;
  llvm::sys::path::append(Path, Dir, Name);
  return std::string(Path);
}

// Path as seen from Directory, as it is written.
inline std::string writtenIn(llvm::StringRef Directory, llvm::StringRef Path) {
  return llvm::sys::path::is_absolute(Path) ? Path.str() : joinPath(Directory, Path);
}

// Path as seen from Directory, without "." and "..", links not followed.
inline std::string absoluteIn(llvm::StringRef Directory, llvm::StringRef Path) {
  llvm::SmallString<256> Result(writtenIn(Directory, Path));
  llvm::sys::path::remove_dots(Result, /*remove_dot_dot=*/true);
  return std::string(Result);
}

// Path as seen from the current directory.
inline std::string absoluteHere(llvm::StringRef Path) {
  llvm::SmallString<256> Result(Path);
  (void)llvm::sys::fs::make_absolute(Result);
  llvm::sys::path::remove_dots(Result, /*remove_dot_dot=*/true);
  return std::string(Result);
}

// Links resolved; Path itself where there is no such file.
inline std::string realPath(llvm::StringRef Path) {
  llvm::SmallString<256> Real;
  return llvm::sys::fs::real_path(Path, Real) ? Path.str() : std::string(Real);
}

// Path as seen from Dir, empty for Dir itself; none if Path is not in it. Both as they are written.
inline std::optional<llvm::StringRef> pathIn(llvm::StringRef Dir, llvm::StringRef Path) {
  if (Dir.empty() || !Path.consume_front(Dir))
    return std::nullopt;
  if (Path.empty() || Dir.ends_with("/") || Path.consume_front("/"))
    return Path;
  return std::nullopt;
}

// Whether Path is Dir or lies in it.
inline bool isIn(llvm::StringRef Dir, llvm::StringRef Path) {
  return pathIn(Dir, Path).has_value();
}

// An absolute path as a URI; only what must be is encoded.
inline std::string fileURI(llvm::StringRef Path) {
  std::string Result = "file://";
  for (char C : Path)
    if (llvm::isAlnum(C) || llvm::StringRef("/-_.~").contains(C))
      Result += C;
    else
      Result += "%" + llvm::utohexstr(uint8_t(C), /*LowerCase=*/false, /*Width=*/2);
  return Result;
}

} // namespace torchtidy

#endif
