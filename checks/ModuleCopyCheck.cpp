#include "ModuleCopyCheck.h"
#include "model/modules/MergedModules.h"

using namespace clang;

namespace torchtidy {

void ModuleCopyCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  for (const ModuleCopy &Copy : moduleCopies(Function, Context))
    if (auto Harm = harmOf(Copy, facts(Context).modules(), index(Context)))
      report(Copy, *Harm);
  forEachMergedModule(Function, facts(Context).registrations(), [&](const MergedModule &Found) {
    SourceLocation Where = Found.Assignment->getBeginLoc();
    if (!firstTime(Where))
      return;
    diag(Where,
         "%0 and %1 are one module from here on: no weights are copied, and the network that "
         "%0 was built as is gone")
        << Found.Target << Found.Source;
    diag(Found.Built->getBeginLoc(), "built here", DiagnosticIDs::Note);
  });
  const auto *Constructor = dyn_cast<CXXConstructorDecl>(Function);
  if (!Constructor || !Constructor->isCopyConstructor())
    return;
  if (auto Defect = copyConstructorDefect(Constructor, facts(Context).modules()))
    report(*Defect);
}

void ModuleCopyCheck::report(const ModuleCopy &Copy, const CopyHarm &Harm) {
  SourceLocation At = Copy.Source->getBeginLoc();
  if (Copy.As == ModuleCopy::Many)
    diag(At, "all these copies of a %0 have the same modules and tensors, those of the original")
        << Copy.Module;
  else if (Harm.IsAgain)
    diag(At, "this %0 is copied each time: the copies have the same modules and tensors")
        << Copy.Module;
  else if (Copy.As == ModuleCopy::Pushed)
    diag(At, "this %0 is copied: what is done to the object later does not reach the copy"
             "%select{|, but for the modules and tensors that both have}1")
        << Copy.Module << Harm.SharesParts;
  else
    diag(At, "this copy of a %0 has the modules and tensors of the original, none of its own")
        << Copy.Module;
  if (!Harm.Change)
    return;
  SourceLocation Later = Harm.Change.At->getBeginLoc();
  if (Harm.IsAgain) {
    diag(Later, "copied again here", DiagnosticIDs::Note);
    return;
  }
  switch (Harm.Change.Is) {
  case ModuleChange::Mode:
    diag(Later, "this switches one of the two%select{|, and the modules that both have}0",
         DiagnosticIDs::Note)
        << Harm.SharesParts;
    return;
  case ModuleChange::Tensors:
    diag(Later, "this changes both", DiagnosticIDs::Note);
    return;
  case ModuleChange::Object:
    diag(Later, "this changes one of them alone", DiagnosticIDs::Note);
    return;
  }
}

void ModuleCopyCheck::report(const CopyConstructorDefect &Defect) {
  const CXXRecordDecl *Class = Defect.Class;
  if (!Defect.Member) {
    diag(Defect.Base->getBeginLoc(),
         "this copies what the other %0 has registered: to register it again throws")
        << Class;
    diag(Defect.Part->getBeginLoc(), "registered again here", DiagnosticIDs::Note);
    return;
  }
  diag(Defect.Base->getBeginLoc(), "this copies what the other %0 has registered: the copy lists "
                                   "the other's %1 and runs one that is not registered")
      << Class << Defect.Member;
  diag(Defect.Part->getBeginLoc(), "the copy's own is made here", DiagnosticIDs::Note);
}

} // namespace torchtidy
