#include "CloneUnsupportedCheck.h"
#include "model/facts/CompileErrors.h"
#include "model/facts/ProjectIndex.h"
#include "model/modules/Clones.h"
#include "model/torch/Operations.h"

using namespace clang;
using namespace clang::ast_matchers;

namespace torchtidy {

void CloneUnsupportedCheck::registerMatchers(MatchFinder *Finder) {
  ModuleCheck::registerMatchers(Finder);
  Finder->addMatcher(
      callExpr(callee(functionDecl(hasAnyName(nameOf(Op::clone), "data_parallel", "replicate"))),
               unless(isExpansionInSystemHeader()))
          .bind("call"),
      this);
}

void CloneUnsupportedCheck::check(const MatchFinder::MatchResult &Result) {
  const auto *Call = Result.Nodes.getNodeAs<CallExpr>("call");
  if (!Call)
    return ModuleCheck::check(Result);
  // EXPECT_THROW(net->clone(), c10::Error): a macro that is given the call may mean to see it
  // throw.
  if (isInIncompleteFunction(Call, *Result.Context) ||
      Result.SourceManager->isMacroArgExpansion(Call->getExprLoc()))
    return;
  std::optional<CloneCall> Found = unsupportedClone(Call, facts(*Result.Context).index());
  if (!Found || !firstTime(Call->getExprLoc()))
    return;
  diag(Call->getExprLoc(), "%0 has no clone() but torch::nn::Module's, which throws"
                           "%select{|: so does this as soon as there are two devices}1")
      << Found->Module << Found->IsForDevices;
  diag(Found->Module->getLocation(),
       "derive it from 'torch::nn::Cloneable' and register in reset(), which the constructor calls",
       DiagnosticIDs::Note);
}

void CloneUnsupportedCheck::checkClass(const CXXRecordDecl *Class, ModuleModel &Model) {
  for (const CloneDefect &Defect : cloneDefects(Class, Model)) {
    if (!firstTime(Defect.Where->getExprLoc()))
      continue;
    if (Defect.Appended)
      diag(Defect.Where->getExprLoc(), "reset() adds to %0, which a clone has from the original: "
                                       "it keeps the original's modules "
                                       "and runs them, too")
          << Defect.Appended;
    else
      diag(Defect.Where->getExprLoc(),
           "registered by the constructor and not by reset(): clone() of %0 throws")
          << Class;
  }
}

} // namespace torchtidy
