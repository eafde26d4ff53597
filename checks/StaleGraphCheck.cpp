#include "StaleGraphCheck.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Names.h"
#include "model/syntax/SourceText.h"
#include "model/training/StaleGraphs.h"

using namespace clang;

namespace torchtidy {

namespace {
constexpr size_t MaxLength = 48; // of what is quoted

// `critic->forward(…)` where the arguments are long.
std::string quoted(const Expr *E, const ASTContext &Context) {
  std::string Whole = sourceText(E, Context, "", MaxLength);
  const auto *Call = Whole.empty() ? dyn_cast<CallExpr>(E) : nullptr;
  if (!Call)
    return Whole.empty() ? "it" : Whole;
  const Expr *Called = isa<CXXOperatorCallExpr>(Call) ? objectOf(Call) : Call->getCallee();
  return sourceText(Called, Context, "it", MaxLength) + "(…)";
}

} // namespace

void StaleGraphCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  forEachStaleGraph(
      Function, facts(Context).graphs(), [&]() -> const ProjectIndex & { return index(Context); },
      [&](const StaleGraph &Found) {
        auto Text = [&](const Expr *E) { return quoted(E, Context); };
        bool IsQuiet = isNamed(Found.Optimizer, "torch::optim::SGD");
        diag(Found.At->getExprLoc(),
             "%select{this goes back through '%1', whose graph an earlier 'backward()' has freed: "
             "it throws|in the second round this goes back through '%1', whose graph the first "
             "round has freed: it throws|in the second round this goes back into the round "
             "before, whose graph is freed: it throws|%select{this throws: it goes back through "
             "'%1', and '%3' has changed those weights since|this goes back through '%1' with "
             "weights that '%3' has changed since: the gradients are of neither, and nothing is "
             "said}2}0")
            << Found.Is << Text(Found.Run) << IsQuiet << (Found.Other ? Text(Found.Other) : "")
            << Found.At->getSourceRange();
        if (Found.Other)
          diag(Found.Other->getExprLoc(),
               "%select{freed here; sum the losses and go back once, or say 'retain_graph'||'%1' "
               "has the graph of the round before; detach it between the rounds|changed here; go "
               "back before the weights change, or run the model again}0",
               DiagnosticIDs::Note)
              << Found.Is << Text(Found.Other);
        if (Found.Is != StaleGraph::Carried)
          diag(Found.Run->getExprLoc(), "the graph was made here, once", DiagnosticIDs::Note);
      });
}

} // namespace torchtidy
