#include "UndefinedTensorCheck.h"
#include "model/syntax/Callee.h"
#include "model/syntax/SourceText.h"

using namespace clang;

namespace torchtidy {

namespace {

// `std::vector<Tensor> v(n);` → `std::vector<Tensor> v; v.reserve(n);`, `v.resize(n)` → `reserve`.
void addReserve(DiagnosticBuilder &Warning, const UndefinedElements &Found,
                const ASTContext &Context) {
  if (!Found.Push || !isEditable(Found.Sized))
    return;
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(Found.Sized)) {
    SourceLocation Name = Call->getExprLoc();
    Warning << FixItHint::CreateReplacement(SourceRange(Name, Name), "reserve");
    return;
  }
  const auto *Variable = dyn_cast<VarDecl>(Found.Container);
  if (!Variable)
    return;
  const auto *Construct = cast<CXXConstructExpr>(Found.Sized);
  SourceRange Braces = Construct->getParenOrBraceRange();
  std::string Count = rawText(Found.Count->getSourceRange(), Context).str();
  SourceLocation Behind = endOfToken(Variable->getLocation(), Context);
  bool IsDirect =
      Braces.isValid() && Braces.getBegin() == Behind && Variable->getInitStyle() != VarDecl::CInit;
  SourceLocation After = endOfToken(Braces.getEnd(), Context);
  if (IsDirect && !Count.empty() && rawText(SourceRange(After, After), Context) == ";")
    Warning << FixItHint::CreateReplacement(
        Braces, ("; " + Variable->getName() + ".reserve(" + Count + ")").str());
}

bool hasReserve(const ValueDecl *Container) {
  llvm::StringRef Name = nameOf(Container->getType().getNonReferenceType()->getAsCXXRecordDecl());
  return Name == "vector" || Name.starts_with("SmallVector");
}

} // namespace

void UndefinedTensorCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  forEachUndefinedElements(Function, facts(Context).graphs(),
                           [&](const UndefinedElements &Found) { report(Found, Context); });
  if (const auto *Constructor = dyn_cast<CXXConstructorDecl>(Function))
    forEachUndefinedMember(
        Constructor, [&]() -> const ProjectIndex & { return index(Context); }, Context,
        [&](const UndefinedElements &Found) {
          if (firstTime(Found.Sized->getBeginLoc()))
            report(Found, Context);
        });
  forEachUndefinedUse(Function, facts(Context).graphs(),
                      [&](const UndefinedUse &Found) { report(Found); });
}

void UndefinedTensorCheck::report(const UndefinedElements &Found, const ASTContext &Context) {
  {
    bool IsSizedElsewhere = isa<CXXMemberCallExpr>(Found.Sized) || isa<FieldDecl>(Found.Container);
    SourceLocation Where =
        IsSizedElsewhere ? Found.Sized->getBeginLoc() : Found.Container->getLocation();
    DiagnosticBuilder Warning =
        Found.Push
            ? diag(Where, "the first elements of %0 stay undefined tensors: '%1' adds behind "
                          "the ones that its size makes")
                  << Found.Container << calleeName(Found.Push)
            : diag(Where, "the elements of %0 are undefined tensors, and nothing gives them a "
                          "value before they are used, which throws")
                  << Found.Container;
    if (hasReserve(Found.Container))
      addReserve(Warning, Found, Context);
  }
  if (Found.Push)
    diag(Found.Push->getBeginLoc(), "added here", DiagnosticIDs::Note);
  if (Found.Read)
    diag(Found.Read->getBeginLoc(), "used here", DiagnosticIDs::Note);
}

void UndefinedTensorCheck::report(const UndefinedUse &Found) {
  diag(Found.Use->getBeginLoc(),
       "'%0' throws: %1 is still an undefined tensor %select{here|where the condition is false}2")
      << Found.Operation << Found.Tensor << (Found.AssignedIn != nullptr);
  diag(Found.Tensor->getLocation(), "made here, without a value", DiagnosticIDs::Note);
  if (Found.AssignedIn)
    diag(Found.AssignedIn->getBeginLoc(), "assigned under this condition alone",
         DiagnosticIDs::Note);
}

} // namespace torchtidy
