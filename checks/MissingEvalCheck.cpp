#include "MissingEvalCheck.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/SourceText.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr size_t MaxLength = 48; // of what is quoted

// `net->eval();` on a line of its own after the load.
FixItHint evalAfter(const InferenceRun &Found, ASTContext &Context) {
  const Expr *Model = objectOf(Found.Prepared); // net->load(archive)
  if (!Model)
    Model = Found.Prepared->getArg(0);
  std::string Name = sourceText(Model, Context, "", MaxLength);
  const SourceManager &Sources = Context.getSourceManager();
  if (Name.empty() || !isa<DeclRefExpr, MemberExpr>(Model->IgnoreParenImpCasts()) ||
      !isa_and_nonnull<CompoundStmt>(parentStmt(Found.Prepared, Context)) ||
      !isEditable(Found.Prepared))
    return {};
  unsigned Column = Sources.getSpellingColumnNumber(Found.Prepared->getBeginLoc());
  bool IsObject = Model->getType()->getAsCXXRecordDecl() &&
                  isModuleClass(Model->getType()->getAsCXXRecordDecl());
  SourceLocation End = endOfToken(Found.Prepared->getEndLoc(), Context);
  return FixItHint::CreateInsertion(End, ";\n" + std::string(Column - 1, ' ') + Name +
                                             (IsObject ? "." : "->") + "eval()");
}

} // namespace

void MissingEvalCheck::checkRuns(const FunctionDecl *Function, LoadedModels &Models,
                                 ASTContext &Context) {
  Models.forEachWithoutEval(Function, [&](const InferenceRun &Found) {
    if (!firstTime(Found.Prepared->getBeginLoc())) // one eval() mends all runs
      return;
    std::string Model = sourceText(Found.Run.Model, Context, "the model", MaxLength);
    diag(Found.Run.Call->getBeginLoc(),
         "'%0' is loaded and run, but never put into eval(): its '%1' works as in training")
        << Model << Found.Layer << Found.Run.Call->getSourceRange();
    diag(Found.Prepared->getBeginLoc(), "loaded here; loading does not change the mode",
         DiagnosticIDs::Note)
        << evalAfter(Found, Context);
  });
}

} // namespace torchtidy
