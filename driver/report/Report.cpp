#include "report/Report.h"
#include "Clang.h"
#include <tuple>

using namespace llvm;
using clang::tidy::ClangTidyError;

namespace torchtidy {

// A relative path is another file in another directory.
static auto sortKey(const ClangTidyError &E) {
  StringRef Path = E.Message.FilePath;
  bool NeedsDirectory = !Path.empty() && !sys::path::is_absolute(Path);
  return std::tuple(Path, NeedsDirectory ? StringRef(E.BuildDirectory) : StringRef(),
                    E.Message.FileOffset, StringRef(E.DiagnosticName),
                    StringRef(E.Message.Message));
}

void sortAndDeduplicate(std::vector<ClangTidyError> &Findings) {
  llvm::stable_sort(Findings, [](const ClangTidyError &A, const ClangTidyError &B) {
    return sortKey(A) < sortKey(B);
  });
  auto Same = [](const ClangTidyError &A, const ClangTidyError &B) {
    return sortKey(A) == sortKey(B);
  };
  Findings.erase(std::unique(Findings.begin(), Findings.end(), Same), Findings.end());
}

} // namespace torchtidy
