#include "NullModuleCheck.h"
#include "CheckOptions.h"
#include "model/modules/HolderCasts.h"
#include "model/modules/NullCasts.h"
#include "model/modules/NullElements.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Walk.h"

using namespace clang;
using namespace clang::ast_matchers;

namespace torchtidy {

NullModuleCheck::NullModuleCheck(llvm::StringRef Name, clang::tidy::ClangTidyContext *Context)
    : ModuleCheck(Name, Context), AllowGuarded(readBool(Options, "AllowGuarded", false)) {}

void NullModuleCheck::storeOptions(clang::tidy::ClangTidyOptions::OptionMap &Opts) {
  storeBool(Options, Opts, "AllowGuarded", AllowGuarded);
}

void NullModuleCheck::registerMatchers(MatchFinder *Finder) {
  ModuleCheck::registerMatchers(Finder);
  // auto copy = std::dynamic_pointer_cast<NetImpl>(net->clone());  auto *copy = …->as<NetImpl>();
  auto Cast = callExpr(callee(functionDecl(hasAnyName("::std::dynamic_pointer_cast", "as"))));
  Finder->addMatcher(varDecl(hasLocalStorage(), unless(parmVarDecl()),
                             hasInitializer(anyOf(Cast, hasDescendant(Cast))))
                         .bind("variable"),
                     this);
  // dynamic_cast<torch::nn::Conv2d *>(module)
  Finder->addMatcher(cxxDynamicCastExpr().bind("asks"), this);
  Finder->addMatcher(
      callExpr(callee(functionDecl(hasName("::std::dynamic_pointer_cast")))).bind("asks"), this);
  Finder->addMatcher(
      cxxOperatorCallExpr(callee(cxxMethodDecl(ofClass(hasName("::std::type_info"))))).bind("asks"),
      this);
}

void NullModuleCheck::check(const MatchFinder::MatchResult &Result) {
  if (const auto *Asks = Result.Nodes.getNodeAs<Expr>("asks"))
    return checkHolderCast(Asks, *Result.Context);
  const auto *Variable = Result.Nodes.getNodeAs<VarDecl>("variable");
  if (!Variable)
    return ModuleCheck::check(Result);
  if (isLibTorchDecl(Variable))
    return;
  std::optional<NullCast> Cast = nullCast(Variable, facts(*Result.Context).guards());
  if (!Cast || !firstTime(Variable->getLocation()))
    return;
  diag(Variable->getLocation(),
       "%0 is null: 'clone()' makes a %1 here, which is no %2, and the use "
       "without a test throws or crashes")
      << Variable << Cast->Made << Cast->Wanted;
  diag(Cast->Use->getExprLoc(), "dereferenced here", DiagnosticIDs::Note);
}

void NullModuleCheck::checkHolderCast(const Expr *Asks, ASTContext &Context) {
  std::optional<HolderCast> Cast = asHolderCast(Asks);
  if (!Cast || Context.getSourceManager().isInSystemHeader(Asks->getExprLoc()) ||
      !firstTime(Asks->getBeginLoc()))
    return;
  const auto *Function = enclosing<FunctionDecl>(Asks, Context);
  if (Cast->Is != HolderCast::Reference && Function &&
      asksForModuleAsWell(Function->getBody(), *Cast))
    return;
  // What stands behind such a question is the same mistake.
  const auto *If = enclosing<IfStmt>(Asks, Context);
  if (If && !contains(If->getCond(), Asks) &&
      anyDescendant<Expr>(If->getCond(), [&](const Expr *E) {
        std::optional<HolderCast> Before = asHolderCast(E);
        return Before && Before->Holder == Cast->Holder;
      }))
    return;
  diag(Asks->getBeginLoc(), "%0 is a holder, which no module is: this "
                            "%select{cast gives null|cast throws|comparison has one outcome}1 "
                            "for every module; name %2")
      << Cast->Holder << Cast->Is << Cast->Module;
}

void NullModuleCheck::checkClass(const CXXRecordDecl *Class, ModuleModel &Model) {
  const std::vector<NullMember> &Members = Model.nullMembersOf(Class);
  for (const NullMember &Member : Members)
    report(Member);
  for (const NullMember &Member : nullElements(Class, Model))
    report(Member);
  reportEvents(Class, Model, Members);
}

void NullModuleCheck::report(const NullMember &Member) {
  const FieldDecl *Field = Member.Field;
  bool IsUsed = Member.Kind == NullMember::Dereferenced;
  if ((!IsUsed && Member.Kind != NullMember::Disagreeing) || !firstTime(Field->getLocation()))
    return;
  if (IsUsed)
    diag(Field->getLocation(), "%0 is null on some constructor path and dereferenced without a "
                               "guard: the use throws or crashes")
        << Field;
  else
    diag(Field->getLocation(), "constructors leave %0 null under different conditions: a guard "
                               "that is right for one crashes for the other")
        << Field;
  for (const NullMember::Path &Path : Member.Paths)
    diag(Path.Constructor->getLocation(), "%0 stays null %select{when %2|on every path}1",
         DiagnosticIDs::Note)
        << Field << Path.Condition.empty() << Path.Condition;
  if (Member.Use)
    diag(Member.Use->getExprLoc(), "dereferenced here", DiagnosticIDs::Note);
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
