// torch-tidy: lints LibTorch C++ code with the checks of the clang-tidy plugin, many times faster.
#include "TorchTidyModule.h"
#include "commands/CheckCommand.h"
#include "commands/Commands.h"
#include "commands/Completion.h"
#include "options/Options.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/WithColor.h"

// Keeps the checks' registration in the program.
[[maybe_unused]] static volatile int *Anchor = &torchtidy::TorchTidyModuleAnchor;

static int run(const torchtidy::Options &Opts) {
  if (Opts.Command == "check")
    return torchtidy::runCheckCommand(Opts);
  if (Opts.Command == "rule")
    return torchtidy::runRuleCommand(Opts);
  if (Opts.Command == "merge")
    return torchtidy::runMergeCommand(Opts);
  if (Opts.Command == "init")
    return torchtidy::runInitCommand(Opts);
  if (Opts.Command == "completion")
    return torchtidy::runCompletionCommand(Opts);
  if (Opts.Command == "man")
    return torchtidy::runManCommand();
  return torchtidy::runCacheCommand(Opts);
}

// A stream that still has an error when the program ends would crash it.
static int withOutputWritten(int Status) {
  llvm::outs().flush();
  if (llvm::outs().has_error()) {
    llvm::WithColor::error(llvm::errs(), "torch-tidy")
        << "cannot write to standard output: " << llvm::outs().error().message()
        << ". Next: make room, or write elsewhere\n";
    llvm::outs().clear_error();
    Status = 2;
  }
  llvm::errs().clear_error();
  return Status;
}

int main(int Argc, const char **Argv) {
  llvm::InitLLVM Init(Argc, Argv);
  torchtidy::Options Opts = torchtidy::parseCommandLine(Argc, Argv);
  llvm::InitializeAllTargetInfos();
  llvm::InitializeAllTargetMCs();
  llvm::InitializeAllAsmParsers();
  return withOutputWritten(run(Opts));
}
