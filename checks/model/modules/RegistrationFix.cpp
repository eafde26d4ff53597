#include "model/modules/RegistrationFix.h"
#include "model/syntax/SourceText.h"

using namespace clang;

namespace torchtidy {

namespace {

// The member's name, unless a registration of the class uses it already: a name that is taken
// throws.
std::string freeKey(const FieldDecl *Field, ModuleModel &Model) {
  for (const auto &[Site, In] : Model.registrations().all()) {
    const CXXRecordDecl *Class = In ? enclosingClass(In) : nullptr;
    if (Class &&
        Class->getCanonicalDecl() == cast<CXXRecordDecl>(Field->getParent())->getCanonicalDecl() &&
        onOneLine(Site.Name, Model.context()) == "\"" + Field->getName().str() + "\"")
      return {};
  }
  return Field->getName().str();
}

// table{torch::ones(2)}: what stands between the braces.
const Expr *insideBraces(const Expr *E, const SourceManager &SM) {
  while (E && E->getBeginLoc().isFileID() && *SM.getCharacterData(E->getBeginLoc()) == '{') {
    if (const auto *List = dyn_cast<InitListExpr>(E))
      E = List->getNumInits() == 1 ? List->getInit(0) : nullptr;
    else if (const auto *Construct = dyn_cast<CXXConstructExpr>(E))
      E = Construct->getNumArgs() == 1 ? Construct->getArg(0) : nullptr;
    else
      return nullptr;
  }
  return E;
}

} // namespace

llvm::SmallVector<FixItHint, 2> wrapInRegistration(const FieldDecl *Field,
                                                   const Registrations::Store &Store,
                                                   llvm::StringRef Function, ModuleModel &Model) {
  ASTContext &Context = Model.context();
  const SourceManager &SM = Context.getSourceManager();
  const auto *Owner = dyn_cast<CXXRecordDecl>(Field->getParent());
  std::string Key = freeKey(Field, Model);
  bool InLambda = Store.In != outOfLambda(Store.In);
  if (Key.empty() || !Owner || !isModuleClass(Owner) || InLambda ||
      !Field->getType()->getAsCXXRecordDecl())
    return {};
  if (const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Store.In);
      Store.In && (!Method || Method->isStatic() || Method->isConst()))
    return {};
  // In a template the base that declares register_module depends on the arguments.
  bool IsTemplate =
      isa<ClassTemplateSpecializationDecl>(Owner) || Owner->getMemberSpecializationInfo();
  std::string Open = (IsTemplate ? "this->" : "") + Function.str() + "(\"" + Key + "\", ";
  const Expr *Value = insideBraces(Store.Value, SM);
  if (!Value)
    return {};
  SourceRange Range = Value->getSourceRange();
  std::string Close = ")";
  const auto *Construct = dyn_cast<CXXConstructExpr>(Value);
  if (Construct && !isa<CXXTemporaryObjectExpr>(Construct)) {
    // fc(3, 4) in an initialiser list, Linear fc{3, 4}: the type is not spelled, so it is spelled
    // now.
    if (Construct->getNumArgs() == 0 || isa<CXXDefaultArgExpr>(Construct->getArg(0)))
      return {};
    TypeSourceInfo *Type = Field->getTypeSourceInfo();
    if (!Type || Type->getTypeLoc().getBeginLoc().isMacroID())
      return {};
    std::string Spelled =
        Lexer::getSourceText(CharSourceRange::getTokenRange(Type->getTypeLoc().getSourceRange()),
                             SM, Context.getLangOpts())
            .str();
    const Expr *Last = Construct->getArg(0);
    for (const Expr *Argument : Construct->arguments())
      if (!isa<CXXDefaultArgExpr>(Argument))
        Last = Argument;
    Range = {Construct->getArg(0)->getBeginLoc(), Last->getEndLoc()};
    if (Spelled.empty() || llvm::StringRef(Spelled).contains("auto"))
      return {};
    Open += Spelled + "(";
    Close = "))";
  }
  if (Range.isInvalid() || Range.getBegin().isMacroID() || Range.getEnd().isMacroID())
    return {};
  SourceLocation End = Lexer::getLocForEndOfToken(Range.getEnd(), 0, SM, Context.getLangOpts());
  return {FixItHint::CreateInsertion(Range.getBegin(), Open),
          FixItHint::CreateInsertion(End, Close)};
}

} // namespace torchtidy
