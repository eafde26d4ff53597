#include "model/tensors/Definedness.h"
#include "model/torch/ModuleClass.h"

using namespace clang;

namespace torchtidy {

namespace {

struct OptionRule {
  llvm::StringRef Option;
  bool Default;
};

// Which option of a library module leaves which of its tensors undefined. `weight` of Linear, Conv*
// and Embedding is always there.
std::optional<OptionRule> optionRule(llvm::StringRef Library, llvm::StringRef Slot) {
  bool Bias = Slot == "bias", Weight = Slot == "weight";
  if (Library == "Linear" || Library == "Bilinear" || Library.starts_with("Conv"))
    return Bias ? std::optional<OptionRule>({"bias", true}) : std::nullopt;
  if (Library.ends_with("Cell"))
    return Slot == "bias_ih" || Slot == "bias_hh" ? std::optional<OptionRule>({"bias", true})
                                                  : std::nullopt;
  if (Library == "MultiheadAttention") {
    if (Slot == "in_proj_bias")
      return OptionRule{"bias", true};
    if (Slot == "bias_k" || Slot == "bias_v")
      return OptionRule{"add_bias_kv", false};
    return std::nullopt;
  }
  if (!Bias && !Weight)
    return std::nullopt;
  if (Library.starts_with("BatchNorm") || Library == "GroupNorm")
    return OptionRule{"affine", true};
  if (Library.starts_with("InstanceNorm"))
    return OptionRule{"affine", false};
  if (Library == "LayerNorm")
    return OptionRule{"elementwise_affine", true};
  return std::nullopt;
}

bool isOptionsType(QualType Type) {
  const CXXRecordDecl *Record = Type.getNonReferenceType()->getAsCXXRecordDecl();
  return Record && Record->getIdentifier() && isLibTorchDecl(Record) &&
         Record->getName().ends_with("Options");
}

llvm::StringRef calleeName(const CallExpr *Call) {
  const FunctionDecl *Callee = Call->getDirectCallee();
  return Callee && Callee->getIdentifier() ? Callee->getName() : llvm::StringRef();
}

Verdict join(const Verdict &A, const Verdict &B) {
  // The more harmful one wins; what cannot be seen is no proof of harm, but spoils proof of none.
  auto Rank = [](Built State) {
    switch (State) {
    case Built::Undefined:
      return 5;
    case Built::Flag:
      return 4;
    case Built::Caller:
      return 3;
    case Built::Any:
      return 2;
    case Built::Unknown:
      return 1;
    case Built::Defined:
      return 0;
    }
    return 1;
  };
  return Rank(B.State) > Rank(A.State) ? B : A;
}

// The collection that `x->modules()` and its like are called on, else null.
const Expr *moduleWalk(const Expr *E, bool &OnThis) {
  OnThis = false;
  const auto *Call = dyn_cast_or_null<CXXMemberCallExpr>(stripValue(E));
  if (!Call || !Call->getMethodDecl() || !isLibTorchDecl(Call->getMethodDecl()))
    return nullptr;
  if (!llvm::is_contained(
          {"modules", "children", "named_modules", "named_children", "values", "items", "pairs"},
          calleeName(Call)))
    return nullptr;
  const Expr *Object = Call->getImplicitObjectArgument();
  if (llvm::is_contained({"values", "items", "pairs"}, calleeName(Call)))
    return moduleWalk(Object, OnThis);
  OnThis = isa<CXXThisExpr>(stripOwner(Object));
  return Object;
}

std::string plainName(llvm::StringRef Name) {
  Name.consume_front("m_");
  Name = Name.trim('_');
  return Name.lower();
}

// The declaration behind a flag and its name, for `use_bias`, `config.use_bias`, `opts.use_bias()`.
const NamedDecl *flagDecl(const Expr *E) {
  E = stripValue(E);
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
    return Ref->getDecl();
  if (const auto *Member = dyn_cast<MemberExpr>(E))
    return Member->getMemberDecl();
  if (const auto *Call = dyn_cast<CallExpr>(E))
    return dyn_cast_or_null<NamedDecl>(Call->getCalleeDecl());
  return nullptr;
}

bool sameFlag(const NamedDecl *A, const NamedDecl *B) {
  if (!A || !B)
    return false;
  if (A->getCanonicalDecl() == B->getCanonicalDecl())
    return true;
  return A->getIdentifier() && B->getIdentifier() &&
         plainName(A->getName()) == plainName(B->getName());
}

// `!flag` and `flag == false` taken apart.
const Expr *stripNot(const Expr *E, bool &Polarity) {
  E = stripValue(E);
  while (const auto *Unary = dyn_cast<UnaryOperator>(E)) {
    if (Unary->getOpcode() != UO_LNot)
      break;
    Polarity = !Polarity;
    E = stripValue(Unary->getSubExpr());
  }
  return E;
}

// find("bias") on what named_parameters() returned.
bool isFindBias(const Expr *E) {
  const auto *Call = dyn_cast_or_null<CXXMemberCallExpr>(stripValue(E));
  if (!Call || calleeName(Call) != "find" || Call->getNumArgs() != 1)
    return false;
  const CXXRecordDecl *Record =
      Call->getMethodDecl() ? Call->getMethodDecl()->getParent() : nullptr;
  if (!Record || !isLibTorchDecl(Record) || !Record->getIdentifier() ||
      Record->getName() != "OrderedDict")
    return false;
  const Expr *Key = stripValue(Call->getArg(0));
  while (const auto *Construct = dyn_cast<CXXConstructExpr>(Key)) {
    if (Construct->getNumArgs() < 1)
      return false;
    Key = stripValue(Construct->getArg(0));
  }
  const auto *Literal = dyn_cast<clang::StringLiteral>(Key);
  return Literal && Literal->isOrdinary() &&
         (Literal->getString() == "bias" || Literal->getString().ends_with(".bias"));
}

} // namespace

Definedness::Definedness(ASTContext &Context) : Context(Context), Index(Context), Guards(Context) {}

std::optional<OptionalTensor> Definedness::accessOf(const Expr *E) const {
  E = stripValue(E);
  if (!E)
    return std::nullopt;
  if (const auto *Member = dyn_cast<MemberExpr>(E)) {
    const auto *Field = dyn_cast<FieldDecl>(Member->getMemberDecl());
    if (!Field || !isLibTorchDecl(Field) || !isTensorType(Field->getType()))
      return std::nullopt;
    // The static type of the object, before it was cast to the base that declares the field.
    QualType Type = Member->getBase()->IgnoreParenImpCasts()->getType();
    const CXXRecordDecl *Record = moduleOf(Type);
    OptionalTensor Access;
    Access.Library = libraryModuleName(Record);
    std::optional<OptionRule> Rule = optionRule(Access.Library, Field->getName());
    if (!Rule)
      return std::nullopt;
    Access.Access = E;
    Access.Module = Member->getBase();
    Access.Record = Record;
    Access.Slot = Field->getName();
    Access.Option = Rule->Option;
    Access.Default = Rule->Default;
    return Access;
  }
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E); Ref && !E->getType()->isPointerType()) {
    const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl());
    if (!Variable || isa<ParmVarDecl>(Variable) || !Variable->isLocalVarDecl() ||
        !Variable->getInit() || !isTensorType(Variable->getType()) ||
        Index.valuesOf(Variable).size() != 1)
      return std::nullopt;
    std::optional<OptionalTensor> Access = accessOf(Variable->getInit());
    if (Access)
      Access->Access = E;
    return Access;
  }
  const Expr *Pointer = nullptr;
  if (const auto *Unary = dyn_cast<UnaryOperator>(E); Unary && Unary->getOpcode() == UO_Deref)
    Pointer = stripValue(Unary->getSubExpr());
  else if (E->getType()->isPointerType()) // p->zero_()
    Pointer = E;
  if (!Pointer)
    return std::nullopt;
  bool Found = isFindBias(Pointer);
  if (const auto *Ref = dyn_cast<DeclRefExpr>(Pointer); Ref && !Found)
    if (const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl()))
      Found = Variable->getInit() && !isa<ParmVarDecl>(Variable) &&
              isFindBias(Variable->getInit()) && Index.valuesOf(Variable).size() == 1;
  if (!Found)
    return std::nullopt;
  OptionalTensor Access;
  Access.Access = E;
  Access.Pointer = Pointer;
  Access.Slot = "bias";
  Access.Option = "bias";
  return Access;
}

// ---- what the construction says -----------------------------------------------------------------

Verdict Definedness::evalFlag(const Expr *E, const Bindings &Bound, unsigned Depth) {
  E = stripValue(E);
  if (const auto *Default = dyn_cast<CXXDefaultArgExpr>(E))
    E = stripValue(Default->getExpr());
  if (!E || Depth > 12)
    return {};
  bool Value;
  if (!E->isValueDependent() && E->EvaluateAsBooleanCondition(Value, Context))
    return {Value ? Built::Defined : Built::Undefined, E, nullptr};
  if (const auto *Unary = dyn_cast<UnaryOperator>(E); Unary && Unary->getOpcode() == UO_LNot) {
    Verdict Inner = evalFlag(Unary->getSubExpr(), Bound, Depth + 1);
    if (Inner.State == Built::Defined || Inner.State == Built::Undefined)
      return {Inner.State == Built::Defined ? Built::Undefined : Built::Defined, E, nullptr};
    return {Built::Flag, E, E};
  }
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    if (const auto *Param = dyn_cast<ParmVarDecl>(Ref->getDecl()))
      if (auto It = Bound.find(Param); It != Bound.end() && It->second) {
        Bindings None;
        return evalFlag(It->second, None, Depth + 1);
      }
    if (const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl());
        Variable && Variable->isLocalVarDecl() && Variable->getInit() &&
        Index.valuesOf(Variable).size() == 1) {
      Verdict Inner = evalFlag(Variable->getInit(), Bound, Depth + 1);
      if (Inner.State == Built::Defined || Inner.State == Built::Undefined)
        return Inner;
    }
  }
  return {Built::Flag, E, E};
}

Verdict Definedness::evalCallee(const CallExpr *Call, const OptionalTensor &Access,
                                const Bindings &Bound, bool Module, unsigned Depth) {
  const FunctionDecl *Callee = Call->getDirectCallee();
  if (!Callee || Depth > 8)
    return {};
  const FunctionDecl *Body = Callee->getDefinition();
  if (!Body || !Body->hasBody() || isExternalDecl(Body, Context.getSourceManager()))
    return {};
  Bindings Inner;
  unsigned Skip = isa<CXXOperatorCallExpr>(Call) && isa<CXXMethodDecl>(Callee) ? 1 : 0;
  for (unsigned I = Skip; I < Call->getNumArgs() && I - Skip < Body->getNumParams(); ++I) {
    const Expr *Argument = Call->getArg(I);
    // An argument that is itself a bound parameter is passed through.
    if (const auto *Ref = dyn_cast<DeclRefExpr>(stripValue(Argument)))
      if (const auto *Param = dyn_cast<ParmVarDecl>(Ref->getDecl()))
        if (auto It = Bound.find(Param); It != Bound.end())
          Argument = It->second;
    Inner[Body->getParamDecl(I - Skip)] = Argument;
  }
  struct Returns : RecursiveASTVisitor<Returns> {
    llvm::SmallVector<const Expr *, 4> Values;
    bool TraverseLambdaExpr(LambdaExpr *) { return true; }
    bool VisitReturnStmt(ReturnStmt *S) {
      if (S->getRetValue())
        Values.push_back(S->getRetValue());
      return true;
    }
  } Found;
  Found.TraverseStmt(Body->getBody());
  if (Found.Values.empty())
    return {};
  Verdict All{Built::Defined, nullptr, nullptr};
  for (const Expr *Value : Found.Values)
    All = join(All, Module ? evalModule(Value, Access, Inner, Depth + 1)
                           : evalOptions(Value, Access, Inner, Depth + 1));
  if (!All.Evidence)
    All.Evidence = Call;
  return All;
}

Verdict Definedness::evalOptions(const Expr *E, const OptionalTensor &Access, const Bindings &Bound,
                                 unsigned Depth) {
  if (!E || Depth > 24)
    return {};
  E = stripValue(E);
  if (const auto *Cast = dyn_cast<ExplicitCastExpr>(E))
    return evalOptions(Cast->getSubExpr(), Access, Bound, Depth + 1);
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E)) {
    if (!isOptionsType(Call->getImplicitObjectArgument()->getType()))
      return evalCallee(Call, Access, Bound, false, Depth + 1);
    if (calleeName(Call) == Access.Option && Call->getNumArgs() == 1) {
      Verdict Set = evalFlag(Call->getArg(0), Bound, Depth + 1);
      Set.Evidence = Call->getArg(0);
      return Set;
    }
    return evalOptions(Call->getImplicitObjectArgument(), Access, Bound, Depth + 1);
  }
  if (const auto *Call = dyn_cast<CallExpr>(E))
    return evalCallee(Call, Access, Bound, false, Depth + 1);
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(E)) {
    // LinearOptions from BilinearOptions and the like: through the argument.
    if (Construct->getNumArgs() == 1 && isOptionsType(Construct->getArg(0)->getType()))
      return evalOptions(Construct->getArg(0), Access, Bound, Depth + 1);
    return {Access.Default ? Built::Defined : Built::Undefined, E, nullptr};
  }
  if (const auto *Choice = dyn_cast<ConditionalOperator>(E))
    return join(evalOptions(Choice->getTrueExpr(), Access, Bound, Depth + 1),
                evalOptions(Choice->getFalseExpr(), Access, Bound, Depth + 1));
  const ValueDecl *D = namedDecl(E);
  if (!D)
    return {};
  if (const auto *Param = dyn_cast<ParmVarDecl>(D)) {
    if (auto It = Bound.find(Param); It != Bound.end() && It->second) {
      Bindings None;
      return evalOptions(It->second, Access, None, Depth + 1);
    }
    return {Built::Caller, E, nullptr};
  }
  // `options.bias(false);` as a statement of its own decides over the initial value.
  const CXXMemberCallExpr *Setter = nullptr;
  unsigned Setters = 0;
  for (const CXXMemberCallExpr *Call : Index.settersOf(D))
    if (calleeName(Call) == Access.Option && !isa<FieldDecl>(D)) {
      Setter = Call;
      ++Setters;
    }
  if (Setters > 1)
    return {};
  if (Setter) {
    Verdict Set = evalFlag(Setter->getArg(0), Bound, Depth + 1);
    Set.Evidence = Setter->getArg(0);
    return Set;
  }
  if (isa<FieldDecl>(D))
    return {Built::Caller, E, nullptr};
  llvm::ArrayRef<const Expr *> Values = Index.valuesOf(D);
  if (Values.size() != 1 || !Values[0])
    return {};
  return evalOptions(Values[0], Access, Bound, Depth + 1);
}

Verdict Definedness::evalArguments(llvm::ArrayRef<const Expr *> Arguments, const Expr *Whole,
                                   const OptionalTensor &Access, const Bindings &Bound,
                                   unsigned Depth) {
  for (const Expr *Argument : Arguments) {
    QualType Type = stripValue(Argument)->getType();
    if (isOptionsType(Type))
      return evalOptions(Argument, Access, Bound, Depth + 1);
    if (Type->isDependentType())
      return {};
  }
  if (Arguments.empty())
    return {};
  return {Access.Default ? Built::Defined : Built::Undefined, Whole, nullptr};
}

Verdict Definedness::evalModule(const Expr *E, const OptionalTensor &Access, const Bindings &Bound,
                                unsigned Depth) {
  if (!E || Depth > 16)
    return {};
  E = stripValue(E);
  if (const auto *Init = dyn_cast<InitListExpr>(E); Init && Init->getNumInits() == 1)
    return evalModule(Init->getInit(0), Access, Bound, Depth + 1);
  if (const auto *Choice = dyn_cast<ConditionalOperator>(E))
    return join(evalModule(Choice->getTrueExpr(), Access, Bound, Depth + 1),
                evalModule(Choice->getFalseExpr(), Access, Bound, Depth + 1));
  if (const auto *New = dyn_cast<CXXNewExpr>(E))
    return New->getConstructExpr() ? evalModule(New->getConstructExpr(), Access, Bound, Depth + 1)
                                   : Verdict{};
  if (const auto *Cast = dyn_cast<ExplicitCastExpr>(E))
    return evalModule(Cast->getSubExpr(), Access, Bound, Depth + 1);
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(E)) {
    llvm::SmallVector<const Expr *, 4> Arguments(Construct->arguments());
    while (!Arguments.empty() && isa<CXXDefaultArgExpr>(Arguments.back()))
      Arguments.pop_back();
    if (Arguments.size() == 1) {
      const Expr *Only = stripValue(Arguments[0]);
      if (Only->getType()->isNullPtrType())
        return {Built::Defined, E, nullptr}; // null: another rule's business
      if (classifyType(Only->getType()).isModule())
        return evalModule(Only, Access, Bound, Depth + 1);
    }
    const CXXRecordDecl *Record = moduleOf(Construct->getType());
    if (!Record || !isLibTorchDecl(Record))
      return {}; // a class of the project that derives from the library's: its constructor decides
    return evalArguments(Arguments, E, Access, Bound, Depth + 1);
  }
  if (const auto *Call = dyn_cast<CallExpr>(E)) {
    llvm::StringRef Name = calleeName(Call);
    if ((Name == "register_module" || Name == "replace_module") && Call->getNumArgs() == 2)
      return evalModule(Call->getArg(1), Access, Bound, Depth + 1);
    if (Name == "make_shared" || Name == "make_unique") {
      const CXXRecordDecl *Record = moduleOf(Call->getType());
      if (!Record || !isLibTorchDecl(Record))
        return {};
      llvm::SmallVector<const Expr *, 4> Arguments(Call->arguments());
      return evalArguments(Arguments, E, Access, Bound, Depth + 1);
    }
    if (const CXXRecordDecl *Record = moduleOf(Call->getType());
        Record && !isa<CXXMemberCallExpr>(Call) && !isa<CXXOperatorCallExpr>(Call))
      return evalCallee(Call, Access, Bound, true, Depth + 1);
    if (const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Call->getDirectCallee());
        Method && !isExternalDecl(Method, Context.getSourceManager()) &&
        isa<CXXMemberCallExpr>(Call))
      return evalCallee(Call, Access, Bound, true, Depth + 1);
    return origin(E, Access, Depth + 1);
  }
  if (const ValueDecl *D = namedDecl(E)) {
    if (const auto *Param = dyn_cast<ParmVarDecl>(D))
      if (auto It = Bound.find(Param); It != Bound.end() && It->second) {
        Bindings None;
        return evalModule(It->second, Access, None, Depth + 1);
      }
    return origin(E, Access, Depth + 1);
  }
  return {};
}

Verdict Definedness::joinModules(llvm::ArrayRef<const Expr *> Values, const OptionalTensor &Access,
                                 unsigned Depth) {
  if (Values.empty())
    return {};
  Bindings None;
  Verdict All{Built::Defined, nullptr, nullptr};
  for (const Expr *Value : Values)
    All = join(All, Value ? evalModule(Value, Access, None, Depth + 1) : Verdict{});
  return All;
}

Verdict Definedness::evalValues(const ValueDecl *D, const OptionalTensor &Access, unsigned Depth) {
  return joinModules(Index.valuesOf(D), Access, Depth);
}

// ---- where a module comes from ------------------------------------------------------------------

static bool isGivenModules(const CXXRecordDecl *Class) {
  const CXXRecordDecl *Record = Class->getDefinition();
  return llvm::any_of(Record->ctors(), [](const CXXConstructorDecl *Constructor) {
    return !Constructor->isCopyOrMoveConstructor() &&
           llvm::any_of(Constructor->parameters(), [](const ParmVarDecl *Parameter) {
             TypeInfo Info = classifyType(Parameter->getType());
             return Info.isModule() || Info.HoldsModules;
           });
  });
}

// Every module of the type in question that is built inside Class and the modules it is made of;
// null: anywhere in view.
Verdict Definedness::builtInside(const CXXRecordDecl *Class, const OptionalTensor &Access,
                                 const Expr *From) {
  llvm::SmallPtrSet<const CXXRecordDecl *, 16> Tree;
  if (Class) {
    llvm::SmallVector<const CXXRecordDecl *, 16> Todo{Class};
    while (!Todo.empty()) {
      const CXXRecordDecl *Record = Todo.pop_back_val();
      if (!Record || !Record->hasDefinition() || isLibTorchDecl(Record) ||
          !Tree.insert(Record->getDefinition()->getCanonicalDecl()).second)
        continue;
      Record = Record->getDefinition();
      for (const FieldDecl *Field : Record->fields()) {
        TypeInfo Info = classifyType(Field->getType());
        while (Info.Kind == TypeKind::Container && !Info.Element.isNull())
          Info = classifyType(Info.Element);
        Todo.push_back(Info.Module);
      }
      for (const CXXBaseSpecifier &Base : Record->bases())
        Todo.push_back(Base.getType()->getAsCXXRecordDecl());
      for (const ProjectIndex::Construction &C : Index.constructions())
        if (C.Class && C.Class->getCanonicalDecl() == Record->getCanonicalDecl())
          Todo.push_back(C.Module);
    }
  }
  auto InTree = [&](const ProjectIndex::Construction &C) {
    if (!Class)
      return true;
    if (C.Class)
      return Tree.contains(C.Class->getCanonicalDecl());
    // A free helper counts when the tree's classes call it.
    if (C.In)
      for (const ProjectIndex::CallSite &Site : Index.callsOf(C.In))
        if (const CXXRecordDecl *Caller = Site.In ? enclosingClass(Site.In) : nullptr;
            Caller && Tree.contains(Caller->getCanonicalDecl()))
          return true;
    return false;
  };
  Bindings None;
  Verdict All{Built::Any, From, nullptr};
  bool Seen = false;
  for (const ProjectIndex::Construction &C : Index.constructions()) {
    if (libraryModuleName(C.Module) != Access.Library || !InTree(C))
      continue;
    Verdict One = evalModule(C.Value, Access, None, 0);
    // In generic code an unprovable construction is no worse than any other module.
    if (One.State == Built::Unknown)
      One = {Built::Any, From, nullptr};
    All = Seen ? join(All, One) : One;
    Seen = true;
  }
  // A branch for a layer that a class neither builds nor is given is dead.
  if (Class && !Seen && llvm::none_of(Tree, isGivenModules))
    return {};
  return All;
}

Verdict Definedness::elements(const Expr *Container, const OptionalTensor &Access, unsigned Depth) {
  const ValueDecl *D = namedDecl(stripOwner(Container));
  if (!D || Depth > 8)
    return {};
  // What is pushed; a typed container (vector<Linear>) only takes modules of that type.
  TypeInfo Info = classifyType(D->getType());
  if (Info.Kind == TypeKind::Container)
    return joinModules(Index.elementsOf(D), Access, Depth + 1);
  return {};
}

Verdict Definedness::originOfParameter(const ParmVarDecl *Param, const OptionalTensor &Access,
                                       unsigned Depth) {
  bool Generic = !libraryModuleName(moduleOf(Param->getType())).size();
  if (const LambdaExpr *Lambda = Index.lambdaOf(Param)) {
    const auto *Call = dyn_cast_or_null<CXXMemberCallExpr>(Index.callTaking(Lambda));
    if (Call && calleeName(Call) == "apply" && isLibTorchDecl(Call->getMethodDecl())) {
      const CXXRecordDecl *Class =
          moduleOf(Call->getImplicitObjectArgument()->IgnoreParenImpCasts()->getType());
      return builtInside(Class && !isLibTorchDecl(Class) ? Class : nullptr, Access, Call);
    }
    return {};
  }
  const auto *Function = dyn_cast<FunctionDecl>(Param->getDeclContext());
  if (!Function)
    return {};
  // Who calls it, and with what? A function that only this file can call is judged by its calls.
  unsigned Position = Param->getFunctionScopeIndex();
  Verdict All{Built::Defined, nullptr, nullptr};
  bool Called = false;
  for (const ProjectIndex::CallSite &Site : Index.callsOf(Function)) {
    if (!Site.Call || Position >= Site.Call->getNumArgs())
      continue;
    Called = true;
    Verdict One = origin(Site.Call->getArg(Position), Access, Depth + 1);
    All = join(All, One);
  }
  bool Internal = !Function->isExternallyVisible() && !Index.isCallback(Function);
  if (Called && (Internal || !Generic))
    return All;
  if (Internal)
    return {}; // dead code
  if (Index.isCallback(Function) && !Function->isExternallyVisible())
    return builtInside(nullptr, Access, nullptr);
  return {Built::Any, nullptr, nullptr};
}

Verdict Definedness::origin(const Expr *E, const OptionalTensor &Access, unsigned Depth) {
  if (!E || Depth > 16)
    return {};
  E = stripOwner(E);
  if (const auto *Cast = dyn_cast<ExplicitCastExpr>(E))
    return origin(Cast->getSubExpr(), Access, Depth + 1);
  if (const auto *Call = dyn_cast<CallExpr>(E)) {
    llvm::StringRef Name = calleeName(Call);
    // m->as<Linear>(), dynamic_pointer_cast<LinearImpl>(m): the same module, seen by its type.
    if (const auto *MemberCall = dyn_cast<CXXMemberCallExpr>(Call);
        MemberCall && (Name == "as" || Name == "shared_from_this"))
      return origin(MemberCall->getImplicitObjectArgument(), Access, Depth + 1);
    if (Name.ends_with("_pointer_cast") && Call->getNumArgs() == 1)
      return origin(Call->getArg(0), Access, Depth + 1);
    if (const auto *MemberCall = dyn_cast<CXXMemberCallExpr>(Call);
        MemberCall && (Name == "value" || Name == "second" || Name == "back" || Name == "front" ||
                       Name == "at")) {
      const Expr *Object = MemberCall->getImplicitObjectArgument();
      if (Name == "value")
        return origin(Object, Access, Depth + 1);
      return elements(Object, Access, Depth + 1);
    }
    if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(Call);
        Op && Op->getOperator() == OO_Subscript)
      return elements(Op->getArg(0), Access, Depth + 1);
    Bindings None;
    if (Name == "register_module" || Name == "make_shared" ||
        (Call->getDirectCallee() &&
         !isExternalDecl(Call->getDirectCallee(), Context.getSourceManager())))
      return evalModule(E, Access, None, Depth + 1);
    return {};
  }
  if (const auto *Subscript = dyn_cast<ArraySubscriptExpr>(E))
    return elements(Subscript->getBase(), Access, Depth + 1);
  const ValueDecl *D = namedDecl(E);
  if (!D) {
    if (isa<CXXThisExpr>(E))
      return {};
    Bindings None;
    return isa<CXXConstructExpr>(E) ? evalModule(E, Access, None, Depth + 1) : Verdict{};
  }
  if (const Expr *Range = Index.rangeOf(D)) {
    bool OnThis = false;
    if (const auto *Ref = dyn_cast<DeclRefExpr>(stripValue(Range)))
      if (const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl());
          Variable && Variable->getInit() && !isa<ParmVarDecl>(Variable) &&
          moduleWalk(Variable->getInit(), OnThis))
        Range = Variable->getInit();
    if (const Expr *Object = moduleWalk(Range, OnThis)) {
      const CXXRecordDecl *Class = moduleOf(Object->IgnoreParenImpCasts()->getType());
      if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(stripValue(Object)))
        Class = moduleOf(Op->getArg(0)->getType());
      // What is in a container member of a class is built inside that class.
      if (const auto *Field = dyn_cast_or_null<FieldDecl>(namedDecl(stripOwner(Object)));
          Field && Class && isLibTorchDecl(Class))
        Class = dyn_cast<CXXRecordDecl>(Field->getParent());
      return builtInside(Class && !isLibTorchDecl(Class) ? Class : nullptr, Access, Range);
    }
    TypeInfo Info = classifyType(Range->getType());
    if (Info.Kind == TypeKind::Container)
      return elements(Range, Access, Depth + 1);
    if (Info.isModule()) // for (auto &m : *sequential)
      return builtInside(nullptr, Access, Range);
    return {};
  }
  if (const auto *Param = dyn_cast<ParmVarDecl>(D))
    return originOfParameter(Param, Access, Depth + 1);
  if (const auto *Variable = dyn_cast<VarDecl>(D)) {
    if (!Variable->isLocalVarDecl() && !Variable->hasInit())
      return {};
    return evalValues(Variable, Access, Depth + 1);
  }
  if (isa<FieldDecl>(D))
    return evalValues(D, Access, Depth + 1);
  return {};
}

// ---- checks on the way --------------------------------------------------------------------------

bool Definedness::isGuard(const Expr *E, bool Polarity, const OptionalTensor &Access,
                          const std::string &ModuleKey, const std::string &SlotKey,
                          const Expr *Flag) {
  // p from find("bias"): p itself is the check.
  if (Access.Pointer)
    if (Polarity && !SlotKey.empty() && E->getType()->isPointerType() && pathKey(E) == SlotKey)
      return true;
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E)) {
    llvm::StringRef Name = calleeName(Call);
    const Expr *Object = Call->getImplicitObjectArgument();
    if (Name == "defined" || Name == "has_value")
      return Polarity && !SlotKey.empty() && pathKey(Object) == SlotKey;
    if (Name == "numel" || Name == "dim")
      return Polarity && !SlotKey.empty() && pathKey(Object) == SlotKey;
    if ((Name == "contains" || Name == "count") && Call->getNumArgs() == 1) {
      std::string Key = pathKey(Call->getArg(0));
      return Polarity && llvm::StringRef(Key).contains(Access.Slot);
    }
    if (Name == "find" && isFindBias(E))
      return Polarity && (Access.Module || SlotKey == pathKey(E));
    if (Name == Access.Option && Call->getNumArgs() == 0 && isOptionsType(Object->getType())) {
      // The options of this module; options of no particular module are taken at their word.
      std::string Key = pathKey(Object);
      llvm::StringRef Owner(Key);
      if (!Owner.consume_back(".options") || ModuleKey.empty() || Owner == "this")
        return Polarity;
      return Polarity && Owner == ModuleKey;
    }
  }
  // m->bias.numel() > 0
  if (const auto *Binary = dyn_cast<BinaryOperator>(E); Binary && Binary->isRelationalOp()) {
    const auto *Call = dyn_cast<CXXMemberCallExpr>(stripValue(Binary->getLHS()));
    if (Call && (calleeName(Call) == "numel" || calleeName(Call) == "dim") &&
        pathKey(Call->getImplicitObjectArgument()) == SlotKey)
      return Polarity == (Binary->getOpcode() == BO_GT || Binary->getOpcode() == BO_GE);
  }
  // use_counts and handles do not lie: `if (m->bias.unsafeGetTensorImpl())` is too rare to model.
  bool Wanted = true;
  const Expr *Plain = stripNot(E, Wanted);
  if (!Plain->getType()->isBooleanType())
    return false;
  const NamedDecl *Named = flagDecl(Plain);
  if (!Named || !Named->getIdentifier())
    return false;
  if (Flag) {
    bool FlagPolarity = true;
    const Expr *FlagPlain = stripNot(Flag, FlagPolarity);
    if (sameFlag(Named, flagDecl(FlagPlain)))
      return Polarity == (Wanted == FlagPolarity);
  }
  // A flag named after the option is taken for the flag that was given to it.
  std::string Name = Named->getName().lower();
  bool Speaks = llvm::StringRef(Name).contains("bias") || llvm::StringRef(Name).contains("affine");
  if (!Speaks || isLibTorchDecl(Named))
    return false;
  bool Negative = llvm::StringRef(Name).starts_with("no") ||
                  llvm::StringRef(Name).contains("without") ||
                  llvm::StringRef(Name).contains("disable");
  return Polarity == (Wanted != Negative);
}

Verdict Definedness::judge(const OptionalTensor &Access, const Stmt *Use,
                           llvm::ArrayRef<BodyFrame> Frames) {
  llvm::SmallPtrSet<const ValueDecl *, 4> Roots;
  std::string ModuleKey, SlotKey;
  if (Access.Module) {
    ModuleKey = pathKey(Access.Module, &Roots);
    SlotKey = ModuleKey.empty() ? "" : ModuleKey + "." + Access.Slot.str();
  } else if (Access.Pointer) {
    SlotKey = pathKey(Access.Pointer, &Roots);
  }
  Verdict From{Built::Any, nullptr, nullptr};
  if (Access.Module)
    From = origin(Access.Module, Access, 0);
  if (From.State == Built::Unknown || From.State == Built::Defined)
    return From;

  std::optional<Verdict> Assigned;
  auto Leaf = [&](const Expr *E, bool Polarity) {
    return isGuard(E, Polarity, Access, ModuleKey, SlotKey, From.Flag);
  };
  auto OnStatement = [&](const Stmt *S) {
    const Expr *Target = nullptr, *Value = nullptr;
    if (const auto *Op = dyn_cast<CXXOperatorCallExpr>(S);
        Op && Op->getOperator() == OO_Equal && Op->getNumArgs() == 2) {
      Target = Op->getArg(0);
      Value = Op->getArg(1);
    } else if (const auto *Binary = dyn_cast<BinaryOperator>(S);
               Binary && Binary->getOpcode() == BO_Assign) {
      Target = Binary->getLHS();
      Value = Binary->getRHS();
    }
    if (Target) {
      std::string Key = pathKey(Target);
      if (!Key.empty() && Key == SlotKey)
        return Effect::Establishes; // bias = torch::zeros(…)
      if (!Key.empty() && Key == ModuleKey) {
        Bindings None;
        Verdict V = evalModule(Value, Access, None, 0);
        if (V.State == Built::Defined || V.State == Built::Unknown)
          return Effect::Establishes;
        Assigned = V;
        // The condition of this very value may still hold on the way: keep looking for it.
        return V.State == Built::Undefined ? Effect::Destroys : Effect::None;
      }
      return Effect::None;
    }
    if (const auto *Declaration = dyn_cast<DeclStmt>(S))
      for (const Decl *D : Declaration->decls())
        if (const auto *Variable = dyn_cast<VarDecl>(D);
            Variable && Roots.contains(cast<ValueDecl>(Variable->getCanonicalDecl())) &&
            !Variable->getType()->isIntegerType())
          return Effect::Destroys;
    return Effect::None;
  };
  for (size_t I = Frames.size(); I-- > 0;) {
    // Outside the innermost body the place is the lambda that encloses it.
    const Stmt *Place = I + 1 == Frames.size() ? Use : Frames[I + 1].Lambda;
    PathGuards::Answer Answer = Guards.holdsAt(Frames[I].Function, Place, Leaf, OnStatement);
    if (Answer.Holds)
      return {Built::Defined, nullptr, nullptr};
    if (Answer.Destroyer)
      break;
  }
  if (Assigned && From.State != Built::Undefined)
    return *Assigned;
  return From;
}

} // namespace torchtidy
