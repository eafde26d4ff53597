#include "model/summaries/Evaluator.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace llvm;

namespace torchtidy {

bool Evaluator::hasKnownElements(const ModuleNode &Node) {
  return Node.Opaque.empty() && !Node.IsShuffled &&
         all_of(Node.Entries, [](const TreeEntry &E) { return E.Doubt.empty(); });
}

// Values are copied, but for objects that a handle shares.
TreeValue Evaluator::copied(const TreeValue &Value) {
  TreeValue Copy = Value;
  if (Value.Is == TreeValue::List && (Items += Value.Elements->Items.size()) < MaxItems) {
    Copy.Elements = std::make_shared<TreeList>();
    Copy.Elements->Born = Context;
    Copy.Elements->Doubt = Value.Elements->Doubt;
    for (const TreeCell &Item : Value.Elements->Items)
      Copy.Elements->Items.push_back(cellOf(copied(*Item)));
  }
  if (Value.Is == TreeValue::Object && !Value.Node->IsModule &&
      (Items += Value.Node->Fields.size()) < MaxItems) {
    Copy.Node = std::make_shared<ModuleNode>(*Value.Node);
    Copy.Node->Born = Context;
    for (auto &[Name, Field] : Copy.Node->Fields)
      if (!Copy.Node->References.count(Name))
        Field = cellOf(copied(*Field));
  }
  if (Value.Is == TreeValue::Options) {
    Copy.Born = Context;
    Copy.Named = std::make_shared<std::map<std::string, TreeValue>>(*Value.Named);
    Copy.Positional = std::make_shared<std::vector<TreeValue>>(*Value.Positional);
  }
  return Copy;
}

void Evaluator::write(TreeCell Cell, TreeValue Value) {
  for (Journal *J : Journals)
    J->try_emplace(Cell, *Cell);
  *Cell = std::move(Value);
  if (!Aliases.count(Cell) || is_contained(Spoiling, Cell))
    return;
  // One may be among what another stands for.
  Spoiling.push_back(Cell);
  if (Spoiling.size() > 1)
    return;
  for (size_t I = 0; I < Spoiling.size(); ++I)
    spoil(Aliases[Spoiling[I]], "it is changed under another name");
  Spoiling.clear();
}

// Whether what changes now changes for certain, once there is what was made in the context Born.
bool Evaluator::isCertainSince(unsigned Born) const {
  while (Born > Context)
    Born = Around[Born];
  return Born == Context;
}

// Do may or may not run; what it writes is noted.
void Evaluator::perhaps(const std::string &Why, Frame &F, Journal &Written,
                        function_ref<void()> Do) {
  Journals.push_back(&Written);
  Doubts.push_back(Why);
  auto [Known, IsNew] = Contexts.try_emplace({Context, Why}, unsigned(Contexts.size() + 1));
  if (IsNew)
    Around.push_back(Context);
  SaveAndRestore Inside(Context, Known->second);
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
      *Cell = eitherOf(Why, Old, *Cell);
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
      *Cell = eitherOf(Why, Old, *Cell);
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
      *Cell = eitherOf(F.MayBreak, Old, *Cell);
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

bool Evaluator::isPastSteps() {
  if (++Steps <= MaxSteps)
    return false;
  giveUp("the constructor does more than is followed");
  return true;
}

void Evaluator::enter(const Term &Body, Frame &F) {
  Frames.push_back(&F);
  SaveAndRestore Deeper(Calls, Calls + 1);
  eval(Body, F);
  Frames.pop_back();
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
  if (V.size() == 1 && Op == "as")
    return castTo(V[0], T.Note);
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
  if (isPastSteps())
    return TreeValue::unknown("the constructor does more than is followed");
  SaveAndRestore Deeper(Nested, Nested + 1);
  if (Nested > MaxNested) {
    giveUp("calls are nested too deeply");
    return TreeValue::unknown("calls are nested too deeply");
  }
  switch (T.Is) {
  case TermKind::Name:
  case TermKind::Member:
  case TermKind::Operator:
  case TermKind::Element:
  case TermKind::Deref:
  case TermKind::Choice:
    return resolve(T, F).Value;
  case TermKind::Call:
    return evalCall(T, F);
  case TermKind::Assign:
    return assign(T, F);
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
  default:
    return evalOther(T, F);
  }
}

// Apart: what it needs of the stack would be needed for each level of what is above.
LLVM_ATTRIBUTE_NOINLINE TreeValue Evaluator::evalOther(const Term &T, Frame &F) {
  switch (T.Is) {
  case TermKind::Unknown:
    return escape(T, F);
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
  case TermKind::List: {
    std::vector<TreeValue> Values = evalAll(T.Parts, F);
    for (auto [Value, Part] : zip(Values, T.Parts))
      if (!Value.Line)
        Value.Line = Part.Line ? Part.Line : T.Line, Value.File = F.File;
    return listOf(std::move(Values));
  }
  case TermKind::Address: {
    if (T.Note == "&")
      return eval(T.Parts[0], F);
    TreeCell Cell;
    TreeValue Value = evalWithPlace(T.Parts[0], F, Cell);
    TreeValue V;
    V.Is = TreeValue::Pointer;
    V.Target = Cell ? Cell : cellOf(std::move(Value));
    return V;
  }
  case TermKind::Convert: {
    TreeValue V = eval(T.Parts[0], F);
    std::set<const ModuleNode *> Seen;
    if (!IsTrial)
      convert(V, Doubts.empty() ? T.Text : "", 0, Seen);
    return V;
  }
  case TermKind::Unregister:
    unregister(eval(T.Parts[0], F), textOf(eval(T.Parts[1], F)));
    return nullValue();
  case TermKind::Reshape: {
    TreeValue V = eval(T.Parts[0], F);
    reshape(V, "'" + T.Text + "' of line " + std::to_string(T.Line) + " changes it", 0);
    return V;
  }
  case TermKind::Layer:
    return evalLayer(T, F);
  case TermKind::Options: {
    TreeValue V;
    V.Is = TreeValue::Options;
    V.Words = T.Text;
    V.Born = Context;
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
    if (!isCertainSince(Object.Born))
      Value = TreeValue::unknown(doubt());
    (*Object.Named)[T.Text] = std::move(Value);
    return Object;
  }
  case TermKind::Object:
    return construct(T.Text, T.Note, argumentsOf(T.Parts, F), F.Unit, T.Line);
  case TermKind::Fields: {
    TreeValue V = construct(T.Text, "", {}, F.Unit, T.Line);
    for (const Term &Field : T.Parts) {
      TreeCell Cell;
      TreeValue Value = Field.Note == "&" ? evalWithPlace(Field.Parts[0], F, Cell)
                                          : copied(eval(Field.Parts[0], F));
      V.Node->Fields[Field.Text] = Cell ? Cell : cellOf(std::move(Value));
      if (Cell)
        V.Node->References.insert(Field.Text);
    }
    V.Node->Opaque.clear();
    return V;
  }
  case TermKind::Base:
    base(T, F);
    return nullValue();
  case TermKind::Lambda:
    return evalLambda(T, F);
  case TermKind::Invoke:
    return invoke(T, F);
  case TermKind::Tensor:
    return evalTensor(T, F);
  case TermKind::Like: {
    TreeValue V = eval(T.Parts[0], F);
    if (V.Is != TreeValue::Tensor)
      return V.Is == TreeValue::Unknown ? TreeValue::unknown(reasonOf(V)) : V;
    TreeTensor Of = *V.Of;
    if (!T.Text.empty())
      Of.DType = T.Text == "?" ? "" : T.Text;
    return TreeValue::tensor(std::move(Of));
  }
  case TermKind::Register:
    return evalRegister(T, F);
  case TermKind::Push:
    return evalPush(T, F);
  case TermKind::Let: {
    if (T.Note.empty()) {
      // There while it is initialised: a lambda may capture its own name.
      TreeCell Cell = cellOf(TreeValue::unknown("'" + T.Text + "' is not known"));
      F.Variables[T.Number] = Cell;
      *Cell = copied(eval(T.Parts[0], F));
      return nullValue();
    }
    TreeCell Cell;
    TreeValue Value = evalWithPlace(T.Parts[0], F, Cell);
    F.Variables[T.Number] = Cell ? Cell : cellOf(std::move(Value));
    return nullValue();
  }
  case TermKind::Return: {
    TreeCell Cell;
    TreeValue Value = T.Parts.empty() ? nullValue()
                      : F.GivesPlace  ? evalWithPlace(T.Parts[0], F, Cell)
                                      : eval(T.Parts[0], F);
    if (F.HasResult && !areSame(F.Result, Value))
      Value = eitherOf(F.mayBeGone(), F.Result, Value);
    if (F.HasResult && F.GivesPlace && F.ResultCell != Cell)
      Cell = standIn(Value, eitherOf(F.mayBeGone(), leadingTo({F.Result, {}, F.ResultCell}),
                                     leadingTo({Value, {}, Cell})));
    F.ResultCell = Cell;
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
    if (T.Text == "goto")
      F.MayBeOver = T.Note; // what follows may run, or not
    else
      F.Leaving = T.Text;
    return nullValue();
  default:
    return nullValue();
  }
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
// Place: that of the value, or what leads to that of either.
TreeValue Evaluator::decide(const Term &T, const TreeValue &Condition, Frame &F, Resolved *Place) {
  if (auto Truth = truthOf(Condition))
    return eval(T.Parts[*Truth ? 1 : 2], F);
  Resolved Then, Else;
  Journal Written, WrittenElse;
  perhaps("only if " + T.Text, F, Written, [&] { Then = resolve(T.Parts[1], F); });
  Journal After;
  for (auto &[Cell, Old] : Written)
    After[Cell] = std::exchange(*Cell, Old);
  perhaps("only if not " + T.Text, F, WrittenElse, [&] { Else = resolve(T.Parts[2], F); });
  for (auto &[Cell, Old] : WrittenElse)
    After.try_emplace(Cell, Old);
  std::string Why = reasonOf(Condition, "'" + T.Text + "' is not known");
  for (auto &[Cell, Value] : After)
    if (!areSame(Value, *Cell))
      *Cell = eitherOf(Why, Value, *Cell);
  const TreeValue &Yes = Then.Value, &No = Else.Value;
  bool IsFirst = T.Parts[2].Is == TermKind::Throw, IsSecond = T.Parts[1].Is == TermKind::Throw;
  if (Place && (IsFirst || IsSecond))
    *Place = IsFirst ? Then : Else;
  else if (Place)
    Place->Whole = eitherOf(Why, leadingTo(Then), leadingTo(Else));
  if (IsFirst || IsSecond)
    return IsFirst ? Yes : No;
  return areSame(Yes, No) ? Yes : eitherOf(Why, Yes, No);
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
          if (F.Leaving == "continue")
            F.Leaving.clear();
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
  TreeValue Range = pointee(eval(T.Parts[0], F));
  auto Run = [&](const TreeCell &Item) {
    F.Variables[T.Number] = T.Note == "&" ? Item : cellOf(copied(*Item));
    eval(T.Parts[1], F);
  };
  bool IsKnown = (Range.Is == TreeValue::List && Range.Elements->Doubt.empty()) ||
                 (Range.Is == TreeValue::Object && !Range.Node->LayerName.empty() &&
                  hasKnownElements(*Range.Node));
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
        Run(cellOf(leadingInto(Range, Why)));
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

} // namespace torchtidy
