#include "DtypeMismatchCheck.h"
#include "model/syntax/Callee.h"
#include "model/syntax/SourceText.h"
#include "model/torch/ModelRuns.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr size_t MaxLength = 40; // of what is quoted

// EXPECT_THROW(x.data_ptr<int>(), c10::Error): a macro that means to see it throw.
bool isMeantToThrow(const Expr *E, const ASTContext &Context) {
  const SourceManager &Sources = Context.getSourceManager();
  for (SourceLocation At = E->getBeginLoc(); At.isMacroID();
       At = Sources.getImmediateMacroCallerLoc(At))
    if (Lexer::getImmediateMacroName(At, Sources, Context.getLangOpts()).contains("THROW"))
      return true;
  return false;
}

// What is called, or run: 'gather', 'embedding'.
std::string nameOfCall(const CallExpr *Call, const ASTContext &Context) {
  if (std::optional<ModelRun> Run = asModelRun(Call))
    return sourceText(Run->Model, Context, "the layer", MaxLength);
  return calleeName(Call).str();
}

} // namespace

void DtypeMismatchCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  std::optional<KnownDTypes> DTypes;
  forEachDTypeUse(Function, Context, [&](const DTypeUse &Use) {
    if (!DTypes)
      DTypes.emplace(facts(Context).graphs(), index(Context));
    if (!isMeantToThrow(Use.At, Context))
      checkUse(Use, Function, *DTypes, Context);
  });
}

void DtypeMismatchCheck::checkUse(const DTypeUse &Use, const FunctionDecl *Function,
                                  KnownDTypes &DTypes, ASTContext &Context) {
  if (std::optional<KnownDType> Is = DTypes.of(Use.Tensor, Use.Call)) {
    if (!refuses(Use, Is->Is, Context) || dependsOnDType(Use.Call, Context) ||
        !firstTime(Use.At->getExprLoc()))
      return;
    report(Use, Use.Tensor, *Is, Context);
    noteMaker(*Is);
    noteFix(Use, Context);
    return;
  }
  for (const RefusedArgument &Found :
       refusedArguments(Use, Function, DTypes, index(Context), Context)) {
    if (isMeantToThrow(Found.Call, Context) || !firstTime(Found.Argument->getExprLoc()))
      continue;
    report(Use, Found.Argument, Found.Is, Context);
    diag(Use.At->getExprLoc(), "here", DiagnosticIDs::Note);
    noteMaker(Found.Is);
  }
}

void DtypeMismatchCheck::report(const DTypeUse &Use, const Expr *Named, const KnownDType &Is,
                                ASTContext &Context) {
  bool IsElsewhere = Named != Use.Tensor;
  SourceLocation Where = IsElsewhere                 ? Named->getBeginLoc()
                         : Use.Is == DTypeUse::Index ? Use.Tensor->getBeginLoc()
                                                     : Use.At->getExprLoc();
  std::string Text = sourceText(Named->IgnoreParenImpCasts(), Context, "", MaxLength);
  std::string Name = Text.empty() || Use.Tensor == Use.Call ? "this tensor" : "'" + Text + "'";
  std::string Called = nameOfCall(Use.Call, Context);
  std::string Element =
      Use.Element.isNull()
          ? ""
          : Use.Element.getUnqualifiedType().getAsString(Context.getPrintingPolicy());
  switch (Use.Is) {
  case DTypeUse::Pointer:
    diag(Where, "%0 is k%1: '%2<%3>()' throws 'expected scalar type %4 but found %1'")
        << Name << nameOf(Is.Is) << Called << Element << nameOf(*Use.Asked);
    return;
  case DTypeUse::Cast:
    diag(Where, "%0 is k%1: its elements of %2 bytes are read as '%3' of %4 bytes, which gives "
                "other numbers")
        << Name << nameOf(Is.Is) << sizeOf(Is.Is) << Element
        << unsigned(Context.getTypeSizeInChars(Use.Element).getQuantity());
    return;
  case DTypeUse::Index:
    diag(Where, "%0 is k%1: '%2' takes kLong there and throws") << Name << nameOf(Is.Is) << Called;
    return;
  case DTypeUse::Gradient:
    diag(Where, "%0 is k%1: only floating and complex tensors can require gradients, so that this "
                "throws")
        << Name << nameOf(Is.Is);
    return;
  }
}

void DtypeMismatchCheck::noteMaker(const KnownDType &Is) {
  diag(Is.Maker->getBeginLoc(),
       "%select{it gets|without another in its options it has}0 that dtype here",
       DiagnosticIDs::Note)
      << Is.IsDefault;
}

void DtypeMismatchCheck::noteFix(const DTypeUse &Use, ASTContext &Context) {
  const Expr *Index = Use.Tensor->IgnoreImplicit();
  if (Use.Is != DTypeUse::Index || !isEditable(Index) ||
      !isa<DeclRefExpr, MemberExpr, CallExpr>(Index) || isa<CXXOperatorCallExpr>(Index))
    return;
  diag(Index->getBeginLoc(), "'.to(torch::kLong)' makes whole numbers of it", DiagnosticIDs::Note)
      << FixItHint::CreateInsertion(endOfToken(Index->getEndLoc(), Context), ".to(torch::kLong)");
}

} // namespace torchtidy
