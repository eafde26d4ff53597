// CUDA sources in the editor. Where the toolkit is one that clang reads, clangd does as always;
// where there is none, or one of which clang misses a part or that it does not know, it reads the
// host side.
#include "Wrap.h"
#include "support/CudaCommand.h"
#include "clang/Tooling/CompilationDatabase.h"

namespace clang::clangd {
class CommandMangler;
} // namespace clang::clangd

namespace torchtidy {

#define MANGLE "_ZNK5clang6clangd14CommandManglerclERNS_7tooling14CompileCommandEN4llvm9StringRefE"
void theirMangle(const clang::clangd::CommandMangler *This, clang::tooling::CompileCommand &Command,
                 llvm::StringRef File) TORCHTIDY_THEIRS(MANGLE);
void ourMangle(const clang::clangd::CommandMangler *This, clang::tooling::CompileCommand &Command,
               llvm::StringRef File) TORCHTIDY_OURS(MANGLE);

void ourMangle(const clang::clangd::CommandMangler *This, clang::tooling::CompileCommand &Command,
               llvm::StringRef File) {
  bool IsCuda = isCudaCommand(File, Command.CommandLine) &&
                !hasReadableToolkit(Command.CommandLine, Command.Directory);
  theirMangle(This, Command, File);
  if (IsCuda)
    useHostSide(Command.CommandLine, Command.Directory);
}

} // namespace torchtidy
