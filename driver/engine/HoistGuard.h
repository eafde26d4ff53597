// Watches a parse or scan for what of the project's comes before a heavy header. Sharing a
// precompiled header moves the heavy headers to the top of the unit; that changes nothing as long
// as only includes, include guards, macros that the headers do not mention and declarations that
// they cannot see (EarlyDecls.h) stand before them.
#ifndef TORCHTIDY_DRIVER_ENGINE_HOISTGUARD_H
#define TORCHTIDY_DRIVER_ENGINE_HOISTGUARD_H

#include "engine/UnitResult.h"
#include "clang/Lex/Preprocessor.h"
#include "llvm/ADT/StringSet.h"
#include <functional>
#include <string>

namespace torchtidy {

class HoistGuard {
public:
  // IsProject tells whether the file that a location is spelled in belongs to the project.
  using Predicate = std::function<bool(clang::SourceLocation)>;
  // A project file includes another at HashLoc.
  using IncludeHandler = std::function<void(llvm::StringRef Spelling, clang::FileEntryRef File,
                                            clang::SourceLocation HashLoc)>;
  // Whether the headers mention a macro that the project has defined or undefined before them.
  using MacroPredicate = std::function<bool(const EarlyMacro &)>;

  // Installs itself in PP; must live as long as PP reads. IsThere: whether what external headers
  // define at a location is defined there without the guard's headers at the top as well.
  void install(clang::Preprocessor &PP, Predicate IsProject, Predicate IsThere,
               IncludeHandler OnInclude, MacroPredicate IsMentioned);

  // Empty as long as nothing of the project's has been seen; else what it was.
  llvm::StringRef reason() const { return Reason; }

  // Stops watching.
  void finish() { Done = true; }

private:
  class Callbacks;
  void note(llvm::StringRef What, clang::SourceLocation Loc);
  void noteMacro(llvm::StringRef Name, llvm::StringRef What, clang::SourceLocation Loc);
  std::string describe(llvm::StringRef What, clang::SourceLocation Loc) const;

  clang::Preprocessor *PP = nullptr;
  Predicate IsProject, IsThere;
  IncludeHandler OnInclude;
  MacroPredicate IsMentioned;
  std::string Reason;
  bool Done = false;
};

} // namespace torchtidy

#endif
