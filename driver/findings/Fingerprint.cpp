#include "findings/Fingerprint.h"
#include "support/Clang.h"
#include "support/Digest.h"
#include <map>

using namespace llvm;
using clang::tidy::ClangTidyError;

namespace torchtidy {

// Indentation and spacing change when code is formatted, not when it is written anew.
static std::string withoutSpace(StringRef Line) {
  std::string Result;
  for (char C : Line)
    if (!isSpace(C))
      Result += C;
  return Result;
}

// What does not change with an edit elsewhere; several findings may have the same.
static std::string stableText(const ClangTidyError &E, SourceFiles &Sources) {
  std::string Text = E.DiagnosticName + "\n" + E.Message.Message + "\n";
  if (E.Message.FilePath.empty())
    return Text;
  const SourceFile &File = Sources.get(E.Message.FilePath, E.BuildDirectory);
  return Text + File.Name + "\n" +
         withoutSpace(File.line(File.position(E.Message.FileOffset).Line)) + "\n";
}

static std::string numbered(const std::string &StableText, size_t Number) {
  return hexDigest(StableText + std::to_string(Number)).substr(0, 32);
}

std::vector<std::string> fingerprints(ArrayRef<ClangTidyError> Diagnostics, SourceFiles &Sources) {
  std::vector<std::string> Result;
  StringMap<unsigned> Seen;
  for (const ClangTidyError &E : Diagnostics) {
    std::string Text = stableText(E, Sources);
    Result.push_back(numbered(Text, Seen[Text]++));
  }
  return Result;
}

std::vector<std::string> mergedFingerprints(ArrayRef<ClangTidyError> Diagnostics,
                                            ArrayRef<std::set<std::string>> Recorded,
                                            SourceFiles &Sources) {
  std::map<std::string, std::vector<size_t>> ByText;
  for (size_t I = 0; I < Diagnostics.size(); ++I)
    ByText[stableText(Diagnostics[I], Sources)].push_back(I);
  std::vector<std::string> Result(Diagnostics.size());
  for (const auto &[Text, Indices] : ByText) {
    std::set<std::string> Distinct;
    bool Agree = all_of(Indices, [&](size_t I) {
      return Recorded[I].size() == 1 && Distinct.insert(*Recorded[I].begin()).second;
    });
    for (size_t Number = 0; Number < Indices.size(); ++Number) {
      size_t I = Indices[Number];
      Result[I] = Agree ? *Recorded[I].begin() : numbered(Text, Number);
    }
  }
  return Result;
}

} // namespace torchtidy
