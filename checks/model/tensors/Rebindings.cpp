#include "model/tensors/Rebindings.h"
#include "clang-tidy/utils/ASTUtils.h"
#include "model/facts/ProjectIndex.h"
#include "model/paths/FunctionPaths.h"
#include "model/syntax/Arguments.h"
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

// A layer of the function's own that is only run and whose tensors are only set: nobody asks its
// registry. `Conv2d blur(..); blur->weight = kernel; return blur(x);`
bool isOnlyRunHere(const VarDecl *Layer) {
  const auto *In = Layer && Layer->isLocalVarDecl() && !Layer->getType()->isReferenceType()
                       ? dyn_cast<FunctionDecl>(Layer->getDeclContext())
                       : nullptr;
  if (!In || !In->hasBody() || !Layer->getInit() || !constructsModule(Layer->getInit()))
    return false;
  unsigned All = 0, Plain = 0;
  forEach<Expr>(In->getBody(), [&](const Expr *E) {
    if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
      All += Ref->getDecl() == Layer;
    else if (const auto *Member = dyn_cast<MemberExpr>(E))
      Plain +=
          (isa<FieldDecl>(Member->getMemberDecl()) || isForwardName(Member->getMemberDecl())) &&
          handedOver(Member->getBase()) == Layer;
    else if (const CXXOperatorCallExpr *Run = asOperator(E, OO_Call))
      Plain += handedOver(Run->getArg(0)) == Layer;
  });
  return All == Plain;
}

// own = w; w = other; …; w = own: the function puts back what it takes away.
bool putsBack(const Stmt *Body, llvm::function_ref<bool(const Expr *)> Is) {
  return anyDescendant<Stmt>(Body, [&](const Stmt *S) {
    auto Assign = asPlainAssignment(S);
    const VarDecl *Kept =
        Assign && Is(stripValue(Assign->Target)) ? namedVariable(Assign->Value) : nullptr;
    const Expr *Init = Kept && !Kept->getType()->isReferenceType() ? initialiserOf(Kept) : nullptr;
    return Init && Is(stripValue(Init));
  });
}

// named_buffers()["m"] of this object: what is registered already.
bool isListedHere(const Expr *Value) {
  while (Value) {
    Value = stripValue(Value);
    if (const auto *Unary = dyn_cast<UnaryOperator>(Value); Unary && Unary->getOpcode() == UO_Deref)
      Value = Unary->getSubExpr();
    else if (isa<CXXOperatorCallExpr, CXXMemberCallExpr>(Value) && !isThis(objectOf(Value)))
      Value = !isa<CXXOperatorCallExpr>(Value) && operationOf(cast<CallExpr>(Value))
                  ? nullptr
                  : objectOf(Value);
    else
      break;
  }
  return Value && isa<CXXMemberCallExpr>(Value) && isThis(objectOf(Value)) &&
         listsTensors(calleeName(Value));
}

// `device` of TensorOptions(device), which a conversion makes.
const Expr *withoutConversion(const Expr *E) {
  E = stripValue(E);
  const auto *Construct = dyn_cast<CXXConstructExpr>(E);
  return Construct && Construct->getNumArgs() >= 1 && writtenArguments(Construct).size() == 1
             ? withoutConversion(Construct->getArg(0))
             : E;
}

// to(d); m = m.to(d); in \p Function: the second finds the tensor where it shall be.
bool isMovedAlready(const Registrations::Store &Store, const FieldDecl *Field,
                    const FunctionDecl *Function, ASTContext &Context) {
  const auto *Value = dyn_cast<CXXMemberCallExpr>(stripValue(Store.Value));
  if (!Value || !operationOf(Value).is(Op::to) || Value->getNumArgs() == 0 ||
      fieldOfThis(objectOf(Value)) != Field)
    return false;
  return anyDescendant<CXXMemberCallExpr>(Function->getBody(), [&](const CXXMemberCallExpr *Call) {
    return isThis(objectOf(Call)) && calleeName(Call) == nameOf(Op::to) &&
           isLibTorchDecl(calleeOf(Call)) && Call->getNumArgs() >= 1 &&
           Context.getSourceManager().isBeforeInTranslationUnit(Call->getBeginLoc(),
                                                                Value->getBeginLoc()) &&
           tidy::utils::areStatementsIdentical(withoutConversion(Call->getArg(0)),
                                               withoutConversion(Value->getArg(0)), Context,
                                               /*Canonical=*/true);
  });
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

// What a call or assignment writes and does not read: `p` of `p = e`, `p.grad().zero_()`.
const Expr *onlyWritten(const Stmt *S) {
  if (auto Assign = asPlainAssignment(S))
    return stripValue(Assign->Target);
  const auto *Call = dyn_cast<CXXMemberCallExpr>(S);
  Operation Does = operationOf(Call);
  if (!Call || !(Does.isInPlace() || Does.has(Writes) || Does.has(SetsProperty)))
    return nullptr;
  const Expr *Object = stripValue(objectOf(Call));
  while (isa<CXXMemberCallExpr>(Object) && isTensorType(objectOf(Object)->getType()))
    Object = stripValue(objectOf(Object));
  return Object;
}

// Behind \p Assign the code reads the element that it set, in the same round or later.
bool isReadAfter(const CXXOperatorCallExpr *Assign, const VarDecl *Element, const VarDecl *List,
                 const Stmt *Body, ASTContext &Context) {
  const SourceManager &SM = Context.getSourceManager();
  llvm::SmallPtrSet<const Expr *, 8> Written;
  llvm::SmallPtrSet<const ValueDecl *, 4> Elements;
  if (Element)
    Elements.insert(Element);
  return anyDescendant<Stmt>(Body, [&](const Stmt *S) {
    if (const Expr *Target = onlyWritten(S))
      Written.insert(itemOf(Target));
    if (!SM.isBeforeInTranslationUnit(Assign->getEndLoc(), S->getBeginLoc()))
      return false;
    if (const auto *Loop = dyn_cast<CXXForRangeStmt>(S);
        Loop && List && namedVariable(Loop->getRangeInit()) == List)
      Elements.insert(Loop->getLoopVariable());
    const auto *E = dyn_cast<Expr>(S);
    if (!E || Written.contains(E))
      return false;
    if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
      return Elements.contains(Ref->getDecl());
    return List && asOperator(E, OO_Subscript) && namedVariable(objectOf(E)) == List;
  });
}

// What a handle was taken from: the expression that made the list, its name where it has one, and
// the name and the loop of an element.
struct HandleList {
  const Expr *Source = nullptr;
  const VarDecl *Name = nullptr;
  const VarDecl *Element = nullptr;
  const Stmt *Loop = nullptr;
};

HandleList listNamed(const Expr *E) {
  const VarDecl *Name = namedVariable(E);
  return {Name ? initialiserOf(Name) : E, Name, nullptr, nullptr};
}

HandleList listOf(const Expr *Target, ASTContext &Context) {
  if (const CXXOperatorCallExpr *Subscript = asOperator(Target, OO_Subscript))
    return listNamed(Subscript->getArg(0));
  const VarDecl *Var = namedVariable(itemOf(Target));
  const CXXForRangeStmt *Loop =
      Var && Var->getType()->isReferenceType() ? rangeLoopOf(Var, Context) : nullptr;
  if (!Loop)
    return {};
  HandleList List = listNamed(Loop->getRangeInit());
  List.Element = Var;
  List.Loop = Loop->getBody();
  return List;
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
      if (isListedHere(Store.Value) || isMovedAlready(Store, Field, In, Model.context()) ||
          putsBack(In->getBody(), [&](const Expr *E) { return fieldOfThis(E) == Field; }))
        continue;
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
      registersAgain(functionAround(Assign, Context), Field) ||
      isOnlyRunHere(handedOver(Target->getBase())))
    return nullptr;
  if (const FunctionDecl *Function = functionAround(Assign, Context);
      Function && putsBack(Function->getBody(), IsTarget))
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
  if (const Stmt *Body = Function ? Function->getBody() : List.Loop;
      Body && isReadAfter(Assign, List.Element, List.Name, Body, Context))
    return false;
  return !Function || !isUsedWhole(List.Name, Function->getBody());
}

} // namespace torchtidy
