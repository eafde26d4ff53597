#include "model/facts/ObjectNames.h"
#include "model/facts/Registrations.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/ProjectCode.h"
#include "model/syntax/Walk.h"
#include "model/torch/Layers.h"
#include "model/torch/Names.h"

using namespace clang;

namespace torchtidy {

namespace {

bool holdsModule(QualType Type) {
  TypeInfo Info = classifyType(Type);
  return Info.isModule() || Info.HoldsModules;
}

const CXXConstructExpr *asConstruct(const Expr *E) {
  E = stripValue(E);
  if (const auto *Cast = dyn_cast_or_null<CXXFunctionalCastExpr>(E))
    E = stripValue(Cast->getSubExpr());
  return dyn_cast_or_null<CXXConstructExpr>(E);
}

// How the code says where an element goes; the last of Registrations::Store.
struct Destination {
  const Expr *Target = nullptr;
  const Expr *Container = nullptr;
  bool IsNamed = false;
};

} // namespace

/// Fills a Registrations from the project's functions.
class RegistrationVisitor : public RecursiveASTVisitor<RegistrationVisitor> {
public:
  explicit RegistrationVisitor(Registrations &R) : R(R), Objects(R.Objects), Names(R.Objects) {}

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
      assign(Objects.node(Field), Init);
    return true;
  }

  bool VisitVarDecl(VarDecl *Var) {
    if (const Expr *Init = Var->getInit();
        Init && !isa<ParmVarDecl>(Var) && takesPart(Var->getType()))
      assign(Objects.node(Var), Init);
    else if (Init && !isa<ParmVarDecl>(Var))
      // Iterators and other handles stand for what they point into.
      if (auto Node = Names.resolve(Init))
        Objects.join(Objects.node(Var), *Node);
    return true;
  }

  bool VisitCXXForRangeStmt(CXXForRangeStmt *Loop) {
    const VarDecl *Variable = Loop->getLoopVariable();
    if (auto Range = Names.resolve(Loop->getRangeInit()); Range && Variable)
      Objects.join(Objects.node(Variable), Objects.element(*Range));
    else if (const InitListExpr *List = listIn(Loop->getRangeInit()); List && Variable)
      // for (auto module : {a, b})
      for (const Expr *Element : List->inits())
        if (auto Node = takesPart(Element->getType()) || isAddress(Element) ? Names.resolve(Element)
                                                                            : std::nullopt)
          Objects.join(Objects.node(Variable), *Node);
    return true;
  }

  // {&a, &b}: what is done through the pointer is not followed. Those that a call in view is handed
  // are its parameters.
  bool VisitUnaryOperator(UnaryOperator *Unary) {
    if (isAddress(Unary) && !Followed.contains(Unary))
      if (auto Node = Names.resolve(Unary->getSubExpr()))
        markUnknown(*Node);
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
      assign(Objects.node(Field), Init->getInit());
    }
    return true;
  }

  bool VisitReturnStmt(ReturnStmt *Return) {
    if (const Expr *Value = Return->getRetValue();
        Value && current() && takesPart(Value->getType()))
      assign(Objects.node(current()->getCanonicalDecl()), Value);
    return true;
  }

  bool VisitBinaryOperator(BinaryOperator *Assign) {
    if (auto Plain = asPlainAssignment(Assign); Plain && takesPart(Plain->Target->getType()))
      assignTo(Plain->Target, Plain->Value);
    return true;
  }

  bool VisitCallExpr(CallExpr *Call) {
    if (Call->isTypeDependent() || Call->isValueDependent())
      return true;
    if (auto Site = asRegistration(Call))
      return visitRegistration(*Site);
    if (auto Assign = asPlainAssignment(Call)) {
      if (takesPart(Assign->Target->getType()))
        assignTo(Assign->Target, Assign->Value);
      return true;
    }
    if (const auto *Member = dyn_cast<CXXMemberCallExpr>(Call)) {
      if (fillsContainer(Member))
        return true;
      // fc.reset(new Impl(..)) on a smart pointer.
      if (calleeName(Member) == "reset" && Member->getNumArgs() == 1 &&
          isStdDecl(Member->getMethodDecl()))
        assignTo(objectOf(Member), Member->getArg(0));
    }
    passArguments(Call);
    return true;
  }

  bool VisitCXXConstructExpr(CXXConstructExpr *Construct) {
    if (Construct->isTypeDependent() || Construct->getConstructor()->isCopyOrMoveConstructor())
      return true;
    if (isStdNamed(Construct->getConstructor()->getParent(), {"reference_wrapper"}))
      markUnknown(argumentsOf(Construct));
    llvm::ArrayRef<const Expr *> Arguments = argumentsOf(Construct);
    addChildren(Construct, Arguments);
    bindParameters(Construct->getConstructor(), Arguments);
    // Slot slot{*this, "slot", Linear(..)} may well register in its constructor.
    if (!isStdDecl(Construct->getConstructor()) && !isLibTorchDecl(Construct->getConstructor()) &&
        seesModule(Arguments)) {
      markUnknown(Arguments);
      Objects.flags(Objects.node(stripValue(Construct))).Unknown = true;
    }
    return true;
  }

  bool VisitInitListExpr(InitListExpr *List) {
    // std::vector<std::reference_wrapper<Linear>>{a, b}: the conversions are not written.
    const InitListExpr *Semantic = List->isSemanticForm() ? List : List->getSemanticForm();
    // The list inside a std::array is not written either.
    if (Semantic && Semantic->getNumInits() == 1)
      if (const auto *Inner = dyn_cast<InitListExpr>(Semantic->getInit(0)))
        Semantic = Inner;
    if (Semantic)
      for (const Expr *Element : Semantic->inits())
        if (const CXXConstructExpr *Wrapper = asConstruct(Element);
            Wrapper && isStdNamed(Wrapper->getConstructor()->getParent(), {"reference_wrapper"}) &&
            !Wrapper->getConstructor()->isCopyOrMoveConstructor())
          markUnknown(argumentsOf(Wrapper));
    forEachFieldOfList(List, [&](const FieldDecl *Field, const Expr *Init) {
      if (takesPart(Field->getType()) && !isLibTorchDecl(Field))
        assign(Objects.node(Field), Init);
    });
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
  // `&module` of a member.
  static bool isAddress(const Expr *E) {
    const auto *Unary = dyn_cast<UnaryOperator>(stripValue(E));
    return Unary && Unary->getOpcode() == UO_AddrOf && namedField(Unary->getSubExpr()) &&
           takesPart(Unary->getSubExpr()->getType());
  }

  const FunctionDecl *current() const { return Functions.empty() ? nullptr : Functions.back(); }

  bool visitRegistration(const Registration &Site) {
    R.Sites.emplace_back(Site, current());
    unsigned Result = Objects.node(Site.Call);
    Objects.flags(Result).Registered = true;
    for (const Expr *Leaf : valueLeaves(Site.Value)) {
      unsigned Value = Names.valueNode(Leaf);
      Objects.flags(Value).Registered = true;
      Objects.join(Result, Value);
    }
    return true;
  }

  void assignTo(const Expr *Target, const Expr *Value) {
    Target = stripValue(Target);
    if (auto Container = Names.elementOf(Target)) {
      const CXXOperatorCallExpr *Subscript = asOperator(Target, OO_Subscript);
      return storeElement(*Container, Value, {Target, Subscript ? Subscript->getArg(0) : nullptr});
    }
    // std::tie(a, b) = f(): what each name receives is not followed.
    if (const auto *Call = dyn_cast<CallExpr>(Target)) {
      for (const Expr *Argument : Call->arguments())
        if (auto Node = Names.resolve(Argument))
          Objects.flags(*Node).Unknown = true;
      return;
    }
    if (auto Node = Names.resolve(Target))
      assign(*Node, Value);
  }

  // The name of node Target takes Value.
  void assign(unsigned Target, const Expr *Value) {
    for (const Expr *Leaf : valueLeaves(Value)) {
      unsigned Node = Names.valueNode(Leaf);
      if (const auto *List = dyn_cast<InitListExpr>(Leaf); List && isArrayLike(List)) {
        for (const Expr *Element : List->inits())
          storeElement(Target, Element);
        continue;
      }
      Objects.join(Target, Node);
    }
  }

  static bool isArrayLike(const InitListExpr *List) {
    return List->getType()->isArrayType() ||
           isStdNamed(List->getType()->getAsCXXRecordDecl(), {"array"});
  }

  void storeElement(unsigned Container, const Expr *Value, Destination To = {}) {
    for (const Expr *Leaf : valueLeaves(Value)) {
      if (const auto *List = dyn_cast<InitListExpr>(Leaf)) {
        if (const auto *Record = List->getType()->getAsCXXRecordDecl();
            !Record || Record->isInStdNamespace()) {
          for (const Expr *Element : List->inits())
            storeElement(Container, Element, To);
          continue;
        }
      }
      if (const auto *Std = dyn_cast<CXXStdInitializerListExpr>(Leaf)) {
        storeElement(Container, Std->getSubExpr(), To);
        continue;
      }
      // {"name", module}, std::make_pair("name", module), NamedAnyModule("name", module): the
      // module inside is what is stored.
      if (storesInnards(Container, Leaf, To))
        continue;
      if (!takesPart(Leaf->getType()) || isNullModule(Leaf))
        continue;
      unsigned Node = Names.valueNode(Leaf);
      addEdge({Leaf, current(), Node, To.Target, To.Container, To.IsNamed}, Container);
    }
  }

  bool storesInnards(unsigned Container, const Expr *Leaf, Destination To) {
    if (classifyType(Leaf->getType()).isModule())
      return false;
    llvm::SmallVector<const Expr *, 4> Parts;
    if (const auto *Construct = asConstruct(Leaf)) {
      if (!isPairLike(Construct->getType()))
        return false;
      Parts.append(Construct->arg_begin(), Construct->arg_end());
    } else if (const auto *Call = dyn_cast<CallExpr>(Leaf)) {
      if (!isStdDecl(Call->getDirectCallee()) ||
          !llvm::is_contained({"make_pair", "make_tuple", "forward_as_tuple"}, calleeName(Call)))
        return false;
      Parts.append(Call->arg_begin(), Call->arg_end());
    } else {
      return false;
    }
    To.IsNamed = true;
    for (const Expr *Part : Parts)
      storeElement(Container, Part, To);
    return true;
  }

  static bool isPairLike(QualType Type) {
    const CXXRecordDecl *Record = Type->getAsCXXRecordDecl();
    return isStdNamed(Record, {"pair", "tuple", "variant"}) ||
           isNamed(Record, "torch::nn::NamedAnyModule");
  }

  // layers.push_back(x), layers->push_back("name", x), table.emplace(key, x), table.insert({key,
  // x}), v.assign(n, x).
  bool fillsContainer(const CXXMemberCallExpr *Call) {
    llvm::StringRef Name = calleeName(Call);
    if (!isFiller(Name))
      return false;
    const Expr *Object = objectOf(Call);
    if (!Object)
      return false;
    TypeInfo Info = classifyType(Object->getType());
    bool IsModuleContainer = Info.Module && isContainerLayer(layerOf(Info.Module));
    const CXXRecordDecl *Owner = Call->getMethodDecl()->getParent();
    if (isContainerLayer(layerOf(Owner)))
      IsModuleContainer = true;
    if (!IsModuleContainer && !(Info.Kind == TypeKind::Container && Owner->isInStdNamespace()))
      return false;
    auto Container = Names.resolve(Object);
    if (!Container)
      return false;
    bool Stored = false;
    bool IsNamed = IsModuleContainer && Name.ends_with("_back") && Call->getNumArgs() == 2;
    for (const Expr *Argument : Call->arguments())
      if (takesPart(Argument->getType()) || isa<InitListExpr>(stripValue(Argument))) {
        storeElement(*Container, Argument, {nullptr, Object, IsNamed});
        Stored = true;
      }
    // emplace_back(in, out): the element is constructed in place.
    if (!Stored && Name.starts_with("emplace") && Call->getNumArgs() > 0 &&
        classifyType(Info.Element).isModule() &&
        !isa<CXXNullPtrLiteralExpr>(stripValue(Call->getArg(0)))) {
      unsigned Node = Objects.node(Call);
      Objects.flags(Node).Fresh = true;
      Objects.flags(Node).Construction = Call;
      addEdge({Call, current(), Node, nullptr, Object}, *Container);
    }
    return true;
  }

  // Sequential(a, b), Residual(block), std::vector<Linear>{a, b}: the arguments belong to what is
  // constructed.
  void addChildren(const CXXConstructExpr *Construct, llvm::ArrayRef<const Expr *> Arguments) {
    if (!takesPart(Construct->getType()))
      return;
    if (wrappedModule(Construct))
      return;
    const Expr *Key = stripValue(Construct);
    bool TakesTensors = isContainerLayer(layerOf(moduleOf(Construct->getType())));
    for (const Expr *Argument : Arguments) {
      const Expr *Value = stripValue(Argument);
      if (isa<CXXStdInitializerListExpr, InitListExpr>(Value) || holdsModule(Value->getType()) ||
          (TakesTensors && isTensorType(Value->getType())))
        storeElement(Objects.node(Key), Argument);
    }
  }

  // Arguments flow into parameters of functions in view; a function out of view that also sees the
  // module it could register on makes its arguments unknown.
  void passArguments(const CallExpr *Call) {
    const FunctionDecl *Callee = Call->getDirectCallee();
    if (!Callee)
      return;
    llvm::ArrayRef<const Expr *> Arguments = argumentsOf(Call);
    if (constructsModule(Call)) {
      unsigned Node = Objects.node(stripValue(Call));
      for (const Expr *Argument : Arguments)
        if (holdsModule(stripValue(Argument)->getType()))
          storeElement(Node, Argument);
    }
    if (isVisible(Callee) && !isStdDecl(Callee))
      for (const Expr *Argument : Arguments)
        Followed.insert(stripValue(Argument));
    if (const FunctionDecl *Forward = calledForward(Call))
      return bindParameters(Forward, Arguments);
    if (isStdDecl(Callee) || isLibTorchDecl(Callee)) {
      if (nameOf(Callee) == "swap")
        for (const Expr *Argument : Arguments)
          if (auto Node = Names.resolve(Argument))
            Objects.flags(*Node).Unknown = true;
      // std::apply(lambda, std::tie(a, b)), std::ref(a)
      if (isStdNamed(Callee, {"ref", "tie", "forward_as_tuple"}))
        markUnknown(Arguments);
      return runLambdas(Arguments);
    }
    if (isVisible(Callee))
      return bindParameters(Callee, Arguments);
    const auto *Member = dyn_cast<CXXMemberCallExpr>(Call);
    if (seesModule(Arguments) || (Member && isModuleClass(Member->getMethodDecl()->getParent())))
      markUnknown(Arguments);
    for (auto [Argument, Parameter] : llvm::zip(Arguments, Callee->parameters()))
      if (isThis(Argument))
        handOutMembers(Parameter->getType());
  }

  // `adopt(*this)`: what takes the class itself, not just a module, can reach its members.
  void handOutMembers(QualType Taken) {
    const CXXRecordDecl *Class = classifyType(Taken).Module;
    Class = Class ? Class->getDefinition() : nullptr;
    if (!Class || isLibTorchDecl(Class))
      return;
    for (const FieldDecl *Field : Class->fields())
      if (takesPart(Field->getType()))
        markUnknown(Objects.node(Field));
  }

  static bool seesModule(llvm::ArrayRef<const Expr *> Arguments) {
    return llvm::any_of(Arguments, [](const Expr *Argument) {
      return isa<CXXThisExpr>(stripValue(Argument)) ||
             classifyType(Argument->getType()).Kind == TypeKind::Impl;
    });
  }

  void markUnknown(llvm::ArrayRef<const Expr *> Arguments) {
    for (const Expr *Argument : Arguments)
      if (auto Node = Names.resolve(Argument))
        markUnknown(*Node);
  }
  void markUnknown(unsigned Node) {
    Objects.flags(Node).Unknown = true;
    Objects.flags(Objects.element(Node)).Unknown = true;
  }

  void bindParameters(const FunctionDecl *Callee, llvm::ArrayRef<const Expr *> Arguments) {
    const FunctionDecl *Definition = visibleDefinition(Callee);
    if (!Definition || isStdDecl(Definition) || isLibTorchDecl(Definition))
      return;
    for (auto [Argument, Parameter] : llvm::zip(Arguments, Definition->parameters()))
      if (takesPart(Parameter->getType()))
        assign(Objects.node(Parameter), Argument);
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
        auto Node = Names.resolve(Other);
        if (!Node)
          continue;
        // std::visit([&](auto &m) { register_module("m", m); }, choice)
        if (Lambda->isGenericLambda() && registers(Lambda))
          markUnknown(*Node);
        for (const ParmVarDecl *Parameter : Lambda->getCallOperator()->parameters())
          Objects.join(Objects.node(Parameter), Objects.element(*Node));
      }
    }
  }

  static bool registers(const LambdaExpr *Lambda) {
    return llvm::any_of(lambdaBodies(Lambda), [](const FunctionDecl *Body) {
      return anyDescendant<CallExpr>(
          Body->getBody(), [](const CallExpr *Call) { return asRegistration(Call).has_value(); });
    });
  }

  void addEdge(Registrations::Store What, unsigned Container) {
    Objects.store(What.Node, Container);
    R.Edges.push_back({What, Container});
  }

  Registrations &R;
  ObjectSets &Objects;
  ObjectNames Names;
  llvm::SmallVector<const FunctionDecl *, 4> Functions;
  llvm::SmallPtrSet<const Expr *, 16> Followed; // arguments of calls in view
};

Registrations::Registrations(ASTContext &Context, const ProjectIndex &Index) : Index(Index) {
  RegistrationVisitor Visitor(*this);
  forEachProjectDecl(Context, [&](Decl *D) { Visitor.TraverseDecl(D); });
  Objects.propagate();
}

} // namespace torchtidy
