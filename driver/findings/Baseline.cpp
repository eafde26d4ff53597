#include "findings/Baseline.h"
#include "findings/Fingerprint.h"
#include "support/AtomicWrite.h"
#include "support/Clang.h"
#include "support/Messages.h"

using namespace llvm;
using clang::tidy::ClangTidyError;

namespace torchtidy {
static Error unusable(StringRef Path, const Twine &Why) {
  return failure("the baseline '" + Path + "' " + Why);
}

// In this namespace, not an unnamed one, so that json::fromJSON finds it for a vector.
static bool fromJSON(const json::Value &Value, BaselineEntry &E, json::Path Path) {
  json::ObjectMapper Map(Value, Path);
  return Map && Map.map("fingerprint", E.Fingerprint) && Map.map("rule", E.Rule) &&
         Map.map("path", E.Path) && Map.map("message", E.Message);
}

Expected<Baseline> Baseline::load(StringRef Path) {
  auto Buffer = MemoryBuffer::getFile(Path);
  if (!Buffer)
    return unusable(Path, "cannot be read: " + Buffer.getError().message() +
                              ". Next: make it with --write-baseline " + Path);
  auto Value = json::parse((*Buffer)->getBuffer());
  if (!Value)
    return unusable(Path, "is not valid: " + toString(Value.takeError()) +
                              ". Next: make it anew with --write-baseline " + Path);
  const json::Object *O = Value->getAsObject();
  if (!O || O->getInteger("version").value_or(0) != FingerprintVersion)
    return unusable(Path,
                    "is of another version. Next: make it anew with --write-baseline " + Path);
  Baseline Result;
  json::Path::Root Root("baseline");
  json::Path Here(Root);
  const json::Value *List = O->get("findings");
  if (!List || !json::fromJSON(*List, Result.Entries, Here.field("findings")))
    return unusable(Path, "is not valid: " + toString(Root.getError()) +
                              ". Next: make it anew with --write-baseline " + Path);
  return std::move(Result);
}

Baseline Baseline::fromDiagnostics(ArrayRef<ClangTidyError> Diagnostics,
                                   ArrayRef<std::string> Fingerprints, SourceFiles &Sources) {
  Baseline Result;
  for (auto [E, Fingerprint] : zip(Diagnostics, Fingerprints)) {
    std::string Name;
    if (!E.Message.FilePath.empty())
      Name = Sources.get(E.Message.FilePath, E.BuildDirectory).Name;
    Result.Entries.push_back({Fingerprint, E.DiagnosticName, Name, E.Message.Message});
  }
  return Result;
}

// One finding a line, sorted by file, so that version control merges it well.
Error Baseline::save(StringRef Path) const {
  std::vector<BaselineEntry> Sorted = Entries;
  llvm::sort(Sorted, [](const BaselineEntry &A, const BaselineEntry &B) {
    return std::tie(A.Path, A.Rule, A.Fingerprint) < std::tie(B.Path, B.Rule, B.Fingerprint);
  });
  std::string Text;
  raw_string_ostream OS(Text);
  OS << "{\"version\": " << FingerprintVersion << ", \"findings\": [";
  StringRef Separator = "\n";
  for (const BaselineEntry &E : Sorted) {
    OS << Separator
       << json::Value(json::Object{{"fingerprint", E.Fingerprint},
                                   {"rule", E.Rule},
                                   {"path", json::fixUTF8(E.Path)},
                                   {"message", json::fixUTF8(E.Message)}});
    Separator = ",\n";
  }
  OS << "\n]}\n";
  return writeAtomically(Path, OS.str());
}

void Baseline::begin() {
  Met.clear();
  Known.clear();
  for (const BaselineEntry &E : Entries)
    Known.insert(E.Fingerprint);
}

bool Baseline::meet(StringRef Fingerprint) {
  bool IsKnown = Known.contains(Fingerprint);
  if (IsKnown)
    Met.insert(Fingerprint);
  return IsKnown;
}

std::vector<BaselineEntry>
Baseline::gone(function_ref<bool(const BaselineEntry &)> WasChecked) const {
  std::vector<BaselineEntry> Result;
  copy_if(Entries, std::back_inserter(Result),
          [&](const BaselineEntry &E) { return !Met.contains(E.Fingerprint) && WasChecked(E); });
  return Result;
}

void Baseline::remove(ArrayRef<BaselineEntry> Unwanted) {
  StringSet<> Prints;
  for (const BaselineEntry &E : Unwanted)
    Prints.insert(E.Fingerprint);
  erase_if(Entries, [&](const BaselineEntry &E) { return Prints.contains(E.Fingerprint); });
}

} // namespace torchtidy
