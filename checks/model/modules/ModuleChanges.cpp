#include "model/modules/ModuleChanges.h"
#include "model/facts/ForwardReach.h"
#include "model/facts/ProjectIndex.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Walk.h"
#include "model/torch/ModuleExprs.h"
#include "model/torch/Operations.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxDepth = 3; // calls followed

bool isSame(const ValueDecl *A, const ValueDecl *B) {
  return A && B && A->getCanonicalDecl() == B->getCanonicalDecl();
}

// \p E is the module itself: `net`, `*net`, `net.get()`, `this`.
bool isModule(const Expr *E, const ValueDecl *Module) {
  E = stripOwner(E);
  return E && (Module ? isSame(namedDecl(E), Module) : isThis(E));
}

// A method that hands out a part of a module or a list of its parts.
bool handsOut(llvm::StringRef Name) {
  return listingNamed(Name) || llvm::is_contained({"as", "ptr", "get", "at", "operator->"}, Name);
}

// \p E is the module or shows a part of it: `net.fc->weight`, `net.parameters()[0].data()`.
bool isPartOf(const Expr *E, const ValueDecl *Module) {
  for (unsigned Steps = 0; E && Steps < 16; ++Steps) {
    E = stripSubscripts(stripOwner(E));
    if (isModule(E, Module))
      return true;
    if (const auto *Member = dyn_cast<MemberExpr>(E))
      E = Member->getBase();
    else if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
             Call && (handsOut(calleeName(Call)) || operationOf(Call).mayView()))
      E = objectOf(Call);
    else if (const VarDecl *Name = namedVariable(E);
             Name && (Name->getType()->isReferenceType() || !moduleOf(Name->getType())))
      E = initialiserOf(Name);
    else
      return false;
  }
  return false;
}

bool isOptimizerType(QualType Type) {
  const auto *Record = Type.getNonReferenceType()->getAsCXXRecordDecl();
  if (const auto *Owner = dyn_cast_or_null<ClassTemplateSpecializationDecl>(Record);
      Owner && isStdNamed(Owner, {"unique_ptr", "shared_ptr", "optional"}))
    Record = Owner->getTemplateArgs()[0].getKind() == TemplateArgument::Type
                 ? Owner->getTemplateArgs()[0].getAsType()->getAsCXXRecordDecl()
                 : nullptr;
  return Record && Record->hasDefinition() && derivesFrom(Record, "torch::optim::Optimizer");
}

// `p.fill_(0)`, `init::zeros_(p)`, `p.set_data(x)` in the loop over them.
bool writesElements(const CXXForRangeStmt *Loop) {
  const VarDecl *Element = Loop->getLoopVariable();
  return anyDescendant<CallExpr>(Loop->getBody(), [&](const CallExpr *Call) {
    Operation Called = operationOf(Call);
    const Expr *Written = objectOf(Call);
    if (!Written && Call->getNumArgs())
      Written = Call->getArg(0);
    bool Writes = Called.writesValues() || Called.is(Op::set_data) || initNamed(calleeName(Call));
    return Written && Writes && mentions(Written, Element);
  });
}

// `auto parameters = net.parameters(); SGD optimizer(parameters, 0.1);`
bool isWritten(const VarDecl *List) {
  const auto *Owner = dyn_cast<FunctionDecl>(List->getDeclContext());
  return Owner && anyDescendant<Stmt>(Owner->getBody(), [&](const Stmt *S) {
           if (const auto *Loop = dyn_cast<CXXForRangeStmt>(S))
             return mentions(Loop->getRangeInit(), List) && writesElements(Loop);
           const auto *E = dyn_cast<Expr>(S);
           return E && isa<CallExpr, CXXConstructExpr>(E) && isOptimizerType(E->getType()) &&
                  mentions(E, List);
         });
}

// The list of a module's tensors is what an optimizer is given, or a loop writes to.
std::optional<ModuleChange> changeByList(const CXXMemberCallExpr *List, ASTContext &Context) {
  bool Writes = false;
  walkUp(List, Context, [&](const DynTypedNode &Above) {
    const auto *S = Above.get<Stmt>();
    if (const auto *Loop = dyn_cast_or_null<CXXForRangeStmt>(S)) {
      Writes |= contains(Loop->getRangeInit(), List) && writesElements(Loop);
      return false;
    }
    if (const auto *Name = Above.get<VarDecl>(); Name && !Name->isImplicit()) {
      Writes |= isWritten(Name);
      return false;
    }
    if (const auto *E = dyn_cast_or_null<Expr>(S))
      Writes |= isa<CallExpr, CXXConstructExpr>(E) && isOptimizerType(E->getType());
    return !Writes && !isa_and_nonnull<CompoundStmt, LambdaExpr>(S) && !Above.get<FunctionDecl>();
  });
  return Writes ? std::optional(ModuleChange::Tensors) : std::nullopt;
}

std::optional<ModuleChange> changeIn(const FunctionDecl *Function, const ValueDecl *Module,
                                     ASTContext &Context, unsigned Depth);

std::optional<ModuleChange> changeByMethod(const CXXMemberCallExpr *Call, const ValueDecl *Module,
                                           ASTContext &Context, unsigned Depth) {
  llvm::StringRef Name = calleeName(Call);
  const CXXMethodDecl *Method = Call->getMethodDecl();
  const Expr *Object = objectOf(Call);
  if (!Method || !isPartOf(Object, Module))
    return std::nullopt;
  if (isTensorType(Object->getType()))
    return operationOf(Call).writesValues() || operationOf(Call).is(Op::set_data)
               ? std::optional(ModuleChange::Tensors)
               : std::nullopt;
  if (listsTensors(Name))
    return changeByList(Call, Context);
  if (Method->isConst() || isForwardName(Method))
    return std::nullopt;
  if (isLibTorchDecl(Method)) {
    if (Name == "train" || Name == "eval")
      return ModuleChange::Mode;
    if (registrationKind(Name) || Name == "unregister_module" || isFiller(Name))
      return ModuleChange::Object;
    return operationNamed(Name).has(Converts) ||
                   llvm::is_contained({"zero_grad", "load", "reset", "reset_parameters"}, Name)
               ? std::optional(ModuleChange::Tensors)
               : std::nullopt;
  }
  const FunctionDecl *Body = visibleDefinition(Method);
  return Body && isModule(Object, Module) ? changeIn(Body, nullptr, Context, Depth + 1)
                                          : std::nullopt;
}

std::optional<ModuleChange> changeByAssignment(const Assignment &Assign, const ValueDecl *Module) {
  const Expr *Target = stripSubscripts(Assign.Target);
  if (isModule(Target, Module) || !isPartOf(Target, Module))
    return std::nullopt;
  const auto *Copied = dyn_cast<CXXOperatorCallExpr>(Assign.Whole);
  bool Shared = (Copied && copiesInto(Copied)) ||
                (Assign.IsCompound && isTensorType(Assign.Target->getType()));
  // net.fc->weight = w: of the child, which both have.
  const auto *Member = dyn_cast<MemberExpr>(Target);
  Shared |= !Member || !isModule(Member->getBase(), Module);
  return Shared ? ModuleChange::Tensors : ModuleChange::Object;
}

std::optional<ModuleChange> moduleChange(const Stmt *S, const ValueDecl *Module,
                                         ASTContext &Context, unsigned Depth) {
  if (auto Assign = asAssignment(S))
    return changeByAssignment(*Assign, Module);
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(S))
    if (auto Change = changeByMethod(Call, Module, Context, Depth))
      return Change;
  const auto *Call = dyn_cast<CallExpr>(S);
  const FunctionDecl *Callee = calleeOf(Call);
  if (!Callee || isa<CXXOperatorCallExpr>(Call))
    return std::nullopt;
  llvm::ArrayRef<const Expr *> Arguments = writtenArguments(Call);
  if (isLibTorchDecl(Callee)) {
    bool Writes = initNamed(nameOf(Callee)) || isNamed(Callee, "torch::load") ||
                  operationOf(Call).writesValues();
    return Writes && !Arguments.empty() && !isa<CXXMemberCallExpr>(Call) &&
                   isPartOf(Arguments[0], Module)
               ? std::optional(ModuleChange::Tensors)
               : std::nullopt;
  }
  const FunctionDecl *Body = visibleDefinition(Callee);
  if (!Body || Depth >= MaxDepth)
    return std::nullopt;
  for (auto [Argument, Parameter] : argumentsWithParameters(Call, Body))
    // A copy of the object is another module.
    if (isModule(Argument, Module) && !isModuleClass(Parameter->getType()->getAsCXXRecordDecl()))
      if (auto Change = changeIn(Body, Parameter, Context, Depth + 1))
        return Change;
  return std::nullopt;
}

std::optional<ModuleChange> changeIn(const FunctionDecl *Function, const ValueDecl *Module,
                                     ASTContext &Context, unsigned Depth) {
  std::optional<ModuleChange> Found;
  if (Depth <= MaxDepth)
    walk(Function->getBody(), [&](const Stmt *S) {
      Found = moduleChange(S, Module, Context, Depth);
      return !Found;
    });
  return Found;
}

} // namespace

std::optional<ModuleChange> moduleChange(const Stmt *S, const ValueDecl *Module,
                                         ASTContext &Context) {
  return moduleChange(S, Module, Context, 0);
}

FoundChange changeIn(const Stmt *Root, const ValueDecl *Module, ASTContext &Context,
                     llvm::function_ref<bool(ModuleChange)> Counts) {
  FoundChange Found;
  walk(Root, [&](const Stmt *S) {
    if (auto Change = moduleChange(S, Module, Context); Change && Counts(*Change))
      Found = {S, *Change};
    return !Found;
  });
  return Found;
}

} // namespace torchtidy
