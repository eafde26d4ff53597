#include "report/Report.h"
#include "Clang.h"
#include "report/Sources.h"
#include <tuple>

using namespace llvm;
using clang::tidy::ClangTidyError;
using clang::tooling::DiagnosticMessage;
using clang::tooling::Replacement;

namespace torchtidy {
namespace {

// A finding and the file that it lies in; null if it lies in none.
struct Placed {
  const SourceFile *File;
  ClangTidyError Error;

  // What makes findings one.
  auto identity() const {
    return std::tuple(File ? StringRef(File->Name) : "", File ? StringRef(File->RealPath) : "",
                      Error.Message.FileOffset, StringRef(Error.DiagnosticName),
                      StringRef(Error.Message.Message));
  }
};

std::string describe(const DiagnosticMessage &M) {
  std::string Text = M.Message + '\n' + M.FilePath + '\n' + std::to_string(M.FileOffset);
  for (const auto &File : M.Fix)
    for (const Replacement &R : File.second)
      Text += R.toString();
  return Text;
}

// Units may see a header's finding with other notes: which of them is kept must not depend on the
// order of the units. The worst comes first.
bool comesFirst(const ClangTidyError &A, const ClangTidyError &B) {
  if (A.IsWarningAsError != B.IsWarningAsError)
    return A.IsWarningAsError;
  auto describeAll = [](const ClangTidyError &E) {
    std::string Text = describe(E.Message);
    for (const DiagnosticMessage &Note : E.Notes)
      Text += describe(Note);
    return Text;
  };
  return describeAll(A) < describeAll(B);
}

} // namespace

void sortAndDeduplicate(std::vector<ClangTidyError> &Findings, SourceFiles &Sources) {
  std::vector<Placed> All;
  for (ClangTidyError &E : Findings) {
    StringRef Path = E.Message.FilePath;
    All.push_back({Path.empty() ? nullptr : &Sources.get(Path, E.BuildDirectory), std::move(E)});
  }
  llvm::sort(All, [](const Placed &A, const Placed &B) {
    auto IdentityOfA = A.identity(), IdentityOfB = B.identity();
    return IdentityOfA == IdentityOfB ? comesFirst(A.Error, B.Error) : IdentityOfA < IdentityOfB;
  });
  auto Same = [](const Placed &A, const Placed &B) { return A.identity() == B.identity(); };
  All.erase(std::unique(All.begin(), All.end(), Same), All.end());
  Findings.clear();
  for (Placed &P : All)
    Findings.push_back(std::move(P.Error));
}

} // namespace torchtidy
