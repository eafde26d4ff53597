// torch-clangd: clangd with the checks linked in, since clangd loads no plugins. Flags, protocol
// and configuration are clangd's own; what differs is in CudaSources.cpp, JointFindings.cpp,
// RulePages.cpp, Rules.cpp and SharedHeaders.cpp.
#include "JointFindings.h"
#include "SharedHeaders.h"
#include "support/ResourceDirectory.h"

namespace clang::clangd {
// Declared in no installed header.
int clangdMain(int Argc, char *Argv[]);
} // namespace clang::clangd

int main(int Argc, char **Argv) {
  std::string Storage;
  std::vector<const char *> Args =
      torchtidy::withResourceDirectory(Argc, Argv, "--resource-dir=", "CLANGD_FLAGS", Storage);
  torchtidy::takeSharedHeaderOptions(Args);
  torchtidy::registerJointFindings();
  Args.push_back(nullptr);
  int Status = clang::clangd::clangdMain(int(Args.size()) - 1, const_cast<char **>(Args.data()));
  torchtidy::finishSharedHeaders();
  return Status;
}
