#include "UnregisteredModuleCheck.h"
#include "CheckOptions.h"
#include "model/facts/Reads.h"
#include "model/modules/ModuleFields.h"
#include "model/modules/RegistrationFix.h"
#include "model/modules/Stake.h"
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
    if (Model.registrations().isRegistered(Field))
      checkStaleChild(Field, Class, Model);
    else if (!Model.registrations().isUnknown(Field))
      checkField(Field, Class, Model);
  }
}

// torch::nn::Dropout drop; declares a module that is constructed although nobody spells it.
static bool isSpelled(const Registrations::Store &Store) {
  const auto *Construct = dyn_cast<CXXConstructExpr>(Store.Value);
  return !Construct || Construct->getNumArgs() > 0 || isa<CXXTemporaryObjectExpr>(Construct) ||
         Construct->getParenOrBraceRange().isValid();
}

void UnregisteredModuleCheck::checkField(const FieldDecl *Field, const CXXRecordDecl *Class,
                                         ModuleModel &Model) {
  const Registrations &Regs = Model.registrations();
  const Reach &Constructors = Model.constructorReachOf(Class);
  llvm::SmallVector<const FunctionDecl *, 16> Methods;
  for (const CXXMethodDecl *Method : visibleMethods(Class))
    Methods.push_back(Method);
  const Registrations::Store *Built = nullptr;
  unsigned Constructions = 0;
  Stake AtStake = Stake::Nothing;
  for (const Registrations::Store &Store : Regs.stores(Field)) {
    bool FromConstructor = !Store.In || Constructors.count(outOfLambda(Store.In));
    if (isNullModule(Store.Value) || !FromConstructor || !Regs.isFresh(Store))
      continue;
    if (!isSpelled(Store) && !isRead(Field, Methods))
      continue;
    const Expr *Construction = Regs.construction(Store);
    const CXXRecordDecl *Module = Construction ? moduleOf(Construction->getType()) : nullptr;
    AtStake = std::min(AtStake,
                       stakeOf(Module ? Module : moduleOf(Field->getType()), Construction, Regs));
    Built = Built ? Built : &Store;
    ++Constructions;
  }
  if (!Built || (AtStake == Stake::Nothing && IgnoreStateless) || !firstTime(Field->getLocation()))
    return;
  static constexpr llvm::StringLiteral Consequences[] = {
      "its parameters are not trained, saved or moved with the model",
      "eval() will not turn it off",
      "it is missing from modules() and printing, and no hook or replacement can find it",
  };
  bool IsRegistrable = classifyType(Field->getType()).isRegistrable();
  {
    auto Diag = diag(Field->getLocation(), "%0 is never registered: %1")
                << Field << Consequences[static_cast<unsigned>(AtStake)];
    if (Constructions == 1 && IsRegistrable && isSpelled(*Built))
      for (const FixItHint &Fix :
           wrapInRegistration(Field, *Built, registrationName(RegistrationKind::Module), Model))
        Diag << Fix;
  }
  if (!isSpelled(*Built))
    return;
  diag(Built->Value->getExprLoc(), "constructed here and not passed to register_module",
       DiagnosticIDs::Note);
}

// fc = Linear(..) once 'fc' is registered: the module's tree keeps the old one.
void UnregisteredModuleCheck::checkStaleChild(const FieldDecl *Field, const CXXRecordDecl *Class,
                                              ModuleModel &Model) {
  auto Report = [&](const Expr *Site) {
    if (Site && firstTime(Site->getExprLoc()))
      diag(Site->getExprLoc(), "%0 is assigned after it was registered: parameters(), save() and "
                               "to() keep the old module, the new one is "
                               "never registered; use replace_module")
          << Field;
  };
  for (const ConstructorOutcome &Outcome : Model.outcomes(Class)) {
    if (Outcome.Unknown)
      continue;
    for (const PathState &End : Outcome.Ends) {
      auto Value = End.Values.find(Field);
      auto Was = End.WasRegistered.find(Field);
      if (!End.Escaped && Value != End.Values.end() && Was != End.WasRegistered.end() &&
          Was->second && Value->second.Null == Nullness::NonNull && !Value->second.Registered &&
          constructsModule(Value->second.Site))
        Report(Value->second.Site);
    }
  }
  const Reach &Constructors = Model.constructorReachOf(Class);
  for (const Registrations::Store &Store : Model.registrations().stores(Field)) {
    const FunctionDecl *In = outOfLambda(Store.In);
    if (!In || enclosingClass(In) != Class || Constructors.count(In) ||
        !constructsModule(Store.Value))
      continue;
    Reach Reached = reachFrom({In});
    bool Registers = llvm::any_of(Model.registrations().all(), [&](const auto &Site) {
      // p->register_module("fc", p->fc) in a static factory counts as well.
      const auto *Member = dyn_cast<MemberExpr>(stripValue(Site.first.Value));
      return Reached.count(outOfLambda(Site.second)) && Member && Member->getMemberDecl() == Field;
    });
    if (!Registers)
      Report(Store.Value);
  }
}

} // namespace torchtidy
