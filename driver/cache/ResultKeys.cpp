#include "cache/ResultKeys.h"
#include "engine/Invocation.h"
#include "support/Clang.h"
#include "support/Digest.h"
#include "support/Messages.h"
#include "clang/Frontend/TextDiagnosticBuffer.h"
#include "llvm/Support/xxhash.h"
#include <link.h>

using namespace llvm;
using namespace clang::tidy;

namespace torchtidy {
namespace {

constexpr StringLiteral Versions = LLVM_VERSION_STRING " " TORCHTIDY_VERSION;

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

// Tells one build of these from another on this machine.
std::string binaryIdentity() {
  std::string Text = Versions.str();
  for (const std::string &Path : binaries()) {
    sys::fs::file_status Stat;
    if (!sys::fs::status(Path, Stat))
      Text += " " + std::to_string(Stat.getSize()) + " " +
              std::to_string(Stat.getLastModificationTime().time_since_epoch().count());
  }
  return Text;
}

// Where clang looks for headers on this machine unless told otherwise, such as those of the newest
// GCC.
Expected<std::string> compilerDirectories() {
  Unit Empty{"/dev/null", "/", {"clang++", "-x", "c++", "/dev/null"}};
  std::vector<std::string> Dropped;
  clang::TextDiagnosticBuffer Diags;
  auto Invocation =
      makeInvocation(adjustedCommandLine(Empty, {}, Dropped), makeFileSystem(Empty), &Diags);
  if (!Invocation)
    return failure("the directories in which the compiler looks for headers are not known");
  std::string Text = Invocation->getTargetOpts().Triple + "\n";
  for (const auto &Entry : Invocation->getHeaderSearchOpts().UserEntries)
    Text += Entry.Path + "\n";
  return Text;
}

// The same by content: what another machine has too.
Expected<std::string> sharedIdentity() {
  auto Directories = compilerDirectories();
  if (!Directories)
    return Directories.takeError();
  std::string Text = Versions.str() + "\n" + *Directories;
  for (const std::string &Path : binaries()) {
    auto Buffer = MemoryBuffer::getFile(Path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
    if (!Buffer)
      return failure("'" + Path +
                     "', a part of this program, cannot be read: " + Buffer.getError().message());
    XXH128_hash_t Hash = xxh3_128bits(arrayRefFromStringRef((*Buffer)->getBuffer()));
    Text += utohexstr(Hash.high64) + utohexstr(Hash.low64) + "\n";
  }
  return Text;
}

// "-I/root/a", "/root/a" and "-ffile-prefix-map=/root=." without the root. Not a macro's value,
// which the source may use as text.
std::string argumentWithoutRoot(StringRef Argument, StringRef Root) {
  size_t Slash = Argument.find('/');
  StringRef Flag = Argument.take_front(Slash);
  if (Slash == StringRef::npos || (!Flag.empty() && !Flag.starts_with("-")) ||
      Flag.starts_with("-D") || Flag.starts_with("-Wp,"))
    return Argument.str();
  size_t PathEnd = Flag.ends_with("-prefix-map=") ? Argument.find('=', Slash) : StringRef::npos;
  return (Flag + withoutRoot(Argument.slice(Slash, PathEnd), Root) +
          Argument.substr(std::min(PathEnd, Argument.size())))
      .str();
}

// Whether a filter of the configuration is matched against absolute paths.
bool looksAtPaths(ClangTidyOptionsProvider &Provider, const Unit &U) {
  ClangTidyOptions Config = Provider.getOptions(U.File);
  std::string Filter = Config.HeaderFilterRegex.value_or("");
  return (Filter != ".*" && !Filter.empty()) ||
         !Config.ExcludeHeaderFilterRegex.value_or("").empty() ||
         !Provider.getGlobalOptions().LineFilter.empty();
}

std::string textOf(const ClangTidyGlobalOptions &Global) {
  std::string Text;
  for (const FileFilter &Filter : Global.LineFilter) {
    Text += Filter.Name + ":";
    for (const auto &[First, Last] : Filter.LineRanges)
      Text += std::to_string(First) + "-" + std::to_string(Last) + ",";
    Text += "\n";
  }
  return Text;
}

} // namespace

// Everything that a unit's result depends on, other than files.
std::string ResultKeys::keyText(const Unit &U, StringRef Root) const {
  std::string Text = withoutRoot(U.File, Root) + "\n" + withoutRoot(U.Directory, Root) + "\n";
  for (const std::vector<std::string> &List :
       {U.CommandLine, U.Joined, U.JoinedReads, Run.keyItems()}) {
    for (const std::string &Item : List)
      Text += argumentWithoutRoot(Item, Root) + "\n";
    Text += "--\n";
  }
  ClangTidyOptions Config = Provider.getOptions(U.File);
  // These change no finding of the rules.
  Config.UseColor.reset();
  Config.User.reset();
  return Text + configurationAsText(Config) + textOf(Provider.getGlobalOptions());
}

std::string ResultKeys::local(const Unit &U) const {
  static const std::string Identity = binaryIdentity();
  return hexDigest(Identity + "\n" + keyText(U, ""));
}

Error ResultKeys::identify() {
  static std::string Known;
  if (Known.empty()) {
    auto Identity = sharedIdentity();
    if (!Identity)
      return Identity.takeError();
    Known = std::move(*Identity);
  }
  SharedIdentity = Known;
  return Error::success();
}

CacheKey ResultKeys::shared(const Unit &U) const {
  std::string Root;
  if (!looksAtPaths(Provider, U))
    Root = findProjectRoot(U.File, DatabaseDirectory);
  std::string Text = keyText(U, Root);
  // A path that may not be left out, such as a macro's value.
  if (StringRef(Text).contains(Root))
    Root.clear();
  return {hexDigest(SharedIdentity + "\n" + Text), Root};
}

} // namespace torchtidy
