// torch-tidy: lints LibTorch C++ code with the checks of the clang-tidy plugin, many times faster.
#include "TorchTidyModule.h"
#include "commands/Commands.h"
#include "support/Messages.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/TargetSelect.h"

// Keeps the checks' registration in the program.
[[maybe_unused]] static volatile int *Anchor = &torchtidy::TorchTidyModuleAnchor;

// A stream that still has an error when the program ends would crash it.
static int withOutputWritten(int Status) {
  llvm::outs().flush();
  if (llvm::outs().has_error()) {
    torchtidy::Messages(false).error(
        "cannot write to standard output: " + llvm::outs().error().message() +
        ". Next: make room, or write elsewhere");
    llvm::outs().clear_error();
    Status = torchtidy::Unusable;
  }
  llvm::errs().clear_error();
  return Status;
}

int main(int Argc, const char **Argv) {
  llvm::InitLLVM Init(Argc, Argv);
  auto [Command, Opts] = torchtidy::parseCommandLine(Argc, Argv, torchtidy::allCommands());
  llvm::InitializeAllTargetInfos();
  llvm::InitializeAllTargetMCs();
  llvm::InitializeAllAsmParsers();
  return withOutputWritten(Command->Run(Opts));
}
