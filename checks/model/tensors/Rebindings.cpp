#include "model/tensors/Rebindings.h"
#include "clang-tidy/utils/ASTUtils.h"
#include "model/paths/FunctionPaths.h"
#include "model/syntax/Enclosing.h"
#include "model/tensors/SameTensor.h"
#include "model/torch/Names.h"

using namespace clang;

namespace torchtidy {

namespace {

// parameters_["weight"] = w: the function keeps Module's own dictionaries itself.
bool editsDictionaries(const FunctionDecl *Function) {
  class Dictionaries : public RecursiveASTVisitor<Dictionaries> {
  public:
    bool Found = false;
    bool VisitMemberExpr(MemberExpr *Member) {
      const auto *Field = dyn_cast<FieldDecl>(Member->getMemberDecl());
      Found |= Field && isNamed(dyn_cast<CXXRecordDecl>(Field->getParent()), "torch::nn::Module") &&
               (Field->getName() == "parameters_" || Field->getName() == "buffers_");
      return !Found;
    }
  } Visitor;
  Visitor.TraverseStmt(Function->getBody());
  return Visitor.Found;
}

// layer->register_parameter("weight", layer->weight) somewhere in the function.
bool registersAgain(const FunctionDecl *Function, const FieldDecl *Field) {
  class Calls : public RecursiveASTVisitor<Calls> {
  public:
    const FieldDecl *Field = nullptr;
    bool Found = false;
    bool VisitCXXMemberCallExpr(CXXMemberCallExpr *Call) {
      auto Site = asRegistration(Call);
      const auto *Member = Site ? dyn_cast<MemberExpr>(stripValue(Site->Value)) : nullptr;
      Found |= Member && Member->getMemberDecl() == Field;
      return !Found;
    }
  } Visitor;
  Visitor.Field = Field;
  if (Function && Function->getBody())
    Visitor.TraverseStmt(Function->getBody());
  return Visitor.Found;
}

// w = register_parameter("w", e); .. w = 0.1 * w; on one path of a constructor, and no registration
// after it.
bool rebindsAfterRegistering(const Registrations::Store &Store, const FieldDecl *Field,
                             const Registrations &Regs, ControlFlowGraphs &Graphs) {
  auto Registers = [&](const Stmt *S) {
    auto Site = asRegistration(S);
    return Site && Regs.isFor(*Site, Field);
  };
  auto Rebinds = [&](const Stmt *S) {
    const auto *Call = dyn_cast<CXXOperatorCallExpr>(S);
    return Call && Call->getOperator() == OO_Equal && Call->getArg(0) == Store.Target;
  };
  for (const auto &[Site, In] : Regs.all()) {
    if (In != Store.In || !Regs.isFor(Site, Field))
      continue;
    const FunctionPaths *Paths = Graphs.of(In);
    if (!Paths)
      return false;
    const Stmt *Rebinding =
        Paths->findAfter(Site.Call, Rebinds, [](const Stmt *) { return false; });
    if (Rebinding && Paths->exitAfter(Rebinding, Registers).Reached)
      return true;
  }
  return false;
}

// net->parameters() and its siblings return new vectors of handles; so does a module's own function
// that hides one of them.
bool isHandleList(const Expr *E) {
  const auto *Call = dyn_cast_or_null<CXXMemberCallExpr>(E ? stripValue(E) : nullptr);
  const CXXMethodDecl *Method = Call ? Call->getMethodDecl() : nullptr;
  return Method && Method->getIdentifier() && isModuleClass(Method->getParent()) &&
         !Method->getReturnType()->isReferenceType() && listsTensors(Method->getName());
}

// item.value() of a dictionary's items stands for the item.
const Expr *itemOf(const Expr *E) {
  const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
  bool IsValue = Call && Call->getMethodDecl() && Call->getMethodDecl()->getIdentifier() &&
                 Call->getMethodDecl()->getName() == "value";
  return IsValue ? Call->getImplicitObjectArgument() : E;
}

// Uses of a list other than by subscript: then the list itself is what the code wants (MAML's fast
// weights).
class WholeUses : public RecursiveASTVisitor<WholeUses> {
public:
  explicit WholeUses(const VarDecl *List) : List(List) {}
  unsigned All = 0, Subscripts = 0;
  bool VisitDeclRefExpr(DeclRefExpr *Ref) {
    All += Ref->getDecl() == List;
    return true;
  }
  bool VisitCXXOperatorCallExpr(CXXOperatorCallExpr *Call) {
    Subscripts += Call->getOperator() == OO_Subscript && namedVariable(Call->getArg(0)) == List;
    return true;
  }
  bool VisitCXXForRangeStmt(CXXForRangeStmt *Loop) {
    Subscripts += namedVariable(Loop->getRangeInit()) == List;
    return true;
  }
  bool VisitCXXMemberCallExpr(CXXMemberCallExpr *Call) {
    const CXXMethodDecl *Method = Call->getMethodDecl();
    Subscripts += Method && Method->getIdentifier() &&
                  namedVariable(Call->getImplicitObjectArgument()) == List &&
                  llvm::is_contained({"size", "begin", "end", "empty", "at", "front", "back"},
                                     Method->getName());
    return true;
  }

private:
  const VarDecl *List;
};

// What a handle was taken from: the expression that made the list, and its name where it has one.
struct HandleList {
  const Expr *Source = nullptr;
  const VarDecl *Name = nullptr;
};

HandleList listNamed(const Expr *E) {
  const VarDecl *Name = namedVariable(E);
  return {Name ? Name->getInit() : E, Name};
}

HandleList listOf(const Expr *Target, ASTContext &Context) {
  if (const auto *Subscript = dyn_cast<CXXOperatorCallExpr>(Target);
      Subscript && Subscript->getOperator() == OO_Subscript)
    return listNamed(Subscript->getArg(0));
  const VarDecl *Var = namedVariable(itemOf(Target));
  if (!Var || !Var->getType()->isReferenceType() || !Var->isCXXForRangeDecl())
    return {};
  for (const DynTypedNode &Parent : Context.getParents(*Var))
    if (const auto *Declaration = Parent.get<DeclStmt>())
      for (const DynTypedNode &Loop : Context.getParents(*Declaration))
        if (const auto *Range = Loop.get<CXXForRangeStmt>())
          return listNamed(Range->getRangeInit());
  return {};
}

} // namespace

std::vector<Rebinding> staleRebindings(const CXXRecordDecl *Class, ModuleModel &Model) {
  std::vector<Rebinding> Found;
  const Registrations &Regs = Model.registrations();
  const Reach &Constructors = Model.constructorReachOf(Class);
  const Reach &Forward = Model.forwardReachOf(Class);
  for (const FieldDecl *Field : Class->fields()) {
    if (!classifyType(Field->getType()).isTensor() || !Regs.isRegisteredByName(Field))
      continue;
    for (const Registrations::Store &Store : Regs.stores(Field)) {
      const FunctionDecl *In = outOfLambda(Store.In);
      // Built by a constructor, or set on another object while it is copied.
      if (!In || !Store.Target || !fieldOfThis(Store.Target) || enclosingClass(In) != Class ||
          asRegistration(Store.Value) || isInPlaceOf(Store.Value, Field, /*Unknown=*/true))
        continue;
      if (Constructors.count(In) && !Forward.count(In)) {
        if (rebindsAfterRegistering(Store, Field, Regs, Model.graphs()))
          Found.push_back({Field, Store});
        continue;
      }
      Reach Reached = reachFrom({In});
      if (llvm::any_of(Reached, [](const auto &Entry) { return editsDictionaries(Entry.first); }))
        continue;
      bool RegistersAgain = llvm::any_of(Regs.all(), [&](const auto &Site) {
        return Reached.count(outOfLambda(Site.second)) && Regs.isFor(Site.first, Field);
      });
      if (!RegistersAgain)
        Found.push_back({Field, Store});
    }
  }
  return Found;
}

const FieldDecl *reboundLayerTensor(const CXXOperatorCallExpr *Assign, ASTContext &Context) {
  const auto *Target = dyn_cast<MemberExpr>(stripValue(Assign->getArg(0)));
  const auto *Field = Target ? dyn_cast<FieldDecl>(Target->getMemberDecl()) : nullptr;
  const auto *Owner = Field ? dyn_cast<CXXRecordDecl>(Field->getParent()) : nullptr;
  if (!Owner || !isLibTorchDecl(Owner) || !isModuleClass(Owner) ||
      !classifyType(Field->getType()).isTensor() ||
      isa<CXXThisExpr>(Target->getBase()->IgnoreParenImpCasts()))
    return nullptr;
  auto IsTarget = [&](const Expr *E) {
    return tidy::utils::areStatementsIdentical(E, Target, Context, /*Canonical=*/true);
  };
  if (isSameTensor(Assign->getArg(1), IsTarget, /*Unknown=*/true) ||
      registersAgain(syntax::functionAround(Assign, Context), Field))
    return nullptr;
  return Field;
}

bool rebindsHandle(const CXXOperatorCallExpr *Assign, ASTContext &Context) {
  HandleList List = listOf(stripValue(Assign->getArg(0)), Context);
  if (!isHandleList(List.Source))
    return false;
  const auto *Function = List.Name ? dyn_cast<FunctionDecl>(List.Name->getDeclContext()) : nullptr;
  if (!Function || !Function->getBody())
    return true;
  WholeUses Uses(List.Name);
  Uses.TraverseStmt(Function->getBody());
  return Uses.All <= Uses.Subscripts;
}

} // namespace torchtidy
