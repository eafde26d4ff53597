#include "ArchiveMismatchCheck.h"
#include "model/syntax/Walk.h"

using namespace clang;

namespace torchtidy {

namespace {

llvm::StringRef nameOf(ArchiveContent Content) {
  switch (Content) {
  case ArchiveContent::Unknown:
    return "something else";
  case ArchiveContent::Tensor:
    return "a tensor";
  case ArchiveContent::Tensors:
    return "tensors";
  case ArchiveContent::Optimizer:
    return "an optimizer";
  case ArchiveContent::Module:
    return "a module";
  }
  return "";
}

} // namespace

void ArchiveMismatchCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  bool Writes = false;
  llvm::SmallVector<ArchiveUse, 2> Reads;
  auto See = [&](const CallExpr *Call) {
    auto Use = asArchiveUse(Call);
    if (!Use)
      return;
    bool IsRead = Use->Is == ArchiveUse::Load || Use->Is == ArchiveUse::ScriptLoad;
    Writes |= !IsRead;
    // EXPECT_THROW(torch::load(…)): a macro that is given the call may mean to see it throw.
    if (IsRead && !Context.getSourceManager().isMacroArgExpansion(Call->getExprLoc()))
      Reads.push_back(*Use);
  };
  for (const Stmt *Code : codeOf(Function))
    forEach<CallExpr>(Code, See);
  if (Writes)
    for (const ArchiveInStream &Found : archivesInOneStream(Function, facts(Context).graphs()))
      report(Found);
  if (Reads.empty())
    return;
  if (!Known)
    Known.emplace(facts(Context).modules(), index(Context));
  for (const ArchiveUse &Read : Reads)
    if (auto Found = Known->mismatch(Read))
      report(*Found);
}

void ArchiveMismatchCheck::report(const ArchiveMismatch &Found) {
  SourceLocation At = Found.Read.Call->getBeginLoc();
  switch (Found.Is) {
  case ArchiveMismatch::Name:
    diag(At, "this throws: the archive was written from a %0, which has nothing registered as '%1'")
        << Found.Writer << Found.Missing;
    break;
  case ArchiveMismatch::Content:
    diag(At, "this throws: the archive holds %0, and %1 is read")
        << nameOf(Found.Holds) << nameOf(Found.Wants);
    break;
  case ArchiveMismatch::NoCode:
    diag(At, "the archive that torch::save() writes has no code: to run the script module throws");
    break;
  }
  diag(Found.Written.Call->getBeginLoc(), "written here", DiagnosticIDs::Note);
  if (Found.Run)
    diag(Found.Run->getBeginLoc(), "run here", DiagnosticIDs::Note);
}

void ArchiveMismatchCheck::report(const ArchiveInStream &Found) {
  bool InLoop = Found.First == Found.Second;
  diag(Found.Second->getBeginLoc(), "%0 has an archive already: what is written here is not what "
                                    "a load() of the stream reads")
      << Found.Stream;
  diag(Found.First->getBeginLoc(),
       InLoop ? "written by the round before; one archive takes a vector of tensors, or what an "
                "OutputArchive is given"
              : "the first archive; one archive takes a vector of tensors, or what an "
                "OutputArchive is given",
       DiagnosticIDs::Note);
}

} // namespace torchtidy
