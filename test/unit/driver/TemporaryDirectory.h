// A directory that lives as long as a test.
#ifndef TORCHTIDY_UNITTESTS_DRIVER_TEMPORARYDIRECTORY_H
#define TORCHTIDY_UNITTESTS_DRIVER_TEMPORARYDIRECTORY_H

#include "support/FilePaths.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <string>

namespace torchtidy {

class TemporaryDirectory {
public:
  TemporaryDirectory() {
    llvm::SmallString<128> Unique;
    if (!llvm::sys::fs::createUniqueDirectory("torch-tidy-unit", Unique))
      Root = realPath(Unique);
  }
  ~TemporaryDirectory() { llvm::sys::fs::remove_directories(Root); }
  TemporaryDirectory(const TemporaryDirectory &) = delete;
  TemporaryDirectory &operator=(const TemporaryDirectory &) = delete;

  std::string path(llvm::StringRef Name = "") const {
    return Name.empty() ? Root : joinPath(Root, Name);
  }

  // Makes the directories above it, too.
  std::string write(llvm::StringRef Name, llvm::StringRef Text) const {
    std::string Path = path(Name);
    llvm::sys::fs::create_directories(llvm::sys::path::parent_path(Path));
    std::error_code EC;
    llvm::raw_fd_ostream(Path, EC) << Text;
    return Path;
  }

  std::string read(llvm::StringRef Name) const {
    auto Buffer = llvm::MemoryBuffer::getFile(path(Name));
    return Buffer ? (*Buffer)->getBuffer().str() : "";
  }

private:
  std::string Root;
};

} // namespace torchtidy

#endif
