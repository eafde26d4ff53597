// The three programs of the wheel as one, since each of them holds the whole of clang. It is
// torch-tidy, and the others when they start it with --program as its first argument.
#include "llvm/ADT/StringRef.h"
#include <algorithm>

// driver/Main.cpp, driver/clangd/Main.cpp and driver/clang-tidy/Main.cpp, their main() renamed.
int torchTidyMain(int Argc, const char **Argv);
int torchClangdMain(int Argc, char **Argv);
int torchClangTidyMain(int Argc, const char **Argv);

int main(int Argc, char **Argv) {
  llvm::StringRef First = Argc > 1 ? Argv[1] : "";
  if (!First.consume_front("--program="))
    return torchTidyMain(Argc, const_cast<const char **>(Argv));
  std::copy(Argv + 2, Argv + Argc + 1, Argv + 1);
  return First == "torch-clangd" ? torchClangdMain(Argc - 1, Argv)
                                 : torchClangTidyMain(Argc - 1, const_cast<const char **>(Argv));
}
