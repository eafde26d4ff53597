#include "NullModuleCheck.h"
#include "CheckOptions.h"
#include "model/modules/NullElements.h"
#include "model/syntax/SourceText.h"
#include "model/torch/Layers.h"

using namespace clang;

namespace torchtidy {

NullModuleCheck::NullModuleCheck(llvm::StringRef Name, clang::tidy::ClangTidyContext *Context)
    : ModuleCheck(Name, Context), AllowGuarded(readBool(Options, "AllowGuarded", false)) {}

void NullModuleCheck::storeOptions(clang::tidy::ClangTidyOptions::OptionMap &Opts) {
  storeBool(Options, Opts, "AllowGuarded", AllowGuarded);
}

void NullModuleCheck::checkClass(const CXXRecordDecl *Class, ModuleModel &Model) {
  std::vector<NullMember> Members = nullMembers(Class, Model);
  for (const NullMember &Member : Members)
    report(Member, Model.context());
  for (const NullMember &Member : nullElements(Class, Model))
    report(Member, Model.context());
  reportEvents(Class, Model, Members);
}

void NullModuleCheck::report(const NullMember &Member, const ASTContext &Context) {
  const FieldDecl *Field = Member.Field;
  bool Tested = Member.Kind == NullMember::Guarded || Member.Kind == NullMember::NeverAssigned;
  if ((Member.Kind == NullMember::Guarded && AllowGuarded) || !firstTime(Field->getLocation()))
    return;
  switch (Member.Kind) {
  case NullMember::Dereferenced:
    diag(Field->getLocation(), "%0 is null on some constructor path and dereferenced without a "
                               "guard: the use throws or crashes")
        << Field;
    break;
  case NullMember::Disagreeing:
    diag(Field->getLocation(), "constructors leave %0 null under different conditions: a guard "
                               "that is right for one crashes for the other")
        << Field;
    break;
  case NullMember::NeverAssigned:
    diag(Field->getLocation(), "%0 is never assigned: it is null in every object and missing from "
                               "parameters() and the archive")
        << Field;
    break;
  case NullMember::Guarded:
    diag(Field->getLocation(),
         "%0 is null on some constructor path and guarded by a test at each use: objects of one "
         "class then "
         "differ in their archive keys, and loading one into the other fails or drops weights")
        << Field;
    break;
  }
  for (const NullMember::Path &Path : Member.Paths)
    diag(Path.Constructor->getLocation(), "%0 stays null %select{when %2|on every path}1",
         DiagnosticIDs::Note)
        << Field << Path.Condition.empty() << Path.Condition;
  if (Member.Use)
    diag(Member.Use->getExprLoc(), "dereferenced here", DiagnosticIDs::Note);
  if (!Tested || Member.Kind == NullMember::NeverAssigned)
    return;
  bool IsSequential = layerOf(moduleOf(Field->getType())) == Layer::Sequential;
  const Expr *Init = Field->getInClassInitializer();
  SourceLocation End = endOfToken(Field->getLocation(), Context);
  auto Note = diag(Field->getLocation(),
                   "give it %select{a module on every path: an Identity for a layer, a module that "
                   "returns zero for a branch that "
                   "adds nothing, or torchtidy::ModuleSlot|an empty Sequential}0",
                   DiagnosticIDs::Note)
              << IsSequential;
  // A guard that asks the holder must then ask the Sequential, hence a fix on the note.
  if (IsSequential && Init && isEditable(Field->getSourceRange()))
    Note << FixItHint::CreateRemoval(CharSourceRange::getTokenRange(End, Init->getEndLoc()));
}

void NullModuleCheck::reportEvents(const CXXRecordDecl *Class, ModuleModel &Model,
                                   llvm::ArrayRef<NullMember> Members) {
  for (const ModuleModel::Event &Event : Model.constructorEvents(Class)) {
    bool MayBeNull = Event.Value.Null == Nullness::Null ||
                     (Event.Value.Null == Nullness::Unknown && Event.Value.NullByDefault);
    if (Event.Kind == PathWalker::Event::RegisterNull && firstTime(Event.Where->getExprLoc())) {
      bool IsHolder = !Event.Name || classifyType(Event.Name->getType()).Kind == TypeKind::Holder;
      diag(Event.Where->getExprLoc(), "registers a module that is null on this path: "
                                      "%select{parameters(), to() and save() will crash|"
                                      "register_module throws}0")
          << IsHolder;
    } else if (Event.Kind == PathWalker::Event::NullQuery && MayBeNull &&
               firstTime(Event.Where->getBeginLoc())) {
      diag(Event.Where->getBeginLoc(), "'->is_empty()' asks the module behind %0, which may be "
                                       "null here: '->' on an empty holder throws")
          << Event.Name;
    }
  }
  for (const NullMember &Member : Members)
    if (Member.Query && firstTime(Member.Query->getBeginLoc()))
      diag(Member.Query->getBeginLoc(), "'->is_empty()' asks the module behind %0, which may be "
                                        "null here: '->' on an empty holder throws")
          << Member.Field;
}

} // namespace torchtidy
