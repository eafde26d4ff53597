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

void Evaluator::initialise(ModuleNode &Node, StringRef Usr, StringRef Constructor,
                           const std::vector<TreeValue> &Arguments, const TreeValue &This,
                           size_t Unit) {
  std::string Why;
  const ClassSummary *Class = Summaries.findClass(Usr, Unit, Why);
  if (!Class || Calls >= MaxCalls) {
    Node.Opaque = Class ? "constructions go in a circle" : "its class " + Why;
    return;
  }
  std::vector<const ConstructorSummary *> Fitting;
  for (const ConstructorSummary &C : Class->Constructors) {
    bool Fits = Arguments.size() <= C.Parameters.size();
    for (const auto &[Index, P] : enumerate(C.Parameters))
      Fits = Fits && (Index < Arguments.size() ? takes(P, Arguments[Index]) : P.HasDefault);
    if (Fits && (Constructor.empty() || Constructor == C.Usr))
      Fitting.push_back(&C);
  }
  // `Conv(in, out)`: numbers rather than what is made of them.
  if (Fitting.size() > 1) {
    auto IsExact = [&](const ConstructorSummary *C) {
      for (auto [P, Value] : zip(C->Parameters, Arguments))
        if (isNumber(Value) && P.Takes[0] == 'o')
          return false;
      return C->Parameters.size() == Arguments.size();
    };
    std::vector<const ConstructorSummary *> Exact;
    copy_if(Fitting, std::back_inserter(Exact), IsExact);
    if (!Exact.empty())
      Fitting = Exact;
  }
  if (Fitting.size() != 1 && !Class->Constructors.empty()) {
    Node.Opaque = Fitting.empty()
                      ? "no constructor of '" + Class->Name + "' fits its arguments"
                      : "several constructors of '" + Class->Name + "' fit its arguments";
    return;
  }
  if (Class->Constructors.empty()) {
    Frame F;
    F.This = This;
    F.File = Class->File;
    F.Unit = Unit;
    enter(Class->Implicit, F);
    return;
  }
  size_t FunctionUnit = Unit;
  const FunctionSummary *Function = Summaries.findFunction(Fitting[0]->Usr, FunctionUnit, Why);
  if (!Function) {
    Node.Opaque = "the constructor of '" + Class->Name + "' " + Why;
    return;
  }
  // Defaults stand where it is declared.
  std::vector<TreeValue> All = Arguments;
  Frame Declared;
  Declared.Unit = Unit;
  Declared.File = Class->File;
  for (size_t I = All.size(); I < Fitting[0]->Parameters.size(); ++I)
    All.push_back(eval(Fitting[0]->Parameters[I].Default, Declared));
  run(*Function, This, {}, std::move(All), nullptr, FunctionUnit);
}

void Evaluator::base(const Term &T, Frame &F) {
  if (F.This.Is != TreeValue::Object)
    return;
  ModuleNode &Node = *F.This.Node;
  std::vector<TreeValue> Arguments = evalAll(T.Parts, F);
  if (T.Number == 0) {
    initialise(Node, T.Text, T.Note, Arguments, F.This, F.Unit);
    return;
  }
  if (T.Text.empty())
    return; // Module itself, Cloneable
  Node.LayerName = T.Text;
  Node.Arguments = std::move(Arguments);
  if (isContainer(T.Text))
    fillFromArguments(Node, F.File, T.Line);
}

TreeValue Evaluator::construct(StringRef Usr, StringRef Constructor,
                               std::vector<TreeValue> Arguments, size_t FromUnit, unsigned Line) {
  TreeValue V;
  V.Is = TreeValue::Object;
  V.Node = std::make_shared<ModuleNode>();
  size_t Unit = FromUnit;
  std::string Why;
  if (const ClassSummary *Class = Summaries.findClass(Usr, Unit, Why)) {
    V.Node->Class = Class->Name;
    V.Node->IsModule = Class->IsModule;
    if (!Class->IsModule && Arguments.size() == 1 && Arguments[0].Is == TreeValue::Object &&
        !Arguments[0].Node->IsModule && Arguments[0].Node->Class == Class->Name)
      return copied(Arguments[0]);
  }
  for (TreeValue &Argument : Arguments)
    Argument = copied(Argument);
  ++Calls;
  initialise(*V.Node, Usr, Constructor, Arguments, V, FromUnit);
  --Calls;
  V.Line = Line;
  return V;
}

} // namespace torchtidy
