#include "ResultKeys.h"
#include "Clang.h"
#include "engine/Dependencies.h"
#include "engine/Invocation.h"
#include "clang/Frontend/TextDiagnosticBuffer.h"
#include "llvm/Support/xxhash.h"
#include <link.h>

using namespace llvm;
using namespace clang::tidy;

namespace torchtidy {
namespace {

constexpr StringLiteral Versions = LLVM_VERSION_STRING " " TORCHTIDY_VERSION;

// Tells one build of this program and of the libraries under it from another.
std::string binaryIdentity() {
  sys::fs::file_status Stat;
  std::string Text = Versions.str();
  if (!sys::fs::status("/proc/self/exe", Stat))
    Text += " " + std::to_string(Stat.getSize()) + " " +
            std::to_string(Stat.getLastModificationTime().time_since_epoch().count());
  return Text;
}

// This program and those of its libraries that decide what is found.
std::vector<std::string> binaries() {
  std::vector<std::string> Paths = {"/proc/self/exe"};
  ::dl_iterate_phdr(
      [](dl_phdr_info *Info, size_t, void *Paths) {
        StringRef Path = Info->dlpi_name, Name = sys::path::filename(Path);
        if (Name.contains("LLVM") || Name.contains("clang"))
          static_cast<std::vector<std::string> *>(Paths)->push_back(Path.str());
        return 0;
      },
      &Paths);
  return Paths;
}

// Where clang looks for headers on this machine unless told otherwise, such as those of the newest
// GCC.
std::string compilerDirectories() {
  Unit Empty{"/dev/null", "/", {"clang++", "-x", "c++", "/dev/null"}};
  std::vector<std::string> Dropped;
  clang::TextDiagnosticBuffer Diags;
  auto Invocation =
      makeInvocation(adjustedCommandLine(Empty, {}, Dropped), makeFileSystem(Empty), &Diags);
  if (!Invocation)
    return "";
  std::string Text = Invocation->getTargetOpts().Triple + "\n";
  for (const auto &Entry : Invocation->getHeaderSearchOpts().UserEntries)
    Text += Entry.Path + "\n";
  return Text;
}

// The same by content: what another machine has too.
std::string sharedIdentity() {
  std::string Text = Versions.str() + "\n" + compilerDirectories();
  for (const std::string &Path : binaries())
    if (auto Buffer = MemoryBuffer::getFile(Path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false)) {
      XXH128_hash_t Hash = xxh3_128bits(arrayRefFromStringRef((*Buffer)->getBuffer()));
      Text += utohexstr(Hash.high64) + utohexstr(Hash.low64) + "\n";
    }
  return Text;
}

// "-I/root/a" and "/root/a" without the root. Not a macro's value, which the source may use as
// text.
std::string argumentWithoutRoot(StringRef Argument, StringRef Root) {
  size_t Slash = Argument.find('/');
  StringRef Flag = Argument.take_front(Slash);
  if (Slash == StringRef::npos || (!Flag.empty() && !Flag.starts_with("-")) ||
      Flag.starts_with("-D"))
    return Argument.str();
  return (Flag + withoutRoot(Argument.drop_front(Slash), Root)).str();
}

// Whether a filter of the configuration is matched against absolute paths.
bool looksAtPaths(const ClangTidyOptions &Config, const Options &Opts) {
  return Config.HeaderFilterRegex.value_or("") != ".*" ||
         !Config.ExcludeHeaderFilterRegex.value_or("").empty() || Opts.LineFilter;
}

} // namespace

// Everything that a unit's result depends on, other than files.
std::string ResultKeys::question(const Unit &U, StringRef Root) const {
  std::string Text = withoutRoot(U.File, Root) + "\n" + withoutRoot(U.Directory, Root) + "\n";
  for (const std::vector<std::string> *List :
       {&U.CommandLine, &Opts.ExtraArgsBefore, &Opts.ExtraArgs, &Roots}) {
    for (const std::string &Item : *List)
      Text += argumentWithoutRoot(Item, Root) + "\n";
    Text += "--\n";
  }
  ClangTidyOptions Config = Provider.getOptions(U.File);
  // These change no finding of the rules.
  Config.UseColor.reset();
  Config.User.reset();
  Text += configurationAsText(Config) + Opts.LineFilter.value_or("");
  Text += Opts.Plain ? "plain" : "";
  Text += Opts.FixNotes ? "notes" : "";
  return Text;
}

std::string ResultKeys::local(const Unit &U) const {
  static const std::string Identity = binaryIdentity();
  return hexDigest(Identity + "\n" + question(U, ""));
}

Question ResultKeys::shared(const Unit &U) const {
  static const std::string Identity = sharedIdentity();
  std::string Root;
  if (!looksAtPaths(Provider.getOptions(U.File), Opts))
    Root = findProjectRoot(U.File, DatabaseDirectory);
  return {hexDigest(Identity + "\n" + question(U, Root)), Root};
}

} // namespace torchtidy
