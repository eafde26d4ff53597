#include "report/Report.h"
#include "Clang.h"
#include "engine/Paths.h"
#include <tuple>

using namespace llvm;
using clang::tidy::ClangTidyError;

namespace torchtidy {

LineColumn locate(StringRef Path, StringRef Directory, unsigned Offset) {
  LineColumn Result;
  auto Buffer = MemoryBuffer::getFile(absoluteIn(Directory, Path));
  if (!Buffer || Offset > (*Buffer)->getBufferSize())
    return Result;
  StringRef Text = (*Buffer)->getBuffer();
  size_t Start = Text.take_front(Offset).rfind('\n');
  Start = Start == StringRef::npos ? 0 : Start + 1;
  Result.Line = Text.take_front(Offset).count('\n') + 1;
  Result.Column = Offset - Start + 1;
  Result.Text =
      Text.drop_front(Start).take_until([](char C) { return C == '\n' || C == '\r'; }).str();
  return Result;
}

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
