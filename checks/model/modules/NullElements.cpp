#include "model/modules/NullElements.h"
#include "model/modules/DecidingCondition.h"
#include "model/modules/MemberGuards.h"
#include "model/paths/FunctionPaths.h"
#include "clang/AST/ParentMapContext.h"
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
  if (const auto *Default = dyn_cast_or_null<CXXDefaultInitExpr>(Init))
    Init = Default->getExpr();
  return !Init || isNullModule(Init);
}

// Layer l;  Layer l{conv, nullptr};  auto l = Layer{conv};
bool startsNull(const VarDecl *Var, const FieldDecl *Field) {
  const Expr *Init = Var->getInit() ? stripValue(Var->getInit()) : nullptr;
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
  const auto *Member = dyn_cast_or_null<MemberExpr>(E ? stripValue(E) : nullptr);
  return Member && Member->getMemberDecl() == Field && namedVariable(Member->getBase()) == Var;
}

// Gives the member, or may give it, a module.
bool mayFill(const Stmt *S, const VarDecl *Var, const FieldDecl *Field) {
  const auto *Call = dyn_cast<CallExpr>(S);
  if (!Call)
    return false;
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(S))
    return Operator->getOperator() == OO_Equal && (isMemberOf(Operator->getArg(0), Var, Field) ||
                                                   namedVariable(Operator->getArg(0)) == Var);
  const FunctionDecl *Callee = Call->getDirectCallee();
  if (Callee && (isStdDecl(Callee) || isLibTorchDecl(Callee)))
    return false;
  // A function of the project that is handed the struct or the member may do anything to it.
  return llvm::any_of(Call->arguments(), [&](const Expr *Argument) {
    const auto *Address = dyn_cast<UnaryOperator>(Argument->IgnoreParenImpCasts());
    const Expr *Passed =
        Address && Address->getOpcode() == UO_AddrOf ? Address->getSubExpr() : Argument;
    return namedVariable(Passed) == Var || isMemberOf(Passed, Var, Field);
  });
}

// layers_.push_back(std::move(l)); layers_[k] = l; return l;
bool hands(const Stmt *S, const VarDecl *Var) {
  if (const auto *Return = dyn_cast<ReturnStmt>(S))
    return namedVariable(Return->getRetValue()) == Var;
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(S))
    return Operator->getOperator() == OO_Equal && namedVariable(Operator->getArg(1)) == Var;
  const auto *Call = dyn_cast<CXXMemberCallExpr>(S);
  return Call && isStdDecl(Call->getMethodDecl()) &&
         llvm::any_of(Call->arguments(), [&](const Expr *A) { return namedVariable(A) == Var; });
}

struct Local {
  const VarDecl *Var;
  const DeclStmt *Declaration;
  const CXXConstructorDecl *Constructor; // around it, if it is one
};

// Variables of the structs in one method and its lambdas.
class Locals : public RecursiveASTVisitor<Locals> {
public:
  explicit Locals(const Structs &Wanted) : Wanted(Wanted) {}
  llvm::SmallVector<std::pair<const VarDecl *, const DeclStmt *>, 4> Found;
  bool VisitDeclStmt(DeclStmt *Declaration) {
    if (!Declaration->isSingleDecl())
      return true;
    const auto *Var = dyn_cast<VarDecl>(Declaration->getSingleDecl());
    if (Var && Var->hasLocalStorage() && !Var->getType()->isReferenceType() &&
        Wanted.count(plainStruct(Var->getType())))
      Found.emplace_back(Var, Declaration);
    return true;
  }

private:
  const Structs &Wanted;
};

class Dereferences : public RecursiveASTVisitor<Dereferences> {
public:
  explicit Dereferences(const FieldDecl *Field) : Field(Field) {}
  llvm::SmallVector<std::pair<const Expr *, const MemberExpr *>, 4> Found;
  bool VisitCXXOperatorCallExpr(CXXOperatorCallExpr *Call) {
    OverloadedOperatorKind Kind = Call->getOperator();
    const auto *Member = dyn_cast<MemberExpr>(stripValue(Call->getArg(0)));
    if (Member && Member->getMemberDecl() == Field &&
        (Kind == OO_Arrow || Kind == OO_Call || Kind == OO_Star))
      Found.emplace_back(Call, Member);
    return true;
  }

private:
  const FieldDecl *Field;
};

const Stmt *outermostIf(const Stmt *S, ASTContext &Context) {
  DynTypedNode Node = DynTypedNode::create(*S);
  const Stmt *Outermost = nullptr;
  while (true) {
    auto Parents = Context.getParents(Node);
    if (Parents.empty() || Parents[0].get<FunctionDecl>())
      return Outermost;
    Node = Parents[0];
    if (const auto *If = Node.get<IfStmt>())
      Outermost = If;
  }
}

class Search {
public:
  Search(const CXXRecordDecl *Class, ModuleModel &Model)
      : Class(Class), Model(Model), Elements(elementStructs(Class)) {
    if (Elements.empty())
      return;
    for (const CXXMethodDecl *Method : visibleMethods(Class)) {
      Locals Variables(Elements);
      Variables.TraverseStmt(Method->getBody());
      for (auto [Var, Declaration] : Variables.Found)
        Filled.push_back({Var, Declaration, dyn_cast<CXXConstructorDecl>(Method)});
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
      Dereferences Uses(Field);
      Uses.TraverseStmt(Method->getBody());
      for (auto [Use, Spelled] : Uses.Found) {
        const VarDecl *Base = namedVariable(Spelled->getBase());
        if (llvm::any_of(Filled, [&](const Local &L) { return L.Var == Base; }))
          continue;
        Used = true;
        if (Member.Use || isGuarded(Use, Method, Field, Model.graphs()))
          continue;
        Member.Use = Use;
        Member.Kind = NullMember::Dereferenced;
      }
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
