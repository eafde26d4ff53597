#include "UncheckedPartialLoadCheck.h"
#include "model/facts/CompileErrors.h"
#include "model/tensors/PartialLoads.h"
#include "model/torch/Types.h"

using namespace clang;
using namespace clang::ast_matchers;

namespace torchtidy {

void UncheckedPartialLoadCheck::registerMatchers(MatchFinder *Finder) {
  FunctionCheck::registerMatchers(Finder);
  // try { torch::load(…); } catch (…) {}
  Finder->addMatcher(
      cxxTryStmt(unless(isExpansionInSystemHeader()),
                 has(compoundStmt(hasDescendant(
                     callExpr(callee(functionDecl(hasAnyName("::torch::load", "::torch::jit::load",
                                                             "::torchtidy::load_state_dict"))))
                         .bind("load")))))
          .bind("try"),
      this);
}

void UncheckedPartialLoadCheck::check(const MatchFinder::MatchResult &Result) {
  const auto *Try = Result.Nodes.getNodeAs<CXXTryStmt>("try");
  if (!Try)
    return FunctionCheck::check(Result);
  if (isInIncompleteFunction(Try, *Result.Context))
    return;
  const auto *Load = Result.Nodes.getNodeAs<CallExpr>("load");
  if (isNamed(Load->getDirectCallee(), "torch::jit::load"))
    return; // a scripted module is returned whole or not at all
  if (!leavesHalfLoaded(Try, Load))
    return;
  for (unsigned I = 0; I < Try->getNumHandlers(); ++I) {
    const CXXCatchStmt *Handler = Try->getHandler(I);
    if (!isSilentSkip(Handler->getHandlerBlock()) || !catchesLoadErrors(Handler))
      continue;
    diag(Handler->getBeginLoc(),
         "an exception of '%0' is swallowed here, and the model goes on half loaded: the layers "
         "before the missing one hold the file's weights, the others random ones")
        << (Load->getDirectCallee()->getName() == "load" ? "torch::load" : "load_state_dict");
    diag(Load->getBeginLoc(), "thrown by this call", DiagnosticIDs::Note);
  }
}

void UncheckedPartialLoadCheck::checkFunction(const FunctionDecl *Function, ASTContext &) {
  llvm::SmallPtrSet<const Stmt *, 4> Reported;
  forEachCall(Function, [&](const CallExpr *Call, const UseContext &Where) {
    if (dropsReportOfPartialLoad(Call, Where)) {
      diag(Call->getBeginLoc(), "the report of a load that is not strict is discarded: names that "
                                "are missing or do not fit keep their old values unseen");
      return;
    }
    if (!copiesIntoTensor(Call))
      return;
    std::optional<PartialCopy> Copy = partialCopy(Function, Call, Where);
    if (!Copy || !Reported.insert(Copy->Loop).second)
      return;
    diag(Copy->Question->getBeginLoc(), "a name that is not found here is skipped in silence: its "
                                        "tensor keeps its random values and nobody is told");
    diag(Call->getBeginLoc(), "only what is found is copied", DiagnosticIDs::Note);
  });
}

} // namespace torchtidy
