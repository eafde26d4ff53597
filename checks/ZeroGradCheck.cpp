#include "ZeroGradCheck.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/SourceText.h"
#include "model/syntax/Walk.h"
#include "model/training/ZeroGrads.h"
#include "clang/Lex/Lexer.h"

using namespace clang;

namespace torchtidy {

namespace {

// The block that \p E is a statement of.
const CompoundStmt *blockAround(const Expr *E, ASTContext &Context) {
  const Stmt *Around = isStatement(E, Context) ? parentStmt(E, Context) : nullptr;
  while (isa_and_nonnull<Expr>(Around))
    Around = parentStmt(Around, Context);
  return dyn_cast_or_null<CompoundStmt>(Around);
}

// `optimizer.zero_grad(); optimizer.step();` the other way round. Nothing stands between.
llvm::SmallVector<FixItHint, 2> swapped(const CXXMemberCallExpr *Clear,
                                        const CXXMemberCallExpr *Step, ASTContext &Context) {
  const CompoundStmt *Block = blockAround(Step, Context);
  if (!Block || blockAround(Clear, Context) != Block || !isEditable(Clear) || !isEditable(Step))
    return {};
  auto Place = llvm::find_if(Block->body(), [&](const Stmt *S) { return contains(S, Clear); });
  if (std::next(Place) == Block->body_end() || !contains(*std::next(Place), Step))
    return {};
  return {FixItHint::CreateReplacement(Clear->getSourceRange(),
                                       rawText(Step->getSourceRange(), Context)),
          FixItHint::CreateReplacement(Step->getSourceRange(),
                                       rawText(Clear->getSourceRange(), Context))};
}

llvm::StringRef restOfLine(SourceLocation At, const SourceManager &Sources) {
  return llvm::StringRef(Sources.getCharacterData(At))
      .take_until([](char C) { return C == '\n'; })
      .trim();
}

// The norm of the gradients may be asked for behind the step.
bool asksForNorm(const Stmt *Code, SourceLocation After, const SourceManager &Sources) {
  return anyDescendant<CallExpr>(Code, [&](const CallExpr *Call) {
    return calleeName(Call).starts_with("clip_grad_") &&
           Sources.isBeforeInTranslationUnit(After, Call->getBeginLoc());
  });
}

// `optimizer.step();` → `optimizer.step();`, and on a line of its own `optimizer.zero_grad();`
std::optional<FixItHint> clearsBehind(const CXXMemberCallExpr *Step, ASTContext &Context) {
  const auto *Member = dyn_cast<MemberExpr>(Step->getCallee());
  if (!Member || !isEditable(Step) || !blockAround(Step, Context))
    return std::nullopt;
  const SourceManager &Sources = Context.getSourceManager();
  SourceLocation Semicolon = Lexer::findLocationAfterToken(
      Step->getEndLoc(), tok::semi, Sources, Context.getLangOpts(), /*SkipTrailing=*/false);
  if (Semicolon.isInvalid())
    return std::nullopt;
  llvm::StringRef Rest = restOfLine(Semicolon, Sources);
  if (!Rest.trim("} ").empty() && !Rest.starts_with("//"))
    return std::nullopt;
  llvm::StringRef Object = rawText({Step->getBeginLoc(), Member->getOperatorLoc()}, Context);
  if (Object.empty())
    return std::nullopt;
  std::string Indent = "\n" + Lexer::getIndentationForLine(Step->getBeginLoc(), Sources).str();
  return FixItHint::CreateInsertion(Semicolon, Indent + Object.str() + "zero_grad();");
}

} // namespace

void ZeroGradCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  forEachZeroGradMistake(
      Function, facts(Context).graphs(), [&]() -> const ProjectIndex & { return index(Context); },
      [&](const ZeroGradMistake &Found) {
        std::string Step = sourceText(Found.Step, Context, "step()");
        if (Found.Is == ZeroGradMistake::TooEarly) {
          {
            auto Warning = diag(Found.Step->getExprLoc(),
                                "'%0' finds cleared gradients: every path from the 'backward()' "
                                "leads over 'zero_grad()', and what was computed is lost")
                           << Step << Found.Step->getSourceRange();
            for (const FixItHint &Fix : swapped(Found.Clear, Found.Step, Context))
              Warning << Fix;
          }
          diag(Found.Backward->getExprLoc(), "computed here", DiagnosticIDs::Note);
          diag(Found.Clear->getExprLoc(),
               "cleared here; do it before the 'backward()', or behind "
               "the step",
               DiagnosticIDs::Note);
          return;
        }
        {
          auto Warning = diag(Found.Backward->getExprLoc(),
                              "nothing clears the gradients between the rounds: this adds to "
                              "those of all rounds before, and '%0' takes their sum")
                         << Step << Found.Backward->getSourceRange();
          if (Found.IsOnlyStep && !asksForNorm(Function->getBody(), Found.Step->getEndLoc(),
                                               Context.getSourceManager()))
            if (auto Fix = clearsBehind(Found.Step, Context))
              Warning << *Fix;
        }
        diag(Found.Step->getExprLoc(), "clear them behind this, by 'zero_grad()'",
             DiagnosticIDs::Note);
        diag(Found.Run->getExprLoc(), "they are of the model that is run here",
             DiagnosticIDs::Note);
      });
}

} // namespace torchtidy
