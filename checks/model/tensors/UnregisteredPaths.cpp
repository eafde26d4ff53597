#include "model/tensors/UnregisteredPaths.h"
#include "model/syntax/Literals.h"
#include "model/syntax/SourceText.h"
#include "model/syntax/Walk.h"
#include "model/tensors/TensorMembers.h"

using namespace clang;

namespace torchtidy {

namespace {

class PathQuestion {
public:
  using Test = llvm::function_ref<bool(const Expr *)>;
  PathQuestion(const FieldDecl *Field, const CXXRecordDecl *Class, ModuleModel &Model,
               std::optional<Test> IsOwnModule)
      : Field(Field), Class(Class), Model(Model), Regs(Model.registrations()),
        IsOwnModule(IsOwnModule) {}

  std::optional<UnregisteredPath> find() {
    if (!mayBeLeft())
      return std::nullopt;
    const PathState *Kept = nullptr, *Left = nullptr;
    for (const ConstructorOutcome &Outcome : outcomes()) {
      if (Outcome.Unknown || Outcome.Constructor->isCopyOrMoveConstructor())
        continue;
      for (const PathState &End : Outcome.Ends) {
        const PathValue *Value = valueAt(End);
        if (Value && Value->Registered)
          Kept = Kept ? Kept : &End;
        else if (Value && !Left && isLeft(*Value, End) && isUsedAfter(End))
          Left = &End;
      }
    }
    if (!Kept || !Left)
      return std::nullopt;
    return UnregisteredPath{ownValue(*valueAt(*Left)), Site, condition(*Left)};
  }

private:
  const std::vector<ConstructorOutcome> &outcomes() const {
    return IsOwnModule ? Model.outcomes(Class) : Model.tensorOutcomes(Class);
  }

  // Cheap: it is registered by name in the constructors, nowhere else, and also assigned there.
  bool mayBeLeft() {
    const Reach &Constructors = Model.constructorReachOf(Class);
    for (const auto &[Found, In] : Regs.all()) {
      bool Names = Regs.isFor(Found, Field) ||
                   llvm::any_of(valueLeaves(Found.Value),
                                [&](const Expr *Leaf) { return namedField(Leaf) == Field; });
      if (!Names)
        continue;
      if (In && !Constructors.count(outOfLambda(In)))
        return false;
      Site = Site ? Site : Found.Call;
      Keys.push_back((IsOwnModule ? "m:" : "t:") + literalText(Found.Name).value_or("").str());
    }
    return Site && llvm::any_of(Regs.stores(Field), [&](const Registrations::Store &Store) {
             return isOwn(Store.Value) && Store.In && Constructors.count(outOfLambda(Store.In));
           });
  }

  bool isOwn(const Expr *Value) {
    if (IsOwnModule)
      return (*IsOwnModule)(Value);
    return !asRegistration(Value) && !isNoTensor(Value) && !mentions(Value, Field) &&
           !isAliasOfRegistered(Value, Model);
  }

  const PathValue *valueAt(const PathState &End) const {
    auto Value = End.Values.find(Field);
    return Value == End.Values.end() ? nullptr : &Value->second;
  }

  // The tensor that a value may be, where nobody registers it.
  const Expr *ownValue(const PathValue &Value) {
    for (const Expr *Leaf : valueLeaves(Value.Site))
      if (isOwn(Leaf))
        return Leaf;
    return nullptr;
  }

  bool isLeft(const PathValue &Value, const PathState &End) {
    if (End.Escaped || Value.Null == Nullness::Null || !Value.Site || !ownValue(Value))
      return false;
    auto Was = End.WasRegistered.find(Field);
    if (Was != End.WasRegistered.end() && Was->second)
      return false; // stale-registration's
    return llvm::none_of(End.Names,
                         [&](const auto &Taken) { return llvm::is_contained(Keys, Taken.first); });
  }

  // `if (skips) register_module(…)` and `if (skips) x = skip(x)`: what is left is not run.
  bool isUsedAfter(const PathState &End) const {
    return !IsOwnModule || Model.isUsedAfter(Field, Class, End);
  }

  // The first decision against which each path that registers goes.
  std::string condition(const PathState &Left) {
    for (const Branch &Decision : Left.Path) {
      if (isa<SwitchStmt>(Decision.Terminator))
        continue;
      bool Decides = false, Disagrees = false;
      for (const ConstructorOutcome &Outcome : outcomes())
        for (const PathState &End : Outcome.Ends)
          for (const Branch &Other : End.Path) {
            const PathValue *Value = valueAt(End);
            if (Other.Terminator != Decision.Terminator || !Value || !Value->Registered)
              continue;
            Decides |= Other.Taken != Decision.Taken;
            Disagrees |= Other.Taken == Decision.Taken;
          }
      if (Decides && !Disagrees)
        return inWords(stripValue(Decision.Condition), Decision.Taken);
    }
    return {};
  }

  std::string inWords(const Expr *Condition, bool Holds) const {
    if (const auto *Not = dyn_cast<UnaryOperator>(Condition); Not && Not->getOpcode() == UO_LNot)
      return inWords(stripValue(Not->getSubExpr()), !Holds);
    return "'" + onOneLine(Condition, Model.context()) + "' is " + (Holds ? "true" : "false");
  }

  const FieldDecl *Field;
  const CXXRecordDecl *Class;
  ModuleModel &Model;
  const Registrations &Regs;
  const std::optional<Test> IsOwnModule; // none: the member is a tensor
  const Expr *Site = nullptr;
  llvm::SmallVector<std::string, 2> Keys;
};

} // namespace

std::optional<UnregisteredPath> unregisteredPath(const FieldDecl *Field, const CXXRecordDecl *Class,
                                                 ModuleModel &Model) {
  return PathQuestion(Field, Class, Model, std::nullopt).find();
}

std::optional<UnregisteredPath>
unregisteredModulePath(const FieldDecl *Field, const CXXRecordDecl *Class, ModuleModel &Model,
                       llvm::function_ref<bool(const Expr *)> IsOwn) {
  return isModuleName(Field) ? PathQuestion(Field, Class, Model, IsOwn).find() : std::nullopt;
}

} // namespace torchtidy
