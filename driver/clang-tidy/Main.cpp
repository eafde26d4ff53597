// torch-clang-tidy: the stock clang-tidy with the checks linked in, for places that cannot load the
// plugin. Flags and output are clang-tidy's own.
#include "support/ResourceDirectory.h"

namespace clang::tidy {
// Declared in no installed header.
int clangTidyMain(int Argc, const char **Argv);
} // namespace clang::tidy

int main(int Argc, const char **Argv) {
  std::string Storage;
  std::vector<const char *> Args = torchtidy::withResourceDirectory(
      Argc, Argv, "--extra-arg-before=-resource-dir=", nullptr, Storage);
  Args.push_back(nullptr);
  return clang::tidy::clangTidyMain(int(Args.size()) - 1, Args.data());
}
