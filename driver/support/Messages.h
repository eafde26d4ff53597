// What a run tells its user on standard error, beside the results.
#ifndef TORCHTIDY_DRIVER_SUPPORT_MESSAGES_H
#define TORCHTIDY_DRIVER_SUPPORT_MESSAGES_H

#include "llvm/ADT/Twine.h"
#include "llvm/Support/WithColor.h"

namespace torchtidy {

class Messages {
public:
  explicit Messages(bool Quiet) : Quiet(Quiet) {}

  void error(const llvm::Twine &Text) const {
    llvm::WithColor::error(llvm::errs(), "torch-tidy") << Text << '\n';
  }
  void warning(const llvm::Twine &Text) const {
    llvm::WithColor::warning(llvm::errs(), "torch-tidy") << Text << '\n';
  }
  void note(const llvm::Twine &Text) const {
    if (!Quiet)
      llvm::WithColor::note(llvm::errs(), "torch-tidy") << Text << '\n';
  }

private:
  bool Quiet;
};

} // namespace torchtidy

#endif
