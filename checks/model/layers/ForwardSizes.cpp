#include "model/layers/ForwardSizes.h"
#include "model/facts/CompileErrors.h"
#include "model/facts/ForwardReach.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Literals.h"
#include "model/syntax/TemplateArguments.h"
#include "model/syntax/Walk.h"
#include "model/torch/ModelRuns.h"
#include "model/torch/ModuleExprs.h"
#include "model/torch/Shapes.h"

using namespace clang;

namespace torchtidy {

namespace {

using Kind = BuiltLayer::Kind;

// A tensor of which one dimension is known: the last, or the channels of so many dimensions.
struct Sized {
  int64_t Size;
  unsigned ChannelsOf = 0; // 0: the last dimension
  const CallExpr *Giver;
  BuiltLayer Source;
};

bool isOfChannels(const BuiltLayer &L) { return L.Is == Kind::Convolution || L.Is == Kind::Norm; }

bool takesSize(const BuiltLayer &L) {
  return L.Is == Kind::Linear || L.Is == Kind::Recurrent || isOfChannels(L);
}

// A layer whose result has its input's shape, whatever it is built with.
bool keepsShape(Layer L) {
  return L != Layer::None && infoOf(L).Shape == LayerShape::Keeps &&
         familyOf(L) != LayerFamily::Attention;
}

class SizeReader {
public:
  SizeReader(llvm::function_ref<const ProjectIndex &()> Index, ASTContext &Context)
      : Index(Index), Context(Context) {}

  /// The layer that \p Run runs, with the sizes that all that is built for it agree on.
  std::optional<BuiltLayer> layerRunBy(const ModelRun &Run) {
    const Expr *Model = stripOwner(Run.Model);
    const CXXRecordDecl *Module = moduleOf(Run.Model->IgnoreParenImpCasts()->getType());
    if (!Module)
      Module = moduleOf(Model->getType());
    if (!Module || layerOf(Module) == Layer::None)
      return std::nullopt;
    if (constructsModule(Model))
      return layerBuiltBy(Model, Context);
    const ValueDecl *Named = namedDecl(Model);
    if (!Named || !isa<FieldDecl, VarDecl>(Named) || isa<ParmVarDecl>(Named))
      return std::nullopt;
    auto [Known, New] = Layers.try_emplace(Named);
    if (New)
      Known->second = layerIn(Named);
    return Known->second;
  }

  std::optional<Sized> sizeOf(const Expr *E, unsigned Depth = 0) {
    E = E ? stripValue(E) : nullptr;
    if (!E || Depth > 32)
      return std::nullopt;
    if (auto Assign = asPlainAssignment(E))
      return sizeOf(Assign->Value, Depth + 1);
    if (const auto *Call = dyn_cast<CallExpr>(E))
      return sizeOfCall(Call, Depth);
    if (const auto *Name = dyn_cast<DeclRefExpr>(E))
      return sizeOfName(Name, Depth);
    return std::nullopt;
  }

private:
  std::optional<BuiltLayer> layerIn(const ValueDecl *Named) {
    if (const auto *Field = dyn_cast<FieldDecl>(Named)) {
      const auto *Class = dyn_cast<CXXRecordDecl>(Field->getParent());
      if (!Class || isPartlyVisible(Class) || isIncomplete(Class, Context))
        return std::nullopt;
    }
    std::optional<BuiltLayer> Found;
    for (const ProjectIndex::Store &Store : Index().storesOf(Named)) {
      if (Store.Kind == ProjectIndex::Store::Implicit)
        continue; // null, or a layer that has no size to tell
      const Expr *Value = throughRegistration(Store.Value);
      if (Value && isNullModule(Value))
        continue;
      BuiltLayer Built = layerBuiltBy(Value, Context);
      bool Agrees = !Found || (Found->Is == Built.Is && Found->In == Built.In &&
                               Found->Out == Built.Out && Found->Name == Built.Name);
      if (!Built.Module || !Agrees)
        return std::nullopt;
      Found = Built;
    }
    return Found;
  }

  std::optional<Sized> sizeOfCall(const CallExpr *Call, unsigned Depth) {
    if (auto Run = asModelRun(Call))
      return sizeOfRun(*Run, Depth);
    if (auto Activation = activationCall(Call))
      return sizeOf(Activation->Argument, Depth + 1);
    if (!isLibTorchDecl(calleeOf(Call)))
      return firstOfTuple(Call, Depth);
    const auto *Member = dyn_cast<CXXMemberCallExpr>(Call);
    llvm::ArrayRef<const Expr *> Arguments = argumentsOf(Call);
    const Expr *Tensor = Member ? objectOf(Member) : Arguments.empty() ? nullptr : Arguments[0];
    Operation Called = operationOf(Call);
    if (torchtidy::keepsShape(Called))
      return sizeOf(Tensor, Depth + 1);
    if (calleeName(Call).contains("_pool"))
      return sizeOfPool(calleeName(Call), Tensor, Depth);
    if (Called.is(Op::view) || Called.is(Op::reshape))
      return sizeOfView(Call, Arguments.slice(Member || Arguments.empty() ? 0 : 1));
    return std::nullopt;
  }

  std::optional<Sized> sizeOfRun(const ModelRun &Run, unsigned Depth) {
    const CXXRecordDecl *Module = moduleOf(stripOwner(Run.Model)->getType());
    Layer L = layerOf(Module);
    const Expr *Argument = argumentFor(Run.Call, 0);
    if (keepsShape(L) && infoOf(L).SizeIn.empty())
      return sizeOf(Argument, Depth + 1);
    if (familyOf(L) == LayerFamily::Pooling)
      return sizeOfPool(infoOf(L).Name, Argument, Depth);
    std::optional<BuiltLayer> Built = layerRunBy(Run);
    if (!Built || !Built->Out || Built->Is == Kind::Recurrent)
      return Built && Built->Is == Kind::Keeps ? sizeOf(Argument, Depth + 1) : std::nullopt;
    return Sized{*Built->Out, isOfChannels(*Built) ? Built->Dimensions : 0, Run.Call, *Built};
  }

  // A pool keeps the channels of what has its dimensions.
  std::optional<Sized> sizeOfPool(llvm::StringRef Name, const Expr *Tensor, unsigned Depth) {
    std::optional<Sized> Pooled = sizeOf(Tensor, Depth + 1);
    bool Fits = Pooled && Pooled->ChannelsOf && Pooled->ChannelsOf == dimensionsOf(Name);
    return Fits ? Pooled : std::nullopt;
  }

  // std::get<0>(lstm(x))
  std::optional<Sized> firstOfTuple(const CallExpr *Call, unsigned Depth) {
    if (partOfTuple(Call) != 0u)
      return std::nullopt;
    return sizeOfOutput(Call->getArg(0), Depth + 1);
  }

  // The first of the tuple that a recurrent layer returns.
  std::optional<Sized> sizeOfOutput(const Expr *Tuple, unsigned Depth) {
    const auto *Call = dyn_cast_or_null<CallExpr>(Tuple ? stripValue(Tuple) : nullptr);
    if (!Call) {
      const auto *Name = dyn_cast_or_null<DeclRefExpr>(Tuple ? stripValue(Tuple) : nullptr);
      const auto *Variable = Name ? dyn_cast<VarDecl>(Name->getDecl()) : nullptr;
      Call = Variable && Variable->hasInit() && Depth < 8
                 ? dyn_cast<CallExpr>(stripValue(Variable->getInit()))
                 : nullptr;
    }
    auto Run = Call ? asModelRun(Call) : std::nullopt;
    std::optional<BuiltLayer> Built = Run ? layerRunBy(*Run) : std::nullopt;
    if (!Built || Built->Is != Kind::Recurrent || !Built->Out)
      return std::nullopt;
    return Sized{*Built->Out, 0, Run->Call, *Built};
  }

  // x.view({-1, 16 * 5 * 5})
  std::optional<Sized> sizeOfView(const CallExpr *Call, llvm::ArrayRef<const Expr *> Arguments) {
    const InitListExpr *Sizes = Arguments.size() == 1 ? listIn(Arguments[0]) : nullptr;
    if (!Sizes || Sizes->getNumInits() == 0)
      return std::nullopt;
    std::optional<int64_t> Last =
        integerConstant(Sizes->getInit(Sizes->getNumInits() - 1), Context);
    if (!Last || *Last <= 0)
      return std::nullopt;
    return Sized{*Last, 0, Call, {}};
  }

  // What a local variable holds where it is named: the statement before that gives it a value, if
  // nothing in between may give it another.
  std::optional<Sized> sizeOfName(const DeclRefExpr *Use, unsigned Depth) {
    const ValueDecl *Named = Use->getDecl();
    const auto *Binding = dyn_cast<BindingDecl>(Named);
    const auto *Variable = dyn_cast<VarDecl>(Named);
    if (!Binding && (!Variable || !Variable->hasLocalStorage()))
      return std::nullopt;
    const Stmt *Inner = Use;
    std::optional<Sized> Found;
    bool Ended = false;
    walkUp(Use, Context, [&](const DynTypedNode &Above) {
      const auto *Outer = Above.get<Stmt>();
      if (!Outer)
        return Above.get<VarDecl>() != nullptr; // the initialiser of a variable, not a function
      if (isa<LambdaExpr>(Outer))
        return false;
      if (const auto *Block = dyn_cast<CompoundStmt>(Outer)) {
        llvm::SmallVector<const Stmt *, 16> Before;
        for (const Stmt *S : Block->body()) {
          if (S == Inner)
            break;
          Before.push_back(S);
        }
        for (const Stmt *S : llvm::reverse(Before)) {
          if (const Expr *Value = valueGiven(S, Named)) {
            Found = sizeOf(Value, Depth + 1);
            Ended = true;
          } else if (Binding && declaresBinding(S, Binding)) {
            const auto *Whole = dyn_cast<DecompositionDecl>(Binding->getDecomposedDecl());
            if (Whole && Whole->hasInit() && Whole->bindings().front() == Binding)
              Found = sizeOfOutput(Whole->getInit(), Depth + 1);
            Ended = true;
          } else if (mayChange(S, Named)) {
            Ended = true;
          }
          if (Ended)
            return false;
        }
      }
      Inner = Outer;
      return true;
    });
    return Found;
  }

  // `x = value;`, `auto x = value;`
  static const Expr *valueGiven(const Stmt *S, const ValueDecl *Named) {
    if (const auto *Declared = dyn_cast<DeclStmt>(S)) {
      const auto *Variable =
          Declared->isSingleDecl() ? dyn_cast<VarDecl>(Declared->getSingleDecl()) : nullptr;
      return Variable == Named ? Variable->getInit() : nullptr;
    }
    const auto *E = dyn_cast<Expr>(S);
    auto Assign = asPlainAssignment(E ? E->IgnoreImplicit() : nullptr);
    if (!Assign)
      return nullptr;
    const auto *Target = dyn_cast<DeclRefExpr>(stripValue(Assign->Target));
    return Target && Target->getDecl() == Named ? Assign->Value : nullptr;
  }

  static bool declaresBinding(const Stmt *S, const BindingDecl *Binding) {
    const auto *Declared = dyn_cast<DeclStmt>(S);
    return Declared && Declared->isSingleDecl() &&
           Declared->getSingleDecl() == Binding->getDecomposedDecl();
  }

  // Anything but reading it: assigned, handed out by reference, worked on in place.
  bool mayChange(const Stmt *S, const ValueDecl *Named) {
    return anyDescendant<Stmt>(S, [&](const Stmt *Part) {
      if (const Expr *Target = writtenBy(Part))
        return mentions(Target, Named);
      if (const auto *Operator = dyn_cast<UnaryOperator>(Part))
        return Operator->getOpcode() == UO_AddrOf && mentions(Operator->getSubExpr(), Named);
      if (const auto *Lambda = dyn_cast<LambdaExpr>(Part))
        return mentions(Lambda->getBody(), Named);
      if (const auto *Declared = dyn_cast<DeclStmt>(Part))
        return llvm::any_of(Declared->decls(), [&](const Decl *D) {
          const auto *Variable = dyn_cast<VarDecl>(D);
          return Variable && Variable->getType()->isLValueReferenceType() &&
                 !Variable->getType().getNonReferenceType().isConstQualified() &&
                 Variable->hasInit() && mentions(Variable->getInit(), Named);
        });
      const auto *Call = dyn_cast<CallExpr>(Part);
      if (!Call || activationCall(Call))
        return false;
      const FunctionDecl *Callee = Call->getDirectCallee();
      if (const auto *Member = dyn_cast<CXXMemberCallExpr>(Call);
          Member && namedDecl(objectOf(Member)) == Named && calleeName(Call).ends_with("_"))
        return true;
      for (auto [Argument, Parameter] : argumentsWithParameters(Call, Callee))
        if (QualType Type = Parameter->getType(); Type->isLValueReferenceType() &&
                                                  !Type->getPointeeType().isConstQualified() &&
                                                  mentions(Argument, Named))
          return true;
      return !Callee && mentions(Call, Named);
    });
  }

  llvm::function_ref<const ProjectIndex &()> Index;
  ASTContext &Context;
  llvm::DenseMap<const ValueDecl *, std::optional<BuiltLayer>> Layers;
};

bool fits(const Sized &Given, const BuiltLayer &Taker) {
  unsigned Channels = isOfChannels(Taker) ? Taker.Dimensions : 0;
  return Given.ChannelsOf != Channels || Given.Size == *Taker.In;
}

} // namespace

void forEachSizeMismatch(const FunctionDecl *Function,
                         llvm::function_ref<const ProjectIndex &()> Index, ASTContext &Context,
                         llvm::function_ref<void(const SizeMismatch &)> Visit) {
  SizeReader Reader(Index, Context);
  for (const Stmt *Code : codeOf(Function))
    forEach<CallExpr>(Code, [&](const CallExpr *Call) {
      auto Run = asModelRun(Call);
      if (!Run || Run->IsScript)
        return;
      std::optional<BuiltLayer> Taker = Reader.layerRunBy(*Run);
      if (!Taker || !takesSize(*Taker) || !Taker->In)
        return;
      std::optional<Sized> Given = Reader.sizeOf(argumentFor(Call, 0));
      if (Given && !fits(*Given, *Taker))
        Visit({Call, *Taker, Given->Size, Given->Giver, Given->Source});
    });
}

} // namespace torchtidy
