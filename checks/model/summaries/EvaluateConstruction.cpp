// Which constructor runs, and what it is given.
#include "model/summaries/Evaluator.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace torchtidy {

static bool takes(const SummaryParameter &P, const TreeValue &Value) {
  StringRef Takes = StringRef(P.Takes).substr(0, 1);
  switch (Value.Is) {
  case TreeValue::Integer:
  case TreeValue::Real:
    return Takes == "i" || Takes == "r" || Takes == "o";
  case TreeValue::Text:
    return Takes == "s";
  case TreeValue::Null:
    return Takes == "m" || Takes == "o";
  case TreeValue::List:
  case TreeValue::Tensor:
  case TreeValue::Options:
  case TreeValue::Lambda:
    return Takes == "o";
  case TreeValue::Object:
    return Takes == "m" || Takes == "o";
  case TreeValue::Unknown:
    return true;
  }
  return true;
}

// The constructors that take these arguments.
static std::vector<const ConstructorSummary *>
fitting(const ClassSummary &Class, StringRef Constructor, ArrayRef<GivenArgument> Arguments) {
  std::vector<const ConstructorSummary *> Fitting;
  for (const ConstructorSummary &C : Class.Constructors) {
    bool Fits = Arguments.size() <= C.Parameters.size();
    for (const auto &[Index, P] : enumerate(C.Parameters))
      Fits = Fits && (Index < Arguments.size() ? takes(P, Arguments[Index].Value) : P.HasDefault);
    if (Fits && (Constructor.empty() || Constructor == C.Usr))
      Fitting.push_back(&C);
  }
  if (Fitting.size() < 2)
    return Fitting;
  // `Conv(in, out)`: numbers rather than what is made of them.
  auto IsExact = [&](const ConstructorSummary *C) {
    for (auto [P, Given] : zip(C->Parameters, Arguments))
      if (isNumber(Given.Value) && P.Takes[0] == 'o')
        return false;
    return C->Parameters.size() == Arguments.size();
  };
  std::vector<const ConstructorSummary *> Exact;
  copy_if(Fitting, std::back_inserter(Exact), IsExact);
  return Exact.empty() ? Fitting : Exact;
}

void Evaluator::initialise(ModuleNode &Node, StringRef Usr, StringRef Constructor,
                           ArrayRef<GivenArgument> Arguments, const TreeValue &This, size_t Unit) {
  std::string Why;
  auto GiveUp = [&](std::string Reason) {
    touchAll(Arguments, Reason);
    Node.Opaque = std::move(Reason);
  };
  const ClassSummary *Class = Summaries.findClass(Usr, Unit, Why);
  if (!Class || Calls >= MaxCalls)
    return GiveUp(Class ? "constructions go in a circle" : "its class " + Why);
  std::vector<const ConstructorSummary *> Fitting = fitting(*Class, Constructor, Arguments);
  if (Class->Constructors.empty()) {
    Node.ClassUsr = Usr.str();
    Frame F;
    F.This = This;
    F.File = Class->File;
    F.Unit = Unit;
    enter(Class->Implicit, F);
    return;
  }
  if (Fitting.size() != 1)
    return GiveUp(Fitting.empty()
                      ? "no constructor of '" + Class->Name + "' fits its arguments"
                      : "several constructors of '" + Class->Name + "' fit its arguments");
  size_t FunctionUnit = Unit;
  const FunctionSummary *Function = Summaries.findFunction(Fitting[0]->Usr, FunctionUnit, Why);
  if (!Function && StringRef(Class->Name).contains('<'))
    Why += "; 'template class " + Class->Name + ";' instantiates it";
  if (!Function)
    return GiveUp("the constructor of '" + Class->Name + "' " + Why);
  std::vector<GivenArgument> All(Arguments.begin(), Arguments.end());
  for (auto [Given, P] : zip(All, Fitting[0]->Parameters))
    if (Given.Value.Is == TreeValue::List && (!P.Class.empty() || Given.Value.Named))
      Given.Value = fromUser(Given.Value, P.Class, Unit);
  // Defaults stand where it is declared.
  Frame Declared;
  Declared.Unit = Unit;
  Declared.File = Class->File;
  for (size_t I = All.size(); I < Fitting[0]->Parameters.size(); ++I)
    All.push_back({eval(Fitting[0]->Parameters[I].Default, Declared), nullptr});
  Node.ClassUsr = Usr.str();
  run(*Function, This, All, FunctionUnit);
}

// `{64, 3}`, `{.width = 64}`, `NetOptions(64).depth(3)` of a command line.
TreeValue Evaluator::fromUser(const TreeValue &Value, StringRef Usr, size_t Unit) {
  std::string Why;
  auto Refuse = [&](std::string Reason) {
    if (Complaint.empty())
      Complaint = Reason;
    return TreeValue::unknown(std::move(Reason));
  };
  if (Usr.empty()) {
    TreeValue Options = Value; // of LibTorch
    Options.Is = TreeValue::Options;
    Options.Positional = std::make_shared<std::vector<TreeValue>>();
    for (const TreeCell &Item : Value.Elements->Items)
      Options.Positional->push_back(*Item);
    return Options;
  }
  const ClassSummary *Class = Summaries.findClass(Usr, Unit, Why);
  if (!Class)
    return TreeValue::unknown("its class " + Why);
  if (!Value.Words.empty() && !ProjectSummaries::means(Value.Words, Class->Name))
    return Refuse("the constructor takes a '" + Class->Name + "', not a '" + Value.Words + "'");
  std::vector<GivenArgument> Arguments;
  if (!Class->Constructors.empty())
    for (const TreeCell &Item : Value.Elements->Items)
      Arguments.push_back({*Item, nullptr});
  TreeValue V = construct(Usr, "", std::move(Arguments), Unit, 0);
  auto Set = [&](StringRef Name, const TreeValue &Given) {
    TreeCell &Cell = V.Node->Fields[Name.str()];
    bool IsObject = Cell && Cell->Is == TreeValue::Object && !Cell->Node->IsModule;
    if (Given.Is == TreeValue::List && IsObject)
      Cell = cellOf(fromUser(Given, Cell->Node->ClassUsr, Unit));
    else
      Cell = cellOf(Given);
  };
  if (Class->Constructors.empty()) {
    if (Value.Elements->Items.size() > Class->Fields.size())
      return Refuse("'" + Class->Name + "' has " + std::to_string(Class->Fields.size()) +
                    " members, but " + std::to_string(Value.Elements->Items.size()) +
                    " values are given");
    for (auto [Name, Item] : zip(Class->Fields, Value.Elements->Items))
      Set(Name, *Item);
  }
  if (Value.Named)
    for (const auto &[Name, Given] : *Value.Named) {
      // TORCH_ARG has the setter `width` of the member `width_`.
      bool IsPlain = is_contained(Class->Fields, Name);
      if (!IsPlain && !is_contained(Class->Fields, Name + "_"))
        return Refuse("'" + Class->Name + "' has no member '" + Name + "'");
      Set(IsPlain ? Name : Name + "_", Given);
    }
  return V;
}

void Evaluator::base(const Term &T, Frame &F) {
  if (F.This.Is != TreeValue::Object)
    return;
  ModuleNode &Node = *F.This.Node;
  std::vector<GivenArgument> Arguments = argumentsOf(T.Parts, F);
  if (T.Number == 0) {
    // While a base is constructed, its functions run and not those that override them.
    std::string Own = Node.ClassUsr;
    initialise(Node, T.Text, T.Note, Arguments, F.This, F.Unit);
    Node.ClassUsr = std::move(Own);
    return;
  }
  if (T.Text.empty())
    return; // Module itself, Cloneable
  Node.LayerName = T.Text;
  Node.Arguments.clear();
  for (GivenArgument &Given : Arguments)
    Node.Arguments.push_back(std::move(Given.Value));
  fillLayer(Node, F.File, T.Line);
}

TreeValue Evaluator::construct(StringRef Usr, StringRef Constructor,
                               std::vector<GivenArgument> Arguments, size_t FromUnit,
                               unsigned Line) {
  TreeValue V;
  V.Is = TreeValue::Object;
  V.Node = std::make_shared<ModuleNode>();
  V.Node->Born = Context;
  size_t Unit = FromUnit;
  std::string Why;
  if (const ClassSummary *Class = Summaries.findClass(Usr, Unit, Why)) {
    V.Node->Class = Class->Name;
    V.Node->IsModule = Class->IsModule;
    if (!Class->IsModule && Arguments.size() == 1 && Arguments[0].Value.Is == TreeValue::Object &&
        !Arguments[0].Value.Node->IsModule && Arguments[0].Value.Node->Class == Class->Name)
      return copied(Arguments[0].Value);
  }
  for (GivenArgument &Argument : Arguments)
    if (!Argument.Cell)
      Argument.Value = copied(Argument.Value);
  ++Calls;
  initialise(*V.Node, Usr, Constructor, Arguments, V, FromUnit);
  --Calls;
  V.Line = Line;
  return V;
}

} // namespace torchtidy
