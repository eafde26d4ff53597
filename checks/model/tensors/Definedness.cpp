#include "model/tensors/Definedness.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Comparisons.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "model/tensors/TensorGuards.h"
#include "model/torch/Layers.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// `Linear` of `m->name() == "torch::nn::LinearImpl"` being \p Holds, about the
// module named \p Key.
Layer layerTested(const Expr *Condition, bool Holds, const std::string &Key) {
  std::optional<Equality> Test = asEquality(Condition);
  if (!Test || Test->IsEqual != Holds)
    return Layer::None;
  for (auto [Asked, Text] :
       {std::pair(Test->Left, Test->Right), std::pair(Test->Right, Test->Left)}) {
    const auto *Name = dyn_cast<CXXMemberCallExpr>(stripValue(Asked));
    if (!Name || !isNamed(Name->getMethodDecl(), "torch::nn::Module::name") ||
        pathKey(objectOf(Name)) != Key)
      continue;
    llvm::StringRef Class = literalText(Text).value_or("").rsplit("::").second;
    Class.consume_back("Impl");
    return layerNamed(Class);
  }
  return Layer::None;
}

// What the ifs around \p E say of the class of \p Asked.
Layer layerTestedAround(const Expr *E, const Expr *Asked, ASTContext &Context) {
  Layer Found = Layer::None;
  std::string Key = pathKey(Asked);
  const Stmt *Below = E;
  walkUp(E, Context, [&](const DynTypedNode &Above) {
    const auto *S = Above.get<Stmt>();
    if (const auto *If = dyn_cast_or_null<IfStmt>(S); If && If->getThen() == Below && !Key.empty())
      implies(If->getCond(), true, [&](const Expr *Condition, bool Holds) {
        Layer Tested = layerTested(Condition, Holds, Key);
        Found = Tested == Layer::None ? Found : Tested;
        return Tested != Layer::None;
      });
    Below = S ? S : Below;
    return Found == Layer::None && !Above.get<FunctionDecl>();
  });
  return Found;
}

} // namespace

std::optional<OptionalTensor> Definedness::accessOf(const Expr *E) {
  std::optional<OptionalTensor> Access = optionalTensor(E, Index);
  if (!Access || !Access->Asked)
    return Access;
  const CXXRecordDecl *Record = Options.layerNamedBy(Access->Asked);
  if (const OptionalSlot *Slot = optionalSlot(layerOf(Record), Access->Slot)) {
    Access->Record = Record;
    Access->Library = libraryModuleName(Record);
    Access->Option = Slot->Option;
    Access->Default = Slot->Default;
    return Access;
  }
  // if (m->name() == "torch::nn::BatchNorm2dImpl") asks for the type.
  Layer Tested = layerTestedAround(E, Access->Asked, Context);
  if (const OptionalSlot *Slot = optionalSlot(Tested, Access->Slot)) {
    Access->Library = infoOf(Tested).Name;
    Access->Option = Slot->Option;
    Access->Default = Slot->Default;
  }
  return Access;
}

// replace(fc), where replace assigns its reference parameter: what fc may be from there on.
std::optional<Verdict> Definedness::replacedBy(const Stmt *S, llvm::StringRef ModuleKey,
                                               const OptionalTensor &Access) {
  const FunctionDecl *Callee = calleeOf(S), *Body = Callee ? Callee->getDefinition() : nullptr;
  if (!Body || ModuleKey.empty())
    return std::nullopt;
  for (auto [Argument, Parameter] : argumentsWithParameters(cast<CallExpr>(S), Body)) {
    if (takesToChange(Parameter->getType()) && !Index.valuesOf(Parameter).empty() &&
        pathKey(Argument) == ModuleKey)
      return Options.ofStored(Parameter, Access);
  }
  return std::nullopt;
}

// What S does to the fact that the tensor is there.
Effect Definedness::effectOf(const Stmt *S, const Names &Of, const OptionalTensor &Access,
                             std::optional<Verdict> &Assigned) {
  if (auto Assign = asPlainAssignment(S)) {
    std::string Key = pathKey(Assign->Target);
    if (!Key.empty() && Key == Of.Slot)
      return Effect::Establishes; // bias = torch::zeros(…)
    if (Key.empty() || Key != Of.Module)
      return Effect::None;
    Verdict Given = Options.ofValue(Assign->Value, Access);
    if (Given.State == Built::Defined || Given.State == Built::Unknown)
      return Effect::Establishes;
    Assigned = Given;
    // The condition of this very value may still hold on the way: keep looking for it.
    return Given.State == Built::Undefined ? Effect::Destroys : Effect::None;
  }
  if (std::optional<Verdict> Replaced = replacedBy(S, Of.Module, Access))
    return Replaced->State == Built::Defined || Replaced->State == Built::Unknown
               ? Effect::Establishes
               : Effect::None;
  if (const auto *Declaration = dyn_cast<DeclStmt>(S))
    for (const Decl *D : Declaration->decls())
      if (const auto *Variable = dyn_cast<VarDecl>(D);
          Variable && Of.Roots.contains(cast<ValueDecl>(Variable->getCanonicalDecl())) &&
          !Variable->getType()->isIntegerType())
        return Effect::Destroys;
  return Effect::None;
}

// fc->bias = e in another function: whether it ran, nobody knows.
bool Definedness::isSetElsewhere(llvm::StringRef SlotKey, const OptionalTensor &Access,
                                 llvm::ArrayRef<BodyFrame> Frames) {
  const auto *Slot = dyn_cast<MemberExpr>(stripValue(Access.Access));
  if (SlotKey.empty() || !Slot)
    return false;
  if (!Assigned) {
    Assigned.emplace();
    for (const FunctionDecl *Function : Index.functions())
      if (Function->hasBody())
        forEach<CXXOperatorCallExpr>(Function->getBody(), [&](const CXXOperatorCallExpr *Call) {
          auto Assign = asPlainAssignment(Call);
          const auto *Target = Assign ? dyn_cast<MemberExpr>(stripValue(Assign->Target)) : nullptr;
          if (Target && isLibTorchDecl(Target->getMemberDecl()) && isTensorType(Target->getType()))
            Assigned->push_back({pathKey(Target), outOfLambda(Function)});
        });
  }
  return llvm::any_of(*Assigned, [&](const auto &Each) {
    return Each.first == SlotKey &&
           llvm::none_of(Frames, [&](const BodyFrame &F) { return F.Function == Each.second; });
  });
}

Verdict Definedness::judge(const OptionalTensor &Access, const Stmt *Use,
                           llvm::ArrayRef<BodyFrame> Frames) {
  Names Of;
  if (Access.Module) {
    Of.Module = pathKey(Access.Module, &Of.Roots);
    Of.Slot = Of.Module.empty() ? "" : Of.Module + "." + Access.Slot.str();
  } else if (Access.Pointer) {
    Of.Slot = pathKey(Access.Pointer, &Of.Roots);
  }
  Verdict From{Built::Any, nullptr, nullptr};
  const Expr *Module = Access.Module ? Access.Module : Access.Asked;
  if (Module && !Access.Library.empty())
    From = Options.ofModule(Module, Access, Frames.empty() ? nullptr : Frames[0].Function);
  if (From.State == Built::Unknown || From.State == Built::Defined)
    return From;

  if (isSetElsewhere(Of.Slot, Access, Frames))
    return {Built::Unknown, nullptr, nullptr};
  const TensorGuard Guard{Access, Of.Module, Of.Slot, From.Flag, &Index, &Context};
  // `if (groups > 1 && !norm)` around the use as a whole: the graph knows its parts alone.
  auto IsGiven = [&](const Expr *E, bool Polarity) {
    return isa<BinaryOperator>(E) && Guard.isGivenCondition(E, Polarity);
  };
  if (isUnderIf(Use, IsGiven, Context))
    return {Built::Defined, nullptr, nullptr};
  std::optional<Verdict> Given;
  auto Leaf = [&](const Expr *E, bool Polarity) { return Guard.holds(E, Polarity); };
  auto OnStatement = [&](const Stmt *S) { return effectOf(S, Of, Access, Given); };
  for (size_t I = Frames.size(); I-- > 0;) {
    // Outside the innermost body the place is the lambda that encloses it.
    const Stmt *Place = I + 1 == Frames.size() ? Use : Frames[I + 1].Lambda;
    PathGuards::Answer Answer = Guards.holdsAt(Frames[I].Function, Place, Leaf, OnStatement);
    if (Answer.Holds)
      return {Built::Defined, nullptr, nullptr};
    if (Answer.Destroyer)
      break;
  }
  if (Given && From.State != Built::Undefined)
    return *Given;
  return From;
}

} // namespace torchtidy
