#include "model/syntax/SourceText.h"
#include "model/syntax/Places.h"

using namespace clang;

namespace torchtidy {

llvm::StringRef rawText(SourceRange Range, const ASTContext &Context) {
  return Lexer::getSourceText(CharSourceRange::getTokenRange(Range), Context.getSourceManager(),
                              Context.getLangOpts());
}

std::string sourceText(const Stmt *E, const ASTContext &Context, llvm::StringRef Otherwise,
                       size_t MaxLength) {
  llvm::StringRef Text = isEditable(E) ? rawText(E->getSourceRange(), Context) : "";
  bool Fits = !Text.empty() && Text.size() <= MaxLength && !Text.contains('\n');
  return (Fits ? Text : Otherwise).str();
}

std::string onOneLine(const Stmt *E, const ASTContext &Context) {
  std::string Line;
  for (char C : rawText(E->getSourceRange(), Context)) {
    if (!llvm::isSpace(C))
      Line += C;
    else if (!Line.empty() && Line.back() != ' ')
      Line += ' ';
  }
  if (Line.size() > 60)
    Line = Line.substr(0, 57) + "...";
  return Line;
}

unsigned timesWritten(llvm::StringRef Name, SourceRange Range, const ASTContext &Context) {
  std::string Text = rawText(Range, Context).str(); // the lexer wants its end to be marked
  const char *Begin = Text.c_str();
  Lexer Tokens(SourceLocation(), Context.getLangOpts(), Begin, Begin, Begin + Text.size());
  unsigned Times = 0;
  Token Next;
  do {
    Tokens.LexFromRawLexer(Next);
    Times += Next.is(tok::raw_identifier) && Next.getRawIdentifier() == Name;
  } while (Next.isNot(tok::eof));
  return Times;
}

SourceLocation endOfToken(SourceLocation Last, const ASTContext &Context) {
  return Lexer::getLocForEndOfToken(Last, 0, Context.getSourceManager(), Context.getLangOpts());
}

std::string unusedName(llvm::StringRef Name, SourceRange In, const ASTContext &Context,
                       unsigned Given) {
  for (unsigned Number = 1;; ++Number) {
    std::string Tried = Number == 1 ? Name.str() : (Name + "_" + llvm::Twine(Number)).str();
    if (timesWritten(Tried, In, Context) == 0 && Given-- == 0)
      return Tried;
  }
}

bool isEditable(SourceRange Range) {
  return Range.isValid() && Range.getBegin().isFileID() && Range.getEnd().isFileID();
}

llvm::SmallVector<FixItHint, 2> calledOn(const Expr *Value, llvm::StringRef Call,
                                         const ASTContext &Context) {
  Value = stripValue(Value);
  if (!isEditable(Value))
    return {};
  const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Value);
  bool IsPostfix =
      Operator ? Operator->getOperator() == OO_Call || Operator->getOperator() == OO_Subscript
               : isa<DeclRefExpr, MemberExpr, CallExpr, ArraySubscriptExpr>(Value);
  SourceLocation End = endOfToken(Value->getEndLoc(), Context);
  if (IsPostfix)
    return {FixItHint::CreateInsertion(End, Call)};
  return {FixItHint::CreateInsertion(Value->getBeginLoc(), "("),
          FixItHint::CreateInsertion(End, (")" + Call).str())};
}

} // namespace torchtidy
