#include "model/tensors/Rebindings.h"
#include "clang-tidy/utils/ASTUtils.h"
#include "model/facts/ProjectIndex.h"
#include "model/paths/FunctionPaths.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Walk.h"
#include "model/tensors/SameTensor.h"
#include "model/torch/Names.h"
#include "model/torch/Operations.h"

using namespace clang;

namespace torchtidy {

namespace {

// parameters_["weight"] = w: the function keeps Module's own dictionaries itself.
bool editsDictionaries(const FunctionDecl *Function) {
  return anyDescendant<MemberExpr>(Function->getBody(), [](const MemberExpr *Member) {
    const auto *Field = dyn_cast<FieldDecl>(Member->getMemberDecl());
    return Field && isNamed(dyn_cast<CXXRecordDecl>(Field->getParent()), "torch::nn::Module") &&
           (Field->getName() == "parameters_" || Field->getName() == "buffers_");
  });
}

// layer->register_parameter("weight", layer->weight) somewhere in the function.
bool registersAgain(const FunctionDecl *Function, const FieldDecl *Field) {
  return Function &&
         anyDescendant<CXXMemberCallExpr>(Function->getBody(), [&](const CXXMemberCallExpr *Call) {
           auto Site = asRegistration(Call);
           return Site && namedField(Site->Value) == Field;
         });
}

// t.to(x), t.to(x.device()), t.type_as(x): \p Is accepts t, and goes where another tensor is.
// Whether that makes another tensor of it, the code does not say: the model may be there already.
bool followsAnother(const Expr *Value, llvm::function_ref<bool(const Expr *)> Is) {
  const auto *Call = dyn_cast_or_null<CXXMemberCallExpr>(Value ? stripValue(Value) : nullptr);
  Operation Does = operationOf(Call);
  if (!Call || !Does.has(Converts) || Does.Gives != ResultKind::MayView)
    return false;
  const Expr *Object = stripValue(objectOf(Call));
  auto NamesAnother = [&](const Expr *E) {
    return classifyType(E->getType()).isTensor() && isa<DeclRefExpr, MemberExpr>(E) && !Is(E);
  };
  return llvm::any_of(Call->arguments(),
                      [&](const Expr *E) { return anyDescendant<Expr>(E, NamesAnother); }) &&
         (Is(Object) || followsAnother(Object, Is));
}

// What names the module or tensor in `(*module)->as<T>()`, `*value`.
const VarDecl *handedOver(const Expr *E) {
  E = stripOwner(E);
  while (isa_and_nonnull<CXXMemberCallExpr>(E) && calleeName(E) == "as")
    E = stripOwner(objectOf(E));
  return namedVariable(E);
}

// A parameter, and all calls in view hand on parameters of theirs: what it is, is known elsewhere.
bool comesFromOutside(const VarDecl *Variable, const ProjectIndex &Index, unsigned Depth = 0) {
  constexpr unsigned MaxDepth = 8;
  auto IsHandedOn = [&](const ProjectIndex::Store &Store) {
    return Store.Value && comesFromOutside(handedOver(Store.Value), Index, Depth + 1);
  };
  return isa_and_nonnull<ParmVarDecl>(Variable) && Depth < MaxDepth &&
         llvm::all_of(Index.storesOf(Variable), IsHandedOn);
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
    auto Assign = asPlainAssignment(S);
    return Assign && Assign->Target == Store.Target;
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
  const auto *Method = dyn_cast_or_null<CXXMethodDecl>(calleeOf(stripValue(E)));
  return Method && isModuleClass(Method->getParent()) &&
         !Method->getReturnType()->isReferenceType() && listsTensors(nameOf(Method));
}

// item.value() of a dictionary's items stands for the item.
const Expr *itemOf(const Expr *E) {
  return isa<CXXMemberCallExpr>(E) && calleeName(E) == "value" ? objectOf(E) : E;
}

// Is the list used other than element by element? Then it is what the code wants (MAML's fast
// weights).
bool isUsedWhole(const VarDecl *List, const Stmt *Body) {
  unsigned All = 0, Elements = 0;
  forEach<Stmt>(Body, [&](const Stmt *S) {
    if (const auto *Ref = dyn_cast<DeclRefExpr>(S))
      All += Ref->getDecl() == List;
    else if (const auto *Loop = dyn_cast<CXXForRangeStmt>(S))
      Elements += namedVariable(Loop->getRangeInit()) == List;
    else if (asOperator(S, OO_Subscript) ||
             (isa<CXXMemberCallExpr>(S) &&
              llvm::is_contained({"size", "begin", "end", "empty", "at", "front", "back"},
                                 calleeName(S))))
      Elements += namedVariable(objectOf(S)) == List;
  });
  return All > Elements;
}

// What a handle was taken from: the expression that made the list, and its name where it has one.
struct HandleList {
  const Expr *Source = nullptr;
  const VarDecl *Name = nullptr;
};

HandleList listNamed(const Expr *E) {
  const VarDecl *Name = namedVariable(E);
  return {Name ? initialiserOf(Name) : E, Name};
}

HandleList listOf(const Expr *Target, ASTContext &Context) {
  if (const CXXOperatorCallExpr *Subscript = asOperator(Target, OO_Subscript))
    return listNamed(Subscript->getArg(0));
  const VarDecl *Var = namedVariable(itemOf(Target));
  const CXXForRangeStmt *Loop =
      Var && Var->getType()->isReferenceType() ? rangeLoopOf(Var, Context) : nullptr;
  return Loop ? listNamed(Loop->getRangeInit()) : HandleList();
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
          asRegistration(Store.Value) || isInPlaceOf(Store.Value, Field, /*Unknown=*/true) ||
          followsAnother(Store.Value, [&](const Expr *E) { return fieldOfThis(E) == Field; }))
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

const FieldDecl *reboundLayerTensor(const CXXOperatorCallExpr *Assign, const ProjectIndex &Index,
                                    ASTContext &Context) {
  const auto *Target = dyn_cast<MemberExpr>(stripValue(Assign->getArg(0)));
  const auto *Field = Target ? dyn_cast<FieldDecl>(Target->getMemberDecl()) : nullptr;
  const auto *Owner = Field ? dyn_cast<CXXRecordDecl>(Field->getParent()) : nullptr;
  if (!Owner || !isLibTorchDecl(Owner) || !isModuleClass(Owner) ||
      !classifyType(Field->getType()).isTensor() || isThis(Target->getBase()))
    return nullptr;
  auto IsTarget = [&](const Expr *E) {
    return tidy::utils::areStatementsIdentical(E, Target, Context, /*Canonical=*/true);
  };
  if (isSameTensor(Assign->getArg(1), IsTarget, /*Unknown=*/true) ||
      followsAnother(Assign->getArg(1), IsTarget) ||
      registersAgain(functionAround(Assign, Context), Field))
    return nullptr;
  // A setter: whether the layer registers the tensor again is its caller's business.
  if (comesFromOutside(handedOver(Target->getBase()), Index) &&
      comesFromOutside(handedOver(Assign->getArg(1)), Index))
    return nullptr;
  return Field;
}

bool rebindsHandle(const CXXOperatorCallExpr *Assign, ASTContext &Context) {
  HandleList List = listOf(stripValue(Assign->getArg(0)), Context);
  if (!isHandleList(List.Source))
    return false;
  const auto *Function = List.Name ? dyn_cast<FunctionDecl>(List.Name->getDeclContext()) : nullptr;
  return !Function || !isUsedWhole(List.Name, Function->getBody());
}

} // namespace torchtidy
