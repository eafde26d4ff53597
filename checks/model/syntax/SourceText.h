// Source text of expressions, for messages and fixes.
#ifndef TORCHTIDY_CHECKS_MODEL_SYNTAX_SOURCETEXT_H
#define TORCHTIDY_CHECKS_MODEL_SYNTAX_SOURCETEXT_H

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

/// The text of \p E as spelled, put on one line and cut where it is long.
inline std::string onOneLine(const clang::Stmt *E, const clang::ASTContext &Context) {
  llvm::StringRef Text =
      clang::Lexer::getSourceText(clang::CharSourceRange::getTokenRange(E->getSourceRange()),
                                  Context.getSourceManager(), Context.getLangOpts());
  std::string Line;
  for (char C : Text) {
    bool IsSpace = C == ' ' || C == '\n' || C == '\t' || C == '\r';
    if (!IsSpace)
      Line += C;
    else if (!Line.empty() && Line.back() != ' ')
      Line += ' ';
  }
  if (Line.size() > 60)
    Line = Line.substr(0, 57) + "...";
  return Line;
}

} // namespace torchtidy

#endif
