#include "model/modules/RegistrationFix.h"
#include "model/modules/RegistrationNames.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Loops.h"
#include "model/syntax/SourceText.h"
#include "model/syntax/Walk.h"

using namespace clang;

namespace torchtidy {

namespace {

// E without what nobody spells: conversions, temporaries, copies.
const Expr *spelledPart(const Expr *E) {
  while (true) {
    E = E->IgnoreImplicit();
    const auto *Copy = dyn_cast<CXXConstructExpr>(E);
    bool IsImplicit = Copy && !isa<CXXTemporaryObjectExpr>(Copy) && Copy->getNumArgs() == 1 &&
                      Copy->getConstructor()->isCopyOrMoveConstructor();
    const auto *List = dyn_cast<InitListExpr>(E);
    if (IsImplicit && Copy->getParenOrBraceRange().isInvalid())
      E = Copy->getArg(0);
    else if (List && List->getNumInits() == 1)
      E = List->getInit(0);
    else
      return E;
  }
}

char charAt(SourceLocation Loc, const ASTContext &Context) {
  return Loc.isFileID() ? *Context.getSourceManager().getCharacterData(Loc) : 0;
}

// The delimiters around the arguments. In an instantiation the range begins at the member's name.
SourceRange delimitersOf(const CXXConstructExpr &Construct, const ASTContext &Context) {
  SourceRange Range = Construct.getParenOrBraceRange();
  if (!isEditable(Range))
    return Range;
  auto Opens = [&](SourceLocation Loc) {
    return charAt(Loc, Context) == '(' || charAt(Loc, Context) == '{';
  };
  if (!Opens(Range.getBegin()))
    if (auto Next = Lexer::findNextToken(Range.getBegin(), Context.getSourceManager(),
                                         Context.getLangOpts()))
      Range.setBegin(Next->getLocation());
  char Close = charAt(Range.getBegin(), Context) == '(' ? ')' : '}';
  return Opens(Range.getBegin()) && charAt(Range.getEnd(), Context) == Close ? Range
                                                                             : SourceRange();
}

// What register_module takes in place of a module of type \p Wanted.
bool isModuleFor(const Expr *E, QualType Wanted) {
  TypeInfo Given = classifyType(E->getType()), Member = classifyType(Wanted);
  return Given.isRegistrable() && Given.Module && Member.Module &&
         (Given.Module->getCanonicalDecl() == Member.Module->getCanonicalDecl() ||
          (Given.Module->hasDefinition() && Given.Module->isDerivedFrom(Member.Module)));
}

// The largest expression of the same value: std::move(e), (e).
const Expr *wholeValue(const Expr *Value, ASTContext &Context) {
  const Expr *Whole = Value;
  walkUp(Value, Context, [&](const DynTypedNode &Above) {
    const auto *E = Above.get<Expr>();
    bool IsSame = E && stripValue(E) == Value;
    Whole = IsSame ? E : Whole;
    return IsSame;
  });
  return Whole;
}

// A construction without its type: `fc(3, 4)` in an initialiser list, `Linear fc{3, 4}`.
const CXXConstructExpr *typelessConstruction(const Expr *E) {
  const auto *Construct = dyn_cast<CXXConstructExpr>(E);
  return Construct && !isa<CXXTemporaryObjectExpr>(Construct) ? Construct : nullptr;
}

std::string typeText(TypeLoc Type, const ASTContext &Context) {
  if (!Type || !isEditable(Type.getSourceRange()))
    return "";
  llvm::StringRef Text = rawText(Type.getSourceRange(), Context);
  bool NamesNoType = Text.contains("auto") || Text.starts_with("struct ") ||
                     Text.starts_with("class ") || Text.contains('\n');
  return NamesNoType ? "" : Text.str();
}

// In a template the base that declares register_module may depend on the arguments.
llvm::StringRef thisIn(const CXXRecordDecl *Owner) {
  return isa<ClassTemplateSpecializationDecl>(Owner) || Owner->getMemberSpecializationInfo()
             ? "this->"
             : "";
}

bool isInLoop(const Stmt *S, ASTContext &Context) {
  bool Loops = false;
  walkUp(S, Context, [&](const DynTypedNode &Above) {
    const auto *Around = Above.get<Stmt>();
    Loops |= isLoop(Around);
    return Around && !Loops;
  });
  return Loops;
}

// A second registration under a name throws.
bool mayRunTwice(const Registrations::Store &Store, const CXXRecordDecl *Owner,
                 ASTContext &Context) {
  if (!Store.In)
    return false;
  if (isInLoop(Store.Value, Context))
    return true;
  if (isa<CXXConstructorDecl>(Store.In))
    return false;
  unsigned Calls = 0;
  for (const CXXMethodDecl *Method : visibleMethods(Owner))
    for (const Stmt *Code : codeOf(Method))
      forEach<CXXMemberCallExpr>(Code, [&](const CXXMemberCallExpr *Call) {
        const CXXMethodDecl *Callee = Call->getMethodDecl();
        if (Callee && Callee->getCanonicalDecl() == Store.In->getCanonicalDecl())
          Calls += isInLoop(Call, Context) ? 2 : 1;
      });
  return Calls > 1;
}

// clone() runs reset() on a new object and throws when it then lacks a child of the original.
bool breaksClone(const FunctionDecl *In, const CXXRecordDecl *Owner, ModuleModel &Model) {
  if (!derivesFrom(Owner, "torch::nn::Cloneable"))
    return false;
  llvm::SmallVector<const FunctionDecl *, 1> Resets;
  for (const CXXMethodDecl *Method : visibleMethods(Owner))
    if (nameOf(Method) == "reset")
      Resets.push_back(Method);
  Reach Reached = reachFrom(Resets);
  auto IsOutside = [&](const auto &Site) {
    const FunctionDecl *Where = Site.second ? outOfLambda(Site.second) : nullptr;
    return Where && enclosingClass(Where) == Owner && !Reached.count(Where);
  };
  bool IsInReset = In && Reached.count(In);
  return !IsInReset && llvm::none_of(Model.registrations().all(), IsOutside);
}

// The registration would be on the object whose member it is, and may be made there.
bool isOnOwnObject(const FieldDecl *Field, const Registrations::Store &Store) {
  if (!Store.In)
    return true;
  const auto *Method = dyn_cast<CXXMethodDecl>(Store.In);
  const auto *Owner = cast<CXXRecordDecl>(Field->getParent());
  if (!Method || Method->isStatic() || Method->isConst() ||
      (Method->getParent() != Owner && !Method->getParent()->isDerivedFrom(Owner)))
    return false;
  return Store.Target ? fieldOfThis(Store.Target) == Field : isa<CXXConstructorDecl>(Method);
}

class Wrapper {
public:
  Wrapper(const FieldDecl *Field, llvm::StringRef Function, ModuleModel &Model)
      : Field(Field), Context(Model.context()),
        IsModule(Function == registrationName(RegistrationKind::Module)) {
    Fix.Name = freeName(Field, Model);
    Open = (thisIn(cast<CXXRecordDecl>(Field->getParent())) + Function + "(\"" + Fix.Name + "\", ")
               .str();
  }

  RegistrationFix wrap(const Registrations::Store &Store) {
    if (Fix.Name.empty())
      return {};
    const Expr *E = spelledPart(wholeValue(Store.Value, Context));
    const CXXConstructExpr *Construct = typelessConstruction(E);
    if (!Construct)
      return isTaken(E) ? around(E->getSourceRange(), Open, ")") : RegistrationFix();
    SourceRange Delimiters = delimitersOf(*Construct, Context);
    llvm::ArrayRef<const Expr *> Written = writtenArguments(Construct);
    const Expr *Only = Written.size() == 1 ? spelledPart(Written.front()) : nullptr;
    if (Only && isTaken(Only))
      return isEditable(Delimiters) ? within(Delimiters, Open, ")")
                                    : around(Only->getSourceRange(), Open, ")");
    std::string Type = typeText(Field->getTypeSourceInfo()->getTypeLoc(), Context);
    if (Type.empty() || !Context.hasSameUnqualifiedType(Construct->getType(), Field->getType()))
      return {};
    return construct(*Construct, Written, Type, Store);
  }

private:
  RegistrationFix construct(const CXXConstructExpr &Construct, llvm::ArrayRef<const Expr *> Written,
                            const std::string &Type, const Registrations::Store &Store) {
    SourceRange Delimiters = delimitersOf(Construct, Context);
    if (Delimiters.isInvalid() && Construct.getParenOrBraceRange().isValid())
      return {};
    if (Delimiters.isInvalid() && Written.empty()) // torch::nn::Dropout drop;
      return !Store.Target && isEditable(Field->getLocation())
                 ? insertAt(endOfToken(Field->getLocation(), Context), "{" + Open + Type + "())}")
                 : RegistrationFix();
    if (Delimiters.isInvalid())
      return around({Written.front()->getBeginLoc(), Written.back()->getEndLoc()},
                    Open + Type + "(", "))");
    if (!isEditable(Delimiters))
      return {};
    bool IsBraced = charAt(Delimiters.getBegin(), Context) == '{';
    if (Store.Target || (!Store.In && Field->getInClassInitStyle() == ICIS_CopyInit)) // = {3, 4}
      return IsBraced ? around(Delimiters, Open + Type, ")") : RegistrationFix();
    // Only braces take a list of elements, an argument in braces or a comma at the end.
    bool KeepsBraces =
        IsBraced && (Construct.isStdInitListInitialization() || endsInComma(Delimiters.getEnd()) ||
                     llvm::any_of(Written, [&](const Expr *Argument) {
                       return charAt(Argument->getBeginLoc(), Context) == '{';
                     }));
    return within(Delimiters, Open + Type + (KeepsBraces ? "{" : "("), KeepsBraces ? "})" : "))");
  }

  // What the registration takes and gives back: the member's own module, or a tensor.
  bool isTaken(const Expr *E) const {
    return IsModule ? isModuleFor(E, Field->getType()) : isTensorType(E->getType());
  }

  bool endsInComma(SourceLocation Close) const {
    const SourceManager &SM = Context.getSourceManager();
    auto [File, Offset] = SM.getDecomposedLoc(Close);
    return SM.getBufferData(File).take_front(Offset).rtrim().ends_with(",");
  }

  RegistrationFix around(SourceRange Range, const std::string &Before, llvm::StringRef After) {
    if (!isEditable(Range))
      return {};
    Fix.Edits = {FixItHint::CreateInsertion(Range.getBegin(), Before),
                 FixItHint::CreateInsertion(endOfToken(Range.getEnd(), Context), After)};
    return std::move(Fix);
  }

  RegistrationFix within(SourceRange Delimiters, const std::string &Before, llvm::StringRef After) {
    Fix.Edits = {FixItHint::CreateInsertion(Delimiters.getBegin().getLocWithOffset(1), Before),
                 FixItHint::CreateInsertion(Delimiters.getEnd(), After)};
    return std::move(Fix);
  }

  RegistrationFix insertAt(SourceLocation Loc, const std::string &Text) {
    Fix.Edits = {FixItHint::CreateInsertion(Loc, Text)};
    return std::move(Fix);
  }

  const FieldDecl *Field;
  ASTContext &Context;
  bool IsModule;
  std::string Open; // register_module("name",
  RegistrationFix Fix;
};

// `Linear` of `std::vector<Linear> layers`.
std::string elementText(const FieldDecl *Field, const ASTContext &Context) {
  TypeSourceInfo *Type = Field->getTypeSourceInfo();
  auto Template =
      Type ? Type->getTypeLoc().getUnqualifiedLoc().getAsAdjusted<TemplateSpecializationTypeLoc>()
           : TemplateSpecializationTypeLoc();
  if (!Template || Template.getNumArgs() == 0 ||
      Template.getArgLoc(0).getArgument().getKind() != TemplateArgument::Type)
    return "";
  return typeText(Template.getArgLoc(0).getTypeSourceInfo()->getTypeLoc(), Context);
}

// layers.push_back(value), layers.emplace_back(value), layers.emplace_back(3, 4). Sought from
// above: an instantiation shares parts of its expressions with the template.
const CXXMemberCallExpr *pushOf(const Registrations::Store &Store, const FieldDecl *Field) {
  const CXXMemberCallExpr *Found = nullptr;
  for (const Stmt *Code : codeOf(Store.In))
    forEach<CXXMemberCallExpr>(Code, [&](const CXXMemberCallExpr *Call) {
      if (isFiller(calleeName(Call)) && calleeName(Call).ends_with("_back") &&
          fieldOfThis(objectOf(Call)) == Field && contains(Call, Store.Value))
        Found = Call;
    });
  return Found;
}

// Names are counted by the size: a container that shrinks has one twice.
bool shrinks(const FieldDecl *Field, const CXXRecordDecl *Owner, ModuleModel &Model) {
  for (const CXXMethodDecl *Method : visibleMethods(Owner))
    for (const Stmt *Code : codeOf(Method))
      if (anyDescendant<CXXMemberCallExpr>(Code, [&](const CXXMemberCallExpr *Call) {
            llvm::StringRef Name = calleeName(Call);
            return changesContainer(Name) && !isFiller(Name) && namedField(objectOf(Call)) == Field;
          }))
        return true;
  return llvm::any_of(Model.registrations().stores(Field),
                      [](const Registrations::Store &Store) { return Store.Target; });
}

} // namespace

bool isSpelledOut(const Registrations::Store &Store) {
  const CXXConstructExpr *Construct = typelessConstruction(Store.Value);
  return !Construct || Construct->getNumArgs() > 0 || Construct->getParenOrBraceRange().isValid();
}

RegistrationFix wrapInRegistration(const FieldDecl *Field, const Registrations::Store &Store,
                                   llvm::StringRef Function, ModuleModel &Model) {
  const auto *Owner = dyn_cast<CXXRecordDecl>(Field->getParent());
  if (!Owner || !isModuleClass(Owner) || !Field->getTypeSourceInfo() ||
      !isOnOwnObject(Field, Store) || mayRunTwice(Store, Owner, Model.context()) ||
      breaksClone(Store.In, Owner, Model))
    return {};
  return Wrapper(Field, Function, Model).wrap(Store);
}

RegistrationFix registerPushed(const FieldDecl *Field,
                               llvm::ArrayRef<Registrations::Store> Elements, ModuleModel &Model) {
  ASTContext &Context = Model.context();
  const auto *Owner = cast<CXXRecordDecl>(Field->getParent());
  const CXXRecordDecl *Vector = Field->getType()->getAsCXXRecordDecl();
  RegistrationFix Fix;
  std::string Prefix = freePrefix(Field, Model);
  if (!llvm::is_contained({"vector", "deque", "list"}, nameOf(Vector)) || Prefix.empty() ||
      !isModuleClass(Owner) || derivesFrom(Owner, "torch::nn::Cloneable") ||
      shrinks(Field, Owner, Model))
    return {};
  Fix.Name = Prefix + "0";
  QualType Element = classifyType(Field->getType()).Element;
  llvm::SmallPtrSet<const Expr *, 4> Done;
  for (const Registrations::Store &Store : Elements) {
    if (isNullModule(Store.Value) || Model.registrations().isRegistered(Store))
      continue;
    const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Store.In);
    if (!Method || Method->getParent() != Owner || Method->isStatic() || Method->isConst())
      return {};
    const CXXMemberCallExpr *Push = pushOf(Store, Field);
    if (!Push || !isEditable(Push))
      return {};
    if (!Done.insert(Push).second)
      continue;
    std::string Open = thisIn(Owner).str() + "register_module(\"" + Prefix +
                       "\" + std::to_string(" +
                       rawText(objectOf(Push)->getSourceRange(), Context).str() + ".size()), ";
    const Expr *Only = Push->getNumArgs() == 1 ? spelledPart(Push->getArg(0)) : nullptr;
    std::string Type;
    if (!Only || !isModuleFor(Only, Element)) { // emplace_back(3, 4): the element is built in place
      Type = elementText(Field, Context);
      if (!calleeName(Push).starts_with("emplace") || Type.empty() ||
          !classifyType(Element).isRegistrable())
        return {};
    }
    SourceLocation Begin =
        Push->getNumArgs() ? Push->getArg(0)->getBeginLoc() : Push->getRParenLoc();
    if (!Begin.isFileID())
      Begin = Context.getSourceManager().getExpansionLoc(Begin);
    Fix.Edits.push_back(FixItHint::CreateInsertion(Begin, Type.empty() ? Open : Open + Type + "("));
    Fix.Edits.push_back(
        FixItHint::CreateInsertion(Push->getRParenLoc(), Type.empty() ? ")" : "))"));
  }
  return Fix;
}

} // namespace torchtidy
