#include "model/tensors/TensorMembers.h"
#include "model/facts/Reads.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Walk.h"
#include "model/tensors/Parameters.h"
#include "model/tensors/Scratch.h"
#include "model/tensors/TensorGraphs.h"
#include "model/torch/Operations.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxAliasDepth = 4;

bool isAlias(const Expr *Value, ModuleModel &Model, unsigned Depth);

// proj->weight(), which returns the child's tensor; out of view an accessor may do just that.
bool returnsAlias(const CallExpr *Call, ModuleModel &Model, unsigned Depth) {
  const FunctionDecl *Callee = calleeOf(Call);
  if (!Callee || isLibTorchDecl(Callee) || isStdDecl(Callee) || !isTensorType(Call->getType()))
    return false;
  const FunctionDecl *Definition = visibleDefinition(Callee);
  if (!Definition)
    return isModuleClass(dyn_cast<CXXRecordDecl>(Callee->getDeclContext())) ||
           llvm::any_of(Call->arguments(), [](const Expr *Argument) {
             return classifyType(Argument->getType()).isModule();
           });
  return anyDescendant<ReturnStmt>(
      Definition->getBody(),
      [&](const ReturnStmt *Return) {
        const Expr *Result = Return->getRetValue();
        const VarDecl *Passed = namedVariable(stripValue(Result));
        return Result && !isa_and_nonnull<ParmVarDecl>(Passed) &&
               isAlias(stripValue(Result), Model, Depth + 1);
      },
      LambdaBodies::Skip);
}

bool isAlias(const Expr *Value, ModuleModel &Model, unsigned Depth) {
  if (Depth > MaxAliasDepth)
    return false;
  Value = stripViews(Value);
  if (const VarDecl *Variable = namedVariable(Value)) {
    const Expr *Init = Variable->isLocalVarDecl() ? initialiserOf(Variable) : nullptr;
    return isa<ParmVarDecl>(Variable) || (Init && isAlias(Init, Model, Depth + 1));
  }
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(Value);
      Call && (operationOf(Call).is(Op::clone) || operationOf(Call).is(Op::detach) ||
               operationOf(Call).has(Converts)))
    return isAlias(objectOf(Value), Model, Depth + 1);
  if (const auto *Call = dyn_cast<CallExpr>(Value); Call && returnsAlias(Call, Model, Depth))
    return true;
  return anyDescendant<MemberExpr>(Value, [&](const MemberExpr *Member) {
    if (isNamed(dyn_cast<CXXRecordDecl>(Member->getMemberDecl()->getDeclContext()),
                "torch::nn::Module") &&
        isa<CXXMethodDecl>(Member->getMemberDecl()))
      return true; // parameters(), named_buffers()["x"]
    const auto *Field = dyn_cast<FieldDecl>(Member->getMemberDecl());
    return Field && ((isLibTorchDecl(Field) && classifyType(Field->getType()).isTensor()) ||
                     Model.registrations().isRegistered(Field));
  });
}

// weight.set_requires_grad(true); in a constructor
bool isAskedForGrad(const FieldDecl *Field, const Reach &Constructors) {
  return llvm::any_of(Constructors, [&](const auto &Entry) {
    return anyDescendant<CXXMemberCallExpr>(
        Entry.first->getBody(), [&](const CXXMemberCallExpr *Call) {
          return operationOf(Call).setsRequiresGrad() && fieldOfThis(objectOf(Call)) == Field;
        });
  });
}

bool drawsNumbers(llvm::StringRef Name) {
  return operationNamed(Name).has(Random) || Name.starts_with(nameOf(Op::rand)) ||
         Name.contains(nameOf(Op::normal)) || Name.contains("uniform");
}

// A call that a constructor does alike for every object: of LibTorch or std, without chance.
bool isAlike(const CallExpr *Call) {
  const FunctionDecl *Callee = calleeOf(Call);
  return (isLibTorchDecl(Callee) || isStdDecl(Callee)) && !drawsNumbers(nameOf(Callee));
}

// What is done with \p D in \p Code is done alike for every object.
bool isTreatedAlike(const ValueDecl *D, const Stmt *Code) {
  return !anyDescendant<CallExpr>(Code, [&](const CallExpr *Call) {
    return mentions(Call, D) &&
           anyDescendant<CallExpr>(Call, [](const CallExpr *Part) { return !isAlike(Part); });
  });
}

// What a constructor gives to every object alike: made by LibTorch from numbers, without chance,
// through locals too.
bool isMadeAgain(const Expr *Value, unsigned Depth = 0) {
  return !anyDescendant<Expr>(Value, [&](const Expr *E) {
    if (const auto *Call = dyn_cast<CallExpr>(E))
      return !isAlike(Call);
    const VarDecl *Variable = isa<DeclRefExpr>(E) ? namedVariable(E) : nullptr;
    TypeInfo Info = Variable ? classifyType(E->getType()) : TypeInfo();
    if (!Info.isTensor() && !Info.HoldsTensors)
      return false;
    const Expr *Init = Variable->isLocalVarDecl() ? initialiserOf(Variable) : nullptr;
    const auto *In = Init ? dyn_cast<FunctionDecl>(Variable->getDeclContext()) : nullptr;
    return !In || !In->hasBody() || Depth > MaxAliasDepth || !isMadeAgain(Init, Depth + 1) ||
           !isTreatedAlike(Variable, In->getBody());
  });
}

// `torch::tensor(0.5)`, `torch::log(torch::tensor(2.))`: a tensor without dimensions takes part in
// what is computed on any device.
bool isWithoutDimensions(const Expr *Value, unsigned Depth = 0) {
  const auto *Call = dyn_cast_or_null<CallExpr>(stripValue(Value));
  if (!Call || Depth > MaxAliasDepth)
    return false;
  Operation Called = operationOf(Call);
  if (Called.isOneOf({Op::tensor, Op::scalar_tensor}) && Call->getNumArgs() >= 1) {
    const Expr *Number = stripValue(Call->getArg(0));
    const auto *Container = dyn_cast<CXXConstructExpr>(Number);
    if (Container && Container->getNumArgs() == 1)
      Number = stripValue(Container->getArg(0));
    return Number->getType()->isArithmeticType();
  }
  if (!isa<CXXOperatorCallExpr>(Call) && (Called.Gives != ResultKind::New || Called.has(Creates)))
    return false;
  unsigned Tensors = 0;
  auto IsPart = [&](const Expr *Part) {
    Part = stripValue(Part);
    bool IsNumber = Part->getType()->isArithmeticType();
    Tensors += !IsNumber;
    return IsNumber || isWithoutDimensions(Part, Depth + 1);
  };
  const Expr *Object = isa<CXXMemberCallExpr>(Call) ? objectOf(Call) : nullptr;
  return (!Object || IsPart(Object)) && llvm::all_of(writtenArguments(Call), IsPart) && Tensors;
}

bool isConverted(const Expr *Value) {
  return isa<CXXMemberCallExpr>(Value) && operationNamed(calleeName(Value)).has(Converts);
}

// In the expression itself, for the local that it names, or in the function in view that makes it.
bool isAskedForGrad(const Expr *Value, ASTContext &Context, unsigned Depth = 0) {
  if (asksForGrad(Value, Context))
    return true;
  if (Depth > 2)
    return false;
  const VarDecl *Local = namedVariable(Value);
  if (const Expr *Init = Local && Local->isLocalVarDecl() ? initialiserOf(Local) : nullptr) {
    const auto *In = dyn_cast<FunctionDecl>(Local->getDeclContext());
    return isAskedForGrad(Init, Context, Depth + 1) ||
           (In && In->hasBody() &&
            anyDescendant<CXXMemberCallExpr>(In->getBody(), [&](const CXXMemberCallExpr *Call) {
              return operationOf(Call).setsRequiresGrad() && objectOf(Call) &&
                     namedVariable(objectOf(Call)) == Local && asksForGrad(Call, Context);
            }));
  }
  return llvm::any_of(returnsOf(calleeOf(stripValue(Value))), [&](const Expr *Returned) {
    return isAskedForGrad(Returned, Context, Depth + 1);
  });
}

// What the constructors give a member; nothing when it is not theirs to give.
class Givers {
public:
  Givers(const FieldDecl *Field, const CXXRecordDecl *Class, ModuleModel &Model)
      : Field(Field), Model(Model), Constructors(Model.constructorReachOf(Class)),
        IsContainer(!classifyType(Field->getType()).isTensor()) {}

  bool IsConstant = true;   // every object gets the same
  bool IsConverted = false; // `torch::ones(3).to(device)`: to be used there
  bool HasDimensions = false;

  std::optional<UnregisteredState> look() {
    const Registrations &Regs = Model.registrations();
    llvm::SmallVector<Registrations::Store, 8> Stores(Regs.stores(Field).begin(),
                                                      Regs.stores(Field).end());
    if (IsContainer)
      Stores.append(Regs.elementStores(Field));
    State.WantsGrad = isAskedForGrad(Field, Constructors);
    for (const Registrations::Store &Store : Stores)
      if (!add(Store))
        return std::nullopt;
    State.IsOnlyValue = Count == 1 && !IsContainer;
    return Count ? std::optional(State) : std::nullopt;
  }

private:
  bool add(const Registrations::Store &Store) {
    const FunctionDecl *In = outOfLambda(Store.In);
    bool IsMove = isa_and_nonnull<CXXMethodDecl>(In) && nameOf(In) == nameOf(Op::to);
    bool FromConstructor = !In || Constructors.count(In);
    bool OwnValue = mentions(Store.Value, Field);
    // Given anew at each step or by a setter: state of the run, not of the model.
    if (!FromConstructor && !IsMove && !OwnValue)
      return false;
    if (IsContainer && Model.registrations().isRegistered(Store))
      return false;
    bool MovesItself = OwnValue && isConverted(Store.Value);
    IsConverted |= !OwnValue && isConverted(Store.Value);
    State.IsMovedByHand |= MovesItself;
    IsConstant &= MovesItself || (FromConstructor && isMadeAgain(Store.Value));
    HasDimensions |= IsContainer || !isWithoutDimensions(Store.Value);
    State.WantsGrad |= isAskedForGrad(Store.Value, Model.context());
    if (!FromConstructor || isNoTensor(Store.Value) || OwnValue)
      return true;
    if (isAliasOfRegistered(Store.Value, Model))
      return false;
    if (IsContainer && classifyType(Store.Value->getType()).Kind == TypeKind::Container)
      return true; // an empty vector, or one whose elements are looked at one by one
    if (Count++ == 0)
      State.Given = Store;
    else
      State.Also.push_back(Store.Value);
    return true;
  }

  const FieldDecl *Field;
  ModuleModel &Model;
  const Reach &Constructors;
  const bool IsContainer;
  UnregisteredState State;
  unsigned Count = 0;
};

} // namespace

bool isAliasOfRegistered(const Expr *Value, ModuleModel &Model) { return isAlias(Value, Model, 0); }

bool isNoTensor(const Expr *Value) {
  if (const auto *List = dyn_cast<InitListExpr>(Value))
    return List->getNumInits() == 0;
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(Value))
    return Construct->getNumArgs() == 0;
  const auto *Call = dyn_cast<CallExpr>(stripValue(Value));
  const Expr *Sizes = Call && operationOf(Call).isOneOf({Op::empty, Op::zeros, Op::ones})
                          ? argumentFor(Call, 0)
                          : nullptr;
  auto IsZero = [](const Expr *Size) {
    Size = stripValue(Size);
    if (const auto *List = dyn_cast<CXXConstructExpr>(Size); List && List->getNumArgs() == 1)
      Size = stripValue(List->getArg(0)); // empty(0): a list of one
    const auto *Number = dyn_cast<IntegerLiteral>(Size);
    return Number && Number->getValue() == 0;
  };
  const InitListExpr *List = Sizes ? listIn(Sizes) : nullptr;
  return List ? llvm::any_of(List->inits(), IsZero) : Sizes && IsZero(Sizes);
}

std::optional<UnregisteredState> unregisteredState(const FieldDecl *Field,
                                                   const CXXRecordDecl *Class, const Reach &Forward,
                                                   ModuleModel &Model) {
  Givers Values(Field, Class, Model);
  std::optional<UnregisteredState> State = Values.look();
  if (!State)
    return std::nullopt;
  llvm::SmallVector<const FunctionDecl *, 16> Readers;
  for (auto &[Function, Call] : Forward)
    if (!isa<CXXConstructorDecl>(Function))
      Readers.push_back(Function);
  if (!isRead(Field, Readers) || isScratch(Field, Forward, Model.graphs()))
    return std::nullopt;
  if (Values.IsConstant && !State->WantsGrad && !Values.IsConverted) {
    // Constants that are only used where the host's memory will do need not move, nor be saved:
    // the constructor makes them again.
    bool IsAlike = true;
    for (const CXXMethodDecl *Method : visibleMethods(Class)) {
      if (isa<CXXConstructorDecl>(Method))
        IsAlike &= isTreatedAlike(Field, Method->getBody());
      else
        Readers.push_back(Method);
    }
    if (IsAlike &&
        (State->IsMovedByHand || !Values.HasDimensions || !isReadAsTensor(Field, Readers)))
      return std::nullopt;
  }
  return State;
}

} // namespace torchtidy
