#include "options/Settings.h"
#include "support/Clang.h"
#include "support/FilePaths.h"
#include "support/Messages.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/YAMLTraits.h"

using namespace llvm;

namespace torchtidy {
namespace {

struct RegexText {
  std::string Text;
};

// One of an option's words.
struct WordText {
  const OptionInfo *Info = nullptr;
  std::string Text;
};

// The keys of a file, and what stands there.
struct SettingsFile {
  std::vector<SettingValue> Values;
};

} // namespace
} // namespace torchtidy

LLVM_YAML_IS_SEQUENCE_VECTOR(torchtidy::RegexText)

namespace llvm::yaml {

template <> struct ScalarTraits<torchtidy::RegexText> {
  static void output(const torchtidy::RegexText &R, void *, raw_ostream &OS) { OS << R.Text; }
  static StringRef input(StringRef Scalar, void *Context, torchtidy::RegexText &R) {
    R.Text = Scalar.str();
    std::string Why;
    if (Regex(Scalar).isValid(Why))
      return "";
    return refused("'" + R.Text + "' is no regular expression: " + Why, Context);
  }
  // The caller keeps no copy of what is returned before it has printed it.
  static StringRef refused(std::string Why, void *Context) {
    auto &Message = *static_cast<std::string *>(Context);
    Message = std::move(Why);
    return Message;
  }
  static QuotingType mustQuote(StringRef) { return QuotingType::Single; }
};

template <> struct ScalarTraits<torchtidy::WordText> {
  static void output(const torchtidy::WordText &W, void *, raw_ostream &OS) { OS << W.Text; }
  static StringRef input(StringRef Scalar, void *Context, torchtidy::WordText &W) {
    W.Text = Scalar.str();
    std::string Why = torchtidy::refusal(*W.Info, Scalar);
    return Why.empty() ? "" : ScalarTraits<torchtidy::RegexText>::refused(std::move(Why), Context);
  }
  static QuotingType mustQuote(StringRef) { return QuotingType::Single; }
};

template <> struct MappingTraits<torchtidy::SettingsFile> {
  static void mapping(IO &Io, torchtidy::SettingsFile &File) {
    for (const torchtidy::OptionInfo &Info : torchtidy::optionTable())
      if (Info.Settings != torchtidy::InSettings::No)
        std::visit([&](auto Member) { read(Io, Info, Member, File); }, Info.Member);
  }

private:
  // The name is a literal, which ends with a null.
  static const char *keyOf(const torchtidy::OptionInfo &Info) {
    return Info.Name.data(); // NOLINT(bugprone-suspicious-stringview-data-usage)
  }
  template <typename T>
  static void readAny(IO &Io, const torchtidy::OptionInfo &Info, torchtidy::SettingsFile &File) {
    std::optional<T> Value;
    Io.mapOptional(keyOf(Info), Value);
    if (Value)
      File.Values.push_back({&Info, *Value});
  }
  template <typename T>
  static void read(IO &Io, const torchtidy::OptionInfo &Info, T torchtidy::Options::*,
                   torchtidy::SettingsFile &File) {
    readAny<T>(Io, Info, File);
  }
  template <typename T>
  static void read(IO &Io, const torchtidy::OptionInfo &Info,
                   std::optional<T> torchtidy::Options::*, torchtidy::SettingsFile &File) {
    readAny<T>(Io, Info, File);
  }
  static void read(IO &Io, const torchtidy::OptionInfo &Info, std::string torchtidy::Options::*,
                   torchtidy::SettingsFile &File) {
    if (Info.Words.empty())
      return readAny<std::string>(Io, Info, File);
    torchtidy::WordText Word{&Info, ""};
    Io.mapOptional(keyOf(Info), Word);
    if (!Word.Text.empty())
      File.Values.push_back({&Info, std::move(Word.Text)});
  }
  static void read(IO &Io, const torchtidy::OptionInfo &Info,
                   std::vector<std::string> torchtidy::Options::*, torchtidy::SettingsFile &File) {
    std::vector<std::string> Values;
    if (Info.Settings == torchtidy::InSettings::Regex) {
      std::vector<torchtidy::RegexText> Patterns;
      Io.mapOptional(keyOf(Info), Patterns);
      for (torchtidy::RegexText &Pattern : Patterns)
        Values.push_back(std::move(Pattern.Text));
    } else {
      Io.mapOptional(keyOf(Info), Values);
    }
    if (!Values.empty())
      File.Values.push_back({&Info, std::move(Values)});
  }
};

} // namespace llvm::yaml

namespace torchtidy {

std::string findSettings() {
  SmallString<256> Cwd;
  (void)sys::fs::current_path(Cwd);
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

Expected<std::vector<SettingValue>> loadSettings(StringRef Path) {
  auto Buffer = MemoryBuffer::getFile(Path);
  if (!Buffer)
    return failure("cannot read '" + Path + "': " + Buffer.getError().message());
  SettingsFile File;
  if (isBlank((*Buffer)->getBuffer()))
    return File.Values;
  std::string Problem, Scratch;
  auto keepFirst = [](const SMDiagnostic &D, void *Context) {
    auto &Text = *static_cast<std::string *>(Context);
    if (Text.empty())
      Text = std::to_string(D.getLineNo()) + ":" + std::to_string(D.getColumnNo() + 1) + ": " +
             D.getMessage().str();
  };
  yaml::Input In(MemoryBufferRef((*Buffer)->getBuffer(), Path), &Scratch, keepFirst, &Problem);
  In >> File;
  if (In.error())
    return failure(Path + ":" + Problem +
                   ". Next: put it right; docs/using/configuration.md lists the keys");
  std::string Absolute = absoluteHere(Path);
  for (SettingValue &S : File.Values)
    if (S.Info->Settings == InSettings::Path)
      S.Value = absoluteIn(sys::path::parent_path(Absolute), std::get<std::string>(S.Value));
  return std::move(File.Values);
}

} // namespace torchtidy
