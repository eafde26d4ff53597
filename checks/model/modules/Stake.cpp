#include "model/modules/Stake.h"
#include "model/facts/ForwardReach.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "model/torch/LayerKeys.h"

using namespace clang;

namespace torchtidy {

namespace {

Stake worst(Stake A, Stake B) { return std::min(A, B); }

constexpr unsigned MaxStakeDepth = 4;

bool isOptions(QualType Type) {
  const CXXRecordDecl *Record = Type.getNonReferenceType()->getAsCXXRecordDecl();
  return isLibTorchDecl(Record) && nameOf(Record).contains("Options");
}

// What the setters of an option in \p Code say, of the options \p Of alone where that is given.
LayerOption setIn(const Stmt *Code, llvm::StringRef Option, const VarDecl *Of) {
  LayerOption Found{LayerOption::Default, {}, false};
  forEach<CXXMemberCallExpr>(Code, [&](const CXXMemberCallExpr *Call) {
    if (calleeName(Call) != Option || Call->getNumArgs() != 1 || (Of && !mentions(Call, Of)))
      return;
    std::optional<bool> Value = boolLiteral(Call->getArg(0));
    bool Agrees = Found.Is == LayerOption::Default ||
                  (Found.Is == LayerOption::Given && Value && Found.Values[0] == *Value);
    Found.Is = Value && Agrees ? LayerOption::Given : LayerOption::Unknown;
    Found.Values = {Value ? std::optional<int64_t>(*Value) : std::nullopt};
  });
  return Found;
}

// What \p Built says of a layer's option:
// `LayerNorm(LayerNormOptions(4).elementwise_affine(false))`, the options through a local too.
LayerOption givenOption(const Expr *Built, llvm::StringRef Option) {
  LayerOption Found = setIn(Built, Option, nullptr);
  if (Found.Is != LayerOption::Default)
    return Found;
  forEach<Expr>(Built, [&](const Expr *E) {
    bool Makes = isa<CallExpr>(E) && !isLibTorchDecl(calleeOf(E)) && !isStdDecl(calleeOf(E));
    if (!isOptions(E->getType()) || !(Makes || isa<DeclRefExpr, MemberExpr>(E)))
      return;
    const VarDecl *Local = namedVariable(E);
    const Expr *Init = Local && Local->isLocalVarDecl() ? initialiserOf(Local) : nullptr;
    const auto *In = Init ? dyn_cast<FunctionDecl>(Local->getDeclContext()) : nullptr;
    LayerOption Said{LayerOption::Unknown, {}, false};
    if (In && In->hasBody() && !namedVariable(Init)) {
      Said = setIn(In->getBody(), Option, Local);
      if (Said.Is == LayerOption::Default)
        Said = setIn(Init, Option, nullptr);
    }
    if (Said.Is != LayerOption::Default)
      Found = Said;
  });
  return Found;
}

// `InstanceNorm2d(8)` has neither weights nor statistics, unless its options ask for some.
bool isNormWithoutState(Layer L, const Expr *Construction) {
  return isNormLayer(L) &&
         llvm::all_of(keysOf(L,
                             [&](llvm::StringRef Option) {
                               return Construction ? givenOption(Construction, Option)
                                                   : LayerOption{LayerOption::Default, {}, false};
                             })
                          .Keys,
                      [](const LayerKey &Key) { return !Key.Doubt.empty(); });
}

// What is lost with a module that is not registered. What is not in view counts as nothing: that
// something is lost needs a witness.
class StakeQuestion {
public:
  explicit StakeQuestion(const Registrations &Regs) : Regs(Regs) {}

  Stake of(const CXXRecordDecl *Module, const Expr *Construction, unsigned Depth) {
    if (Depth > MaxStakeDepth)
      return Stake::Nothing;
    if (!isContainerLayer(layerOf(Module)) || !Construction)
      return isLibTorchDecl(Module) && isNormWithoutState(layerOf(Module), Construction)
                 ? Stake::Nothing
                 : ofClass(Module, Depth);
    // A container has at stake what is put into it in view and is nobody else's child.
    Stake Result = Stake::Nothing;
    for (const Registrations::Store &Child : Regs.children(Construction))
      if (Regs.construction(Child) != Construction && !Regs.isRegistered(Child))
        Result = worst(Result,
                       of(moduleOf(Child.Value->getType()), Regs.construction(Child), Depth + 1));
    return Result;
  }

private:
  Stake ofClass(const CXXRecordDecl *Module, unsigned Depth) {
    if (!Module || !Module->hasDefinition())
      return Stake::Nothing;
    Module = Module->getDefinition();
    Stake Lost = infoOf(layerOf(Module)).Lost;
    if (isLibTorchDecl(Module) || (!libraryModuleName(Module).empty() && Lost != Stake::Nothing))
      return Lost;
    if (isPartlyVisible(Module))
      return Stake::Nothing;
    // A class of the project has at stake what it registers itself: the rest is lost anyway.
    Stake Result = worst(ofSites(Module, Depth), ofFields(Module, Depth));
    for (const CXXBaseSpecifier &Base : Module->bases())
      if (const CXXRecordDecl *Record = Base.getType()->getAsCXXRecordDecl();
          isModuleClass(Record) && !isLibTorchDecl(Record))
        Result = worst(Result, of(Record, nullptr, Depth + 1));
    return Result;
  }

  Stake ofSites(const CXXRecordDecl *Module, unsigned Depth) {
    Stake Result = Stake::Nothing;
    for (const auto &[Site, In] : Regs.all()) {
      const CXXRecordDecl *Class = In ? enclosingClass(In) : nullptr;
      if (!Class || Class->getCanonicalDecl() != Module->getCanonicalDecl())
        continue;
      if (Site.isTensor())
        return Stake::Parameters;
      for (const Expr *Leaf : valueLeaves(Site.Value)) {
        const Expr *Built = unwrapModule(Leaf);
        Result = worst(Result, of(moduleOf(Built->getType()),
                                  constructsModule(Built) ? Built : nullptr, Depth + 1));
      }
    }
    return Result;
  }

  Stake ofFields(const CXXRecordDecl *Module, unsigned Depth) {
    Stake Result = Stake::Nothing;
    for (const FieldDecl *Field : Module->fields()) {
      if (!Regs.isRegistered(Field))
        continue;
      TypeInfo Info = classifyType(Field->getType());
      if (Info.isTensor())
        return Stake::Parameters;
      if (!Info.isModule() || Info.Kind == TypeKind::RawPtr)
        continue;
      Stake Member = Stake::Nothing;
      bool Known = false;
      for (const Registrations::Store &Store : Regs.stores(Field))
        if (const Expr *Built = Regs.construction(Store)) {
          Member = worst(Member, of(Info.Module, Built, Depth + 1));
          Known = true;
        }
      Result = worst(Result, Known ? Member : ofClass(Info.Module, Depth + 1));
    }
    return Result;
  }

  const Registrations &Regs;
};

} // namespace

Stake stakeOf(const CXXRecordDecl *Module, const Expr *Construction, const Registrations &Regs) {
  return StakeQuestion(Regs).of(Module, Construction, 0);
}

static bool holdsRegistered(const Expr *Construction, const Registrations &Regs, unsigned Depth) {
  return Depth <= MaxStakeDepth &&
         llvm::any_of(Regs.children(Construction), [&](const Registrations::Store &Child) {
           const Expr *Built = Regs.construction(Child);
           return Regs.isRegistered(Child) ||
                  (Built && isContainerLayer(layerOf(moduleOf(Built->getType()))) &&
                   holdsRegistered(Built, Regs, Depth + 1));
         });
}

bool holdsRegistered(const Expr *Construction, const Registrations &Regs) {
  return isContainerLayer(layerOf(moduleOf(Construction->getType()))) &&
         holdsRegistered(Construction, Regs, 0);
}

bool isRegisteredInParts(const Expr *Value) {
  auto Registers = [](const CallExpr *Call) {
    const FunctionDecl *Callee = visibleDefinition(calleeOf(Call));
    return Callee &&
           anyDescendant<CXXMemberCallExpr>(Callee->getBody(), [&](const CXXMemberCallExpr *Inner) {
             auto Site = asRegistration(Inner);
             return Site && Site->Value &&
                    llvm::any_of(Callee->parameters(), [&](const ParmVarDecl *Parameter) {
                      return mentions(Site->Value, Parameter);
                    });
           });
  };
  return Value && anyDescendant<CallExpr>(Value, Registers);
}

bool isRegisteredInParts(const Expr *Value, const Registrations &Regs) {
  const VarDecl *Named = namedVariable(Value);
  return isRegisteredInParts(Value) ||
         (Named && llvm::any_of(Regs.all(), [&](const auto &Site) {
            const Expr *Part = Site.first.Value;
            return Part && namedDecl(Part) != Named && mentions(Part, Named);
          }));
}

} // namespace torchtidy
