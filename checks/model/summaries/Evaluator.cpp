#include "model/summaries/Evaluator.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace llvm;

namespace torchtidy {

// Values are copied, but for objects that a handle shares.
TreeValue Evaluator::copied(const TreeValue &Value) {
  TreeValue Copy = Value;
  if (Value.Is == TreeValue::List && (Items += Value.Elements->Items.size()) < MaxItems) {
    Copy.Elements = std::make_shared<TreeList>();
    Copy.Elements->Doubt = Value.Elements->Doubt;
    for (const TreeCell &Item : Value.Elements->Items)
      Copy.Elements->Items.push_back(cellOf(copied(*Item)));
  }
  if (Value.Is == TreeValue::Object && !Value.Node->IsModule &&
      (Items += Value.Node->Fields.size()) < MaxItems) {
    Copy.Node = std::make_shared<ModuleNode>(*Value.Node);
    for (auto &[Name, Field] : Copy.Node->Fields)
      Field = cellOf(copied(*Field));
  }
  if (Value.Is == TreeValue::Options) {
    Copy.Named = std::make_shared<std::map<std::string, TreeValue>>(*Value.Named);
    Copy.Positional = std::make_shared<std::vector<TreeValue>>(*Value.Positional);
  }
  return Copy;
}

void Evaluator::write(const TreeCell &Cell, TreeValue Value) {
  for (Journal *J : Journals)
    J->push_back({Cell, *Cell});
  *Cell = std::move(Value);
}

// Do may or may not run; what it writes is noted.
void Evaluator::perhaps(const std::string &Why, Frame &F, Journal &Written,
                        function_ref<void()> Do) {
  Journals.push_back(&Written);
  Doubts.push_back(Why);
  std::string Leaving = F.Leaving;
  bool WasOver = F.IsOver;
  TreeValue Result = F.Result;
  bool HadResult = F.HasResult;
  Do();
  if ((F.IsOver && !WasOver) || F.Leaving != Leaving) {
    F.MayBeOver = Why;
    F.Leaving = Leaving;
    F.IsOver = WasOver;
    if (F.HasResult)
      F.Result = HadResult && areSame(F.Result, Result) ? Result : TreeValue::unknown(Why);
  }
  Doubts.pop_back();
  Journals.pop_back();
}

std::map<TreeCell, TreeValue> Evaluator::before(const Journal &Written) {
  std::map<TreeCell, TreeValue> Old;
  for (const auto &[Cell, Value] : Written)
    Old.try_emplace(Cell, Value);
  return Old;
}

// Afterwards what it wrote is known only where it wrote what was there.
void Evaluator::inDoubt(const std::string &Why, Frame &F, function_ref<void()> Do) {
  Journal Written;
  perhaps(Why, F, Written, Do);
  for (const auto &[Cell, Old] : before(Written))
    if (!areSame(Old, *Cell))
      *Cell = TreeValue::unknown(Why);
}

TreeCell Evaluator::place(const Term &T, Frame &F) {
  switch (T.Is) {
  case TermKind::Name: {
    TreeCell &Cell = F.Variables[T.Number];
    if (!Cell)
      Cell = cellOf(TreeValue::unknown("'" + T.Text + "' is not known"));
    return Cell;
  }
  case TermKind::Member: {
    TreeValue Object = eval(T.Parts[0], F);
    if (Object.Is != TreeValue::Object || !Object.Node->LayerName.empty())
      return nullptr;
    TreeCell &Cell = Object.Node->Fields[T.Text];
    if (!Cell)
      Cell = cellOf(TreeValue::unknown("'" + T.Text + "' is not known"));
    return Cell;
  }
  case TermKind::Element: {
    TreeValue Container = eval(T.Parts[0], F), Index = eval(T.Parts[1], F);
    if (Container.Is == TreeValue::List && Index.Is == TreeValue::Integer && Index.Number >= 0 &&
        Container.Elements->Doubt.empty() &&
        size_t(Index.Number) < Container.Elements->Items.size())
      return Container.Elements->Items[size_t(Index.Number)];
    return nullptr;
  }
  case TermKind::Block:
  case TermKind::Set:
    return nullptr;
  default:
    return nullptr;
  }
}

TreeValue Evaluator::evalMember(const TreeValue &Object, const std::string &Name) {
  if (Object.Is == TreeValue::Options) {
    auto It = Object.Named->find(Name);
    return It == Object.Named->end() ? TreeValue::unknown("the option '" + Name + "' is not given")
                                     : It->second;
  }
  if (Object.Is == TreeValue::List && (Name == "first" || Name == "second") &&
      Object.Elements->Items.size() == 2)
    return *Object.Elements->Items[Name == "second"];
  if (Object.Is != TreeValue::Object)
    return TreeValue::unknown(reasonOf(Object, "'" + Name + "' is not known"));
  auto It = Object.Node->Fields.find(Name);
  if (It != Object.Node->Fields.end())
    return *It->second;
  return TreeValue::unknown("'" + Name + "' is not known");
}

TreeValue Evaluator::evalOperator(const Term &T, Frame &F) {
  StringRef Op = T.Text;
  if (Op == "&&" || Op == "||") {
    TreeValue Left = eval(T.Parts[0], F);
    auto First = truthOf(Left);
    bool Decides = Op == "||";
    if (First && *First == Decides)
      return TreeValue::integer(Decides);
    TreeValue Right = eval(T.Parts[1], F);
    auto Second = truthOf(Right);
    if (Second && (First || *Second == Decides))
      return TreeValue::integer(*Second);
    return TreeValue::unknown(reasonOf(Left, reasonOf(Right, "it is not known")));
  }
  std::vector<TreeValue> V = evalAll(T.Parts, F);
  if (V.size() == 2 && Op == "list of") {
    if (V[0].Is != TreeValue::Integer || V[0].Number < 0 || V[0].Number > int64_t(MaxRounds) ||
        (Items += unsigned(V[0].Number)) > MaxItems)
      return TreeValue::unknown(reasonOf(V[0], "its size is not known"));
    std::vector<TreeValue> Values;
    for (int64_t I = 0; I < V[0].Number; ++I)
      Values.push_back(copied(V[1]));
    return listOf(std::move(Values));
  }
  if (V.size() == 1 && Op == "list of") {
    if (V[0].Is != TreeValue::Integer || V[0].Number < 0 || V[0].Number > int64_t(MaxRounds) ||
        (Items += unsigned(V[0].Number)) > MaxItems)
      return TreeValue::unknown(reasonOf(V[0], "its size is not known"));
    return listOf(std::vector<TreeValue>(size_t(V[0].Number), nullValue()));
  }
  return applyOperator(Op, V);
}

TreeValue Evaluator::eval(const Term &T, Frame &F) {
  if (++Steps > MaxSteps)
    return TreeValue::unknown("the constructor does more than is followed");
  switch (T.Is) {
  case TermKind::Unknown: {
    for (const Term &Part : T.Parts) {
      if (TreeCell Cell = place(Part, F))
        write(Cell, TreeValue::unknown("'" + T.Text + "' may change it"));
    }
    return TreeValue::unknown("'" + T.Text + "' is not known");
  }
  case TermKind::Integer:
    return TreeValue::integer(T.Number);
  case TermKind::Real:
    return realValue(std::strtod(T.Text.c_str(), nullptr));
  case TermKind::Text:
    return TreeValue::text(T.Text);
  case TermKind::Null:
    return nullValue();
  case TermKind::This:
    return F.This;
  case TermKind::Name:
    return *place(T, F);
  case TermKind::Member: {
    TreeValue Object = eval(T.Parts[0], F);
    return evalMember(Object, T.Text);
  }
  case TermKind::Operator:
    return evalOperator(T, F);
  case TermKind::Choice: {
    TreeValue Condition = eval(T.Parts[0], F);
    if (auto Truth = truthOf(Condition))
      return eval(T.Parts[*Truth ? 1 : 2], F);
    TreeValue Yes = eval(T.Parts[1], F), No = eval(T.Parts[2], F);
    return areSame(Yes, No)
               ? Yes
               : TreeValue::unknown(reasonOf(Condition, "'" + T.Text + "' is not known"));
  }
  case TermKind::List: {
    std::vector<TreeValue> Values = evalAll(T.Parts, F);
    for (auto [Value, Part] : zip(Values, T.Parts))
      if (!Value.Line)
        Value.Line = Part.Line ? Part.Line : T.Line, Value.File = F.File;
    return listOf(std::move(Values));
  }
  case TermKind::Element: {
    if (TreeCell Cell = place(T, F))
      return *Cell;
    TreeValue Container = eval(T.Parts[0], F), Index = eval(T.Parts[1], F);
    // `sequential[1]`, `list[i]`
    if (Container.Is == TreeValue::Object && Index.Is == TreeValue::Integer && Index.Number >= 0 &&
        !Container.Node->LayerName.empty() && size_t(Index.Number) < Container.Node->Entries.size())
      return Container.Node->Entries[size_t(Index.Number)].What;
    if (Container.Is == TreeValue::Tensor && Index.Is == TreeValue::Integer && Container.Of.Sizes &&
        Index.Number >= 0 && size_t(Index.Number) < Container.Of.Sizes->size() &&
        (*Container.Of.Sizes)[size_t(Index.Number)])
      return TreeValue::integer(*(*Container.Of.Sizes)[size_t(Index.Number)]);
    return TreeValue::unknown(
        reasonOf(Container, reasonOf(Index, "which element it is, is not known")));
  }
  case TermKind::Layer:
    return evalLayer(T, F);
  case TermKind::Options: {
    TreeValue V;
    V.Is = TreeValue::Options;
    V.Words = T.Text;
    V.Named = std::make_shared<std::map<std::string, TreeValue>>();
    V.Positional = std::make_shared<std::vector<TreeValue>>(evalAll(T.Parts, F));
    // One options object made of another.
    if (V.Positional->size() == 1 && V.Positional->front().Is == TreeValue::Options)
      return copied(V.Positional->front());
    return V;
  }
  case TermKind::Set: {
    TreeValue Object = eval(T.Parts[0], F), Value = eval(T.Parts[1], F);
    if (Object.Is != TreeValue::Options)
      return Object;
    if (!Doubts.empty())
      Value = TreeValue::unknown(doubt());
    (*Object.Named)[T.Text] = std::move(Value);
    return Object;
  }
  case TermKind::Object:
    return construct(T.Text, T.Note, evalAll(T.Parts, F), F.Unit, T.Line);
  case TermKind::Fields: {
    TreeValue V = construct(T.Text, "", {}, F.Unit, T.Line);
    for (const Term &Field : T.Parts) {
      TreeValue Value = eval(Field.Parts[0], F);
      V.Node->Fields[Field.Text] = cellOf(std::move(Value));
    }
    V.Node->Opaque.clear();
    return V;
  }
  case TermKind::Base:
    base(T, F);
    return nullValue();
  case TermKind::Call:
    return evalCall(T, F);
  case TermKind::Lambda: {
    TreeValue V;
    V.Is = TreeValue::Lambda;
    V.Code = &T;
    return V;
  }
  case TermKind::Invoke:
    return invoke(T, F);
  case TermKind::Tensor:
    return evalTensor(T, F);
  case TermKind::Like: {
    TreeValue V = eval(T.Parts[0], F);
    if (V.Is == TreeValue::Tensor && !T.Text.empty())
      V.Of.DType.clear();
    return V;
  }
  case TermKind::Register:
    return evalRegister(T, F);
  case TermKind::Push:
    return evalPush(T, F);
  case TermKind::Let: {
    TreeCell Cell = T.Note == "&" ? place(T.Parts[0], F) : nullptr;
    F.Variables[T.Number] = Cell ? Cell : cellOf(copied(eval(T.Parts[0], F)));
    return nullValue();
  }
  case TermKind::Assign: {
    if (T.Text == "&" && T.Parts[0].Is == TermKind::Member)
      if (TreeCell Source = place(T.Parts[1], F); Source && F.This.Is == TreeValue::Object) {
        F.This.Node->Fields[T.Parts[0].Text] = Source;
        return *Source;
      }
    TreeValue Value = copied(eval(T.Parts[1], F));
    // `options.stride() = 2`
    if (const Term &Target = T.Parts[0]; Target.Is == TermKind::Member)
      if (TreeValue Object = eval(Target.Parts[0], F); Object.Is == TreeValue::Options) {
        (*Object.Named)[Target.Text] = Value;
        return Value;
      }
    TreeCell Cell = place(T.Parts[0], F);
    if (!Cell)
      return Value;
    TreeValue Old = *Cell;
    write(Cell, Value);
    return T.Number ? Old : Value;
  }
  case TermKind::If:
    evalIf(T, F);
    return nullValue();
  case TermKind::For:
    evalFor(T, F);
    return nullValue();
  case TermKind::ForEach:
    evalForEach(T, F);
    return nullValue();
  case TermKind::Block: {
    TreeValue Last = nullValue();
    block(T, F, Last);
    return Last;
  }
  case TermKind::Return: {
    TreeValue Value = T.Parts.empty() ? nullValue() : eval(T.Parts[0], F);
    if (F.HasResult && !areSame(F.Result, Value))
      Value = TreeValue::unknown(F.MayBeOver);
    F.Result = std::move(Value);
    F.HasResult = F.IsOver = true;
    return nullValue();
  }
  case TermKind::Throw:
    // Where it throws, there is no object to ask about.
    if (Doubts.empty())
      F.IsOver = true;
    return nullValue();
  case TermKind::Leave:
    F.Leaving = T.Text;
    return nullValue();
  }
  return nullValue();
}

void Evaluator::block(const Term &T, Frame &F, TreeValue &Last) {
  for (const Term &Part : T.Parts) {
    if (F.IsOver || !F.Leaving.empty())
      return;
    if (F.MayBeOver.empty() || (!Doubts.empty() && Doubts.back() == F.MayBeOver)) {
      Last = eval(Part, F);
      continue;
    }
    std::string Why = F.MayBeOver;
    inDoubt(Why, F, [&] { Last = eval(Part, F); });
  }
}

void Evaluator::evalIf(const Term &T, Frame &F) {
  TreeValue Condition = eval(T.Parts[0], F);
  if (auto Truth = truthOf(Condition)) {
    eval(T.Parts[*Truth ? 1 : 2], F);
    return;
  }
  // Each branch starts from what was there before.
  Journal Written, WrittenElse;
  perhaps("only if " + T.Text, F, Written, [&] { eval(T.Parts[1], F); });
  std::map<TreeCell, TreeValue> Before = before(Written), After;
  for (auto &[Cell, Old] : Before)
    After[Cell] = std::exchange(*Cell, Old);
  perhaps("only if not " + T.Text, F, WrittenElse, [&] { eval(T.Parts[2], F); });
  for (auto &[Cell, Old] : before(WrittenElse))
    After.try_emplace(Cell, Old);
  for (auto &[Cell, Then] : After)
    if (!areSame(Then, *Cell))
      *Cell = TreeValue::unknown(reasonOf(Condition, "'" + T.Text + "' is not known"));
}

void Evaluator::evalFor(const Term &T, Frame &F) {
  eval(T.Parts[0], F);
  for (unsigned Round = 0;; ++Round) {
    TreeValue Condition = eval(T.Parts[1], F);
    auto Truth = truthOf(Condition);
    if (Truth && !*Truth)
      return;
    if (!Truth || Round >= MaxRounds || Steps > MaxSteps) {
      // What the loop changes has changed already when its body runs for the second time.
      std::string Why = "in a loop: " + reasonOf(Condition, "'" + T.Text + "' is not known");
      Journal Written;
      Journals.push_back(&Written);
      eval(T.Parts[2], F);
      Journals.pop_back();
      for (auto &[Cell, Old] : Written)
        *Cell = TreeValue::unknown(Why);
      inDoubt(Why, F, [&] { eval(T.Parts[3], F); });
      F.Leaving.clear();
      return;
    }
    eval(T.Parts[3], F);
    if (F.IsOver)
      return;
    bool Ends = F.Leaving == "break";
    F.Leaving.clear();
    if (Ends)
      return;
    eval(T.Parts[2], F);
  }
}

void Evaluator::evalForEach(const Term &T, Frame &F) {
  TreeValue Range = eval(T.Parts[0], F);
  auto Bind = [&](const TreeCell &Item) {
    F.Variables[T.Number] = T.Note == "&" ? Item : cellOf(copied(*Item));
  };
  bool IsKnown = (Range.Is == TreeValue::List && Range.Elements->Doubt.empty()) ||
                 (Range.Is == TreeValue::Object && !Range.Node->LayerName.empty() &&
                  Range.Node->Opaque.empty());
  if (!IsKnown) {
    std::string Why = "in a loop: " + reasonOf(Range, "what it goes through is not known");
    Bind(cellOf(TreeValue::unknown(Why)));
    inDoubt(Why, F, [&] { eval(T.Parts[1], F); });
    F.Leaving.clear();
    return;
  }
  std::vector<TreeCell> Cells;
  if (Range.Is == TreeValue::List)
    Cells = Range.Elements->Items;
  else
    for (const TreeEntry &Entry : Range.Node->Entries)
      Cells.push_back(cellOf(Entry.What));
  for (const TreeCell &Item : Cells) {
    Bind(Item);
    eval(T.Parts[1], F);
    bool Ends = F.Leaving == "break" || F.IsOver || Steps > MaxSteps;
    F.Leaving.clear();
    if (Ends)
      return;
  }
}

// A function that nobody sees may register things on it.
void Evaluator::handOn(const TreeValue &Value, const std::string &Why) {
  if (Value.Is == TreeValue::Object && Value.Node->LayerName.empty() && Value.Node->Opaque.empty())
    Value.Node->Opaque = Why;
  if (Value.Is == TreeValue::Object && isContainer(Value.Node->LayerName))
    Value.Node->Opaque = Why;
  if (Value.Is == TreeValue::List)
    Value.Elements->Doubt = Why;
}

TreeValue Evaluator::run(const FunctionSummary &Function, TreeValue This,
                         const std::vector<const Term *> &Given, std::vector<TreeValue> Arguments,
                         Frame *Caller, size_t Unit) {
  Frame F;
  F.This = std::move(This);
  F.File = Function.File;
  F.Unit = Unit;
  for (const auto &[Index, P] : enumerate(Function.Parameters)) {
    TreeCell Cell;
    bool IsReference = StringRef(P.Takes).ends_with("&");
    if (IsReference && Caller && Index < Given.size())
      Cell = place(*Given[Index], *Caller);
    if (!Cell && Index < Arguments.size())
      Cell = cellOf(IsReference ? Arguments[Index] : copied(Arguments[Index]));
    if (!Cell && P.HasDefault)
      Cell = cellOf(eval(P.Default, F));
    if (!Cell)
      Cell = cellOf(TreeValue::unknown("the parameter '" + P.Name + "' is not given"));
    F.Variables[P.Id] = Cell;
  }
  SaveAndRestore Deeper(Calls, Calls + 1);
  eval(Function.Body, F);
  return F.HasResult ? F.Result : nullValue();
}

TreeValue Evaluator::evalCall(const Term &T, Frame &F) {
  size_t Unit = F.Unit;
  std::string Why;
  const FunctionSummary *Function = Summaries.findFunction(T.Text, Unit, Why);
  TreeValue Object = eval(T.Parts[0], F);
  std::vector<TreeValue> Arguments = evalAll(ArrayRef<Term>(T.Parts).drop_front(), F);
  if (!Function || Calls >= MaxCalls) {
    Why = Function ? "calls go in a circle" : "'" + T.Note + "' " + Why;
    if (!T.Number)
      handOn(Object, Why);
    for (const TreeValue &Argument : Arguments)
      if (Argument.Is != TreeValue::List)
        handOn(Argument, Why);
    return TreeValue::unknown(Why);
  }
  std::vector<const Term *> Given;
  for (const Term &Part : ArrayRef<Term>(T.Parts).drop_front())
    Given.push_back(&Part);
  return run(*Function, std::move(Object), Given, std::move(Arguments), &F, Unit);
}

TreeValue Evaluator::invoke(const Term &T, Frame &F) {
  TreeValue Callee = eval(T.Parts[0], F);
  std::vector<TreeValue> Arguments = evalAll(ArrayRef<Term>(T.Parts).drop_front(), F);
  if (Callee.Is != TreeValue::Lambda || Calls >= MaxCalls) {
    for (const TreeValue &Argument : Arguments)
      handOn(Argument, "a function that is not known is called with it");
    return TreeValue::unknown("the function that is called is not known");
  }
  const Term &Code = *Callee.Code;
  size_t Count = Code.Parts.size() - 1;
  for (size_t I = 0; I < Count; ++I) {
    const Term &P = Code.Parts[I];
    TreeCell Cell = StringRef(P.Note).ends_with("&") && I + 1 < T.Parts.size()
                        ? place(T.Parts[I + 1], F)
                        : nullptr;
    if (!Cell)
      Cell = cellOf(I < Arguments.size()
                        ? copied(Arguments[I])
                        : TreeValue::unknown("the parameter '" + P.Text + "' is not given"));
    F.Variables[P.Number] = Cell;
  }
  // It shares the variables around it; only what it returns is its own.
  Frame Outer = F;
  F.HasResult = F.IsOver = false;
  ++Calls;
  eval(Code.Parts.back(), F);
  --Calls;
  TreeValue Result = F.HasResult ? F.Result : nullValue();
  F.Result = Outer.Result;
  F.HasResult = Outer.HasResult;
  F.IsOver = Outer.IsOver;
  F.Leaving = Outer.Leaving;
  F.MayBeOver = Outer.MayBeOver;
  return Result;
}

} // namespace torchtidy
