#include "AdviceDeadModuleCheck.h"
#include "model/modules/NullMembers.h"
#include "model/syntax/SourceText.h"

using namespace clang;

namespace torchtidy {

// The declaration up to its semicolon, where it declares nothing else and no macro wrote it.
static CharSourceRange wholeDeclaration(const FieldDecl *Field, const ASTContext &Context) {
  SourceRange Range = Field->getSourceRange();
  if (!isEditable(Range))
    return {};
  for (const FieldDecl *Other : Field->getParent()->fields())
    if (Other != Field && Other->getBeginLoc() == Range.getBegin())
      return {};
  SourceLocation Semicolon = Lexer::findLocationAfterToken(
      Range.getEnd(), tok::semi, Context.getSourceManager(), Context.getLangOpts(), false);
  if (Semicolon.isInvalid())
    return {};
  return CharSourceRange::getCharRange(Range.getBegin(), Semicolon);
}

void AdviceDeadModuleCheck::checkClass(const CXXRecordDecl *Class, ModuleModel &Model) {
  llvm::SmallVector<const FieldDecl *, 4> Dead;
  for (const NullMember &Member : Model.nullMembersOf(Class))
    if (Member.Kind == NullMember::NeverAssigned)
      Dead.push_back(Member.Field);
  if (Dead.empty() || !firstTime(Dead.front()->getLocation()))
    return;
  diag(Dead.front()->getLocation(),
       "nothing here assigns or reads %0%select{| and other members}1: "
       "%select{it is|they are}1 null in every object")
      << Dead.front() << (Dead.size() > 1);
  for (const FieldDecl *Field : llvm::drop_begin(Dead))
    diag(Field->getLocation(), "and so is %0", DiagnosticIDs::Note) << Field;
  llvm::SmallVector<CharSourceRange, 4> Ranges;
  for (const FieldDecl *Field : Dead)
    if (CharSourceRange Range = wholeDeclaration(Field, Model.context()); Range.isValid())
      Ranges.push_back(Range);
  if (Ranges.size() < Dead.size())
    return;
  auto Note = diag(Dead.front()->getLocation(), "remove %select{it|them}0", DiagnosticIDs::Note)
              << (Dead.size() > 1);
  for (const CharSourceRange &Range : Ranges)
    Note << FixItHint::CreateRemoval(Range);
}

} // namespace torchtidy
