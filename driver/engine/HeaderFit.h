// Whether a unit means the same when shared headers stand at its top, watched in a parse against
// them.
#ifndef TORCHTIDY_DRIVER_ENGINE_HEADERFIT_H
#define TORCHTIDY_DRIVER_ENGINE_HEADERFIT_H

#include "engine/HoistGuard.h"
#include "engine/Preamble.h"
#include "engine/ProjectLocations.h"
#include <memory>
#include <string>
#include <vector>

namespace torchtidy {

class HeaderFit {
public:
  // Without headers everything fits. Mentioned: what they mention.
  HeaderFit(std::vector<HeavyHeader> Headers, HeaderIdentifiers Mentioned)
      : Headers(std::move(Headers)), Mentioned(std::move(Mentioned)) {}

  // Before the unit is parsed; must live as long as PP reads.
  void watch(clang::Preprocessor &PP, std::shared_ptr<ProjectLocations> IsProject);
  // Each top-level declaration of the project, once all is parsed.
  void see(const clang::Decl *D);

  // Other than declarations.
  bool hasEarlyText() const { return !Guard.reason().empty(); }
  // The unit includes them all, as far as it was parsed.
  bool reachedAll() const { return Reached.size() == Headers.size(); }
  // Why they do not fit, as far as was parsed; empty if they do.
  std::string misfit() const;
  // Those that would: what was included before what does not let the others fit.
  std::vector<HeavyHeader> fitting() const;

private:
  bool hasReached(const HeavyHeader &Header) const;
  bool isOfReached(clang::SourceLocation Loc) const;

  std::vector<HeavyHeader> Headers;
  HeaderIdentifiers Mentioned;
  HoistGuard Guard;
  struct Include {
    HeavyHeader Header;
    clang::SourceLocation Loc;
    bool IsEarly; // than any text that matters
  };
  std::vector<Include> Reached; // in the unit's order
  std::string EarlyDecl;        // what stands before the last of them and may matter to it
  clang::SourceLocation EarlyDeclLoc;
  const clang::SourceManager *SM = nullptr;
};

} // namespace torchtidy

#endif
