#include "UnregisteredModuleCheck.h"
#include "CheckOptions.h"
#include "model/facts/HandKept.h"
#include "model/facts/ProjectIndex.h"
#include "model/facts/Reads.h"
#include "model/modules/ModuleFields.h"
#include "model/modules/Stake.h"
#include "model/modules/StaleChildren.h"
#include "model/syntax/Walk.h"
#include "model/tensors/UnregisteredPaths.h"
#include "model/torch/Names.h"

using namespace clang;

namespace torchtidy {

UnregisteredModuleCheck::UnregisteredModuleCheck(llvm::StringRef Name,
                                                 clang::tidy::ClangTidyContext *Context)
    : ModuleCheck(Name, Context), IgnoreStateless(readBool(Options, "IgnoreStateless", true)) {}

void UnregisteredModuleCheck::storeOptions(clang::tidy::ClangTidyOptions::OptionMap &Opts) {
  storeBool(Options, Opts, "IgnoreStateless", IgnoreStateless);
}

void UnregisteredModuleCheck::checkClass(const CXXRecordDecl *Class, ModuleModel &Model) {
  if (isPartlyVisible(Class))
    return;
  for (const FieldDecl *Field : moduleFields(Class)) {
    // optional<Linear> and structs of modules are raw-module-container's.
    if (Field->getParent() != Class || classifyType(Field->getType()).Kind == TypeKind::Container)
      continue;
    if (Model.registrations().isRegistered(Field)) {
      checkStaleChild(Field, Class, Model);
      checkPaths(Field, Class, Model);
    } else if (!Model.registrations().isUnknown(Field))
      checkField(Field, Class, Model);
  }
}

// register_module("features", features->layers): under the names that a file has.
static bool isRegisteredInside(const FieldDecl *Field, const Registrations &Regs) {
  return llvm::any_of(Regs.all(), [&](const auto &Site) {
    const ValueDecl *Named = Site.first.Value ? namedDecl(Site.first.Value) : nullptr;
    return Named && Named != Field && mentions(Site.first.Value, Field);
  });
}

static bool holds(QualType Type, const CXXRecordDecl *Class) {
  const CXXRecordDecl *Module = moduleOf(Type);
  if (Module)
    return Module->getCanonicalDecl() == Class->getCanonicalDecl();
  TypeInfo Info = classifyType(Type);
  return Info.Kind == TypeKind::Container && Info.HoldsModules && !Info.Element.isNull() &&
         holds(Info.Element, Class);
}

// A class that has such objects for members and is built in another file may register their members
// there; the file that builds it is told.
static bool isOwnedElsewhere(const CXXRecordDecl *Class, const ProjectIndex &Index) {
  return llvm::any_of(Index.classes(), [&](const CXXRecordDecl *Owner) {
    return isModuleClass(Owner) &&
           llvm::any_of(Owner->fields(),
                        [&](const FieldDecl *Field) { return holds(Field->getType(), Class); }) &&
           llvm::any_of(Owner->ctors(), [](const CXXConstructorDecl *Constructor) {
             return Constructor->isUserProvided() && !isVisible(Constructor);
           });
  });
}

// What is lost without a registration, the class does by hand.
static bool isLeftToItsClass(const FieldDecl *Field, Stake Lost, const CXXRecordDecl *Class,
                             const ProjectIndex &Index) {
  ASTContext &Context = Class->getASTContext();
  return (Lost == Stake::Parameters && isKeptByHand(Field, Index, Context)) ||
         (Lost == Stake::Mode && isSwitchedByHand(Field, Class, Context));
}

void UnregisteredModuleCheck::checkField(const FieldDecl *Field, const CXXRecordDecl *Class,
                                         ModuleModel &Model) {
  const Registrations &Regs = Model.registrations();
  const Reach &Constructors = Model.constructorReachOf(Class);
  llvm::SmallVector<const FunctionDecl *, 16> Methods;
  for (const CXXMethodDecl *Method : visibleMethods(Class))
    Methods.push_back(Method);
  const Registrations::Store *Built = nullptr, *Spelled = nullptr;
  unsigned Spellings = 0;
  bool Twice = false; // registering it would list its children twice
  Stake AtStake = Stake::Nothing;
  for (const Registrations::Store &Store : Regs.stores(Field)) {
    bool FromConstructor = !Store.In || Constructors.count(outOfLambda(Store.In));
    if (isNullModule(Store.Value) || !FromConstructor || !Regs.isFresh(Store) ||
        isRegisteredInParts(Store.Value))
      continue;
    if (!isSpelledOut(Store) && !isRead(Field, Methods))
      continue;
    const Expr *Construction = Regs.construction(Store);
    const CXXRecordDecl *Module = Construction ? moduleOf(Construction->getType()) : nullptr;
    AtStake = std::min(AtStake,
                       stakeOf(Module ? Module : moduleOf(Field->getType()), Construction, Regs));
    Twice |= Construction && holdsRegistered(Construction, Regs);
    Built = Built ? Built : &Store;
    if (isSpelledOut(Store)) {
      Spelled = Spelled ? Spelled : &Store;
      ++Spellings;
    }
  }
  if (!Built || (AtStake == Stake::Nothing && (IgnoreStateless || Twice)) ||
      isOnlyReturned(Field, Methods) ||
      isLeftToItsClass(Field, AtStake, Class, facts(Class->getASTContext()).index()) ||
      isRegisteredInside(Field, Regs) || Model.onlyRuns(Class) ||
      isOwnedElsewhere(Class, facts(Class->getASTContext()).index()) ||
      !firstTime(Field->getLocation()))
    return;
  static constexpr llvm::StringLiteral Consequences[] = {
      "its parameters are not trained, saved or moved with the model",
      "eval() will not turn it off",
      "it is missing from modules() and printing, and no hook or replacement can find it",
  };
  diag(Field->getLocation(), "%0 is never registered: %1")
      << Field << Consequences[static_cast<unsigned>(AtStake)];
  if (isSpelledOut(*Built))
    diag(Built->Value->getExprLoc(), "constructed here and not passed to register_module",
         DiagnosticIDs::Note);
  if (Spellings <= 1 && !Twice && classifyType(Field->getType()).isRegistrable())
    offerRegistration(Field, wrapInRegistration(Field, Spelled ? *Spelled : *Built,
                                                registrationName(RegistrationKind::Module), Model));
}

// One constructor registers fc, another only assigns it.
void UnregisteredModuleCheck::checkPaths(const FieldDecl *Field, const CXXRecordDecl *Class,
                                         ModuleModel &Model) {
  const Registrations &Regs = Model.registrations();
  // A constructor without a body, which nothing but TORCH_MODULE may want, spells nothing.
  auto IsSpelled = [&](const Expr *Value) {
    return llvm::any_of(Regs.stores(Field), [&](const Registrations::Store &Store) {
      return isSpelledOut(Store) && contains(Store.Value, Value);
    });
  };
  auto IsOwn = [&](const Expr *Value) {
    return constructsModule(Value) && IsSpelled(Value) && !asRegistration(Value) &&
           !isNullModule(Value) && !isRegisteredInParts(Value) && !holdsRegistered(Value, Regs) &&
           stakeOf(moduleOf(Value->getType()), Value, Regs) == Stake::Parameters;
  };
  std::optional<UnregisteredPath> Path = unregisteredModulePath(Field, Class, Model, IsOwn);
  llvm::SmallVector<const FunctionDecl *, 16> Methods;
  for (const CXXMethodDecl *Method : visibleMethods(Class))
    Methods.push_back(Method);
  if (!Path || !isRead(Field, Methods) || !firstTime(Path->Value->getExprLoc()))
    return;
  diag(Path->Value->getExprLoc(),
       "%0 is registered on other paths of the constructors, but not here%select{ where %2|}1: its "
       "parameters are not trained, saved or moved with the model")
      << Field << Path->Condition.empty() << Path->Condition;
  diag(Path->Registered->getExprLoc(), "registered here", DiagnosticIDs::Note);
}

// fc = Linear(..) once 'fc' is registered: the module's tree keeps the old one.
void UnregisteredModuleCheck::checkStaleChild(const FieldDecl *Field, const CXXRecordDecl *Class,
                                              ModuleModel &Model) {
  const Expr *First = nullptr;
  for (const Expr *Site : staleChildren(Field, Class, Model)) {
    if (!firstTime(Site->getExprLoc()))
      continue;
    if (First) {
      diag(Site->getExprLoc(), "assigned here, too", DiagnosticIDs::Note);
      continue;
    }
    First = Site;
    diag(Site->getExprLoc(), "%0 is assigned after it was registered: parameters(), save() and "
                             "to() keep the old module, the new one is never registered")
        << Field;
    diag(Site->getExprLoc(), "replace_module puts a new module into the place of the old one",
         DiagnosticIDs::Note);
  }
}

} // namespace torchtidy
