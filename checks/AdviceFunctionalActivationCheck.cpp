#include "AdviceFunctionalActivationCheck.h"
#include "clang-tidy/utils/OptionsUtils.h"
#include "model/syntax/CallWalk.h"
#include "model/syntax/SourceText.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

AdviceFunctionalActivationCheck::AdviceFunctionalActivationCheck(llvm::StringRef Name,
                                                                 tidy::ClangTidyContext *Context)
    : FunctionCheck(Name, Context), IgnoredActivations(Options.get("IgnoredActivations", "").str()),
      ForwardNames(Options.get("ForwardNames", "").str()) {}

void AdviceFunctionalActivationCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &Opts) {
  Options.store(Opts, "IgnoredActivations", llvm::StringRef(IgnoredActivations));
  Options.store(Opts, "ForwardNames", llvm::StringRef(ForwardNames));
}

void AdviceFunctionalActivationCheck::checkFunction(const FunctionDecl *Function,
                                                    ASTContext &Context) {
  const auto *Method = dyn_cast<CXXMethodDecl>(Function);
  if (!Method || !isModuleClass(Method->getParent()))
    return;
  llvm::StringRef Name = nameOf(Method);
  bool Forward = Method->getOverloadedOperator() == OO_Call || Name.starts_with("forward") ||
                 llvm::is_contained(tidy::utils::options::parseStringList(ForwardNames), Name);
  if (!Forward)
    return;
  std::vector<StringRef> Ignored = tidy::utils::options::parseStringList(IgnoredActivations);
  llvm::SmallVector<Site, 4> Sites;
  forEachCall(Function, [&](const CallExpr *Call, const UseContext &) {
    std::optional<ActivationCall> Found = activationCall(Call);
    if (Found && !llvm::is_contained(Ignored, Found->Function))
      Sites.push_back({Call, *Found});
  });
  for (const Site &S : Sites) {
    SourceLocation Loc =
        isa<CXXMemberCallExpr>(S.Call) ? S.Call->getExprLoc() : S.Call->getBeginLoc();
    diag(Loc, "functional '%0' is no child of %1: no hook sees its output, and no code can swap it")
        << S.Activation.Function << Method->getParent();
    llvm::SmallVector<Site, 4> Same;
    for (const Site &Other : Sites)
      if (Other.Activation.Function == S.Activation.Function)
        Same.push_back(Other);
    if (Offered.insert({Method->getParent()->getCanonicalDecl(), S.Activation.Function}).second)
      offerMember(Method->getParent(), Same, Context);
  }
}

// One note carries the whole rewrite: the member, and every plain call in this forward.
void AdviceFunctionalActivationCheck::offerMember(const CXXRecordDecl *Class,
                                                  llvm::ArrayRef<Site> Sites, ASTContext &Context) {
  llvm::StringRef Module = Sites[0].Activation.Module;
  std::string Member = Sites[0].Activation.Function.str();
  SourceLocation Close = Class->getBraceRange().getEnd();
  if (Module.empty() || Close.isMacroID() || Class->isDependentContext() ||
      isa<ClassTemplateSpecializationDecl>(Class))
    return;
  for (const Decl *D : Class->decls())
    if (const auto *Named = dyn_cast<NamedDecl>(D); nameOf(Named) == Member)
      return;
  llvm::SmallVector<FixItHint, 4> Fixes;
  for (const Site &S : Sites) {
    if (!S.Activation.Plain)
      continue;
    std::string Argument = sourceText(S.Activation.Argument, Context, "");
    SourceRange Range = S.Call->getSourceRange();
    // Nested calls of the same activation would overlap.
    bool Nested = llvm::any_of(Sites, [&](const Site &Other) {
      return &Other != &S && Other.Call != S.Call &&
             Context.getSourceManager().isBeforeInTranslationUnit(Range.getBegin(),
                                                                  Other.Call->getExprLoc()) &&
             Context.getSourceManager().isBeforeInTranslationUnit(Other.Call->getExprLoc(),
                                                                  Range.getEnd());
    });
    if (Argument.empty() || !isEditable(Range) || Nested)
      return;
    Fixes.push_back(
        FixItHint::CreateReplacement(Range, (Twine(Member) + "(" + Argument + ")").str()));
  }
  if (Fixes.empty())
    return;
  Fixes.push_back(FixItHint::CreateInsertion(
      Close, "torch::nn::" + Module.str() + " " + Member + "{register_module(\"" + Member +
                 "\", torch::nn::" + Module.str() + "())};\n"));
  DiagnosticBuilder Note =
      diag(Close, "a registered member '%0' can be hooked and swapped", DiagnosticIDs::Note)
      << Member;
  for (const FixItHint &Fix : Fixes)
    Note << Fix;
}

} // namespace torchtidy
