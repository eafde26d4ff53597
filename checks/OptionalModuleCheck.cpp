#include "OptionalModuleCheck.h"
#include "CheckOptions.h"
#include "model/modules/NullMembers.h"

using namespace clang;

namespace torchtidy {

OptionalModuleCheck::OptionalModuleCheck(llvm::StringRef Name,
                                         clang::tidy::ClangTidyContext *Context)
    : ModuleCheck(Name, Context),
      AllowGuarded(
          readBool(OptionsView("torch-null-module", Context->getOptions().CheckOptions, Context),
                   "AllowGuarded", false)) {}

void OptionalModuleCheck::checkClass(const CXXRecordDecl *Class, ModuleModel &Model) {
  if (AllowGuarded)
    return;
  llvm::SmallVector<const NullMember *, 4> Members;
  for (const NullMember &Member : Model.nullMembersOf(Class))
    if (Member.Kind == NullMember::Guarded && Member.Optional)
      Members.push_back(&Member);
  if (Members.empty() || !firstTime(Members.front()->Field->getLocation()))
    return;
  const NullMember &First = *Members.front();
  diag(First.Field->getLocation(),
       "%0 %select{is|and other members are}1 there on some constructor paths only: archives of "
       "objects built with and without %select{it|them}1 have different keys")
      << First.Field << (Members.size() > 1);
  for (const NullMember *Member : Members) {
    if (Member != &First)
      diag(Member->Field->getLocation(), "and so is %0", DiagnosticIDs::Note) << Member->Field;
    for (const NullMember::Path &Path : Member->Paths)
      diag(Path.Constructor->getLocation(), "%0 stays null %select{when %2|on every path}1",
           DiagnosticIDs::Note)
          << Member->Field << Path.Condition.empty() << Path.Condition;
  }
}

} // namespace torchtidy
