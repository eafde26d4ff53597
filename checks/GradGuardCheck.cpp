#include "GradGuardCheck.h"
#include "model/syntax/Names.h"
#include "model/syntax/SourceText.h"
#include "model/training/IdleGuards.h"

using namespace clang;

namespace torchtidy {

namespace {

// The text of the type before `()` or `{}` of a temporary, and of `name()`.
FixItHint nameIt(const IdleGuard &Found, const std::string &Name, const ASTContext &Context) {
  if (!isEditable(Found.At))
    return {};
  auto At = [&](size_t Offset) {
    return Found.At.getBegin().getLocWithOffset(static_cast<SourceLocation::IntTy>(Offset));
  };
  if (Found.Is == IdleGuard::Function) {
    llvm::StringRef Text = rawText(Found.At, Context);
    size_t Open = Text.rfind('(');
    bool IsEmpty =
        Open != llvm::StringRef::npos && Text.drop_front(Open).drop_front().trim() == ")";
    return IsEmpty
               ? FixItHint::CreateRemoval(CharSourceRange::getCharRange(At(Open), At(Text.size())))
               : FixItHint();
  }
  llvm::StringRef Text = rawText(Found.At, Context);
  size_t Open = Text.find_first_of("({");
  if (Open == 0 || Open == llvm::StringRef::npos)
    return {};
  bool IsEmpty = Text.drop_front(Open + 1).drop_back().trim().empty();
  if (!IsEmpty && Text.drop_front(Open + 1).ltrim().starts_with("/")) // a comment may be all
    return {};
  CharSourceRange Rest = CharSourceRange::getCharRange(At(Open), At(Text.size()));
  return IsEmpty ? FixItHint::CreateReplacement(Rest, " " + Name)
                 : FixItHint::CreateInsertion(Rest.getBegin(), " " + Name);
}

} // namespace

void GradGuardCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  unsigned Given = 0;
  auto GuardName = [&] {
    return unusedName("no_grad", Function->getSourceRange(), Context, Given++);
  };
  forEachIdleGuard(
      Function, facts(Context).graphs(), [&]() -> const ProjectIndex & { return index(Context); },
      [&](const IdleGuard &Found) {
        SourceLocation At = Found.At.getBegin();
        switch (Found.Is) {
        case IdleGuard::Temporary:
          diag(At, "this '%0' is a temporary: it ends with the statement, and gradients are "
                   "recorded after it as before")
              << nameOf(Found.Class);
          diag(At, "give it a name, and it guards the rest of the block", DiagnosticIDs::Note)
              << nameIt(Found, GuardName(), Context);
          return;
        case IdleGuard::Function:
          diag(Found.Declared->getLocation(),
               "'%0' is declared as a function that returns a '%1': there is no guard, and "
               "gradients are recorded")
              << nameOf(Found.Declared) << nameOf(Found.Class);
          diag(Found.Declared->getLocation(), "without parentheses it is a guard",
               DiagnosticIDs::Note)
              << nameIt(Found, "", Context);
          return;
        case IdleGuard::Last:
          diag(At, "this '%0' is the last of its block and ends with it: it guards nothing")
              << nameOf(Found.Class) << Found.At;
          return;
        case IdleGuard::StaysOff:
          diag(At, "gradients stay off in this thread where the function is left before they are "
                   "turned on again");
          diag(Found.Leaves->getBeginLoc(), "left here", DiagnosticIDs::Note);
          if (isEditable(Found.Guard))
            diag(At, "a 'torch::NoGradGuard' restores the mode on every path", DiagnosticIDs::Note)
                << FixItHint::CreateReplacement(Found.At, "torch::NoGradGuard " + GuardName());
          return;
        case IdleGuard::Thread:
          return reportThread(Found, Context);
        }
      });
}

void GradGuardCheck::reportThread(const IdleGuard &Found, ASTContext &Context) {
  std::string Run = rawText(Found.At, Context).str();
  bool IsShort = isEditable(Found.At) && Run.size() < 48 && Run.find('\n') == std::string::npos;
  diag(Found.At.getBegin(),
       "%select{this|'%1'}0 records gradients: grad mode belongs to one thread, and the guard does "
       "not reach the one that runs it")
      << (IsShort && Found.Body) << Run;
  diag(Found.Guard->getBeginLoc(), "gradients are off here, in the thread that starts it",
       DiagnosticIDs::Note);
  auto Note = diag(Found.Start->getBeginLoc(),
                   "the thread starts here; put a guard into what it runs", DiagnosticIDs::Note);
  if (Found.Body && isEditable(Found.Body->getBody()))
    Note << FixItHint::CreateInsertion(
        endOfToken(Found.Body->getBody()->getBeginLoc(), Context),
        " torch::NoGradGuard " +
            unusedName("no_grad", Found.Body->getBody()->getSourceRange(), Context) + ";");
}

} // namespace torchtidy
