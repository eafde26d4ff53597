#include "engine/UnitResult.h"
#include "support/Clang.h"

using namespace llvm;
using clang::tidy::ClangTidyError;
using clang::tooling::DiagnosticMessage;
using clang::tooling::FileByteRange;
using clang::tooling::Replacement;

namespace torchtidy {

// Stands before a byte that JSON cannot hold, as two hexadecimal digits. Unlike base64, this keeps
// the beginning of a path.
static constexpr char ByteMark = '\2';

static std::string bytesOf(StringRef Text) {
  std::string Result;
  while (!Text.empty()) {
    auto [Before, After] = Text.split(ByteMark);
    Result += Before;
    uint8_t Byte = 0;
    if (Before.size() < Text.size() && !After.take_front(2).getAsInteger(16, Byte))
      Result += char(Byte);
    Text = After.drop_front(std::min<size_t>(2, After.size()));
  }
  return Result;
}

static std::string text(const json::Value &V) { return bytesOf(V.getAsString().value_or("")); }

static bool mapText(json::ObjectMapper &Map, StringLiteral Key, std::string &Text) {
  if (!Map.map(Key, Text))
    return false;
  Text = bytesOf(Text);
  return true;
}

static json::Array listOfTexts(ArrayRef<std::string> Texts) {
  json::Array Result;
  for (StringRef Text : Texts)
    Result.push_back(bytesAsUtf8(Text));
  return Result;
}

std::string bytesAsUtf8(StringRef Bytes) {
  std::string Result;
  while (!Bytes.empty()) {
    size_t Good = Bytes.size();
    (void)json::isUTF8(Bytes, &Good);
    Good = std::min(Good, Bytes.find(ByteMark));
    Result += Bytes.take_front(Good);
    Bytes = Bytes.drop_front(Good);
    if (Bytes.empty())
      break;
    Result += ByteMark + utohexstr(uint8_t(Bytes.front()), /*LowerCase=*/true, /*Width=*/2);
    Bytes = Bytes.drop_front();
  }
  return Result;
}

} // namespace torchtidy

using torchtidy::bytesAsUtf8;

// The functions for clang's own types are found by name lookup in the namespaces of their types.
namespace clang::tooling {

static json::Value toJSON(const FileByteRange &R) {
  return json::Array{bytesAsUtf8(R.FilePath), R.FileOffset, R.Length};
}

static json::Value toJSON(const DiagnosticMessage &M) {
  json::Array Fix;
  for (const auto &File : M.Fix)
    for (const Replacement &R : File.second)
      Fix.push_back(json::Array{bytesAsUtf8(R.getFilePath()), R.getOffset(), R.getLength(),
                                bytesAsUtf8(R.getReplacementText())});
  json::Array Ranges;
  for (const FileByteRange &R : M.Ranges)
    Ranges.push_back(toJSON(R));
  return json::Object{{"message", bytesAsUtf8(M.Message)},
                      {"path", bytesAsUtf8(M.FilePath)},
                      {"offset", M.FileOffset},
                      {"fix", std::move(Fix)},
                      {"ranges", std::move(Ranges)}};
}

} // namespace clang::tooling

namespace torchtidy {
namespace {

unsigned number(const json::Value &V) { return unsigned(V.getAsInteger().value_or(0)); }

// Reads what toJSON wrote; anything malformed gives false, so that a damaged cache entry is a miss.
bool readMessage(const json::Value &Value, DiagnosticMessage &M) {
  const json::Object *O = Value.getAsObject();
  if (!O || !O->getString("message") || !O->getString("path") || !O->getInteger("offset"))
    return false;
  M.Message = text(*O->get("message"));
  M.FilePath = text(*O->get("path"));
  M.FileOffset = unsigned(*O->getInteger("offset"));
  if (const json::Array *Fix = O->getArray("fix"))
    for (const json::Value &Item : *Fix) {
      const json::Array *A = Item.getAsArray();
      if (!A || A->size() != 4)
        return false;
      Replacement R(text((*A)[0]), number((*A)[1]), number((*A)[2]), text((*A)[3]));
      if (Error E = M.Fix[R.getFilePath()].add(R)) {
        consumeError(std::move(E));
        return false;
      }
    }
  if (const json::Array *Ranges = O->getArray("ranges"))
    for (const json::Value &Item : *Ranges) {
      const json::Array *A = Item.getAsArray();
      if (!A || A->size() != 3)
        return false;
      FileByteRange R;
      R.FilePath = text((*A)[0]);
      R.FileOffset = number((*A)[1]);
      R.Length = number((*A)[2]);
      M.Ranges.push_back(std::move(R));
    }
  return true;
}

json::Value diagnosticToJSON(const ClangTidyError &E) {
  json::Array Notes;
  for (const DiagnosticMessage &Note : E.Notes)
    Notes.push_back(toJSON(Note));
  return json::Object{{"rule", E.DiagnosticName},
                      {"level", int(E.DiagLevel)},
                      {"directory", bytesAsUtf8(E.BuildDirectory)},
                      {"asError", E.IsWarningAsError},
                      {"aliases", json::Array(E.EnabledDiagnosticAliases)},
                      {"message", toJSON(E.Message)},
                      {"notes", std::move(Notes)}};
}

std::optional<ClangTidyError> diagnosticFromJSON(const json::Value &Value) {
  const json::Object *O = Value.getAsObject();
  if (!O || !O->getString("rule") || !O->getInteger("level") || !O->get("message"))
    return std::nullopt;
  std::string Directory = O->get("directory") ? text(*O->get("directory")) : "";
  ClangTidyError E(*O->getString("rule"), ClangTidyError::Level(*O->getInteger("level")), Directory,
                   O->getBoolean("asError").value_or(false));
  if (const json::Array *Aliases = O->getArray("aliases"))
    for (const json::Value &Alias : *Aliases)
      E.EnabledDiagnosticAliases.push_back(text(Alias));
  if (!readMessage(*O->get("message"), E.Message))
    return std::nullopt;
  if (const json::Array *Notes = O->getArray("notes"))
    for (const json::Value &Note : *Notes) {
      E.Notes.emplace_back();
      if (!readMessage(Note, E.Notes.back()))
        return std::nullopt;
    }
  return E;
}

json::Value toJSON(const HeavyHeader &H) {
  return json::Object{{"spelling", bytesAsUtf8(H.Spelling)}, {"path", bytesAsUtf8(H.Path)}};
}
[[maybe_unused]] bool fromJSON(const json::Value &Value, HeavyHeader &H, json::Path Path) {
  json::ObjectMapper Map(Value, Path);
  return Map && mapText(Map, "spelling", H.Spelling) && mapText(Map, "path", H.Path);
}

json::Value toJSON(const EarlyMacro &M) {
  return json::Object{{"name", bytesAsUtf8(M.Name)}, {"text", bytesAsUtf8(M.Text)}};
}
[[maybe_unused]] bool fromJSON(const json::Value &Value, EarlyMacro &M, json::Path Path) {
  json::ObjectMapper Map(Value, Path);
  return Map && mapText(Map, "name", M.Name) && mapText(Map, "text", M.Text);
}

json::Value toJSON(const Dependency &D) {
  return json::Object{{"path", bytesAsUtf8(D.Path)}, {"requested", bytesAsUtf8(D.Requested)},
                      {"directory", D.IsDirectory},  {"absent", D.IsAbsent},
                      {"size", int64_t(D.Size)},     {"time", D.Time},
                      {"digest", D.Digest}};
}
[[maybe_unused]] bool fromJSON(const json::Value &Value, Dependency &D, json::Path Path) {
  json::ObjectMapper Map(Value, Path);
  int64_t Size = 0;
  bool Ok = Map && mapText(Map, "path", D.Path) && mapText(Map, "requested", D.Requested) &&
            Map.map("directory", D.IsDirectory) && Map.map("absent", D.IsAbsent) &&
            Map.map("size", Size) && Map.map("time", D.Time) && Map.map("digest", D.Digest);
  D.Size = uint64_t(Size);
  return Ok;
}

json::Value toJSON(const SuppressedDiagnostic &S) {
  return json::Object{{"rule", S.Rule}, {"path", bytesAsUtf8(S.Path)}, {"line", int64_t(S.Line)}};
}
[[maybe_unused]] bool fromJSON(const json::Value &Value, SuppressedDiagnostic &S, json::Path Path) {
  json::ObjectMapper Map(Value, Path);
  int64_t Line = 0;
  bool Ok = Map && Map.map("rule", S.Rule) && mapText(Map, "path", S.Path) && Map.map("line", Line);
  S.Line = unsigned(Line);
  return Ok;
}

json::Value toJSON(const RefutedFinding &R) {
  return json::Object{
      {"rule", R.Rule}, {"path", bytesAsUtf8(R.Path)}, {"offset", int64_t(R.Offset)}};
}
[[maybe_unused]] bool fromJSON(const json::Value &Value, RefutedFinding &R, json::Path Path) {
  json::ObjectMapper Map(Value, Path);
  int64_t Offset = 0;
  bool Ok =
      Map && Map.map("rule", R.Rule) && mapText(Map, "path", R.Path) && Map.map("offset", Offset);
  R.Offset = unsigned(Offset);
  return Ok;
}

template <typename T> json::Array listToJSON(const std::vector<T> &List) {
  json::Array Result;
  for (const T &Item : List)
    Result.push_back(toJSON(Item));
  return Result;
}

template <typename T>
bool listFromJSON(const json::Object &O, StringRef Key, std::vector<T> &List, json::Path Path) {
  const json::Array *Array = O.getArray(Key);
  if (!Array)
    return false;
  for (const json::Value &Item : *Array)
    if (!fromJSON(Item, List.emplace_back(), Path))
      return false;
  return true;
}

json::Array diagnosticsToJSON(ArrayRef<ClangTidyError> Diagnostics) {
  json::Array Result;
  for (const ClangTidyError &E : Diagnostics)
    Result.push_back(diagnosticToJSON(E));
  return Result;
}

bool diagnosticsFromJSON(const json::Array &Items, std::vector<ClangTidyError> &Diagnostics) {
  for (const json::Value &Item : Items) {
    auto E = diagnosticFromJSON(Item);
    if (!E)
      return false;
    Diagnostics.push_back(std::move(*E));
  }
  return true;
}

} // namespace

json::Value toJSON(const UnitPlan &Plan) {
  return json::Object{{"key", Plan.PreambleKey},
                      {"headers", listToJSON(Plan.Headers)},
                      {"macros", listToJSON(Plan.EarlyMacros)},
                      {"plain", bytesAsUtf8(Plan.PlainReason)}};
}

bool fromJSON(const json::Value &Value, UnitPlan &Plan, json::Path Path) {
  const json::Object *O = Value.getAsObject();
  if (!O || !O->getString("key") || !O->getString("plain"))
    return false;
  Plan.PreambleKey = O->getString("key")->str();
  Plan.PlainReason = text(*O->get("plain"));
  return listFromJSON(*O, "headers", Plan.Headers, Path) &&
         listFromJSON(*O, "macros", Plan.EarlyMacros, Path);
}

json::Value toJSON(const UnitResult &R) {
  json::Object Checks;
  for (const auto &[Name, Seconds] : R.CheckSeconds)
    Checks[Name] = Seconds;
  return json::Object{{"findings", diagnosticsToJSON(R.Diagnostics)},
                      {"suppressed", listToJSON(R.Suppressed)},
                      {"parseFailed", R.ParseFailed},
                      {"failure", bytesAsUtf8(R.Failure)},
                      {"plan", toJSON(R.Plan)},
                      {"dropped", listOfTexts(R.DroppedFlags)},
                      {"dependencies", listToJSON(R.Dependencies)},
                      {"preambleContent", R.PreambleContent},
                      {"notes", R.Notes},
                      {"checkSeconds", std::move(Checks)},
                      {"scanSeconds", R.ScanSeconds},
                      {"preambleSeconds", R.PreambleSeconds},
                      {"parseSeconds", R.ParseSeconds}};
}

bool fromJSON(const json::Value &Value, UnitResult &R, json::Path Path) {
  const json::Object *O = Value.getAsObject();
  if (!O || !O->getArray("findings") || !O->get("plan") ||
      !diagnosticsFromJSON(*O->getArray("findings"), R.Diagnostics))
    return false;
  R.ParseFailed = O->getBoolean("parseFailed").value_or(true);
  R.Failure = O->get("failure") ? text(*O->get("failure")) : "";
  R.PreambleContent = O->getString("preambleContent").value_or("").str();
  if (const json::Array *Dropped = O->getArray("dropped"))
    for (const json::Value &Flag : *Dropped)
      R.DroppedFlags.push_back(text(Flag));
  if (const json::Object *Checks = O->getObject("checkSeconds"))
    for (const auto &[Name, Seconds] : *Checks)
      R.CheckSeconds[StringRef(Name).str()] = Seconds.getAsNumber().value_or(0);
  if (const json::Value *Notes = O->get("notes"))
    R.Notes = *Notes;
  R.ScanSeconds = O->getNumber("scanSeconds").value_or(0);
  R.PreambleSeconds = O->getNumber("preambleSeconds").value_or(0);
  R.ParseSeconds = O->getNumber("parseSeconds").value_or(0);
  return fromJSON(*O->get("plan"), R.Plan, Path) &&
         listFromJSON(*O, "suppressed", R.Suppressed, Path) &&
         listFromJSON(*O, "dependencies", R.Dependencies, Path);
}

json::Value toJSON(const JointReading &R) {
  return json::Object{{"others", listToJSON(R.Others)},
                      {"found", diagnosticsToJSON(R.Found)},
                      {"refuted", listToJSON(R.Refuted)}};
}

bool fromJSON(const json::Value &Value, JointReading &R, json::Path Path) {
  const json::Object *O = Value.getAsObject();
  return O && O->getArray("found") && diagnosticsFromJSON(*O->getArray("found"), R.Found) &&
         listFromJSON(*O, "others", R.Others, Path) && listFromJSON(*O, "refuted", R.Refuted, Path);
}

} // namespace torchtidy
