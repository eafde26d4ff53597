// What a run tells its user on standard error, beside the results.
#ifndef TORCHTIDY_DRIVER_SUPPORT_MESSAGES_H
#define TORCHTIDY_DRIVER_SUPPORT_MESSAGES_H

#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/WithColor.h"
#include <string>

namespace torchtidy {

class Messages {
public:
  explicit Messages(bool Quiet) : Quiet(Quiet) {}

  void error(const llvm::Twine &Text) const {
    llvm::WithColor::error(llvm::errs(), "torch-tidy") << Text << '\n';
  }
  void error(llvm::Error E) const { error(llvm::toString(std::move(E))); }
  void warning(const llvm::Twine &Text) const {
    llvm::WithColor::warning(llvm::errs(), "torch-tidy") << Text << '\n';
  }
  // Not said to who asked for quiet.
  void note(const llvm::Twine &Text) const {
    if (!Quiet)
      llvm::WithColor::note(llvm::errs(), "torch-tidy") << Text << '\n';
  }

private:
  bool Quiet;
};

// An error of which only the words matter: what is wrong, why, and what to do next.
inline llvm::Error failure(const llvm::Twine &Message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), Message);
}

// "1 file", "2 files"; with Many "1 file is", "2 files are".
inline std::string counted(size_t Count, llvm::StringRef One, llvm::StringRef Many = "") {
  return std::to_string(Count) + " " +
         (Count == 1     ? One.str()
          : Many.empty() ? One.str() + "s"
                         : Many.str());
}

} // namespace torchtidy

#endif
