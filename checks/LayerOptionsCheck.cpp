#include "LayerOptionsCheck.h"
#include "model/layers/ForwardSizes.h"
#include "model/layers/LayerLimits.h"
#include "model/syntax/Enclosing.h"
#include "model/torch/ModuleExprs.h"

using namespace clang;
using namespace clang::ast_matchers;

namespace torchtidy {

namespace {

// EXPECT_THROW(Linear(-1, 2), c10::Error): code that is given to a macro, or stands in a try, may
// mean to throw.
bool mayMeanToThrow(const Expr *E, ASTContext &Context) {
  return Context.getSourceManager().isMacroArgExpansion(E->getExprLoc()) ||
         enclosing<CXXTryStmt>(E, Context);
}

} // namespace

void LayerOptionsCheck::registerMatchers(MatchFinder *Finder) {
  FunctionCheck::registerMatchers(Finder);
  auto InProject = unless(isExpansionInSystemHeader());
  Finder->addMatcher(cxxConstructExpr(InProject).bind("build"), this);
  Finder->addMatcher(
      callExpr(InProject, callee(functionDecl(hasName("std::make_shared")))).bind("build"), this);
}

void LayerOptionsCheck::check(const MatchFinder::MatchResult &Result) {
  if (const auto *E = Result.Nodes.getNodeAs<Expr>("build"))
    checkConstruction(E, *Result.Context);
  else
    FunctionCheck::check(Result);
}

void LayerOptionsCheck::checkConstruction(const Expr *E, ASTContext &Context) {
  const CXXRecordDecl *Module = moduleOf(E->getType());
  Layer L = Module && isLibTorchDecl(Module) ? layerOf(Module) : Layer::None;
  if (L == Layer::None || !constructsModule(E))
    return;
  std::string Broken = brokenLimit(E, L, Context);
  if (Broken.empty() || isInIncompleteFunction(E, Context) || mayMeanToThrow(E, Context) ||
      !firstTime(E->getExprLoc()))
    return;
  diag(E->getExprLoc(), "this '%0' throws: %1") << infoOf(L).Name << Broken;
}

void LayerOptionsCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  auto Index = [&]() -> const ProjectIndex & { return index(Context); };
  forEachSizeMismatch(Function, Index, Context, [&](const SizeMismatch &Found) {
    SourceLocation Where = Found.Run->getExprLoc();
    if (mayMeanToThrow(Found.Run, Context) || !firstTime(Where))
      return;
    bool IsOfChannels = Found.Taker.Dimensions > 0;
    diag(Where, "this '%0' takes %1 %select{features|channels}2 and is given %3: forward() throws")
        << Found.Taker.Name << int(*Found.Taker.In) << IsOfChannels << int(Found.Given);
    bool IsRun = Found.Source.Is != BuiltLayer::Kind::Unknown;
    diag(Found.Giver->getExprLoc(),
         "%select{the last dimension is made %1 here|given by this '%2'}0", DiagnosticIDs::Note)
        << IsRun << int(Found.Given) << Found.Source.Name;
    diag(Found.Taker.Value->getExprLoc(), "the '%0' that takes %1 is built here",
         DiagnosticIDs::Note)
        << Found.Taker.Name << int(*Found.Taker.In);
    if (IsRun)
      diag(Found.Source.Value->getExprLoc(), "the '%0' that gives %1 is built here",
           DiagnosticIDs::Note)
          << Found.Source.Name << int(Found.Given);
  });
}

} // namespace torchtidy
