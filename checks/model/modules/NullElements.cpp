#include "model/modules/NullElements.h"
#include "model/modules/DecidingCondition.h"
#include "model/modules/MemberGuards.h"
#include "model/paths/FunctionPaths.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Walk.h"
#include "llvm/ADT/SetVector.h"

using namespace clang;

namespace torchtidy {

namespace {

const CXXRecordDecl *plainStruct(QualType Type) {
  const CXXRecordDecl *Record = Type.getNonReferenceType()->getAsCXXRecordDecl();
  if (!Record || !Record->hasDefinition() || isStdDecl(Record) || isLibTorchDecl(Record) ||
      isModuleClass(Record) || !Record->getDefinition()->isAggregate())
    return nullptr;
  return Record->getDefinition();
}

using Structs = llvm::SmallSetVector<const CXXRecordDecl *, 4>;

// The structs that the containers of Class hold, whatever the depth.
Structs elementStructs(const CXXRecordDecl *Class) {
  Structs Found;
  for (const FieldDecl *Field : Class->fields()) {
    TypeInfo Info = classifyType(Field->getType());
    while (Info.Kind == TypeKind::Container && Info.HoldsModules && !Info.Element.isNull()) {
      QualType Element = Info.Element;
      if (const CXXRecordDecl *Struct = plainStruct(Element)) {
        Found.insert(Struct);
        break;
      }
      Info = classifyType(Element);
    }
  }
  return Found;
}

bool isNullInit(const Expr *Init) {
  Init = throughDefault(Init);
  return !Init || isNullModule(Init);
}

// Layer l;  Layer l{conv, nullptr};  auto l = Layer{conv};
bool startsNull(const VarDecl *Var, const FieldDecl *Field) {
  const Expr *Init = initialiserOf(Var);
  if (const auto *Cast = dyn_cast_or_null<CXXFunctionalCastExpr>(Init))
    Init = stripValue(Cast->getSubExpr());
  if (const auto *List = dyn_cast_or_null<InitListExpr>(Init))
    return Field->getFieldIndex() < List->getNumInits() &&
           isNullInit(List->getInit(Field->getFieldIndex()));
  const auto *Construct = dyn_cast_or_null<CXXConstructExpr>(Init);
  return Construct && Construct->getConstructor()->isDefaultConstructor() &&
         Field->hasInClassInitializer() && isNullInit(Field->getInClassInitializer());
}

bool isMemberOf(const Expr *E, const VarDecl *Var, const FieldDecl *Field) {
  const auto *Member = dyn_cast_or_null<MemberExpr>(stripValue(E));
  return Member && Member->getMemberDecl() == Field && namedVariable(Member->getBase()) == Var;
}

// Gives the member, or may give it, a module.
bool mayFill(const Stmt *S, const VarDecl *Var, const FieldDecl *Field) {
  const auto *Call = dyn_cast<CallExpr>(S);
  if (!Call)
    return false;
  auto IsMember = [&](const Expr *E) {
    return namedVariable(E) == Var || isMemberOf(E, Var, Field);
  };
  if (auto Assign = asPlainAssignment(Call))
    return IsMember(Assign->Target);
  const FunctionDecl *Callee = Call->getDirectCallee();
  if (isStdDecl(Callee) || isLibTorchDecl(Callee))
    return false;
  // A function of the project that is handed the struct or the member may do anything to it.
  return llvm::any_of(argumentsOf(Call),
                      [&](const Expr *Argument) { return IsMember(pointee(Argument)); });
}

// layers_.push_back(std::move(l)); layers_[k] = l; return l;
bool hands(const Stmt *S, const VarDecl *Var) {
  if (const auto *Return = dyn_cast<ReturnStmt>(S))
    return namedVariable(Return->getRetValue()) == Var;
  if (auto Assign = asPlainAssignment(S))
    return namedVariable(Assign->Value) == Var;
  const auto *Call = dyn_cast<CXXMemberCallExpr>(S);
  return Call && isStdDecl(Call->getMethodDecl()) &&
         llvm::any_of(Call->arguments(), [&](const Expr *A) { return namedVariable(A) == Var; });
}

struct Local {
  const VarDecl *Var;
  const DeclStmt *Declaration;
  const CXXConstructorDecl *Constructor; // around it, if it is one
};

// The outermost if around a statement of a function or lambda.
const Stmt *outermostIf(const Stmt *S, ASTContext &Context) {
  const Stmt *Outermost = nullptr;
  walkUp(S, Context, [&](const DynTypedNode &Above) {
    if (const auto *If = Above.get<IfStmt>())
      Outermost = If;
    return !Above.get<FunctionDecl>();
  });
  return Outermost;
}

class Search {
public:
  Search(const CXXRecordDecl *Class, ModuleModel &Model)
      : Class(Class), Model(Model), Elements(elementStructs(Class)) {
    if (Elements.empty())
      return;
    for (const CXXMethodDecl *Method : visibleMethods(Class)) {
      forEach<DeclStmt>(Method->getBody(), [&](const DeclStmt *Declaration) {
        const auto *Var = dyn_cast_or_null<VarDecl>(
            Declaration->isSingleDecl() ? Declaration->getSingleDecl() : nullptr);
        if (Var && Var->hasLocalStorage() && !Var->getType()->isReferenceType() &&
            Elements.count(plainStruct(Var->getType())))
          Filled.push_back({Var, Declaration, dyn_cast<CXXConstructorDecl>(Method)});
      });
    }
  }

  std::vector<NullMember> run() {
    std::vector<NullMember> Members;
    for (const CXXRecordDecl *Struct : Elements)
      for (const FieldDecl *Field : Struct->fields())
        if (TypeKind Kind = classifyType(Field->getType()).Kind;
            Kind == TypeKind::Holder || Kind == TypeKind::SharedPtr || Kind == TypeKind::AnyModule)
          if (auto Member = check(Field))
            Members.push_back(std::move(*Member));
    return Members;
  }

private:
  std::optional<NullMember> check(const FieldDecl *Field) {
    NullMember Member;
    Member.Field = Field;
    for (const Local &L : Filled)
      if (L.Constructor && plainStruct(L.Var->getType()) == Field->getParent() &&
          startsNull(L.Var, Field) && isHandedOverNull(L, Field) &&
          llvm::none_of(Member.Paths,
                        [&](const auto &P) { return P.Constructor == L.Constructor; }))
        Member.Paths.push_back(
            {L.Constructor, decidingCondition(Field, L.Constructor, PathState(), Model)});
    if (Member.Paths.empty())
      return std::nullopt;
    bool Used = false;
    for (const CXXMethodDecl *Method : visibleMethods(Class)) {
      forEach<CXXOperatorCallExpr>(Method->getBody(), [&](const CXXOperatorCallExpr *Use) {
        OverloadedOperatorKind Kind = Use->getOperator();
        const auto *Spelled = dyn_cast<MemberExpr>(stripValue(Use->getArg(0)));
        if (!Spelled || Spelled->getMemberDecl() != Field ||
            (Kind != OO_Arrow && Kind != OO_Call && Kind != OO_Star))
          return;
        const VarDecl *Base = namedVariable(Spelled->getBase());
        if (llvm::any_of(Filled, [&](const Local &L) { return L.Var == Base; }))
          return;
        Used = true;
        if (Member.Use || isGuarded(Use, Method, Field, Model.graphs()))
          return;
        Member.Use = Use;
        Member.Kind = NullMember::Dereferenced;
      });
    }
    if (!Used)
      return std::nullopt;
    return Member;
  }

  bool isHandedOverNull(const Local &L, const FieldDecl *Field) {
    const VarDecl *Var = L.Var;
    const auto *In = dyn_cast<FunctionDecl>(Var->getDeclContext());
    const FunctionPaths *Paths = Model.graphs().of(In);
    if (!Paths)
      return false;
    // Two ifs may decide on the same thing; a chain of else does not.
    llvm::SmallPtrSet<const Stmt *, 2> Decisions;
    for (const Registrations::Store &Store : Model.registrations().stores(Field))
      if (Store.Target && isMemberOf(Store.Target, Var, Field) && !isNullModule(Store.Value))
        Decisions.insert(outermostIf(Store.Target, Model.context()));
    return Decisions.size() == 1 && Paths->findAfter(
                                        L.Declaration, [&](const Stmt *S) { return hands(S, Var); },
                                        [&](const Stmt *S) { return mayFill(S, Var, Field); });
  }

  const CXXRecordDecl *Class;
  ModuleModel &Model;
  Structs Elements;
  llvm::SmallVector<Local, 4> Filled; // local variables of these structs
};

} // namespace

std::vector<NullMember> nullElements(const CXXRecordDecl *Class, ModuleModel &Model) {
  if (isPartlyVisible(Class))
    return {};
  return Search(Class, Model).run();
}

} // namespace torchtidy
