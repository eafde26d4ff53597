// Source text of expressions, for messages and fixes. Text of a macro's body is nobody's to quote
// or to edit.
#ifndef TORCHTIDY_CHECKS_MODEL_SYNTAX_SOURCETEXT_H
#define TORCHTIDY_CHECKS_MODEL_SYNTAX_SOURCETEXT_H

#include "model/Clang.h"

namespace torchtidy {

/// The text of \p Range to the end of its last token, as it is written.
llvm::StringRef rawText(clang::SourceRange Range, const clang::ASTContext &Context);

/// The text of \p E where it is not part of a macro, stands on one line and is not longer than
/// \p MaxLength; else \p Otherwise.
std::string sourceText(const clang::Stmt *E, const clang::ASTContext &Context,
                       llvm::StringRef Otherwise, size_t MaxLength = llvm::StringRef::npos);

/// The text of \p E as spelled, put on one line and cut where it is long.
std::string onOneLine(const clang::Stmt *E, const clang::ASTContext &Context);

/// How often the name \p Name stands in \p Range, in code that the preprocessor leaves out, too.
unsigned timesWritten(llvm::StringRef Name, clang::SourceRange Range,
                      const clang::ASTContext &Context);

/// The place behind the token that begins at \p Last.
clang::SourceLocation endOfToken(clang::SourceLocation Last, const clang::ASTContext &Context);

/// \p Name, or with a number behind it where \p In has it already. \p Given: how many names the
/// caller gave there that are not written yet.
std::string unusedName(llvm::StringRef Name, clang::SourceRange In,
                       const clang::ASTContext &Context, unsigned Given = 0);

/// Text may be changed here: a place in a file, not in a macro's body.
bool isEditable(clang::SourceRange Range);
inline bool isEditable(const clang::Stmt *S) { return S && isEditable(S->getSourceRange()); }

/// `value` → `value.detach()`, `a + b` → `(a + b).detach()`. Nothing where \p Value cannot be
/// edited.
llvm::SmallVector<clang::FixItHint, 2> calledOn(const clang::Expr *Value, llvm::StringRef Call,
                                                const clang::ASTContext &Context);

} // namespace torchtidy

#endif
