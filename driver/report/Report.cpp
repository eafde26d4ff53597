#include "report/Report.h"
#include "Clang.h"
#include <tuple>

using namespace llvm;
using clang::tidy::ClangTidyError;

namespace torchtidy {

static auto sortKey(const ClangTidyError &E) {
  return std::tie(E.Message.FilePath, E.Message.FileOffset, E.DiagnosticName, E.Message.Message);
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
