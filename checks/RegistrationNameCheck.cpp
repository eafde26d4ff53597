#include "RegistrationNameCheck.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"

using namespace clang;

namespace torchtidy {

namespace {

// The literals of a name, joined, whatever else takes part in it.
std::string literalsOf(const Expr *Name) {
  std::string Text;
  forEach<StringLiteral>(Name, [&](const StringLiteral *Part) { Text += Part->getString(); });
  return Text;
}

// The literals that are joined by + at the top of a name: "layer." + std::to_string(i).
void literalParts(const Expr *Name, std::string &Text) {
  Name = stripValue(Name);
  if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(Name))
    return literalParts(Cast->getSubExpr(), Text);
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(Name);
      Construct && Construct->getNumArgs() > 0)
    return literalParts(Construct->getArg(0), Text);
  if (const CXXOperatorCallExpr *Plus = asOperator(Name, OO_Plus)) {
    literalParts(Plus->getArg(0), Text);
    return literalParts(Plus->getArg(1), Text);
  }
  Text += literalText(Name).value_or("");
}

bool isLiteral(const Expr *Name) { return stringLiteral(Name) != nullptr; }

// Behind the statement that \p Place stands in, a statement of \p Block may leave the loop.
bool leavesBehind(const CompoundStmt *Block, const Stmt *Place) {
  bool Behind = false;
  for (const Stmt *S : Block->body()) {
    if (Behind && anyDescendant<Stmt>(
                      S, [](const Stmt *Leave) { return isa<BreakStmt, ReturnStmt>(Leave); },
                      LambdaBodies::Skip))
      return true;
    Behind |= contains(S, Place);
  }
  return false;
}

} // namespace

void RegistrationNameCheck::checkClass(const CXXRecordDecl *Class, ModuleModel &Model) {
  const Reach &Forward = Model.forwardReachOf(Class);
  const Reach &Constructors = Model.constructorReachOf(Class);
  for (const auto &[Site, In] : Model.registrations().all()) {
    const FunctionDecl *Function = outOfLambda(In);
    if (!Function || enclosingClass(Function) != Class ||
        Site.Kind == RegistrationKind::Replacement)
      continue;
    checkSpelling(Site);
    // What forward registers is module-in-forward's.
    if (!Forward.count(Function) || Constructors.count(Function))
      checkLoop(Site, Model.context());
  }
  for (const ModuleModel::Event &Event : Model.constructorEvents(Class))
    if (Event.Kind == PathWalker::Event::DuplicateName && firstTime(Event.Where->getExprLoc()))
      diag(Event.Where->getExprLoc(),
           "the name '%0' is registered twice on one path: the second registration throws")
          << literalsOf(asRegistration(Event.Where)->Name);
  checkCopies(Class, Model);
}

void RegistrationNameCheck::checkSpelling(const Registration &Site) {
  std::string Name;
  literalParts(Site.Name, Name);
  bool HasDot = Name.find('.') != std::string::npos;
  if (((isLiteral(Site.Name) && Name.empty()) || HasDot) && firstTime(Site.Name->getExprLoc()))
    diag(Site.Name->getExprLoc(), "%select{an empty registration name|the registration name '%1' "
                                  "holds a dot}0: LibTorch throws")
        << HasDot << Name;
}

// for (..) register_module("layer", ..): the second round throws.
void RegistrationNameCheck::checkLoop(const Registration &Site, ASTContext &Context) {
  if (!isLiteral(Site.Name) || !Site.isOnThis())
    return;
  bool InLoop = false, Leaves = false;
  const Stmt *Below = Site.Call;
  walkUp(Site.Call, Context, [&](const DynTypedNode &Above) {
    const auto *S = Above.get<Stmt>();
    if (const auto *Block = dyn_cast_or_null<CompoundStmt>(S))
      Leaves |= leavesBehind(Block, Below);
    Below = S ? S : Below;
    InLoop = isa_and_nonnull<ForStmt, CXXForRangeStmt, WhileStmt>(S);
    // A condition or a lambda between may let only one round through.
    bool Decides = isa_and_nonnull<IfStmt, SwitchStmt, LambdaExpr, ConditionalOperator>(S);
    return !InLoop && !Decides && !Above.get<FunctionDecl>();
  });
  if (InLoop && !Leaves && firstTime(Site.Call->getExprLoc()))
    diag(Site.Call->getExprLoc(), "'%0' is registered in every round of a loop: the second round "
                                  "throws because the name is taken")
        << literalsOf(Site.Name);
}

// A constructor that copies another object must give its children the same names: archives are read
// by name.
void RegistrationNameCheck::checkCopies(const CXXRecordDecl *Class, ModuleModel &Model) {
  struct Named {
    const Registration *Site;
    std::string Name;
    bool InCopy;
  };
  llvm::MapVector<const FieldDecl *, llvm::SmallVector<Named, 2>> Names;
  // fc = register_module(..): which member takes which registration.
  llvm::DenseMap<const Expr *, const FieldDecl *> Takers;
  for (const FieldDecl *Field : Class->fields())
    for (const Registrations::Store &Store : Model.registrations().stores(Field))
      Takers[unwrapModule(Store.Value)] = Field;
  for (const CXXMethodDecl *Method : visibleMethods(Class)) {
    const auto *Constructor = dyn_cast<CXXConstructorDecl>(Method);
    if (!Constructor)
      continue;
    bool IsCopy =
        Constructor->getNumParams() > 0 &&
        Constructor->getParamDecl(0)->getType().getNonReferenceType()->getAsCXXRecordDecl() ==
            Class;
    for (const auto &Entry : Model.registrations().all()) {
      if (outOfLambda(Entry.second) != Constructor || !Entry.first.isOnThis())
        continue;
      const FieldDecl *Field = fieldOfThis(Entry.first.Value);
      if (const FieldDecl *Taker = Takers.lookup(Entry.first.Call))
        Field = Taker;
      if (Field)
        Names[Field].push_back({&Entry.first, literalsOf(Entry.first.Name), IsCopy});
    }
  }
  for (auto &[Field, Sites] : Names)
    for (const Named &Copy : Sites) {
      if (!Copy.InCopy || Copy.Name.empty())
        continue;
      const Named *Main = nullptr;
      bool Same = false;
      for (const Named &Other : Sites)
        if (!Other.InCopy) {
          Main = &Other;
          Same |= Other.Name == Copy.Name;
        }
      if (!Main || Same || !firstTime(Copy.Site->Call->getExprLoc()))
        continue;
      diag(Copy.Site->Call->getExprLoc(), "the copy registers %0 as '%1', the original as '%2': an "
                                          "archive of one cannot be loaded into the other")
          << Field << Copy.Name << Main->Name;
      diag(Main->Site->Call->getExprLoc(), "registered here by the main constructor",
           DiagnosticIDs::Note);
    }
}

} // namespace torchtidy
