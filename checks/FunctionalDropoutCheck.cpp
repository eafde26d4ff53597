#include "FunctionalDropoutCheck.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/SourceText.h"
#include "model/syntax/Walk.h"
#include "llvm/ADT/MapVector.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr size_t MaxLength = 48; // of what is quoted

std::string quoted(const FunctionalDropout &Site, const ASTContext &Context) {
  return sourceText(Site.Call->getCallee(), Context, nameOf(Site.Call->getDirectCallee()),
                    MaxLength);
}

// Some class of the project between \p Class and LibTorch has an `is_training` of its own.
bool hidesMode(const CXXRecordDecl *Class, ASTContext &Context) {
  auto IsFree = [&](const CXXRecordDecl *Record) {
    return isLibTorchDecl(Record) || Record->lookup(&Context.Idents.get("is_training")).empty();
  };
  return !IsFree(Class) || !Class->forallBases(IsFree);
}

// How \p Call asks its module for the mode; empty where it cannot: in a static member, in a lambda
// that does not capture `this`.
std::string modeAt(const CallExpr *Call, const FunctionDecl *Function, ASTContext &Context) {
  const auto *Method = dyn_cast<CXXMethodDecl>(Function);
  if (!Method || Method->isStatic() || hidesMode(Method->getParent(), Context))
    return "";
  bool CanCapture = true, IsInLambda = false;
  walkUp(Call, Context, [&](const DynTypedNode &Above) {
    if (const auto *Lambda = Above.get<LambdaExpr>()) {
      IsInLambda = true;
      CanCapture &= Lambda->getCaptureDefault() != LCD_None ||
                    llvm::any_of(Lambda->captures(), [](const LambdaCapture &Capture) {
                      return Capture.capturesThis();
                    });
    }
    return Above.get<FunctionDecl>() != Function;
  });
  if (!CanCapture)
    return "";
  const CXXRecordDecl *Pattern = Method->getParent()->getTemplateInstantiationPattern();
  bool IsShadowed = anyDescendant<DeclStmt>(Function->getBody(), [](const DeclStmt *S) {
    return llvm::any_of(
        S->decls(), [](const Decl *D) { return nameOf(dyn_cast<NamedDecl>(D)) == "is_training"; });
  });
  bool Qualified = IsShadowed || (Pattern && Pattern->hasAnyDependentBases());
  return Qualified ? "this->is_training()" : "is_training()";
}

// `true` becomes is_training(), or options come to hold it.
FixItHint followMode(const FunctionalDropout &Site, const std::string &Mode, ASTContext &Context) {
  if (Mode.empty() || !isEditable(Site.Call))
    return {};
  if (Site.Told)
    return isEditable(Site.Told) ? FixItHint::CreateReplacement(Site.Told->getSourceRange(), Mode)
                                 : FixItHint();
  std::string Setter = ".training(" + Mode + ")";
  const CXXRecordDecl *Type =
      argumentFor(Site.Call, 1)->getType().getNonReferenceType()->getAsCXXRecordDecl();
  std::string Made = Type->getQualifiedNameAsString() + "()" + Setter;
  if (!Site.Options)
    return FixItHint::CreateInsertion(Site.Call->getRParenLoc(), ", " + Made);
  if (!isEditable(Site.Options))
    return {};
  if (rawText(Site.Options->getSourceRange(), Context).starts_with("{"))
    return FixItHint::CreateReplacement(Site.Options->getSourceRange(), Made);
  // A lambda's copy of a variable is const.
  if (Site.Variable &&
      (Site.Variable->getType().isConstQualified() || enclosing<LambdaExpr>(Site.Call, Context)))
    return {};
  return FixItHint::CreateInsertion(endOfToken(Site.Options->getEndLoc(), Context), Setter);
}

} // namespace

void FunctionalDropoutCheck::checkClass(const CXXRecordDecl *Class, ModuleModel &Model) {
  ASTContext &Context = Model.context();
  TorchFacts &Facts = facts(Context);
  // One finding a function for what drops too often, and one for what never does.
  using Place = std::pair<const FunctionDecl *, unsigned>;
  llvm::MapVector<Place, llvm::SmallVector<FunctionalDropout, 2>> Sites;
  forEachFunctionalDropout(
      Class, [&]() -> const ProjectIndex & { return Facts.index(); }, Facts.graphs(),
      [&](const FunctionDecl *Function, const FunctionalDropout &Site) {
        if (firstTime(Site.Call->getBeginLoc()))
          Sites[{Function, Site.Is == FunctionalDropout::Never}].push_back(Site);
      });
  for (const auto &[Where, Found] : Sites)
    report(Where.first, Found, Context);
}

void FunctionalDropoutCheck::report(const FunctionDecl *Function,
                                    llvm::ArrayRef<FunctionalDropout> Sites, ASTContext &Context) {
  const FunctionalDropout &First = Sites.front();
  diag(First.Call->getBeginLoc(),
       "'%0' %select{drops in eval() too: its option 'training' is on unless it is given|drops in "
       "eval() too: it is told 'true', whatever the module's mode|never drops, in training "
       "neither: its option 'training' is off unless it is given}1")
      << quoted(First, Context) << First.Is << First.Call->getSourceRange();
  llvm::SmallVector<FixItHint, 4> Fixes;
  for (const FunctionalDropout &Site : Sites) {
    if (&Site != &First)
      diag(Site.Call->getBeginLoc(), "so does '%0'", DiagnosticIDs::Note) << quoted(Site, Context);
    FixItHint Fix = followMode(Site, modeAt(Site.Call, Function, Context), Context);
    // One setter of one variable may stand for several calls.
    bool IsNew = llvm::none_of(Fixes, [&](const FixItHint &Other) {
      return Other.RemoveRange.getBegin() == Fix.RemoveRange.getBegin();
    });
    if (!Fix.isNull() && IsNew)
      Fixes.push_back(Fix);
  }
  diag(First.Call->getBeginLoc(), "'is_training()' says whether the module was put into eval()",
       DiagnosticIDs::Note)
      << llvm::ArrayRef<FixItHint>(Fixes);
}

} // namespace torchtidy
