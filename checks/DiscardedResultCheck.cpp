#include "DiscardedResultCheck.h"
#include "model/memory/DiscardedResults.h"
#include "model/memory/ReboundNames.h"
#include "model/syntax/Places.h"
#include "model/syntax/SourceText.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr size_t MaxLength = 60; // of what is quoted

// `x = x.clamp(0, 1)` changes what the code goes on with: not where x is const, or a copy that
// ends.
bool isAssignable(const DiscardedResult &Found) {
  if (!Found.IsDirect || !isTensorType(Found.Call->getType()) ||
      Found.Operand->getType().isConstQualified())
    return false;
  const VarDecl *Variable = namedVariable(Found.Operand);
  return !Variable || Found.UsedAt || Variable->getType()->isReferenceType();
}

// `x.clamp_(0, 1)`, where there is such an operation.
bool hasInPlace(const DiscardedResult &Found) {
  const auto *Space = dyn_cast<NamespaceDecl>(Found.Call->getDirectCallee()->getDeclContext());
  return operationNamed(Found.Name + "_").Name != Op::None && (!Space || nameOf(Space) == "at");
}

} // namespace

void DiscardedResultCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  checkRebound(Function, Context);
  forEachDiscardedResult(Function, facts(Context).graphs(), [&](const DiscardedResult &Found) {
    std::string Operand = sourceText(Found.Operand, Context, "its argument", MaxLength);
    diag(Found.Call->getBeginLoc(), "'%0' leaves '%1' as it is, and its result is thrown away")
        << Found.Name << Operand << Found.Call->getSourceRange();
    std::string Whole = sourceText(Found.Call, Context, "", MaxLength);
    if (!Whole.empty() && isAssignable(Found))
      diag(Found.Call->getBeginLoc(),
           "assign it: '%0 = %1'%select{|, or call '%3_', which works in place}2",
           DiagnosticIDs::Note)
          << Operand << Whole << hasInPlace(Found) << Found.Name;
    else if (hasInPlace(Found))
      diag(Found.Call->getBeginLoc(), "'%0_' works in place", DiagnosticIDs::Note) << Found.Name;
    if (Found.UsedAt)
      diag(Found.UsedAt->getBeginLoc(), "used here as it was", DiagnosticIDs::Note);
  });
}

// auto g = w.grad(); g = torch::zeros_like(g);
void DiscardedResultCheck::checkRebound(const FunctionDecl *Function, ASTContext &Context) {
  forEachReboundName(Function, facts(Context).graphs(), [&](const ReboundName &Found) {
    SourceLocation Where = Found.Assignment->getBeginLoc();
    if (!firstTime(Where))
      return;
    std::string StandsFor =
        Found.StandsFor ? sourceText(Found.StandsFor, Context, "its tensor", MaxLength) : "";
    diag(Where, "this gives the name %0 another tensor, which nothing reads: %select{'%2' stays as "
                "it is|the caller's tensor stays as it is|the elements of '%2' stay as they are}1")
        << Found.Name << Found.Kind << StandsFor << Found.Assignment->getSourceRange();
    diag(Where, "'%0.copy_(…)', or an operation in place, writes into the tensor itself",
         DiagnosticIDs::Note)
        << Found.Name->getName();
  });
}

} // namespace torchtidy
