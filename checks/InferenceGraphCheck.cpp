#include "InferenceGraphCheck.h"
#include "model/syntax/SourceText.h"
#include "model/training/RetainedGraphs.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr size_t MaxLength = 48; // of what is quoted

// A guard before the first statement of the function.
FixItHint guardAtTop(const FunctionDecl *Function, const ASTContext &Context) {
  const auto *Body = dyn_cast<CompoundStmt>(Function->getBody());
  if (!Body || Body->body_empty() || !isEditable(*Body->body_begin()))
    return {};
  SourceLocation First = (*Body->body_begin())->getBeginLoc();
  unsigned Column = Context.getSourceManager().getSpellingColumnNumber(First);
  std::string Name = unusedName("no_grad", Function->getSourceRange(), Context);
  return FixItHint::CreateInsertion(First, "torch::NoGradGuard " + Name + ";\n" +
                                               std::string(Column - 1, ' '));
}

} // namespace

void InferenceGraphCheck::checkRuns(const FunctionDecl *Function, LoadedModels &Models,
                                    ASTContext &Context) {
  Models.forEachWithGraph(Function, [&](const InferenceRun &Found) {
    // What keeps the graph as well is torch-retained-graph's.
    bool IsRetained = false;
    forEachRetainedGraph(
        Function, Context, [&]() -> const ProjectIndex & { return index(Context); },
        [&](const RetainedGraph &Kept) { IsRetained |= Kept.Source == Found.Run.Call; });
    if (IsRetained)
      return;
    diag(Found.Run.Call->getBeginLoc(),
         "'%0' runs with gradients on: each call records a graph that nothing here runs backward "
         "through")
        << sourceText(Found.Run.Model, Context, "the model", MaxLength)
        << Found.Run.Call->getSourceRange();
    diag(Found.Prepared->getBeginLoc(),
         "%select{put into eval() here, which leaves gradients on|loaded here}0",
         DiagnosticIDs::Note)
        << Found.IsLoad;
    diag(Function->getLocation(), "a 'torch::NoGradGuard' in this function turns them off",
         DiagnosticIDs::Note)
        << guardAtTop(Function, Context);
  });
}

} // namespace torchtidy
