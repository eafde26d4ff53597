#include "UncheckedBiasCheck.h"
#include "CheckOptions.h"
#include "model/syntax/SourceText.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

UncheckedBiasCheck::UncheckedBiasCheck(llvm::StringRef Name, tidy::ClangTidyContext *Context)
    : FunctionCheck(Name, Context), AllowGeneric(readBool(Options, "AllowGeneric", true)) {}

void UncheckedBiasCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &Opts) {
  storeBool(Options, Opts, "AllowGeneric", AllowGeneric);
}

void UncheckedBiasCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  forEachTensorUse(Function, [&](const TensorUse &Use, const UseContext &Where) {
    // Cheap refusal first: only members and locals can be optional tensors.
    if (!isa<MemberExpr, DeclRefExpr, UnaryOperator, CXXMemberCallExpr>(Use.Operand))
      return;
    Definedness &Model = facts(Context).definedness();
    std::optional<OptionalTensor> Access = Model.accessOf(Use.Operand);
    if (!Access)
      return;
    Verdict Found = Model.judge(*Access, Use.Call, Where.Frames);
    // A construction in view is the witness; that others may come from elsewhere is none.
    bool HasWitness = Found.State == Built::Undefined || Found.State == Built::Flag;
    bool MayCome = Found.State == Built::Any || Found.State == Built::Caller;
    if (!HasWitness && !(MayCome && !AllowGeneric))
      return;
    report(*Access, Use, Where, Found, Context);
  });
}

void UncheckedBiasCheck::report(const OptionalTensor &Access, const TensorUse &Use,
                                const UseContext &Where, const Verdict &Found,
                                ASTContext &Context) {
  std::string What =
      sourceText(Access.Pointer ? Access.Pointer : Access.Access, Context, Access.Slot);
  {
    DiagnosticBuilder Builder = warn(What, Access, Use, Found, Context);
    const Expr *Statement = wrappableStatement(Use.Call, Where);
    if (isEditable(Statement) && Access.Access->getBeginLoc().isFileID() &&
        Fixed.insert(Statement).second) {
      std::string Test = Access.Pointer ? What + " != nullptr" : What + ".defined()";
      Builder << FixItHint::CreateInsertion(Statement->getBeginLoc(), "if (" + Test + ") ");
    }
  }
  noteEvidence(Access, Found);
}

DiagnosticBuilder UncheckedBiasCheck::warn(const std::string &What, const OptionalTensor &Access,
                                           const TensorUse &Use, const Verdict &Found,
                                           ASTContext &Context) {
  SourceLocation Loc = Access.Access->getBeginLoc();
  std::string Library = Access.Library.str(), Option = Access.Option.str();
  if (Access.Pointer && Found.State == Built::Undefined)
    return diag(Loc, "'%0' is a null pointer: the '%1' was built with %2(false), so 'find' has "
                     "no %3 to return")
           << What << Library << Option << Access.Slot;
  if (Access.Pointer && Found.State == Built::Flag)
    return diag(Loc, "'%0' is a null pointer unless '%1' holds: 'find' has no %2 to return then")
           << What << sourceText(Found.Flag, Context, Option) << Access.Slot;
  if (Access.Pointer)
    return diag(Loc, "'%0' is a null pointer when the module was built with bias(false): "
                     "'find' has no bias to return then")
           << What;
  switch (Found.State) {
  case Built::Undefined:
    if (Found.IsOneOfMany)
      return diag(Loc, "'%0' is undefined for a '%1' that comes here: it was built with "
                       "%2(false), so '%3' throws")
             << What << Library << Option << Use.Name;
    return diag(Loc, "'%0' is undefined here: the '%1' was built with %2(false), so '%3' throws")
           << What << Library << Option << Use.Name;
  case Built::Flag:
    return diag(Loc, "'%0' is undefined unless '%1' holds, and '%2' throws then")
           << What << sourceText(Found.Flag, Context, Option) << Use.Name;
  case Built::Caller:
    return diag(Loc, "'%0' is undefined when the options handed in say %1(false), and '%2' "
                     "throws then")
           << What << Option << Use.Name;
  default:
    return diag(Loc, "'%0' may be undefined: the first '%1' built with %2(false) that comes "
                     "here makes '%3' throw")
           << What << Library << Option << Use.Name;
  }
}

void UncheckedBiasCheck::noteEvidence(const OptionalTensor &Access, const Verdict &Found) {
  if (Found.Evidence && Found.State != Built::Any)
    diag(Found.Evidence->getBeginLoc(),
         Found.State == Built::Undefined && !Access.Default &&
                 !isa<CXXBoolLiteralExpr>(Found.Evidence)
             ? "built here, with '%0' off as is the default of '%1'"
             : "'%0' of the '%1' is decided here",
         DiagnosticIDs::Note)
        << Access.Option.str() << Access.Library.str();
  else if (Found.Evidence)
    diag(Found.Evidence->getBeginLoc(), "every '%0' below this module comes here",
         DiagnosticIDs::Note)
        << Access.Library.str();
}

} // namespace torchtidy
