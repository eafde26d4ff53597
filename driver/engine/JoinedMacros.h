// Files that are read behind another one mean the same there only if they meet the same macros.
#ifndef TORCHTIDY_DRIVER_ENGINE_JOINEDMACROS_H
#define TORCHTIDY_DRIVER_ENGINE_JOINEDMACROS_H

#include "engine/ProjectScope.h"
#include "engine/Unit.h"
#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/Preprocessor.h"
#include <map>
#include <set>

namespace torchtidy {

// Notes the first use, in what the joined files of a unit read, of a macro that a file of the
// project defines which they do not read by themselves: a configuration of the unit's own, or an
// include guard that two headers share.
class JoinedMacros : public clang::PPCallbacks {
public:
  // Foreign: where the macro's name is put.
  JoinedMacros(const clang::SourceManager &SM, const ProjectScope &Scope, const Unit &U,
               std::string &Foreign);

  void FileChanged(clang::SourceLocation Loc, FileChangeReason Reason,
                   clang::SrcMgr::CharacteristicKind, clang::FileID) override;
  void MacroExpands(const clang::Token &Name, const clang::MacroDefinition &Definition,
                    clang::SourceRange, const clang::MacroArgs *) override {
    use(Name, Definition);
  }
  void Defined(const clang::Token &Name, const clang::MacroDefinition &Definition,
               clang::SourceRange) override {
    use(Name, Definition);
  }
  void Ifdef(clang::SourceLocation, const clang::Token &Name,
             const clang::MacroDefinition &Definition) override {
    use(Name, Definition);
  }
  void Ifndef(clang::SourceLocation, const clang::Token &Name,
              const clang::MacroDefinition &Definition) override {
    use(Name, Definition);
  }

private:
  void use(const clang::Token &Name, const clang::MacroDefinition &Definition);
  std::string pathOf(clang::SourceLocation Loc) const;
  bool isForeign(clang::FileID File);

  const clang::SourceManager &SM;
  const ProjectScope &Scope;
  std::string Directory, &Foreign;
  std::set<std::string> Joined, Reads; // by real path
  std::map<clang::FileID, bool> Known;
  bool IsBehind = false;
};

} // namespace torchtidy

#endif
