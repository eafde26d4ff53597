#include "model/facts/CompileErrors.h"
#include "model/syntax/Enclosing.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {
namespace {

enum class Errors { None, Some, Fatal };

Errors errorsOf(const ASTContext &Context) {
  const DiagnosticsEngine &Diags = Context.getDiagnostics();
  if (!Diags.hasUncompilableErrorOccurred())
    return Errors::None;
  return Diags.hasFatalErrorOccurred() ? Errors::Fatal : Errors::Some;
}

// The tokens of a piece of text, without what the preprocessor takes away or may take away:
// directives, everything between #if and #endif, and on demand the uses of macros.
class WrittenTokens {
public:
  // From behind the token at Begin to End.
  WrittenTokens(SourceLocation Begin, SourceLocation End, bool SkipMacros,
                const ASTContext &Context)
      : SM(Context.getSourceManager()), Options(Context.getLangOpts()), Idents(Context.Idents),
        At(Lexer::getLocForEndOfToken(Begin, 0, SM, Options)), Stop(SM.getFileOffset(End)),
        SkipMacros(SkipMacros) {
    read();
  }

  // False at the end.
  bool next(Token &Result) {
    while (!AtEnd) {
      Result = Ahead;
      read();
      if (Result.is(tok::hash) && Result.isAtStartOfLine())
        skipDirective();
      else if (SkipMacros && isMacro(Result))
        skipArguments();
      else if (Conditions == 0)
        return true;
    }
    return false;
  }

private:
  void read() {
    do {
      AtEnd = At.isInvalid() || SM.getFileOffset(At) >= Stop ||
              Lexer::getRawToken(At, Ahead, SM, Options, /*IgnoreWhiteSpace=*/true) ||
              Ahead.is(tok::eof) || SM.getFileOffset(Ahead.getLocation()) >= Stop;
      if (!AtEnd)
        At = Ahead.getEndLoc();
    } while (!AtEnd && Ahead.is(tok::comment));
  }

  void skipDirective() {
    std::string Name = AtEnd ? "" : Lexer::getSpelling(Ahead, SM, Options);
    Conditions += llvm::StringRef(Name).starts_with("if");
    if (Name == "endif" && Conditions > 0)
      --Conditions;
    unsigned Line = AtEnd ? 0 : SM.getSpellingLineNumber(Ahead.getLocation());
    while (!AtEnd && (SM.getSpellingLineNumber(Ahead.getLocation()) == Line || isContinued())) {
      Line = SM.getSpellingLineNumber(Ahead.getLocation());
      read();
    }
  }
  // Does the line before end in a backslash?
  bool isContinued() const {
    FileID File = SM.getFileID(Ahead.getLocation());
    unsigned Line = SM.getSpellingLineNumber(Ahead.getLocation());
    llvm::StringRef Before =
        SM.getBufferData(File).take_front(SM.getFileOffset(SM.translateLineCol(File, Line, 1)));
    return Before.rtrim("\r\n").ends_with("\\");
  }

  bool isMacro(const Token &T) const {
    return T.is(tok::raw_identifier) && Idents.get(T.getRawIdentifier()).hadMacroDefinition();
  }
  void skipArguments() {
    if (AtEnd || Ahead.isNot(tok::l_paren))
      return;
    unsigned Depth = 0;
    do {
      Depth += Ahead.is(tok::l_paren);
      Depth -= Ahead.is(tok::r_paren);
      read();
    } while (!AtEnd && Depth > 0);
  }

  const SourceManager &SM;
  const LangOptions &Options;
  IdentifierTable &Idents;
  SourceLocation At;
  unsigned Stop, Conditions = 0;
  bool SkipMacros;
  Token Ahead;
  bool AtEnd = false;
};

// Compares a piece of text with what the tree has of it.
class Coverage {
public:
  explicit Coverage(const ASTContext &Context)
      : Context(Context), SM(Context.getSourceManager()), Options(Context.getLangOpts()) {}

  void cover(SourceRange Range) {
    if (Range.isInvalid())
      return;
    CharSourceRange Expanded = SM.getExpansionRange(Range);
    SourceLocation End = Expanded.getEnd();
    if (Expanded.isTokenRange())
      End = Lexer::getLocForEndOfToken(End, 0, SM, Options);
    Covered.push_back({SM.getFileOffset(Expanded.getBegin()), SM.getFileOffset(End)});
  }

  // Is there a token behind Begin and before End that nothing covers and that is not in Allowed?
  bool hasGap(SourceLocation Begin, SourceLocation End, llvm::ArrayRef<llvm::StringRef> Allowed,
              bool AllowMacros = false) {
    Begin = SM.getExpansionLoc(Begin);
    End = SM.getExpansionLoc(End);
    if (Begin.isInvalid() || End.isInvalid() || !SM.isWrittenInSameFile(Begin, End))
      return false;
    llvm::sort(Covered);
    WrittenTokens Tokens(Begin, End, AllowMacros, Context);
    unsigned Piece = 0;
    for (Token T; Tokens.next(T);) {
      unsigned Offset = SM.getFileOffset(T.getLocation());
      while (Piece < Covered.size() && Covered[Piece].second <= Offset)
        ++Piece;
      bool IsCovered = Piece < Covered.size() && Covered[Piece].first <= Offset;
      if (!IsCovered && !llvm::is_contained(Allowed, Lexer::getSpelling(T, SM, Options)))
        return true;
    }
    return false;
  }

private:
  const ASTContext &Context;
  const SourceManager &SM;
  const LangOptions &Options;
  std::vector<std::pair<unsigned, unsigned>> Covered; // offsets
};

// Looks for what an error leaves in a body: invalid declarations, expressions that only stand for
// their text, and text of which no statement was made.
class ErrorFinder : public RecursiveASTVisitor<ErrorFinder> {
public:
  explicit ErrorFinder(const ASTContext &Context) : Context(Context) {}

  bool VisitDecl(Decl *D) { return !D->isInvalidDecl(); }
  bool VisitExpr(Expr *E) { return !E->containsErrors(); }
  bool VisitCompoundStmt(CompoundStmt *Block) {
    Coverage Text(Context);
    for (const Stmt *S : Block->body())
      Text.cover(S->getSourceRange());
    return !Text.hasGap(Block->getLBracLoc(), Block->getRBracLoc(), {";"});
  }

  // An error within the parentheses skips what follows, and the statement spans it.
  bool VisitIfStmt(IfStmt *S) { return isWhole(S); }
  bool VisitForStmt(ForStmt *S) { return isWhole(S); }
  bool VisitWhileStmt(WhileStmt *S) { return isWhole(S); }
  bool VisitCXXForRangeStmt(CXXForRangeStmt *S) { return isWhole(S); }

private:
  bool isWhole(const Stmt *S) {
    Coverage Text(Context);
    for (const Stmt *Child : S->children())
      if (Child)
        Text.cover(Child->getSourceRange());
    return !Text.hasGap(S->getBeginLoc(), S->getEndLoc(),
                        {"(", ")", ":", ";", "constexpr", "else"});
  }

  const ASTContext &Context;
};

bool losesInitializers(const CXXConstructorDecl *Constructor, const ASTContext &Context) {
  const TypeSourceInfo *Info = Constructor->getTypeSourceInfo();
  if (!Info || !Constructor->getBody())
    return false;
  Coverage Text(Context);
  for (const CXXCtorInitializer *Initializer : Constructor->inits())
    if (Initializer->isWritten())
      Text.cover(Initializer->getSourceRange());
  return Text.hasGap(Info->getTypeLoc().getEndLoc(), Constructor->getBody()->getBeginLoc(),
                     {":", ",", "try", "..."});
}

bool losesCode(const FunctionDecl *Function, const ASTContext &Context) {
  if (Function->isInvalidDecl())
    return true;
  if (!Function->doesThisDeclarationHaveABody())
    return false;
  if (const auto *Constructor = dyn_cast<CXXConstructorDecl>(Function);
      Constructor && losesInitializers(Constructor, Context))
    return true;
  return !ErrorFinder(Context).TraverseDecl(const_cast<FunctionDecl *>(Function));
}

bool losesMembers(const CXXRecordDecl *Class, const ASTContext &Context) {
  Coverage Text(Context);
  for (const Decl *D : Class->decls()) {
    const auto *Field = dyn_cast<FieldDecl>(D);
    const Expr *Initializer = Field ? Field->getInClassInitializer() : nullptr;
    if (D->isInvalidDecl() || (Initializer && Initializer->containsErrors()))
      return true;
    if (!D->isImplicit())
      Text.cover(D->getSourceRange());
    for (const Attr *A : D->attrs())
      Text.cover(A->getRange());
  }
  return Text.hasGap(Class->getBraceRange().getBegin(), Class->getBraceRange().getEnd(),
                     {";", ",", "[", "]", "(", ")", "__attribute__", "override", "final", "const",
                      "noexcept", "=", "0", "default", "delete"},
                     /*AllowMacros=*/true); // MY_API void f();
}

} // namespace

bool isIncomplete(const FunctionDecl *Function, const ASTContext &Context) {
  Errors Found = errorsOf(Context);
  return Found == Errors::Fatal || (Found == Errors::Some && losesCode(Function, Context));
}

bool isIncomplete(const CXXRecordDecl *Class, const ASTContext &Context) {
  Errors Found = errorsOf(Context);
  if (Found != Errors::Some)
    return Found == Errors::Fatal;
  if (Class->isInvalidDecl() || losesMembers(Class, Context))
    return true;
  for (const CXXMethodDecl *Method : Class->methods()) {
    const FunctionDecl *Definition = nullptr;
    if (Method->isInvalidDecl() || (Method->hasBody(Definition) && losesCode(Definition, Context)))
      return true;
  }
  return llvm::any_of(Class->bases(), [&](const CXXBaseSpecifier &Base) {
    const CXXRecordDecl *Record = Base.getType()->getAsCXXRecordDecl();
    return Record && Record->hasDefinition() && !isLibTorchDecl(Record) &&
           isIncomplete(Record->getDefinition(), Context);
  });
}

bool isInIncompleteFunction(const Stmt *S, ASTContext &Context) {
  Errors Found = errorsOf(Context);
  if (Found != Errors::Some)
    return Found == Errors::Fatal;
  const FunctionDecl *Function = functionAround(S, Context);
  return Function && losesCode(Function, Context);
}

} // namespace torchtidy
