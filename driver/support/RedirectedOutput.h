// Standard output sent elsewhere for a while: for clang-tidy's code, which prints there only.
#ifndef TORCHTIDY_DRIVER_SUPPORT_REDIRECTEDOUTPUT_H
#define TORCHTIDY_DRIVER_SUPPORT_REDIRECTEDOUTPUT_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include <string>

namespace torchtidy {

class RedirectedOutput {
public:
  explicit RedirectedOutput(const std::string &File);
  ~RedirectedOutput();
  RedirectedOutput(const RedirectedOutput &) = delete;
  RedirectedOutput &operator=(const RedirectedOutput &) = delete;

private:
  int Saved;
};

// What Print writes to standard output.
llvm::Expected<std::string> captured(llvm::function_ref<void()> Print);

} // namespace torchtidy

#endif
