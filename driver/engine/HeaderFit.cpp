#include "engine/HeaderFit.h"
#include "engine/EarlyDecls.h"
#include "support/ResourceDirectory.h"
#include "clang/AST/ASTContext.h"

using namespace llvm;

namespace torchtidy {

bool HeaderFit::hasReached(const HeavyHeader &Header) const {
  return any_of(Reached, [&](const Include &I) { return I.Header.Path == Header.Path; });
}

void HeaderFit::watch(clang::Preprocessor &PP, std::shared_ptr<ProjectLocations> IsProject) {
  SM = &PP.getSourceManager();
  for (const HeavyHeader &H : Headers)
    if (isCudaPrelude(H.Path)) // the command line includes it, before anything that is watched
      Reached.push_back({H, {}, /*IsEarly=*/true});
  Guard.install(
      PP, [IsProject](clang::SourceLocation Loc) { return (*IsProject)(Loc); },
      [this](clang::SourceLocation Loc) { return isOfReached(Loc); },
      [this](StringRef, clang::FileEntryRef File, clang::SourceLocation HashLoc) {
        for (const HeavyHeader &H : Headers)
          if (H.isFile(File) && !hasReached(H))
            Reached.push_back({H, HashLoc, Guard.reason().empty()});
        if (reachedAll())
          Guard.finish();
      },
      [this](const EarlyMacro &Macro) { return Mentioned.contains(Macro.Name); });
}

// The shared headers stand one after the other. As long as the unit has the first of them in that
// order, what those define is defined as by themselves; the outermost that a file came by has it.
bool HeaderFit::isOfReached(clang::SourceLocation Loc) const {
  for (size_t I = 0; I < Reached.size(); ++I)
    if (I >= Headers.size() || Reached[I].Header.Path != Headers[I].Path)
      return false;
  const HeavyHeader *Outermost = nullptr;
  for (; Loc.isValid(); Loc = SM->getIncludeLoc(SM->getFileID(Loc)))
    if (auto File = SM->getFileEntryRefForID(SM->getFileID(Loc)))
      if (auto It = find_if(Headers, [&](const HeavyHeader &H) { return H.isFile(*File); });
          It != Headers.end())
        Outermost = &*It;
  return Outermost && hasReached(*Outermost);
}

void HeaderFit::see(const clang::Decl *D) {
  if (!EarlyDecl.empty() || Reached.empty() || Reached.back().Loc.isInvalid())
    return;
  clang::SourceLocation Loc = SM->getExpansionLoc(D->getBeginLoc());
  if (!SM->isBeforeInTranslationUnit(Loc, Reached.back().Loc))
    return;
  EarlyDecl = meetsSharedHeaders(D);
  EarlyDeclLoc = Loc;
}

std::string HeaderFit::misfit() const {
  if (Headers.empty())
    return "";
  if (!Guard.reason().empty())
    return (Guard.reason() + " stands before the shared headers").str();
  if (!EarlyDecl.empty())
    return EarlyDecl + " is declared before the shared headers, which may use it";
  return reachedAll() ? "" : "a shared header was not reached";
}

std::vector<HeavyHeader> HeaderFit::fitting() const {
  std::vector<HeavyHeader> Fitting;
  for (const Include &I : Reached)
    if (I.IsEarly && (EarlyDecl.empty() || I.Loc.isInvalid() ||
                      SM->isBeforeInTranslationUnit(I.Loc, EarlyDeclLoc)))
      Fitting.push_back(I.Header);
  // The command line's alone are none that are worth it.
  if (all_of(Fitting, [](const HeavyHeader &H) { return isCudaPrelude(H.Path); }))
    return {};
  return Fitting;
}

} // namespace torchtidy
