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
    J->try_emplace(Cell, *Cell);
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
  if (F.IsOver && !WasOver) {
    F.MayBeOver = Why;
    F.IsOver = WasOver;
    if (F.HasResult)
      F.Result = HadResult && areSame(F.Result, Result) ? Result : TreeValue::unknown(Why);
  }
  if (F.Leaving != Leaving) {
    (F.Leaving == "break" ? F.MayBreak : F.MayContinue) = Why;
    F.Leaving = Leaving;
  }
  Doubts.pop_back();
  Journals.pop_back();
}

// Afterwards what it wrote is known only where it wrote what was there.
void Evaluator::inDoubt(const std::string &Why, Frame &F, function_ref<void()> Do) {
  Journal Written;
  perhaps(Why, F, Written, Do);
  for (const auto &[Cell, Old] : Written)
    if (!areSame(Old, *Cell))
      *Cell = TreeValue::unknown(Why);
}

// Do runs any number of times: what one round writes is not known in any.
void Evaluator::repeatedly(const std::string &Why, Frame &F, function_ref<void()> Do) {
  constexpr unsigned MaxTrials = 4;
  bool FindsMore = true;
  for (unsigned I = 0; I < (IsTrial ? 1 : MaxTrials) && FindsMore; ++I) {
    SaveAndRestore Trying(IsTrial, true);
    Journal Written;
    perhaps(Why, F, Written, Do);
    FindsMore = false;
    for (const auto &[Cell, Old] : Written) {
      FindsMore |= Old.Is != TreeValue::Unknown;
      *Cell = TreeValue::unknown(Why);
    }
  }
  if (!IsTrial)
    inDoubt(Why, F, Do);
}

// Do has a loop's rounds. Where it may have been left early, nobody knows what the last one wrote.
void Evaluator::loop(Frame &F, function_ref<void()> Do) {
  std::string MayBreak = std::exchange(F.MayBreak, ""),
              MayContinue = std::exchange(F.MayContinue, "");
  Journal Written;
  Journals.push_back(&Written);
  Do();
  Journals.pop_back();
  if (!F.MayBreak.empty())
    for (const auto &[Cell, Old] : Written)
      *Cell = TreeValue::unknown(F.MayBreak);
  F.Leaving.clear();
  F.MayBreak = MayBreak;
  F.MayContinue = MayContinue;
}

// Anything may follow in what is being built.
void Evaluator::giveUp(const std::string &Why) {
  for (Frame *F : Frames)
    if (F->This.Is == TreeValue::Object && F->This.Node->Opaque.empty())
      F->This.Node->Opaque = Why;
}

void Evaluator::enter(const Term &Body, Frame &F) {
  Frames.push_back(&F);
  SaveAndRestore Deeper(Calls, Calls + 1);
  eval(Body, F);
  Frames.pop_back();
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
    TreeValue Right;
    if (First)
      Right = eval(T.Parts[1], F);
    else
      inDoubt((Decides ? "only if not " : "only if ") + T.Note, F,
              [&] { Right = eval(T.Parts[1], F); });
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
  if (++Steps > MaxSteps) {
    giveUp("the constructor does more than is followed");
    return TreeValue::unknown("the constructor does more than is followed");
  }
  switch (T.Is) {
  case TermKind::Unknown: {
    if (T.Note == "allOf") {
      giveUp(T.Text);
      for (auto &[Id, Cell] : F.Variables)
        write(Cell, TreeValue::unknown(T.Text));
    }
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
  case TermKind::Choice:
    return decide(T, eval(T.Parts[0], F), F);
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
    decide(T, eval(T.Parts[0], F), F);
    return nullValue();
  case TermKind::Switch:
    evalSwitch(T, F);
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
      Value = TreeValue::unknown(F.mayBeGone());
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
    std::string Why = F.mayBeGone();
    if (Why.empty() || (!Doubts.empty() && Doubts.back() == Why))
      Last = eval(Part, F);
    else
      inDoubt(Why, F, [&] { Last = eval(Part, F); });
  }
}

// Of `if` and ?:. Each branch starts from what was there before.
TreeValue Evaluator::decide(const Term &T, const TreeValue &Condition, Frame &F) {
  if (auto Truth = truthOf(Condition))
    return eval(T.Parts[*Truth ? 1 : 2], F);
  TreeValue Yes, No;
  Journal Written, WrittenElse;
  perhaps("only if " + T.Text, F, Written, [&] { Yes = eval(T.Parts[1], F); });
  Journal After;
  for (auto &[Cell, Old] : Written)
    After[Cell] = std::exchange(*Cell, Old);
  perhaps("only if not " + T.Text, F, WrittenElse, [&] { No = eval(T.Parts[2], F); });
  for (auto &[Cell, Old] : WrittenElse)
    After.try_emplace(Cell, Old);
  std::string Why = reasonOf(Condition, "'" + T.Text + "' is not known");
  for (auto &[Cell, Then] : After)
    if (!areSame(Then, *Cell))
      *Cell = TreeValue::unknown(Why);
  if (T.Parts[2].Is == TermKind::Throw)
    return Yes;
  if (T.Parts[1].Is == TermKind::Throw)
    return No;
  return areSame(Yes, No) ? Yes : TreeValue::unknown(Why);
}

void Evaluator::evalSwitch(const Term &T, Frame &F) {
  TreeValue On = eval(T.Parts[0], F);
  ArrayRef<Term> Sections = ArrayRef<Term>(T.Parts).drop_front();
  bool IsKnown = On.Is == TreeValue::Integer;
  const Term *Start = nullptr, *Default = nullptr;
  for (const Term &Section : Sections) {
    if (Section.Number)
      Default = &Section;
    for (const TreeValue &Label : evalAll(Section.Parts[0].Parts, F)) {
      IsKnown &= Label.Is == TreeValue::Integer;
      if (areSame(Label, On))
        Start = &Section;
    }
  }
  if (!Start)
    Start = Default;
  std::string MayBreak = F.MayBreak;
  bool Runs = false;
  for (const Term &Section : Sections) {
    Runs |= &Section == Start;
    // One falls through to the next.
    if (!IsKnown)
      inDoubt("only if " + T.Text + " is " + Section.Text, F, [&] { eval(Section.Parts[1], F); });
    else if (Runs)
      eval(Section.Parts[1], F);
    if (!IsKnown)
      F.MayBreak = MayBreak;
    if (F.IsOver || !F.Leaving.empty())
      break;
  }
  if (F.Leaving == "break")
    F.Leaving.clear();
  F.MayBreak = MayBreak;
}

void Evaluator::evalFor(const Term &T, Frame &F) {
  eval(T.Parts[0], F);
  auto Rounds = [&] {
    for (unsigned Round = 0;; ++Round) {
      TreeValue Condition = eval(T.Parts[1], F);
      auto Truth = truthOf(Condition);
      if (Truth && !*Truth)
        return;
      if (!Truth || Round >= MaxRounds || Steps > MaxSteps) {
        repeatedly("in a loop: " + reasonOf(Condition, "'" + T.Text + "' is not known"), F, [&] {
          eval(T.Parts[3], F);
          eval(T.Parts[2], F);
          eval(T.Parts[1], F);
        });
        return;
      }
      eval(T.Parts[3], F);
      bool Ends = F.Leaving == "break" || F.IsOver;
      F.Leaving.clear();
      F.MayContinue.clear();
      if (Ends)
        return;
      eval(T.Parts[2], F);
    }
  };
  loop(F, Rounds);
}

void Evaluator::evalForEach(const Term &T, Frame &F) {
  TreeValue Range = eval(T.Parts[0], F);
  auto Run = [&](const TreeCell &Item) {
    F.Variables[T.Number] = T.Note == "&" ? Item : cellOf(copied(*Item));
    eval(T.Parts[1], F);
  };
  bool IsKnown = (Range.Is == TreeValue::List && Range.Elements->Doubt.empty()) ||
                 (Range.Is == TreeValue::Object && !Range.Node->LayerName.empty() &&
                  Range.Node->Opaque.empty());
  std::vector<TreeCell> Cells;
  if (Range.Is == TreeValue::List)
    Cells = Range.Elements->Items;
  else if (Range.Is == TreeValue::Object)
    for (const TreeEntry &Entry : Range.Node->Entries)
      Cells.push_back(cellOf(Entry.What));
  auto Rounds = [&] {
    if (!IsKnown) {
      std::string Why = "in a loop: " + reasonOf(Range, "what it goes through is not known");
      repeatedly(Why, F, [&] {
        for (const TreeCell &Item : Cells)
          if (Item->Is == TreeValue::Object)
            Run(Item);
        Run(cellOf(TreeValue::unknown(Why)));
      });
      return;
    }
    for (const TreeCell &Item : Cells) {
      Run(Item);
      bool Ends = F.Leaving == "break" || F.IsOver || Steps > MaxSteps;
      F.Leaving.clear();
      F.MayContinue.clear();
      if (Ends)
        return;
    }
  };
  loop(F, Rounds);
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
  enter(Function.Body, F);
  return F.HasResult ? F.Result : TreeValue::unknown("'" + Function.Name + "' gives nothing");
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
  F.MayBeOver = F.MayBreak = F.MayContinue = "";
  ++Calls;
  eval(Code.Parts.back(), F);
  --Calls;
  TreeValue Result = F.HasResult ? F.Result : TreeValue::unknown("the lambda gives nothing");
  F.Result = Outer.Result;
  F.HasResult = Outer.HasResult;
  F.IsOver = Outer.IsOver;
  F.Leaving = Outer.Leaving;
  F.MayBeOver = Outer.MayBeOver;
  F.MayBreak = Outer.MayBreak;
  F.MayContinue = Outer.MayContinue;
  return Result;
}

} // namespace torchtidy
