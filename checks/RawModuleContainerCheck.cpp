#include "RawModuleContainerCheck.h"
#include "CheckOptions.h"
#include "model/modules/ModuleFields.h"
#include "model/modules/Stake.h"

using namespace clang;

namespace torchtidy {

RawModuleContainerCheck::RawModuleContainerCheck(llvm::StringRef Name,
                                                 clang::tidy::ClangTidyContext *Context)
    : ModuleCheck(Name, Context), Strict(readBool(Options, "Strict", false)) {}

void RawModuleContainerCheck::storeOptions(clang::tidy::ClangTidyOptions::OptionMap &Opts) {
  storeBool(Options, Opts, "Strict", Strict);
}

// std::vector<Linear>, Linear[3], std::map<std::string, Block>, std::optional<Linear>, struct {
// Linear a, b; }
static bool isRawContainer(const FieldDecl *Field) {
  TypeInfo Info = classifyType(Field->getType());
  if (Info.Kind != TypeKind::Container || !Info.HoldsModules || Field->getType()->isReferenceType())
    return false;
  return Field->getType()->getAsCXXRecordDecl() || Field->getType()->isArrayType();
}

void RawModuleContainerCheck::checkClass(const CXXRecordDecl *Class, ModuleModel &Model) {
  if (isPartlyVisible(Class))
    return;
  for (const FieldDecl *Field : Class->fields())
    if (isRawContainer(Field))
      checkField(Field, Model);
}

namespace {

bool isSameClass(const CXXRecordDecl *A, const CXXRecordDecl *B) {
  return A && B && A->getCanonicalDecl() == B->getCanonicalDecl();
}

// The modules behind one element: itself, or the members of a struct of modules.
void elementFields(QualType Type, unsigned Depth,
                   llvm::SmallVectorImpl<const FieldDecl *> &Fields) {
  TypeInfo Info = classifyType(Type);
  if (Info.Kind != TypeKind::Container || Depth > 3)
    return;
  const CXXRecordDecl *Record = Type->getAsCXXRecordDecl();
  if (Record && !Record->isInStdNamespace() && Record->hasDefinition()) {
    for (const FieldDecl *Inner : moduleFields(Record->getDefinition()))
      Fields.push_back(Inner);
    return;
  }
  elementFields(Info.Element, Depth + 1, Fields);
}

} // namespace

void RawModuleContainerCheck::checkField(const FieldDecl *Field, ModuleModel &Model) {
  const Registrations &Regs = Model.registrations();
  const Registrations::Store *Lost = nullptr;
  auto Elements = Regs.elementStores(Field);
  bool IsDirect = true;
  auto Consider = [&](const Registrations::Store &Store) {
    if (Lost || isNullModule(Store.Value) || !Regs.isFresh(Store) || Regs.isRegistered(Store) ||
        Regs.isUnknown(Store) || isRegisteredInParts(Store.Value, Regs))
      return;
    const Expr *Construction = Regs.construction(Store);
    const CXXRecordDecl *Module = Construction ? moduleOf(Construction->getType()) : nullptr;
    // Replicas of the whole model are no parts of it.
    if (isSameClass(Module, dyn_cast<CXXRecordDecl>(Field->getParent())))
      return;
    if (!Module || stakeOf(Module, Construction, Regs) != Stake::Nothing)
      Lost = &Store;
  };
  for (const Registrations::Store &Store : Elements)
    Consider(Store);
  // optional = Linear(..), variant = Linear(..): the container stands for what it holds.
  if (!Regs.isRegistered(Field) && !Regs.isUnknown(Field))
    for (const Registrations::Store &Store : Regs.stores(Field))
      Consider(Store);
  llvm::SmallVector<const FieldDecl *, 8> Inner;
  elementFields(Field->getType(), 0, Inner);
  for (const FieldDecl *Member : Inner)
    if (!Lost && !Regs.isRegistered(Member)) {
      IsDirect = false;
      for (const Registrations::Store &Store : Regs.stores(Member))
        Consider(Store);
    }
  if (!Lost) {
    if (Strict && !Elements.empty() && firstTime(Field->getLocation()))
      diag(Field->getLocation(), "%0 keeps registered modules in a plain container: clone() leaves "
                                 "it pointing at the original's modules; "
                                 "use torchtidy::ModuleVector or torch::nn::ModuleList")
          << Field;
    return;
  }
  if (!firstTime(Field->getLocation()))
    return;
  diag(Field->getLocation(), "%0 holds modules that are never registered: parameters(), to(), "
                             "save() and train() do not see them")
      << Field;
  diag(Lost->Value->getExprLoc(), "stored here without register_module", DiagnosticIDs::Note);
  if (IsDirect)
    offerRegistration(Field, registerPushed(Field, Elements, Model));
}

} // namespace torchtidy
