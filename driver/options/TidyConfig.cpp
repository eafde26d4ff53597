#include "options/TidyConfig.h"
#include "options/Options.h"
#include "options/Selection.h"
#include "support/Messages.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/VirtualFileSystem.h"

using namespace llvm;
using namespace clang::tidy;

namespace torchtidy {

Expected<std::unique_ptr<ClangTidyOptionsProvider>> makeOptionsProvider(const Options &Opts) {
  IntrusiveRefCntPtr<vfs::FileSystem> FS = vfs::getRealFileSystem();
  ClangTidyGlobalOptions Global;
  if (Opts.LineFilter)
    if (std::error_code EC = parseLineFilter(*Opts.LineFilter, Global))
      return failure("--line-filter is not valid: " + EC.message() +
                     ". Next: write it like [{\"name\":\"net.cpp\",\"lines\":[[1,9]]}]");
  ClangTidyOptions Defaults = ClangTidyOptions::getDefaults();
  Defaults.Checks = "torch-*,-torch-advice-*";
  Defaults.HeaderFilterRegex = ".*";
  Defaults.ExcludeHeaderFilterRegex = "";
  Defaults.WarningsAsErrors = "";
  Defaults.FormatStyle = "none";
  Defaults.User = sys::Process::GetEnv("USER");
  ClangTidyOptions Override;
  auto Selected = selectChecks(Opts.Select, Opts.Checks, Opts.Ignore);
  if (!Selected)
    return Selected.takeError();
  Override.Checks = *Selected;
  Override.HeaderFilterRegex = Opts.HeaderFilter;
  Override.ExcludeHeaderFilterRegex = Opts.ExcludeHeaderFilter;
  Override.WarningsAsErrors = Opts.WarningsAsErrors;
  Override.UseColor = Opts.Color;
  if (!Opts.Config && !Opts.ConfigFile)
    return std::make_unique<FileOptionsProvider>(std::move(Global), std::move(Defaults),
                                                 std::move(Override), FS);
  if (Opts.Config && Opts.ConfigFile)
    return failure("--config and --config-file exclude each other. Next: give one of them");
  std::string Text = Opts.Config.value_or(""), Name = "<command line>";
  if (Opts.ConfigFile) {
    Name = *Opts.ConfigFile;
    auto Buffer = MemoryBuffer::getFile(Name);
    if (!Buffer)
      return failure("cannot read '" + Name + "': " + Buffer.getError().message());
    Text = (*Buffer)->getBuffer().str();
  }
  auto Parsed = parseConfiguration(MemoryBufferRef(Text, Name));
  if (!Parsed)
    return failure("the configuration in '" + Name +
                   "' is not valid: " + Parsed.getError().message());
  return std::make_unique<ConfigOptionsProvider>(std::move(Global), std::move(Defaults),
                                                 std::move(*Parsed), std::move(Override), FS);
}

} // namespace torchtidy
