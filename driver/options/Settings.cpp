#include "options/Settings.h"
#include "support/Clang.h"
#include "support/FilePaths.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/YAMLTraits.h"

using namespace llvm;

LLVM_YAML_IS_SEQUENCE_VECTOR(torchtidy::RegexText)

namespace llvm::yaml {

template <> struct ScalarTraits<torchtidy::RegexText> {
  static void output(const torchtidy::RegexText &R, void *, raw_ostream &OS) { OS << R.Text; }
  static StringRef input(StringRef Scalar, void *Context, torchtidy::RegexText &R) {
    R.Text = Scalar.str();
    std::string Why;
    if (Regex(Scalar).isValid(Why))
      return "";
    // The caller keeps no copy of what is returned before it has printed it.
    auto &Message = *static_cast<std::string *>(Context);
    Message = "'" + R.Text + "' is no regular expression: " + Why;
    return Message;
  }
  static QuotingType mustQuote(StringRef) { return QuotingType::Single; }
};

template <> struct MappingTraits<torchtidy::Settings> {
  static void mapping(IO &Io, torchtidy::Settings &S) {
    Io.mapOptional("p", S.BuildPath);
    Io.mapOptional("torch-root", S.TorchRoot);
    Io.mapOptional("cache-dir", S.CacheDir);
    Io.mapOptional("remote-cache", S.RemoteCache);
    Io.mapOptional("baseline", S.Baseline);
    Io.mapOptional("new-from-rev", S.NewFromRev);
    Io.mapOptional("j", S.Jobs);
    Io.mapOptional("timeout-per-file", S.TimeoutPerFile);
    Io.mapOptional("unsafe-fixes", S.UnsafeFixes);
    Io.mapOptional("report-unused-nolint", S.ReportUnusedNolint);
    Io.mapOptional("select", S.Select);
    Io.mapOptional("ignore", S.Ignore);
    Io.mapOptional("extra-arg", S.ExtraArgs);
    Io.mapOptional("output-format", S.OutputFormats);
    Io.mapOptional("exclude", S.Exclude);
  }
};

} // namespace llvm::yaml

namespace torchtidy {

std::string findSettings() {
  SmallString<256> Cwd;
  sys::fs::current_path(Cwd);
  for (StringRef Dir = Cwd; !Dir.empty(); Dir = sys::path::parent_path(Dir))
    if (std::string Path = joinPath(Dir, ".torch-tidy.yaml"); sys::fs::exists(Path))
      return Path;
  return "";
}

static bool isBlank(StringRef Text) {
  while (!Text.empty()) {
    auto [Line, Rest] = Text.split('\n');
    if (!Line.trim().empty() && !Line.trim().starts_with("#"))
      return false;
    Text = Rest;
  }
  return true;
}

Expected<Settings> loadSettings(StringRef Path) {
  auto Buffer = MemoryBuffer::getFile(Path);
  if (!Buffer)
    return createStringError(inconvertibleErrorCode(),
                             "cannot read '" + Path + "': " + Buffer.getError().message());
  Settings S;
  if (isBlank((*Buffer)->getBuffer()))
    return S;
  std::string Problem, Scratch;
  auto keepFirst = [](const SMDiagnostic &D, void *Context) {
    auto &Text = *static_cast<std::string *>(Context);
    if (Text.empty())
      Text = std::to_string(D.getLineNo()) + ":" + std::to_string(D.getColumnNo() + 1) + ": " +
             D.getMessage().str();
  };
  yaml::Input In(MemoryBufferRef((*Buffer)->getBuffer(), Path), &Scratch, keepFirst, &Problem);
  In >> S;
  if (In.error())
    return createStringError(
        inconvertibleErrorCode(),
        Path + ":" + Problem + ". Next: put it right; docs/using/configuration.md lists the keys");
  std::string File = absoluteHere(Path);
  for (std::optional<std::string> *P : {&S.BuildPath, &S.TorchRoot, &S.CacheDir, &S.Baseline})
    if (*P)
      *P = absoluteIn(sys::path::parent_path(File), **P);
  return S;
}

} // namespace torchtidy
