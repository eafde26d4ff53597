#include "model/modules/RegistrationFix.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Literals.h"
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
        literalText(Site.Name) == Field->getName())
      return {};
  }
  return Field->getName().str();
}

// table{torch::ones(2)}, fc{nn::Linear(2, 2)}: what stands between the braces. In fc{2, 2} and
// drop{0.5} the braces are the construction.
const Expr *insideBraces(const Expr *E, const SourceManager &SM) {
  while (E && E->getBeginLoc().isFileID() && *SM.getCharacterData(E->getBeginLoc()) == '{') {
    if (const auto *List = dyn_cast<InitListExpr>(E)) {
      E = List->getNumInits() == 1 ? List->getInit(0) : nullptr;
    } else if (const auto *Construct = dyn_cast<CXXConstructExpr>(E)) {
      llvm::ArrayRef<const Expr *> Written = writtenArguments(Construct);
      if (Written.size() != 1 || (classifyType(E->getType()).isModule() &&
                                  !classifyType(Written[0]->getType()).isModule()))
        return E;
      E = Written[0];
    } else {
      return nullptr;
    }
  }
  return E;
}

} // namespace

llvm::SmallVector<FixItHint, 2> wrapInRegistration(const FieldDecl *Field,
                                                   const Registrations::Store &Store,
                                                   llvm::StringRef Function, ModuleModel &Model) {
  ASTContext &Context = Model.context();
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
  const Expr *Value = insideBraces(Store.Value, Context.getSourceManager());
  if (!Value)
    return {};
  SourceRange Range = Value->getSourceRange();
  std::string Close = ")";
  const auto *Construct = dyn_cast<CXXConstructExpr>(Value);
  if (Construct && !isa<CXXTemporaryObjectExpr>(Construct)) {
    // fc(3, 4) in an initialiser list, Linear fc{3, 4}: the type is not spelled, so it is spelled
    // now.
    llvm::ArrayRef<const Expr *> Written = writtenArguments(Construct);
    if (Written.empty())
      return {};
    TypeSourceInfo *Type = Field->getTypeSourceInfo();
    if (!Type || Type->getTypeLoc().getBeginLoc().isMacroID())
      return {};
    llvm::StringRef Spelled = rawText(Type->getTypeLoc().getSourceRange(), Context);
    Range = {Written.front()->getBeginLoc(), Written.back()->getEndLoc()};
    if (Spelled.empty() || Spelled.contains("auto"))
      return {};
    Open += Spelled.str() + "(";
    Close = "))";
  }
  if (!isEditable(Range))
    return {};
  return {FixItHint::CreateInsertion(Range.getBegin(), Open),
          FixItHint::CreateInsertion(endOfToken(Range.getEnd(), Context), Close)};
}

} // namespace torchtidy
