#include "model/facts/ForwardReach.h"
#include "model/memory/UndefinedTensors.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "model/torch/Names.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// A container of tensors that grows at its end.
bool isTensorRow(QualType Type) {
  const CXXRecordDecl *Record = Type.getNonReferenceType()->getAsCXXRecordDecl();
  TypeInfo Info = classifyType(Type);
  return Info.Kind == TypeKind::Container && !Info.Element.isNull() && isTensorType(Info.Element) &&
         (isStdNamed(Record, {"vector", "deque", "list"}) ||
          (isLibTorchDecl(Record) && nameOf(Record).starts_with("SmallVector")));
}

// The count of `v(n)`; null where elements get a value, and for 0.
const Expr *countIn(llvm::ArrayRef<const Expr *> Arguments, const ASTContext &Context) {
  if (Arguments.size() != 1 || !Arguments[0]->getType()->isIntegerType())
    return nullptr;
  return integerConstant(Arguments[0], Context) == 0 ? nullptr : Arguments[0];
}

// What stands around \p E, without what keeps its value.
const Expr *userOf(const Expr *E, ASTContext &Context, const Expr *&Used) {
  const Expr *User = nullptr;
  Used = E;
  walkUp(E, Context, [&](const DynTypedNode &Above) {
    const auto *Next = Above.get<Expr>();
    if (!Next)
      return false;
    if (isa<ImplicitCastExpr, ParenExpr, FullExpr, MaterializeTemporaryExpr, CXXBindTemporaryExpr>(
            Next)) {
      Used = Next;
      return true;
    }
    User = Next;
    return false;
  });
  return User;
}

// The parameter that \p Argument meets takes it by reference, to write to it perhaps.
bool isHandedOut(const Expr *User, const Expr *Argument) {
  auto ByReference = [&](const auto *Call, const FunctionDecl *Callee) {
    if (!Callee)
      return true;
    for (auto [Given, Parameter] : argumentsWithParameters(Call, Callee))
      if (Given == Argument) {
        QualType Type = Parameter->getType();
        return (Type->isReferenceType() && !Type.getNonReferenceType().isConstQualified()) ||
               Type->isPointerType();
      }
    return true;
  };
  if (const auto *Call = dyn_cast<CallExpr>(User))
    return ByReference(Call, Call->getDirectCallee());
  const auto *Construct = dyn_cast<CXXConstructExpr>(User);
  // A copy, what is moved out of the function, and a list of tensors (ITensorListRef) only read.
  return !Construct || (!Construct->getConstructor()->isCopyOrMoveConstructor() &&
                        !isLibTorchDecl(Construct->getConstructor()) &&
                        ByReference(Construct, Construct->getConstructor()));
}

// All that code does with one container.
class ElementUses {
public:
  /// \p AreGradients: what is returned may be undefined, which stands for no gradient.
  explicit ElementUses(ASTContext &Context, bool AreGradients = false)
      : Context(Context), AreGradients(AreGradients) {}

  void addFrom(const Stmt *Code, const ValueDecl *Container) {
    forEach<Expr>(Code, [&](const Expr *E) {
      if (isa<DeclRefExpr, MemberExpr>(E) && namedDecl(E) == Container)
        take(E);
    });
  }

  bool IsOpaque = false;  // elements may be given values
  bool IsCounted = false; // the code asks how many there are
  llvm::SmallVector<const CallExpr *, 2> Pushes;
  llvm::SmallVector<const CXXMemberCallExpr *, 2> Resizes;
  const Expr *Read = nullptr;    // of the whole
  const Expr *Operand = nullptr; // an element that an operation is applied to

private:
  void take(const Expr *Ref) {
    const Expr *Used = nullptr;
    const Expr *User = userOf(Ref, Context, Used);
    if (!User) { // `return v;`, `for (auto &t : v)`, a capture by reference
      takeStatement(Ref);
      return;
    }
    if (const auto *Member = dyn_cast<MemberExpr>(User)) {
      const Expr *Ignored = nullptr;
      const auto *Call = dyn_cast_or_null<CXXMemberCallExpr>(userOf(Member, Context, Ignored));
      return Call ? takeMember(Call) : opaque();
    }
    if (asOperator(User, OO_Subscript))
      return takeElement(User);
    if (isa<LambdaExpr>(User))
      return;
    if (AreGradients && isReturned(User))
      return;
    if (isa<ReturnStmt>(User) || !isHandedOut(User, Used))
      Read = Ref;
    else
      opaque();
  }

  void takeStatement(const Expr *Ref) {
    const auto *Range = enclosing<CXXForRangeStmt>(Ref, Context);
    if (Range && contains(Range->getRangeInit(), Ref)) {
      QualType Type = Range->getLoopVariable()->getType();
      bool MayWrite = Type->isReferenceType() && !Type.getNonReferenceType().isConstQualified();
      if (MayWrite || asks(Range->getBody(), Range->getLoopVariable()))
        opaque();
      Read = Ref;
      return;
    }
    if (!enclosing<ReturnStmt>(Ref, Context))
      opaque();
    else if (!AreGradients)
      Read = Ref;
  }

  void takeMember(const CXXMemberCallExpr *Call) {
    llvm::StringRef Name = calleeName(Call);
    if (isFiller(Name) && Name.ends_with("_back"))
      Pushes.push_back(Call);
    else if (Name == "resize")
      Resizes.push_back(Call);
    else if (Name == "at" || Name == "front" || Name == "back")
      takeElement(Call);
    else if (Name == "size" || Name == "empty")
      IsCounted = true;
    else if (Name != "reserve" && Name != "capacity")
      opaque();
  }

  // An element may be read as an operand; anything else may give it a value or ask for one.
  void takeElement(const Expr *Element) {
    const Expr *Used = nullptr;
    const Expr *User = userOf(Element, Context, Used);
    if (const auto *Member = dyn_cast_or_null<MemberExpr>(User)) {
      const Expr *Ignored = nullptr;
      const auto *Call = dyn_cast_or_null<CallExpr>(userOf(Member, Context, Ignored));
      Operation Called = Call ? operationOf(Call) : Operation();
      return Called && !Called.has(TakesUndefined) && !Called.has(SetsProperty) ? operand(Element)
                                                                                : opaque();
    }
    if (const auto *Operator = dyn_cast_or_null<CXXOperatorCallExpr>(User)) {
      if (asPlainAssignment(Operator) && stripValue(Operator->getArg(0)) == stripValue(Element))
        return opaque();
      return isLibTorchDecl(Operator->getDirectCallee()) && Operator->getOperator() != OO_LessLess
                 ? operand(Element)
                 : opaque();
    }
    if (!User || isHandedOut(User, Used))
      return opaque();
    if (const auto *Call = dyn_cast<CallExpr>(User); Call && operationOf(Call))
      return operand(Element);
    Read = Read ? Read : Element;
  }

  static bool asks(const Stmt *Body, const ValueDecl *Element) {
    return anyDescendant<CXXMemberCallExpr>(Body, [&](const CXXMemberCallExpr *Call) {
      return namedDecl(objectOf(Call)) == Element && operationOf(Call).has(TakesUndefined);
    });
  }

  // The copy that `return v;` makes.
  bool isReturned(const Expr *User) const {
    const auto *Construct = dyn_cast<CXXConstructExpr>(User);
    return Construct && Construct->getConstructor()->isCopyOrMoveConstructor() &&
           enclosing<ReturnStmt>(User, Context);
  }

  void operand(const Expr *Element) { Operand = Operand ? Operand : Element; }
  void opaque() { IsOpaque = true; }

  ASTContext &Context;
  const bool AreGradients;
};

// The size that `v(n)`, `v{vector<Tensor>(n)}` makes it with.
const CXXConstructExpr *sizedBy(const Expr *Init, const Expr *&Count, const ASTContext &Context) {
  Init = Init ? stripValue(Init) : nullptr;
  if (const auto *Named = dyn_cast_or_null<CXXFunctionalCastExpr>(Init))
    Init = stripValue(Named->getSubExpr());
  const auto *Construct = dyn_cast_or_null<CXXConstructExpr>(Init);
  Count = Construct && isTensorRow(Construct->getType())
              ? countIn(writtenArguments(Construct), Context)
              : nullptr;
  return Construct;
}

// The functions of a torch::autograd::Function.
bool isBackward(const FunctionDecl *Function) {
  return llvm::any_of(Function->parameters(), [](const ParmVarDecl *Parameter) {
    return Parameter->getType()->isPointerType() &&
           isNamed(Parameter->getType()->getPointeeType()->getAsCXXRecordDecl(),
                   "torch::autograd::AutogradContext");
  });
}

// What a caller gives is empty, as far as the code tells: elements are added one a round, and none
// are counted.
bool isFilledByRound(const ElementUses &Uses, ASTContext &Context) {
  return !Uses.IsCounted && llvm::all_of(Uses.Pushes, [&](const CallExpr *Push) {
    return enclosing<ForStmt>(Push, Context) || enclosing<WhileStmt>(Push, Context) ||
           enclosing<DoStmt>(Push, Context) || enclosing<CXXForRangeStmt>(Push, Context);
  });
}

void visitContainer(const VarDecl *Container, const FunctionDecl *Function,
                    ControlFlowGraphs &Graphs,
                    llvm::function_ref<void(const UndefinedElements &)> Visit) {
  ASTContext &Context = Graphs.context();
  ElementUses Uses(Context, isBackward(Function));
  Uses.addFrom(Function->getBody(), Container);
  const FunctionPaths *Paths = Graphs.of(Function);
  if (Uses.IsOpaque || !Paths || Uses.Resizes.size() > 1)
    return;
  UndefinedElements Found;
  Found.Container = Container;
  const CXXConstructExpr *Construct = sizedBy(initialiserOf(Container), Found.Count, Context);
  Found.Sized = Found.Count ? Construct : nullptr;
  const Stmt *From = Construct;
  if (!Uses.Resizes.empty()) {
    const CXXMemberCallExpr *Resize = Uses.Resizes.front();
    // Cut back to a size, where elements were added before, or may have been there from the start.
    bool IsCut = Found.Sized || llvm::any_of(Uses.Pushes, [&](const CallExpr *Push) {
                   return Paths->findAfter(
                       Push, [&](const Stmt *S) { return S == Resize; },
                       [&](const Stmt *S) { return declares(S, Container); });
                 });
    bool IsEmptyBefore = isa<ParmVarDecl>(Container)
                             ? isFilledByRound(Uses, Context)
                             : Construct && writtenArguments(Construct).empty();
    if (IsCut || !IsEmptyBefore)
      return;
    Found.Count = countIn(writtenArguments(Resize), Context);
    Found.Sized = Found.Count ? Resize : nullptr;
    From = Resize;
  }
  if (!Found.Sized)
    return;
  for (const CallExpr *Push : Uses.Pushes)
    if (Paths->findAfter(
            From, [&](const Stmt *S) { return S == Push; }, [](const Stmt *) { return false; }))
      Found.Push = Found.Push ? Found.Push : Push;
  bool IsOutParameter = isa<ParmVarDecl>(Container) && Container->getType()->isReferenceType();
  Found.Read = Uses.Operand ? Uses.Operand : Uses.Read;
  if (Found.Push ? (Found.Read || IsOutParameter) : (Uses.Operand && Uses.Pushes.empty()))
    Visit(Found);
}

} // namespace

void forEachUndefinedElements(const FunctionDecl *Function, ControlFlowGraphs &Graphs,
                              llvm::function_ref<void(const UndefinedElements &)> Visit) {
  llvm::SmallVector<const VarDecl *, 4> Containers;
  for (const ParmVarDecl *Parameter : Function->parameters())
    if (Parameter->getType()->isReferenceType() && isTensorRow(Parameter->getType()))
      Containers.push_back(Parameter);
  forEach<DeclStmt>(
      Function->getBody(),
      [&](const DeclStmt *Declaration) {
        for (const Decl *D : Declaration->decls())
          if (const auto *Variable = dyn_cast<VarDecl>(D);
              Variable && Variable->hasLocalStorage() && !Variable->getType()->isReferenceType() &&
              isTensorRow(Variable->getType()))
            Containers.push_back(Variable);
      },
      LambdaBodies::Skip);
  for (const VarDecl *Container : Containers)
    visitContainer(Container, Function, Graphs, Visit);
}

void forEachUndefinedMember(const CXXConstructorDecl *Constructor,
                            llvm::function_ref<const ProjectIndex &()> Index, ASTContext &Context,
                            llvm::function_ref<void(const UndefinedElements &)> Visit) {
  auto Judge = [&](UndefinedElements Found, const FieldDecl *Field) {
    if (!Found.Count || mayBeChangedElsewhere(Field, Context))
      return;
    ElementUses Uses(Context);
    for (const FunctionDecl *Function : Index().functions())
      for (const Stmt *Code : codeOf(Function))
        Uses.addFrom(Code, Field);
    bool IsSizedOnce = Uses.Resizes.size() == (isa<CXXMemberCallExpr>(Found.Sized) ? 1 : 0);
    Found.Read = Uses.Operand ? Uses.Operand : Uses.Read;
    if (Uses.IsOpaque || !IsSizedOnce || Uses.Pushes.empty() || !Found.Read)
      return;
    Found.Container = Field;
    Found.Push = Uses.Pushes.front();
    Visit(Found);
  };
  for (const CXXCtorInitializer *Init : Constructor->inits())
    if (const FieldDecl *Field = Init->getAnyMember(); Field && isTensorRow(Field->getType())) {
      UndefinedElements Found;
      Found.Sized = sizedBy(Init->getInit(), Found.Count, Context);
      Judge(Found, Field);
    }
  forEach<CXXMemberCallExpr>(Constructor->getBody(), [&](const CXXMemberCallExpr *Call) {
    const auto *Field = dyn_cast_or_null<FieldDecl>(namedDecl(objectOf(Call)));
    if (!Field || calleeName(Call) != "resize" || !isTensorRow(Field->getType()))
      return;
    UndefinedElements Found;
    Found.Sized = Call;
    Found.Count = countIn(writtenArguments(Call), Context);
    Judge(Found, Field);
  });
}

} // namespace torchtidy
