#include "engine/JoinedMacros.h"
#include "support/Clang.h"
#include "support/FilePaths.h"

using namespace llvm;

namespace torchtidy {

JoinedMacros::JoinedMacros(const clang::SourceManager &SM, const ProjectScope &Scope, const Unit &U,
                           std::string &Foreign)
    : SM(SM), Scope(Scope), Directory(U.Directory), Foreign(Foreign) {
  for (const std::string &File : U.Joined)
    Joined.insert(realPath(File));
  Reads.insert(U.JoinedReads.begin(), U.JoinedReads.end());
}

std::string JoinedMacros::pathOf(clang::SourceLocation Loc) const {
  auto File = SM.getFileEntryRefForID(SM.getFileID(SM.getExpansionLoc(Loc)));
  return File ? realPath(absoluteIn(Directory, File->getName())) : "";
}

// They come last: what follows the first of them is theirs.
void JoinedMacros::FileChanged(clang::SourceLocation Loc, FileChangeReason Reason,
                               clang::SrcMgr::CharacteristicKind, clang::FileID) {
  if (!IsBehind && Reason == EnterFile)
    IsBehind = Joined.count(pathOf(Loc)) != 0;
}

bool JoinedMacros::isForeign(clang::FileID File) {
  auto [It, IsNew] = Known.try_emplace(File, false);
  if (IsNew)
    if (auto Entry = SM.getFileEntryRefForID(File)) {
      std::string Path = realPath(absoluteIn(Directory, Entry->getName()));
      It->second = Scope.isProject(Path, Directory) && !Reads.count(Path);
    }
  return It->second;
}

void JoinedMacros::use(const clang::Token &Name, const clang::MacroDefinition &Definition) {
  const clang::MacroInfo *Info = IsBehind && Foreign.empty() ? Definition.getMacroInfo() : nullptr;
  if (Info && isForeign(SM.getFileID(SM.getExpansionLoc(Info->getDefinitionLoc()))))
    Foreign = Name.getIdentifierInfo()->getName().str();
}

} // namespace torchtidy
