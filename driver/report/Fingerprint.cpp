#include "report/Fingerprint.h"
#include "Clang.h"
#include "engine/Dependencies.h"

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

std::vector<std::string> fingerprints(ArrayRef<ClangTidyError> Findings, SourceFiles &Sources) {
  std::vector<std::string> Result;
  StringMap<unsigned> Seen;
  for (const ClangTidyError &E : Findings) {
    std::string Text = E.DiagnosticName + "\n" + E.Message.Message + "\n";
    if (!E.Message.FilePath.empty()) {
      const SourceFile &File = Sources.get(E.Message.FilePath, E.BuildDirectory);
      Text += File.Name + "\n" + withoutSpace(File.line(File.position(E.Message.FileOffset).Line)) +
              "\n";
    }
    Text += std::to_string(Seen[Text]++);
    Result.push_back(hexDigest(Text).substr(0, 32));
  }
  return Result;
}

} // namespace torchtidy
