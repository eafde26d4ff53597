#include "model/hooks/HookBodies.h"
#include "model/tensors/TensorUses.h"
#include "model/torch/ModuleClass.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxDepth = 10;

const CXXMethodDecl *callOperator(const CXXRecordDecl *Record) {
  if (!Record || !Record->hasDefinition() || Record->isLambda())
    return nullptr;
  for (const CXXMethodDecl *Method : Record->methods())
    if (Method->getOverloadedOperator() == OO_Call)
      return Method;
  return nullptr;
}

bool isStdFunction(const CXXRecordDecl *Record) { return Record && Record->isInStdNamespace(); }

class BodyFinder {
public:
  explicit BodyFinder(llvm::SmallVectorImpl<HookBody> &Bodies) : Bodies(Bodies) {}

  void callable(const Expr *E, unsigned Depth = 0);

private:
  void lambda(const LambdaExpr *Lambda);
  void function(const FunctionDecl *Function, llvm::ArrayRef<HookCapture> Captures = {});
  void functor(const CXXRecordDecl *Record, llvm::ArrayRef<const Expr *> Arguments);
  void bind(const CallExpr *Call, unsigned Depth);

  llvm::SmallVectorImpl<HookBody> &Bodies;
};

void BodyFinder::lambda(const LambdaExpr *Lambda) {
  HookBody Body;
  Body.Function = Lambda->getCallOperator();
  Body.Lambda = Lambda;
  // [](auto grad): the body that runs is an instantiation of the call operator.
  if (const FunctionTemplateDecl *Template = Body.Function->getDescribedFunctionTemplate())
    for (const FunctionDecl *Instance : Template->specializations())
      if (Instance->getBody())
        Body.Function = Instance;
  if (Body.Function->isDependentContext())
    return;
  auto Init = Lambda->capture_init_begin();
  for (const LambdaCapture &Capture : Lambda->captures()) {
    HookCapture Result;
    Result.Loc = Capture.getLocation();
    Result.ByValue = Capture.getCaptureKind() == LCK_ByCopy;
    if (Capture.capturesThis()) {
      Result.IsThis = true;
    } else if (Capture.capturesVariable()) {
      Result.Variable = dyn_cast<VarDecl>(Capture.getCapturedVar());
      Result.Source = *Init;
      if (Result.Variable && Result.Variable->isInitCapture())
        Result.Source = Result.Variable->getInit();
    }
    ++Init;
    Body.Captures.push_back(Result);
  }
  if (Body.Function->getBody())
    Bodies.push_back(std::move(Body));
}

void BodyFinder::function(const FunctionDecl *Function, llvm::ArrayRef<HookCapture> Captures) {
  const FunctionDecl *Definition = nullptr;
  if (!Function || !Function->hasBody(Definition) || Definition->isDependentContext())
    return;
  HookBody Body;
  Body.Function = Definition;
  Body.Captures.append(Captures.begin(), Captures.end());
  Bodies.push_back(std::move(Body));
}

HookCapture boundArgument(const Expr *Argument) {
  HookCapture Capture;
  Capture.Source = Argument;
  Capture.ByValue = true;
  Capture.Loc = Argument->getExprLoc();
  Capture.IsThis = isa<CXXThisExpr>(Argument->IgnoreParenImpCasts());
  const auto *Call = dyn_cast<CallExpr>(stripValue(Argument));
  llvm::StringRef Name = calleeName(Call);
  if (Call && Call->getNumArgs() && (Name == "ref" || Name == "cref")) {
    Capture.ByValue = false;
    Capture.Source = Call->getArg(0);
  }
  return Capture;
}

void BodyFinder::functor(const CXXRecordDecl *Record, llvm::ArrayRef<const Expr *> Arguments) {
  llvm::SmallVector<HookCapture, 4> Captures;
  for (const Expr *Argument : Arguments) {
    // Only what the functor keeps by value counts as held.
    HookCapture Capture = boundArgument(Argument);
    bool Keeps = llvm::any_of(Record->fields(), [&](const FieldDecl *Field) {
      return Field->getType().getCanonicalType().getUnqualifiedType() ==
             Argument->getType().getNonReferenceType().getCanonicalType().getUnqualifiedType();
    });
    Capture.ByValue &= Keeps;
    Captures.push_back(Capture);
  }
  function(callOperator(Record), Captures);
}

void BodyFinder::bind(const CallExpr *Call, unsigned Depth) {
  llvm::SmallVector<HookCapture, 4> Captures;
  for (unsigned I = 1; I < Call->getNumArgs(); ++I)
    Captures.push_back(boundArgument(Call->getArg(I)));
  size_t First = Bodies.size();
  callable(Call->getArg(0), Depth + 1);
  for (size_t I = First; I < Bodies.size(); ++I)
    Bodies[I].Captures.append(Captures.begin(), Captures.end());
}

void BodyFinder::callable(const Expr *E, unsigned Depth) {
  E = E ? stripValue(E) : nullptr;
  if (!E || Depth > MaxDepth)
    return;
  if (const auto *Lambda = dyn_cast<LambdaExpr>(E))
    return lambda(Lambda);
  if (const auto *Cast = dyn_cast<ExplicitCastExpr>(E))
    return callable(Cast->getSubExpr(), Depth + 1);
  if (const auto *Unary = dyn_cast<UnaryOperator>(E))
    return callable(Unary->getSubExpr(), Depth + 1);
  if (const auto *New = dyn_cast<CXXNewExpr>(E))
    return callable(New->getInitializer(), Depth + 1);
  if (const auto *List = dyn_cast<InitListExpr>(E)) {
    llvm::SmallVector<const Expr *, 4> Arguments(List->inits().begin(), List->inits().end());
    return functor(List->getType()->getAsCXXRecordDecl(), Arguments);
  }
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    if (const auto *Function = dyn_cast<FunctionDecl>(Ref->getDecl()))
      return function(Function);
    const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl());
    if (Variable && Variable->getInit())
      return callable(Variable->getInit(), Depth + 1);
    if (Variable)
      return functor(Variable->getType()->getAsCXXRecordDecl(), {});
    return;
  }
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(E)) {
    llvm::SmallVector<const Expr *, 4> Arguments(Construct->arguments().begin(),
                                                 Construct->arguments().end());
    const CXXRecordDecl *Record = Construct->getConstructor()->getParent();
    if (callOperator(Record) && !isStdFunction(Record))
      functor(Record, Arguments);
    // std::function, unique_ptr, RecordFunctionCallback(start, end), wrappers that keep a lambda.
    for (const Expr *Argument : Arguments)
      callable(Argument, Depth + 1);
    return;
  }
  const auto *Call = dyn_cast<CallExpr>(E);
  if (!Call)
    return;
  llvm::StringRef Name = calleeName(Call);
  if ((Name == "bind" || Name == "bind_front") && Call->getNumArgs())
    return bind(Call, Depth);
  if (Name == "make_unique" || Name == "make_shared") {
    QualType Made;
    if (const auto *Spec = dyn_cast_or_null<ClassTemplateSpecializationDecl>(
            Call->getType()->getAsCXXRecordDecl()))
      Made = Spec->getTemplateArgs()[0].getAsType();
    llvm::SmallVector<const Expr *, 4> Arguments(Call->arguments().begin(),
                                                 Call->arguments().end());
    if (!Made.isNull())
      functor(Made->getAsCXXRecordDecl(), Arguments);
    for (const Expr *Argument : Arguments)
      callable(Argument, Depth + 1);
    return;
  }
  // RecordFunctionCallback(...).needsInputs(true), and a lambda's conversion to a pointer.
  if (const auto *Method = dyn_cast<CXXMemberCallExpr>(Call))
    callable(Method->getImplicitObjectArgument(), Depth + 1);
}

} // namespace

bool HookBody::declares(const VarDecl *Variable) const {
  for (const DeclContext *Ctx = Variable->getDeclContext(); Ctx; Ctx = Ctx->getParent())
    if (Ctx == Function)
      return !(Lambda && Variable->isInitCapture());
  return false;
}

llvm::SmallVector<HookBody, 2> hookBodies(const HookSite &Site, ASTContext &Context) {
  llvm::SmallVector<HookBody, 2> Bodies;
  BodyFinder Finder(Bodies);
  for (const Expr *Argument : Site.Call->arguments())
    if (Argument != Site.Receiver && !holdsTensor(Argument->getType()))
      Finder.callable(Argument);
  return Bodies;
}

StorageRoot storageRoot(const Expr *E) {
  StorageRoot Root;
  // p->push_back(x): the object is the pointer's value.
  Root.ThroughPointer = E && E->getType()->isPointerType() && E->isPRValue();
  for (unsigned Depth = 0; E && Depth < 16; ++Depth) {
    E = stripValue(E);
    if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
      Root.Decl = Ref->getDecl();
      if (!Root.Last)
        Root.Last = Root.Decl;
      return Root;
    }
    if (isa<CXXThisExpr>(E)) {
      Root.IsThis = true;
      return Root;
    }
    if (const auto *Member = dyn_cast<MemberExpr>(E)) {
      if (!Root.Last)
        Root.Last = Member->getMemberDecl();
      if (isa<VarDecl>(Member->getMemberDecl())) { // a static data member
        Root.Decl = Member->getMemberDecl();
        return Root;
      }
      Root.ThroughPointer |= Member->isArrow();
      E = Member->getBase();
    } else if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(E)) {
      OverloadedOperatorKind Kind = Operator->getOperator();
      if (Kind != OO_Subscript && Kind != OO_Star && Kind != OO_Arrow)
        return {};
      Root.ThroughPointer |= Kind != OO_Subscript;
      E = Operator->getArg(0);
    } else if (const auto *Unary = dyn_cast<UnaryOperator>(E)) {
      if (Unary->getOpcode() == UO_Deref)
        Root.ThroughPointer = true;
      else if (Unary->getOpcode() != UO_AddrOf)
        return {};
      E = Unary->getSubExpr();
    } else if (const auto *Subscript = dyn_cast<ArraySubscriptExpr>(E)) {
      E = Subscript->getBase();
    } else if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E)) {
      llvm::StringRef Name = calleeName(Call);
      if (Name == "get")
        Root.ThroughPointer = true;
      else if (Name != "at" && Name != "back" && Name != "front" && Name != "value" &&
               Name != "second" && Name != "first" && Name != "lock")
        return {};
      E = Call->getImplicitObjectArgument();
    } else if (const auto *Call = dyn_cast<CallExpr>(E)) {
      if (calleeName(Call) != "get" || !Call->getNumArgs())
        return {};
      E = Call->getArg(0);
    } else {
      return {};
    }
  }
  return {};
}

bool holdsTensor(QualType Type) {
  if (Type.isNull())
    return false;
  Type = Type.getNonReferenceType().getCanonicalType().getUnqualifiedType();
  if (Type->isPointerType())
    return false;
  const CXXRecordDecl *Record = Type->getAsCXXRecordDecl();
  if (!Record || !Record->getIdentifier())
    return false;
  if (isNamed(Record, "c10::IValue") || isNamed(Record, "at::RecordFunction") ||
      isNamed(Record, "torchtidy::Values") || isTensorType(Type))
    return true;
  if (!Record->isInStdNamespace() && !isLibTorchDecl(Record))
    return false;
  if (Record->getName() == "function" || Record->getName() == "unique_ptr")
    return false;
  const auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(Record);
  if (!Spec)
    return false;
  for (const TemplateArgument &Argument : Spec->getTemplateArgs().asArray()) {
    if (Argument.getKind() == TemplateArgument::Type && holdsTensor(Argument.getAsType()))
      return true;
    if (Argument.getKind() == TemplateArgument::Pack)
      for (const TemplateArgument &Inner : Argument.pack_elements())
        if (Inner.getKind() == TemplateArgument::Type && holdsTensor(Inner.getAsType()))
          return true;
  }
  return false;
}

bool cutsGraph(llvm::StringRef Name) {
  static constexpr llvm::StringRef Names[] = {"detach",      "detach_",
                                              "data",        "variable_data",
                                              "tensor_data", "argmax",
                                              "argmin",      "eq",
                                              "ne",          "lt",
                                              "le",          "gt",
                                              "ge",          "isnan",
                                              "isinf",       "isfinite",
                                              "isclose",     "logical_and",
                                              "logical_or",  "logical_not",
                                              "argsort",     "count_nonzero",
                                              "sign",        "any",
                                              "all",         "nonzero",
                                              "bincount",    "histc"};
  return llvm::is_contained(Names, Name);
}

bool isViewName(llvm::StringRef Name) {
  static constexpr llvm::StringRef Names[] = {
      "view",      "reshape",   "narrow",   "select", "slice",   "squeeze", "unsqueeze",
      "transpose", "permute",   "t",        "index",  "expand",  "flatten", "contiguous",
      "view_as",   "expand_as", "diagonal", "unfold", "movedim", "numpy_T", "alias"};
  return llvm::is_contained(Names, Name);
}

namespace {

bool isAppend(llvm::StringRef Name) {
  static constexpr llvm::StringRef Names[] = {"push_back",     "emplace_back",     "push_front",
                                              "emplace_front", "insert",           "emplace",
                                              "push",          "insert_or_assign", "try_emplace"};
  return llvm::is_contained(Names, Name);
}

bool outlivesCall(const StorageRoot &Root, const HookBody &Body, unsigned Depth = 0) {
  if (Root.IsThis)
    return true;
  const auto *Variable = dyn_cast_or_null<VarDecl>(Root.Decl);
  if (!Variable || Depth > MaxDepth)
    return false;
  if (Variable->hasGlobalStorage() || !Body.declares(Variable))
    return true;
  QualType Type = Variable->getType();
  if (isa<ParmVarDecl>(Variable))
    // Bound by std::ref, or the hooked module itself.
    return (Type->isReferenceType() && !Type->isRValueReferenceType() &&
            !Type.getNonReferenceType().isConstQualified()) ||
           Root.ThroughPointer;
  if ((Type->isReferenceType() || Root.ThroughPointer) && Variable->getInit())
    return outlivesCall(storageRoot(Variable->getInit()), Body, Depth + 1);
  return false;
}

} // namespace

llvm::SmallVector<HookStore, 4> lastingStores(const HookBody &Body, ASTContext &Context) {
  llvm::SmallVector<HookStore, 4> Stores;
  auto Add = [&](const Expr *Where, const Expr *Target, const Expr *Value, bool Appends) {
    // x[0] = y on a tensor copies into x, as x.copy_(y) would.
    if (!Appends && isTensorType(Target->getType()) && stripValue(Target)->isPRValue())
      return;
    StorageRoot Root = storageRoot(Target);
    if (outlivesCall(Root, Body))
      Stores.push_back({Where, Value, Root.Last, Appends});
  };
  // Lambdas inside run at another time, or on locals; only the body proper is looked at.
  auto Walk = [&](auto &&Self, const Stmt *S) -> void {
    if (!S || isa<LambdaExpr>(S))
      return;
    if (const auto *Assign = dyn_cast<BinaryOperator>(S); Assign && Assign->isAssignmentOp())
      Add(Assign, Assign->getLHS(), Assign->getRHS(), false);
    if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(S);
        Operator && Operator->getOperator() == OO_Equal && Operator->getNumArgs() == 2)
      Add(Operator, Operator->getArg(0), Operator->getArg(1), false);
    if (const auto *Call = dyn_cast<CXXMemberCallExpr>(S); Call && isAppend(calleeName(Call)))
      for (const Expr *Argument : Call->arguments())
        Add(Call, Call->getImplicitObjectArgument(), Argument, true);
    for (const Stmt *Child : S->children())
      Self(Self, Child);
  };
  Walk(Walk, Body.body());
  return Stores;
}

namespace {

// The variable whose storage a tensor expression shows: x, x[0], x.view(-1), x.data().
const ValueDecl *storageOf(const Expr *E) {
  for (unsigned Depth = 0; E && Depth < 16; ++Depth) {
    E = stripValue(E);
    if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
      return Ref->getDecl();
    if (const auto *Member = dyn_cast<MemberExpr>(E))
      return Member->getMemberDecl();
    if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(E)) {
      if (Operator->getOperator() != OO_Subscript || !isTensorType(Operator->getArg(0)->getType()))
        return nullptr;
      E = Operator->getArg(0);
    } else if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E)) {
      llvm::StringRef Name = calleeName(Call);
      if (!isTensorType(Call->getImplicitObjectArgument()->getType()) ||
          !(isViewName(Name) || Name == "data" || Name == "detach"))
        return nullptr;
      E = Call->getImplicitObjectArgument();
    } else {
      return nullptr;
    }
  }
  return nullptr;
}

// Not what changes the shape alone.
bool writesValues(llvm::StringRef Name) {
  return isInPlaceName(Name) && !llvm::is_contained({"squeeze_", "unsqueeze_", "transpose_", "t_",
                                                     "swapdims_", "swapaxes_", "as_strided_"},
                                                    Name);
}

bool saysInplace(const Expr *E) {
  bool Found = false;
  forEachStmt(E, [&](const Stmt *S) {
    const auto *Call = dyn_cast<CallExpr>(S);
    if (Call && calleeName(Call) == "inplace" && Call->getNumArgs())
      if (const auto *Literal = dyn_cast<CXXBoolLiteralExpr>(stripValue(Call->getArg(0))))
        Found |= Literal->getValue();
    const auto *Construct = dyn_cast<CXXConstructExpr>(S);
    if (Construct && Construct->getNumArgs() == 1)
      if (const CXXRecordDecl *Record = Construct->getConstructor()->getParent();
          Record->getIdentifier() && Record->getName().ends_with("ReLUOptions"))
        if (const auto *Literal = dyn_cast<CXXBoolLiteralExpr>(stripValue(Construct->getArg(0))))
          Found |= Literal->getValue();
  });
  return Found;
}

} // namespace

const ValueDecl *changedInPlace(const Stmt *S) {
  const auto *Call = dyn_cast_or_null<CallExpr>(S);
  if (!Call)
    return nullptr;
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call)) {
    if (!Operator->getNumArgs() || !isTensorType(Operator->getArg(0)->getType())) {
      // A module that was made in view with inplace(true): act(x).
      if (Operator->getOperator() == OO_Call && isModuleCall(Operator) &&
          Operator->getNumArgs() == 2)
        if (const auto *Ref = dyn_cast<DeclRefExpr>(stripValue(Operator->getArg(0))))
          if (const auto *Module = dyn_cast<VarDecl>(Ref->getDecl());
              Module && saysInplace(Module->getInit()))
            return storageOf(Operator->getArg(1));
      return nullptr;
    }
    switch (Operator->getOperator()) {
    case OO_PlusEqual:
    case OO_MinusEqual:
    case OO_StarEqual:
    case OO_SlashEqual:
      return storageOf(Operator->getArg(0));
    case OO_Equal: {
      const Expr *Target = stripValue(Operator->getArg(0));
      return Target->isPRValue() ? storageOf(Target) : nullptr;
    }
    default:
      return nullptr;
    }
  }
  llvm::StringRef Name = calleeName(Call);
  if (const auto *Method = dyn_cast<CXXMemberCallExpr>(Call)) {
    const Expr *Object = Method->getImplicitObjectArgument();
    if (isTensorType(Object->getType()))
      return writesValues(Name) ? storageOf(Object) : nullptr;
    return nullptr;
  }
  const FunctionDecl *Callee = Call->getDirectCallee();
  if (!Callee || !isLibTorchDecl(Callee) || !Call->getNumArgs() ||
      !isTensorType(Call->getArg(0)->getType()))
    return nullptr;
  if (writesValues(Name) || Name.ends_with("_out"))
    return storageOf(Call->getArg(0));
  for (unsigned I = 1; I < Call->getNumArgs(); ++I)
    if (saysInplace(Call->getArg(I)))
      return storageOf(Call->getArg(0));
  return nullptr;
}

} // namespace torchtidy
