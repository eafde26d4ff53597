// Source text of expressions, for messages and fixes.
#ifndef TORCHTIDY_CHECKS_MODEL_SOURCETEXT_H
#define TORCHTIDY_CHECKS_MODEL_SOURCETEXT_H

#include "model/Clang.h"

namespace torchtidy {

/// The text of \p E as written where it is not part of a macro and stands on one line, else
/// \p Otherwise.
inline std::string sourceText(const clang::Stmt *E, const clang::ASTContext &Context,
                              llvm::StringRef Otherwise) {
  if (!E || E->getBeginLoc().isMacroID() || E->getEndLoc().isMacroID())
    return Otherwise.str();
  llvm::StringRef Text =
      clang::Lexer::getSourceText(clang::CharSourceRange::getTokenRange(E->getSourceRange()),
                                  Context.getSourceManager(), Context.getLangOpts());
  return Text.empty() || Text.contains('\n') ? Otherwise.str() : Text.str();
}

} // namespace torchtidy

#endif
