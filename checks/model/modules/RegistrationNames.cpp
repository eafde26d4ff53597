#include "model/modules/RegistrationNames.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "llvm/ADT/StringSet.h"

using namespace clang;

namespace torchtidy {

namespace {

// The name without what marks it as a member.
llvm::StringRef withoutMarks(llvm::StringRef Name) {
  llvm::StringRef Bare = Name.trim('_');
  Bare.consume_front("m_");
  return !Bare.empty() && llvm::isAlpha(Bare.front()) ? Bare : Name;
}

bool isCounted(llvm::StringRef Name, llvm::StringRef Prefix) {
  return Name.consume_front(Prefix) && !Name.empty() && llvm::all_of(Name, llvm::isDigit);
}

// Which names an object of the class may have: by the registrations in view, and by the other
// members, which a fix may register in the same run.
class TakenNames {
public:
  TakenNames(const FieldDecl *Field, ModuleModel &Model) : Field(Field) {
    const auto *Owner = cast<CXXRecordDecl>(Field->getParent());
    for (const auto &[Site, In] : Model.registrations().all())
      if (const CXXRecordDecl *Class = classOf(Site, In); Class && areRelated(Class, Owner))
        addRegistered(Site.Name, Class);
    addMembers(Owner);
  }

  bool hasName(llvm::StringRef Name) const {
    auto Begins = [&](llvm::StringRef Prefix) { return Name.starts_with(Prefix); };
    auto Counts = [&](llvm::StringRef Prefix) { return isCounted(Name, Prefix); };
    // A member has the better claim to its own name.
    if (Name != nameOf(Field) && Bare.contains(Name))
      return true;
    return Exact.contains(Name) || llvm::any_of(Prefixes, Begins) || llvm::any_of(Counted, Counts);
  }

  bool hasPrefix(llvm::StringRef Prefix) const {
    auto Meets = [&](llvm::StringRef Other) {
      return Other.starts_with(Prefix) || Prefix.starts_with(Other);
    };
    auto IsNumber = [&](const auto &Name) { return isCounted(Name.getKey(), Prefix); };
    return llvm::any_of(Exact, IsNumber) || llvm::any_of(Bare, IsNumber) ||
           llvm::any_of(Prefixes, Meets) || llvm::is_contained(Counted, Prefix);
  }

private:
  static const CXXRecordDecl *classOf(const Registration &Site, const FunctionDecl *In) {
    if (!Site.isOnThis())
      return moduleOf(Site.Object->getType());
    const FunctionDecl *Around = In ? outOfLambda(In) : nullptr;
    return Around ? enclosingClass(Around) : moduleOf(Site.Object->getType()->getPointeeType());
  }

  // One object may be of both classes.
  static bool areRelated(const CXXRecordDecl *A, const CXXRecordDecl *B) {
    A = A->getDefinition() ? A->getDefinition() : A;
    return A->getCanonicalDecl() == B->getCanonicalDecl() ||
           (A->hasDefinition() && A->isDerivedFrom(B)) || B->isDerivedFrom(A);
  }

  void addRegistered(const Expr *Name, const CXXRecordDecl *Class) {
    if (std::optional<llvm::StringRef> Text = literalText(Name)) {
      Exact.insert(*Text);
      return;
    }
    // "layers_" + std::to_string(i), or a name from anywhere.
    bool HasLiteral = false;
    forEach<StringLiteral>(Name, [&](const StringLiteral *Part) {
      if (Part->getCharByteWidth() != 1 || Part->getString().empty())
        return;
      if (!HasLiteral)
        Prefixes.push_back(Part->getString().str());
      HasLiteral = true;
    });
    if (!HasLiteral)
      for (const CXXMethodDecl *Method : visibleMethods(Class))
        for (const Stmt *Code : codeOf(Method))
          forEach<StringLiteral>(Code, [&](const StringLiteral *Any) {
            if (Any->getCharByteWidth() == 1)
              Exact.insert(Any->getString());
          });
  }

  void addMembers(const CXXRecordDecl *Class) {
    for (const FieldDecl *Other : Class->fields()) {
      if (Other == Field || nameOf(Other).empty())
        continue;
      Exact.insert(nameOf(Other));
      Bare.insert(withoutMarks(nameOf(Other)));
      if (classifyType(Other->getType()).HoldsModules)
        Counted.push_back((withoutMarks(nameOf(Other)) + "_").str());
    }
    for (const CXXBaseSpecifier &Base : Class->bases())
      if (const CXXRecordDecl *Record = Base.getType()->getAsCXXRecordDecl();
          Record && Record->hasDefinition() && !isLibTorchDecl(Record))
        addMembers(Record->getDefinition());
  }

  const FieldDecl *Field;
  llvm::StringSet<> Exact, Bare;     // registered and members' names; those without marks
  std::vector<std::string> Prefixes; // of names that are put together at run time
  std::vector<std::string> Counted;  // of names that end in a number
};

} // namespace

std::string freeName(const FieldDecl *Field, ModuleModel &Model) {
  TakenNames Taken(Field, Model);
  for (llvm::StringRef Name : {withoutMarks(nameOf(Field)), nameOf(Field)})
    if (!Name.empty() && !Taken.hasName(Name))
      return Name.str();
  return "";
}

std::string freePrefix(const FieldDecl *Field, ModuleModel &Model) {
  TakenNames Taken(Field, Model);
  for (llvm::StringRef Name : {withoutMarks(nameOf(Field)), nameOf(Field)})
    if (std::string Prefix = (Name + "_").str(); !Name.empty() && !Taken.hasPrefix(Prefix))
      return Prefix;
  return "";
}

} // namespace torchtidy
