#include "model/facts/Registrations.h"

using namespace clang;

namespace torchtidy {

namespace {

llvm::StringRef nameOf(const NamedDecl *D) {
  return D && D->getIdentifier() ? D->getName() : llvm::StringRef();
}

bool isAnyOf(llvm::StringRef Name, std::initializer_list<llvm::StringRef> Names) {
  return llvm::is_contained(Names, Name);
}

bool takesPart(QualType Type) {
  TypeInfo Info = classifyType(Type);
  return Info.isModule() || Info.isTensor() || Info.Kind == TypeKind::Container;
}

bool holdsModule(QualType Type) {
  TypeInfo Info = classifyType(Type);
  return Info.isModule() || Info.HoldsModules;
}

// What a member function is called on, seen through operator-> of holders.
const Expr *objectOf(const CXXMemberCallExpr *Call) {
  const Expr *Object = Call->getImplicitObjectArgument();
  return Object ? Object->IgnoreParenImpCasts() : nullptr;
}

} // namespace

bool isVisible(const FunctionDecl *F) {
  const FunctionDecl *Definition = nullptr;
  // A body that was skipped (in an IDE's preamble) is there in name only.
  return F && F->isDefined(Definition) && Definition->hasBody() && !Definition->hasSkippedBody();
}

bool Registration::isOnThis() const {
  return Object && isa<CXXThisExpr>(Object->IgnoreParenImpCasts());
}

std::optional<Registration> asRegistration(const Stmt *S) {
  const auto *Call = dyn_cast_or_null<CXXMemberCallExpr>(S);
  if (!Call || !Call->getMethodDecl())
    return std::nullopt;
  const CXXMethodDecl *Method = Call->getMethodDecl();
  llvm::StringRef Name = nameOf(Method);
  Registration R;
  if (Name == "register_module")
    R.Kind = RegistrationKind::Module;
  else if (Name == "replace_module")
    R.Kind = RegistrationKind::Replacement;
  else if (Name == "register_parameter")
    R.Kind = RegistrationKind::Parameter;
  else if (Name == "register_buffer")
    R.Kind = RegistrationKind::Buffer;
  else
    return std::nullopt;
  if (Call->getNumArgs() < 2 || !isNamed(Method->getParent(), "torch::nn::Module"))
    return std::nullopt;
  R.Call = Call;
  R.Object = objectOf(Call);
  R.Name = Call->getArg(0);
  R.Value = Call->getArg(1);
  return R;
}

llvm::SmallVector<const Expr *, 2> valueLeaves(const Expr *E) {
  llvm::SmallVector<const Expr *, 2> Leaves, Todo{E};
  while (!Todo.empty()) {
    const Expr *Current = stripValue(Todo.pop_back_val());
    if (!Current)
      continue;
    if (const auto *Choice = dyn_cast<ConditionalOperator>(Current)) {
      Todo.push_back(Choice->getFalseExpr());
      Todo.push_back(Choice->getTrueExpr());
    } else if (const auto *Binary = dyn_cast<BinaryOperator>(Current);
               Binary && Binary->getOpcode() == BO_Comma) {
      Todo.push_back(Binary->getRHS());
    } else if (const auto *Comma = dyn_cast<CXXOperatorCallExpr>(Current);
               Comma && Comma->getOperator() == OO_Comma) {
      Todo.push_back(Comma->getArg(1));
    } else {
      Leaves.push_back(Current);
    }
  }
  return Leaves;
}

namespace {

// A construction that merely wraps its one argument: holder(shared_ptr), shared_ptr(holder),
// AnyModule(holder), optional(holder), a std::function-free conversion. Returns that argument.
const Expr *wrappedModule(const Expr *E) {
  if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E))
    return wrappedModule(Cast->getSubExpr()->IgnoreParenImpCasts());
  const auto *Construct = dyn_cast<CXXConstructExpr>(E);
  if (!Construct || Construct->getNumArgs() == 0)
    return nullptr;
  TypeInfo Result = classifyType(Construct->getType());
  TypeInfo Argument = classifyType(Construct->getArg(0)->getType());
  bool Wraps = Result.Kind == TypeKind::Holder || Result.Kind == TypeKind::SharedPtr ||
               Result.Kind == TypeKind::UniquePtr || Result.Kind == TypeKind::AnyModule;
  if (!Wraps || !Argument.isModule())
    return nullptr;
  // Residual(Linear): a module class that takes a module is a construction, not a conversion.
  if (Result.Kind == TypeKind::Holder && Argument.Module && Result.Module &&
      Argument.Kind != TypeKind::AnyModule &&
      !derivesFrom(Argument.Module, Result.Module->getQualifiedNameAsString()) &&
      Argument.Module->getCanonicalDecl() != Result.Module->getCanonicalDecl())
    return nullptr;
  return Construct->getArg(0);
}

const CXXConstructExpr *asConstruct(const Expr *E) {
  E = stripValue(E);
  if (const auto *Cast = dyn_cast_or_null<CXXFunctionalCastExpr>(E))
    E = stripValue(Cast->getSubExpr());
  return dyn_cast_or_null<CXXConstructExpr>(E);
}

bool isOptionalRecord(QualType Type) {
  const CXXRecordDecl *Record =
      Type.isNull() ? nullptr : Type.getNonReferenceType()->getAsCXXRecordDecl();
  return Record && (isNamed(Record, "c10::optional") || isNamed(Record, "std::optional"));
}

} // namespace

bool isNullModule(const Expr *E) {
  E = stripValue(E);
  if (!E)
    return false;
  if (isa<CXXNullPtrLiteralExpr, GNUNullExpr>(E))
    return true;
  if (const auto *Default = dyn_cast<CXXDefaultArgExpr>(E))
    return isNullModule(Default->getExpr());
  if (const auto *Default = dyn_cast<CXXDefaultInitExpr>(E))
    return isNullModule(Default->getExpr());
  if (const auto *List = dyn_cast<InitListExpr>(E))
    return List->getNumInits() == 1 && isNullModule(List->getInit(0));
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
    return nameOf(Ref->getDecl()) == "nullopt";
  if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E))
    return isNullModule(Cast->getSubExpr());
  const auto *Construct = dyn_cast<CXXConstructExpr>(E);
  if (!Construct)
    return false;
  if (Construct->getNumArgs() == 1)
    return isNullModule(Construct->getArg(0));
  if (Construct->getNumArgs() > 0)
    return false;
  TypeKind Kind = classifyType(Construct->getType()).Kind;
  return Kind == TypeKind::SharedPtr || Kind == TypeKind::UniquePtr ||
         Kind == TypeKind::AnyModule || isOptionalRecord(Construct->getType());
}

bool constructsModule(const Expr *E) {
  E = stripValue(E);
  if (!E || isNullModule(E))
    return false;
  if (const Expr *Inner = wrappedModule(E))
    return constructsModule(Inner);
  if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E))
    return constructsModule(Cast->getSubExpr());
  if (const auto *New = dyn_cast<CXXNewExpr>(E))
    return isModuleClass(New->getAllocatedType()->getAsCXXRecordDecl());
  if (const auto *Call = dyn_cast<CallExpr>(E)) {
    const FunctionDecl *Callee = Call->getDirectCallee();
    return Callee && isStdDecl(Callee) && isAnyOf(nameOf(Callee), {"make_shared", "make_unique"}) &&
           classifyType(Call->getType()).isModule();
  }
  const auto *Construct = dyn_cast<CXXConstructExpr>(E);
  if (!Construct)
    return false;
  TypeInfo Info = classifyType(Construct->getType());
  if (Info.Kind == TypeKind::Holder || Info.Kind == TypeKind::Impl)
    return !Construct->getConstructor()->isCopyOrMoveConstructor();
  if (Info.Kind == TypeKind::SharedPtr || Info.Kind == TypeKind::UniquePtr)
    return Construct->getNumArgs() > 0 && constructsModule(Construct->getArg(0));
  return false;
}

const Expr *unwrapModule(const Expr *E) {
  E = E ? stripValue(E) : nullptr;
  while (const Expr *Inner = E ? wrappedModule(E) : nullptr)
    E = stripValue(Inner);
  return E;
}

const FieldDecl *fieldOfThis(const Expr *E) {
  E = E ? stripValue(E) : nullptr;
  const auto *Member = dyn_cast_or_null<MemberExpr>(E);
  const auto *Field = Member ? dyn_cast<FieldDecl>(Member->getMemberDecl()) : nullptr;
  while (Member) {
    const Expr *Base = Member->getBase()->IgnoreParenImpCasts();
    if (isa<CXXThisExpr>(Base))
      return Field;
    if (Member->isArrow())
      return nullptr;
    Member = dyn_cast<MemberExpr>(Base);
  }
  return nullptr;
}

void forEachProjectDecl(ASTContext &Context, llvm::function_ref<void(Decl *)> Visit) {
  const SourceManager &SM = Context.getSourceManager();
  auto IsLibrary = [&](const Decl *D) {
    SourceLocation Loc = SM.getExpansionLoc(D->getLocation());
    if (Loc.isInvalid() || SM.isInMainFile(Loc))
      return false;
    if (SM.isInSystemHeader(Loc))
      return true;
    const auto *Namespace = dyn_cast<NamespaceDecl>(D);
    return Namespace &&
           isAnyOf(nameOf(Namespace), {"torch", "at", "c10", "caffe2", "std", "__gnu_cxx", "google",
                                       "Eigen", "cv", "boost", "fmt", "pybind11"});
  };
  for (Decl *Top : Context.getTraversalScope()) {
    if (!isa<TranslationUnitDecl>(Top)) {
      if (!IsLibrary(Top))
        Visit(Top);
      continue;
    }
    for (Decl *D : cast<TranslationUnitDecl>(Top)->decls())
      if (!IsLibrary(D))
        Visit(D);
  }
}

unsigned Registrations::find(unsigned Node) const {
  while (Parent[Node] != Node)
    Node = Parent[Node] = Parent[Parent[Node]];
  return Node;
}

unsigned Registrations::node(const void *Key) {
  auto [It, New] = Index.try_emplace(Key, Nodes.size());
  if (New) {
    Parent.push_back(Nodes.size());
    Nodes.emplace_back();
  }
  return It->second;
}

std::optional<unsigned> Registrations::lookup(const void *Key) const {
  auto It = Index.find(Key);
  return It == Index.end() ? std::nullopt : std::optional<unsigned>(find(It->second));
}

unsigned Registrations::element(unsigned Node) {
  Node = find(Node);
  if (Nodes[Node].IsElement)
    return Node;
  if (Nodes[Node].Element < 0) {
    unsigned Child = Nodes.size();
    Parent.push_back(Child);
    Nodes.emplace_back();
    Nodes[Child].IsElement = true;
    Nodes[Node].Element = Child;
  }
  return find(Nodes[Node].Element);
}

void Registrations::join(unsigned A, unsigned B) {
  A = find(A);
  B = find(B);
  if (A == B)
    return;
  Flags FlagsB = Nodes[B];
  Parent[B] = A;
  Flags &FlagsA = Nodes[A];
  FlagsA.Registered |= FlagsB.Registered;
  FlagsA.Unknown |= FlagsB.Unknown;
  FlagsA.Fresh |= FlagsB.Fresh;
  FlagsA.IsElement |= FlagsB.IsElement;
  if (!FlagsA.Construction)
    FlagsA.Construction = FlagsB.Construction;
  int ElementA = FlagsA.Element, ElementB = FlagsB.Element;
  bool IsElement = FlagsA.IsElement;
  if (ElementA < 0)
    FlagsA.Element = ElementB;
  if (IsElement) {
    FlagsA.Element = -1;
    if (ElementA >= 0)
      join(A, ElementA);
    if (ElementB >= 0)
      join(A, ElementB);
  } else if (ElementA >= 0 && ElementB >= 0) {
    join(ElementA, ElementB);
  }
}

// A child of something registered is registered; so is everything put into elements that are
// registered one by one.
void Registrations::propagate() {
  for (bool Changed = true; Changed;) {
    Changed = false;
    for (const Edge &E : Edges) {
      Flags &Value = flags(E.What.Node);
      const Flags &Container = flags(E.Container);
      bool Registered = Container.Registered;
      bool Unknown = Container.Unknown;
      if (Container.Element >= 0) {
        Registered |= flags(Container.Element).Registered;
        Unknown |= flags(Container.Element).Unknown;
      }
      Changed |= (Registered && !Value.Registered) || (Unknown && !Value.Unknown);
      Value.Registered |= Registered;
      Value.Unknown |= Unknown;
    }
    for (auto [From, To] : Results) {
      const Flags &Function = flags(From);
      Flags &Result = flags(To);
      Changed |= (Function.Registered && !Result.Registered) ||
                 (Function.Unknown && !Result.Unknown) || (Function.Fresh && !Result.Fresh);
      Result.Registered |= Function.Registered;
      Result.Unknown |= Function.Unknown;
      Result.Fresh |= Function.Fresh;
      if (!Result.Construction)
        Result.Construction = Function.Construction;
    }
  }
}

bool Registrations::isRegistered(const ValueDecl *D) const {
  auto Node = lookup(D);
  return Node && flags(*Node).Registered;
}

bool Registrations::isRegisteredByName(const ValueDecl *D) const {
  if (llvm::any_of(stores(D), [](const Store &S) {
        return asRegistration(unwrapModule(S.Value)).has_value();
      }))
    return true;
  return llvm::any_of(Sites, [&](const auto &Site) {
    return llvm::any_of(valueLeaves(Site.first.Value), [&](const Expr *Leaf) {
      const auto *Member = dyn_cast<MemberExpr>(Leaf);
      return Member && Member->getMemberDecl() == D;
    });
  });
}

bool Registrations::isFor(const Registration &Site, const FieldDecl *Field) const {
  return fieldOfThis(Site.Value) == Field ||
         llvm::any_of(stores(Field), [&](const Store &S) { return S.Value == Site.Call; });
}

bool Registrations::isUnknown(const ValueDecl *D) const {
  auto Node = lookup(D);
  return Node && flags(*Node).Unknown;
}

bool Registrations::isFresh(const ValueDecl *D) const {
  auto Node = lookup(D);
  return Node && flags(*Node).Fresh;
}

llvm::ArrayRef<Registrations::Store> Registrations::stores(const ValueDecl *D) const {
  auto It = Stores.find(D);
  return It == Stores.end() ? llvm::ArrayRef<Store>() : llvm::ArrayRef<Store>(It->second);
}

llvm::SmallVector<Registrations::Store, 8> Registrations::elementStores(const ValueDecl *D) const {
  llvm::SmallVector<Store, 8> Result;
  if (auto Node = lookup(D))
    for (const Edge &E : Edges)
      // grid[i].push_back(x): what an element of the container holds counts as well.
      if (find(E.Container) == *Node ||
          (flags(*Node).Element >= 0 && find(E.Container) == find(flags(*Node).Element)))
        Result.push_back(E.What);
  return Result;
}

llvm::SmallVector<Registrations::Store, 8> Registrations::children(const Expr *Construction) const {
  llvm::SmallVector<Store, 8> Result;
  if (auto Node = lookup(stripValue(Construction)))
    for (const Edge &E : Edges)
      if (find(E.Container) == *Node)
        Result.push_back(E.What);
  return Result;
}

/// Fills a Registrations from the project's functions.
class RegistrationVisitor : public RecursiveASTVisitor<RegistrationVisitor> {
public:
  explicit RegistrationVisitor(Registrations &R) : R(R) {}

  bool shouldVisitTemplateInstantiations() const { return true; }
  bool shouldVisitImplicitCode() const { return false; }

  bool TraverseFunctionDecl(FunctionDecl *F) {
    return inFunction(F, [&] { return RecursiveASTVisitor::TraverseFunctionDecl(F); });
  }
  bool TraverseCXXMethodDecl(CXXMethodDecl *F) {
    return inFunction(F, [&] { return RecursiveASTVisitor::TraverseCXXMethodDecl(F); });
  }
  bool TraverseCXXConstructorDecl(CXXConstructorDecl *F) {
    return inFunction(F, [&] { return RecursiveASTVisitor::TraverseCXXConstructorDecl(F); });
  }
  bool TraverseLambdaExpr(LambdaExpr *E) {
    return inFunction(E->getCallOperator(),
                      [&] { return RecursiveASTVisitor::TraverseLambdaExpr(E); });
  }

  bool VisitFieldDecl(FieldDecl *Field) {
    if (const Expr *Init = Field->getInClassInitializer(); Init && takesPart(Field->getType()))
      assign(R.node(Field), Field, Init, nullptr);
    return true;
  }

  bool VisitVarDecl(VarDecl *Var) {
    if (const Expr *Init = Var->getInit();
        Init && !isa<ParmVarDecl>(Var) && takesPart(Var->getType()))
      assign(R.node(Var), Var, Init, current());
    else if (Init && !isa<ParmVarDecl>(Var))
      // Iterators and other handles stand for what they point into.
      if (auto Node = resolve(Init))
        R.join(R.node(Var), *Node);
    return true;
  }

  bool VisitCXXForRangeStmt(CXXForRangeStmt *Loop) {
    if (auto Range = resolve(Loop->getRangeInit()); Range && Loop->getLoopVariable())
      R.join(R.node(Loop->getLoopVariable()), R.element(*Range));
    return true;
  }

  bool VisitCXXConstructorDecl(CXXConstructorDecl *Constructor) {
    if (!Constructor->isThisDeclarationADefinition() || Constructor->isDependentContext())
      return true;
    for (const CXXCtorInitializer *Init : Constructor->inits()) {
      const FieldDecl *Field = Init->getAnyMember();
      if (!Field || !Init->getInit() || isa<CXXDefaultInitExpr>(Init->getInit()) ||
          !takesPart(Field->getType()))
        continue;
      assign(R.node(Field), Field, Init->getInit(), Constructor);
    }
    return true;
  }

  bool VisitReturnStmt(ReturnStmt *Return) {
    if (const Expr *Value = Return->getRetValue();
        Value && current() && takesPart(Value->getType()))
      assign(R.node(current()->getCanonicalDecl()), nullptr, Value, current());
    return true;
  }

  bool VisitBinaryOperator(BinaryOperator *Assign) {
    if (Assign->getOpcode() == BO_Assign && takesPart(Assign->getLHS()->getType()))
      assignTo(Assign->getLHS(), Assign->getRHS());
    return true;
  }

  bool VisitCallExpr(CallExpr *Call) {
    if (Call->isTypeDependent() || Call->isValueDependent())
      return true;
    if (auto Site = asRegistration(Call))
      return visitRegistration(*Site);
    if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call);
        Operator && Operator->getOperator() == OO_Equal) {
      if (takesPart(Operator->getArg(0)->getType()))
        assignTo(Operator->getArg(0), Operator->getArg(1));
      return true;
    }
    if (const auto *Member = dyn_cast<CXXMemberCallExpr>(Call)) {
      if (fillsContainer(Member))
        return true;
      // fc.reset(new Impl(..)) on a smart pointer.
      if (nameOf(Member->getMethodDecl()) == "reset" && Member->getNumArgs() == 1 &&
          isStdDecl(Member->getMethodDecl()))
        assignTo(objectOf(Member), Member->getArg(0));
    }
    passArguments(Call);
    return true;
  }

  bool VisitCXXConstructExpr(CXXConstructExpr *Construct) {
    if (Construct->isTypeDependent() || Construct->getConstructor()->isCopyOrMoveConstructor())
      return true;
    llvm::ArrayRef<const Expr *> Arguments(Construct->getArgs(), Construct->getNumArgs());
    addChildren(Construct, Arguments);
    bindParameters(Construct->getConstructor(), Arguments);
    // Slot slot{*this, "slot", Linear(..)} may well register in its constructor.
    if (!isStdDecl(Construct->getConstructor()) && !isLibTorchDecl(Construct->getConstructor()) &&
        seesModule(Arguments)) {
      markUnknown(Arguments);
      R.flags(R.node(stripValue(Construct))).Unknown = true;
    }
    return true;
  }

  bool VisitInitListExpr(InitListExpr *List) {
    // Block{Linear(..), Linear(..)}: each field takes its initialiser.
    const auto *Record = List->getType()->getAsCXXRecordDecl();
    if (!Record || !List->isSemanticForm() || !Record->hasDefinition() || isLibTorchDecl(Record) ||
        Record->isInStdNamespace())
      return true;
    unsigned I = 0;
    for (const FieldDecl *Field : Record->getDefinition()->fields()) {
      if (I >= List->getNumInits())
        break;
      if (takesPart(Field->getType()) && !isa<CXXDefaultInitExpr>(List->getInit(I)))
        assign(R.node(Field), Field, List->getInit(I), current());
      ++I;
    }
    return true;
  }

private:
  template <typename Fn> bool inFunction(FunctionDecl *F, Fn Traverse) {
    if (F->isDependentContext())
      return true; // its instantiations speak for it
    Functions.push_back(F);
    bool Result = Traverse();
    Functions.pop_back();
    return Result;
  }
  const FunctionDecl *current() const { return Functions.empty() ? nullptr : Functions.back(); }

  bool visitRegistration(const Registration &Site) {
    R.Sites.emplace_back(Site, current());
    unsigned Result = R.node(Site.Call);
    R.flags(Result).Registered = true;
    for (const Expr *Leaf : valueLeaves(Site.Value)) {
      unsigned Value = valueNode(Leaf);
      R.flags(Value).Registered = true;
      R.join(Result, Value);
    }
    return true;
  }

  void assignTo(const Expr *Target, const Expr *Value) {
    Target = stripValue(Target);
    if (auto Container = elementOf(Target))
      return storeElement(*Container, Value);
    const ValueDecl *Name = nullptr;
    if (const auto *Member = dyn_cast<MemberExpr>(Target))
      Name = Member->getMemberDecl();
    else if (const auto *Ref = dyn_cast<DeclRefExpr>(Target))
      Name = Ref->getDecl();
    // std::tie(a, b) = f(): what each name receives is not followed.
    if (const auto *Call = dyn_cast<CallExpr>(Target)) {
      for (const Expr *Argument : Call->arguments())
        if (auto Node = resolve(Argument))
          R.flags(*Node).Unknown = true;
      return;
    }
    if (auto Node = resolve(Target))
      assign(*Node, Name, Value, current(), Target);
  }

  // The name of node Target takes Value.
  void assign(unsigned Target, const ValueDecl *Name, const Expr *Value, const FunctionDecl *In,
              const Expr *Spelled = nullptr) {
    for (const Expr *Leaf : valueLeaves(Value)) {
      unsigned Node = valueNode(Leaf);
      if (Name)
        R.Stores[Name].push_back({Leaf, In, Node, Spelled});
      if (const auto *List = dyn_cast<InitListExpr>(Leaf); List && isArrayLike(List)) {
        for (const Expr *Element : List->inits())
          storeElement(Target, Element);
        continue;
      }
      R.join(Target, Node);
    }
  }

  static bool isArrayLike(const InitListExpr *List) {
    return List->getType()->isArrayType() || isNamedStd(List->getType(), "array");
  }
  static bool isNamedStd(QualType Type, llvm::StringRef Name) {
    const CXXRecordDecl *Record = Type->getAsCXXRecordDecl();
    return Record && Record->isInStdNamespace() && nameOf(Record) == Name;
  }

  void storeElement(unsigned Container, const Expr *Value, const Expr *Spelled = nullptr) {
    for (const Expr *Leaf : valueLeaves(Value)) {
      if (const auto *List = dyn_cast<InitListExpr>(Leaf)) {
        if (const auto *Record = List->getType()->getAsCXXRecordDecl();
            !Record || Record->isInStdNamespace()) {
          for (const Expr *Element : List->inits())
            storeElement(Container, Element, Spelled);
          continue;
        }
      }
      if (const auto *Std = dyn_cast<CXXStdInitializerListExpr>(Leaf)) {
        storeElement(Container, Std->getSubExpr(), Spelled);
        continue;
      }
      if (!takesPart(Leaf->getType()) || isNullModule(Leaf))
        continue;
      // {"name", module}, std::make_pair("name", module), NamedAnyModule("name", module): the
      // module inside is what is stored.
      if (storesInnards(Container, Leaf))
        continue;
      unsigned Node = valueNode(Leaf);
      R.Edges.push_back({{Leaf, current(), Node, nullptr, Spelled}, Container});
    }
  }

  bool storesInnards(unsigned Container, const Expr *Leaf) {
    if (classifyType(Leaf->getType()).isModule())
      return false;
    llvm::SmallVector<const Expr *, 4> Parts;
    if (const auto *Construct = asConstruct(Leaf)) {
      if (!isPairLike(Construct->getType()))
        return false;
      Parts.append(Construct->arg_begin(), Construct->arg_end());
    } else if (const auto *Call = dyn_cast<CallExpr>(Leaf)) {
      const FunctionDecl *Callee = Call->getDirectCallee();
      if (!Callee || !isStdDecl(Callee) ||
          !isAnyOf(nameOf(Callee), {"make_pair", "make_tuple", "forward_as_tuple"}))
        return false;
      Parts.append(Call->arg_begin(), Call->arg_end());
    } else {
      return false;
    }
    for (const Expr *Part : Parts)
      storeElement(Container, Part);
    return true;
  }

  static bool isPairLike(QualType Type) {
    return isNamedStd(Type, "pair") || isNamedStd(Type, "tuple") || isNamedStd(Type, "variant");
  }

  // layers.push_back(x), layers->push_back("name", x), table.emplace(key, x), table.insert({key,
  // x}), v.assign(n, x).
  bool fillsContainer(const CXXMemberCallExpr *Call) {
    llvm::StringRef Name = nameOf(Call->getMethodDecl());
    if (!isAnyOf(Name, {"push_back", "emplace_back", "push_front", "emplace_front", "emplace",
                        "insert", "insert_or_assign", "try_emplace", "push", "assign", "extend",
                        "update", "append"}))
      return false;
    const Expr *Object = objectOf(Call);
    if (!Object)
      return false;
    TypeInfo Info = classifyType(Object->getType());
    bool IsModuleContainer = Info.Module && isModuleContainer(Info.Module);
    const CXXRecordDecl *Owner = Call->getMethodDecl()->getParent();
    if (isModuleContainer(Owner))
      IsModuleContainer = true;
    if (!IsModuleContainer && !(Info.Kind == TypeKind::Container && Owner->isInStdNamespace()))
      return false;
    auto Container = resolve(Object);
    if (!Container)
      return false;
    bool Stored = false;
    for (const Expr *Argument : Call->arguments())
      if (takesPart(Argument->getType()) || isa<InitListExpr>(stripValue(Argument))) {
        storeElement(*Container, Argument, Object);
        Stored = true;
      }
    // emplace_back(in, out): the element is constructed in place.
    if (!Stored && Name.starts_with("emplace") && Call->getNumArgs() > 0 &&
        classifyType(Info.Element).isModule() &&
        !isa<CXXNullPtrLiteralExpr>(stripValue(Call->getArg(0)))) {
      unsigned Node = R.node(Call);
      R.flags(Node).Fresh = true;
      R.flags(Node).Construction = Call;
      R.Edges.push_back({{Call, current(), Node}, *Container});
    }
    return true;
  }

  static bool isModuleContainer(const CXXRecordDecl *Record) {
    return isAnyOf(libraryModuleName(Record),
                   {"Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict"});
  }

  // Sequential(a, b), Residual(block), std::vector<Linear>{a, b}: the arguments belong to what is
  // constructed.
  void addChildren(const CXXConstructExpr *Construct, llvm::ArrayRef<const Expr *> Arguments) {
    if (!takesPart(Construct->getType()))
      return;
    if (wrappedModule(Construct))
      return;
    const Expr *Key = stripValue(Construct);
    for (const Expr *Argument : Arguments) {
      const Expr *Value = stripValue(Argument);
      if (isa<CXXStdInitializerListExpr, InitListExpr>(Value) || holdsModule(Value->getType()))
        storeElement(R.node(Key), Argument);
    }
  }

  // Arguments flow into parameters of functions in view; a function out of view that also sees the
  // module it could register on makes its arguments unknown.
  void passArguments(const CallExpr *Call) {
    const FunctionDecl *Callee = Call->getDirectCallee();
    if (!Callee)
      return;
    llvm::ArrayRef<const Expr *> Arguments(Call->getArgs(), Call->getNumArgs());
    if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call);
        Operator && isa<CXXMethodDecl>(Callee))
      Arguments = Arguments.drop_front();
    if (constructsModule(Call)) {
      unsigned Node = R.node(stripValue(Call));
      for (const Expr *Argument : Arguments)
        if (holdsModule(stripValue(Argument)->getType()))
          storeElement(Node, Argument);
    }
    if (isStdDecl(Callee) || isLibTorchDecl(Callee)) {
      if (nameOf(Callee) == "swap")
        for (const Expr *Argument : Arguments)
          if (auto Node = resolve(Argument))
            R.flags(*Node).Unknown = true;
      return runLambdas(Arguments);
    }
    if (isVisible(Callee))
      return bindParameters(Callee, Arguments);
    const auto *Member = dyn_cast<CXXMemberCallExpr>(Call);
    if (seesModule(Arguments) || (Member && isModuleClass(Member->getMethodDecl()->getParent())))
      markUnknown(Arguments);
  }

  static bool seesModule(llvm::ArrayRef<const Expr *> Arguments) {
    return llvm::any_of(Arguments, [](const Expr *Argument) {
      return isa<CXXThisExpr>(stripValue(Argument)) ||
             classifyType(Argument->getType()).Kind == TypeKind::Impl;
    });
  }

  void markUnknown(llvm::ArrayRef<const Expr *> Arguments) {
    for (const Expr *Argument : Arguments)
      if (auto Node = resolve(Argument)) {
        R.flags(*Node).Unknown = true;
        R.flags(R.element(*Node)).Unknown = true;
      }
  }

  void bindParameters(const FunctionDecl *Callee, llvm::ArrayRef<const Expr *> Arguments) {
    const FunctionDecl *Definition = nullptr;
    if (!isVisible(Callee) || !Callee->isDefined(Definition) || isStdDecl(Definition) ||
        isLibTorchDecl(Definition))
      return;
    for (unsigned I = 0; I < Arguments.size() && I < Definition->getNumParams(); ++I) {
      const ParmVarDecl *Parameter = Definition->getParamDecl(I);
      if (takesPart(Parameter->getType()))
        assign(R.node(Parameter), Parameter, Arguments[I], current());
    }
  }

  // std::for_each(v.begin(), v.end(), [&](auto &m) {..}): the lambda's parameters stand for the
  // elements.
  void runLambdas(llvm::ArrayRef<const Expr *> Arguments) {
    for (const Expr *Argument : Arguments) {
      const auto *Lambda = dyn_cast<LambdaExpr>(stripValue(Argument));
      if (!Lambda)
        continue;
      for (const Expr *Other : Arguments) {
        if (Other == Argument)
          continue;
        auto Node = resolve(Other);
        if (!Node)
          continue;
        for (const ParmVarDecl *Parameter : Lambda->getCallOperator()->parameters())
          R.join(R.node(Parameter), R.element(*Node));
      }
    }
  }

  // The node of a stored value: what it names, or the expression itself.
  unsigned valueNode(const Expr *Leaf) {
    if (auto Node = resolve(Leaf))
      return *Node;
    unsigned Node = R.node(stripValue(Leaf));
    return Node;
  }

  // v[i], v.back(), m.at(k), pair.second, *it: the container's node.
  std::optional<unsigned> elementOf(const Expr *E) {
    E = stripValue(E);
    if (const auto *Subscript = dyn_cast<ArraySubscriptExpr>(E))
      return resolve(Subscript->getBase());
    if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(E)) {
      if (Operator->getOperator() == OO_Subscript)
        return resolve(Operator->getArg(0));
      return std::nullopt;
    }
    if (const auto *Member = dyn_cast<MemberExpr>(E)) {
      const auto *Owner = dyn_cast<CXXRecordDecl>(Member->getMemberDecl()->getDeclContext());
      if (Owner && Owner->isInStdNamespace() &&
          isAnyOf(nameOf(Member->getMemberDecl()), {"first", "second"}))
        return resolve(Member->getBase());
      return std::nullopt;
    }
    if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E)) {
      if (isAnyOf(nameOf(Call->getMethodDecl()),
                  {"back", "front", "at", "begin", "end", "cbegin", "cend", "rbegin", "rend",
                   "find", "top", "children"}) &&
          objectOf(Call))
        return resolve(objectOf(Call));
      return std::nullopt;
    }
    if (const auto *Call = dyn_cast<CallExpr>(E)) {
      const FunctionDecl *Callee = Call->getDirectCallee();
      if (Callee && (isStdDecl(Callee) || isLibTorchDecl(Callee)) && Call->getNumArgs() >= 1 &&
          isAnyOf(nameOf(Callee), {"get", "get_if", "begin", "end", "prev", "next"}))
        return resolve(Call->getArg(0));
    }
    return std::nullopt;
  }

  /// The node that \p E names, if it names one.
  std::optional<unsigned> resolve(const Expr *E) {
    E = E ? stripValue(E) : nullptr;
    if (!E)
      return std::nullopt;
    if (auto Container = elementOf(E))
      return R.element(*Container);
    if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
      return resolveDecl(Ref->getDecl());
    if (const auto *Member = dyn_cast<MemberExpr>(E)) {
      // LibTorch's own members (conv->weight) are one declaration for every object: they say
      // nothing.
      if (isLibTorchDecl(Member->getMemberDecl()) || Member->getMemberDecl()->isInStdNamespace())
        return std::nullopt;
      return isa<FieldDecl, VarDecl>(Member->getMemberDecl())
                 ? std::optional<unsigned>(R.node(Member->getMemberDecl()))
                 : std::nullopt;
    }
    if (const auto *Unary = dyn_cast<UnaryOperator>(E)) {
      if (isAnyOf(UnaryOperator::getOpcodeStr(Unary->getOpcode()), {"*", "&", "++", "--"}))
        return resolve(Unary->getSubExpr());
      return std::nullopt;
    }
    if (const auto *New = dyn_cast<CXXNewExpr>(E))
      return constructsModule(New) ? fresh(E) : std::nullopt;
    if (const Expr *Inner = wrappedModule(E))
      return resolve(Inner);
    if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E))
      return resolve(Cast->getSubExpr());
    if (const auto *Construct = dyn_cast<CXXConstructExpr>(E))
      return resolveConstruct(Construct);
    if (const auto *Call = dyn_cast<CallExpr>(E))
      return resolveCall(Call);
    return std::nullopt;
  }

  std::optional<unsigned> resolveDecl(const ValueDecl *D) {
    if (const auto *Binding = dyn_cast<BindingDecl>(D))
      return R.element(R.node(Binding->getDecomposedDecl()));
    if (isa<VarDecl, FieldDecl>(D))
      return R.node(D);
    return std::nullopt;
  }

  std::optional<unsigned> fresh(const Expr *E) {
    unsigned Node = R.node(E);
    R.flags(Node).Fresh = true;
    if (!R.flags(Node).Construction)
      R.flags(Node).Construction = E;
    return Node;
  }

  std::optional<unsigned> resolveConstruct(const CXXConstructExpr *Construct) {
    if (constructsModule(Construct))
      return fresh(Construct);
    // optional<Linear>(linear) and the like stand for what they wrap.
    if (isOptionalRecord(Construct->getType()) && Construct->getNumArgs() == 1)
      return resolve(Construct->getArg(0));
    if (classifyType(Construct->getType()).Kind == TypeKind::Container)
      return R.node(Construct);
    return std::nullopt;
  }

  std::optional<unsigned> resolveCall(const CallExpr *Call) {
    if (asRegistration(Call))
      return R.node(Call);
    const FunctionDecl *Callee = Call->getDirectCallee();
    if (!Callee)
      return std::nullopt;
    if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call)) {
      OverloadedOperatorKind Kind = Operator->getOperator();
      bool IsArithmetic = classifyType(Operator->getArg(0)->getType()).isTensor();
      if (Kind == OO_Arrow || Kind == OO_Equal ||
          (!IsArithmetic &&
           (Kind == OO_Star || Kind == OO_PlusPlus || Kind == OO_Plus || Kind == OO_Minus)))
        return resolve(Operator->getArg(0));
    }
    llvm::StringRef Name = nameOf(Callee);
    bool IsLibrary = isStdDecl(Callee) || isLibTorchDecl(Callee);
    if (const auto *Member = dyn_cast<CXXMemberCallExpr>(Call); Member && IsLibrary) {
      if (isAnyOf(Name, {"get", "ptr", "value", "value_or", "data", "operator->", "operator*", "as",
                         "shared_from_this"}) &&
          objectOf(Member))
        return resolve(objectOf(Member));
      return std::nullopt;
    }
    if (IsLibrary && Name.ends_with("_pointer_cast") && Call->getNumArgs() == 1)
      return resolve(Call->getArg(0));
    if (constructsModule(Call))
      return fresh(Call);
    if (IsLibrary || !isVisible(Callee) || !takesPart(Call->getType()) ||
        isa<CXXConversionDecl>(Callee))
      return std::nullopt;
    unsigned Function = R.node(definition(Callee)->getCanonicalDecl());
    // A helper that returns a new module makes another one at each call; a container is followed
    // into the helper.
    if (!classifyType(Call->getType()).isModule())
      return Function;
    unsigned Result = R.node(Call);
    R.Results.emplace_back(Function, Result);
    return Result;
  }

  static const FunctionDecl *definition(const FunctionDecl *F) {
    const FunctionDecl *Definition = nullptr;
    return F->isDefined(Definition) ? Definition : F;
  }

  Registrations &R;
  llvm::SmallVector<const FunctionDecl *, 4> Functions;
};

Registrations::Registrations(ASTContext &Context) {
  RegistrationVisitor Visitor(*this);
  forEachProjectDecl(Context, [&](Decl *D) { Visitor.TraverseDecl(D); });
  propagate();
}

} // namespace torchtidy
