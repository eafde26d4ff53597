// What is not known any more after code that is not followed, and what `to` and unregister_module
// do.
#include "model/summaries/Evaluator.h"
#include "model/torch/Layers.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace llvm;

namespace torchtidy {

static constexpr unsigned MaxDepth = 100;

static bool isStruct(const TreeValue &Value) {
  return Value.Is == TreeValue::Object && !Value.Node->IsModule;
}

// Code that is not followed has it: through a handle it may register things, and it may run any
// number of times.
void Evaluator::touch(TreeValue Value, const std::string &Why) {
  Reached By;
  touch(std::move(Value), Why, By);
}

void Evaluator::touchCell(TreeCell Cell, const std::string &Why) {
  Reached By;
  touchCell(std::move(Cell), Why, By);
}

bool Evaluator::isTooDeep(const Reached &By, const std::string &Why) {
  if (By.Depth > MaxDepth)
    giveUp(Why);
  return By.Depth > MaxDepth || isPastSteps();
}

void Evaluator::touch(TreeValue Value, const std::string &Why, Reached &By) {
  SaveAndRestore Deeper(By.Depth, By.Depth + 1);
  std::shared_ptr<void> Is = Value.Elements;
  if (Value.Is == TreeValue::Object)
    Is = Value.Node;
  if (isTooDeep(By, Why) || (Is && !By.Values.insert(Is).second))
    return;
  switch (Value.Is) {
  case TreeValue::Object: {
    ModuleNode &Node = *Value.Node;
    if (!Node.Opaque.empty() && Node.IsModule)
      return;
    if (Node.IsModule)
      Node.Opaque = Why;
    for (auto &[Name, Field] : Node.Fields)
      if (Node.IsModule)
        write(Field, leadingInto(*Field, Why));
      else
        touch(*Field, Why, By);
    return;
  }
  case TreeValue::List:
    for (const TreeCell &Item : Value.Elements->Items)
      touch(*Item, Why, By);
    return;
  case TreeValue::Pointer:
    touchCell(Value.Target, Why, By);
    return;
  case TreeValue::Lambda: {
    if (Calls >= MaxCalls || Frames.empty()) {
      giveUp(Why);
      return;
    }
    repeatedly("in a loop: " + Why, *Frames.back(), [&] { runLambda(Value, {}); });
    return;
  }
  case TreeValue::Unknown:
    if (Value.Elements)
      for (const TreeCell &Item : Value.Elements->Items)
        if (isStruct(*Item))
          touchCell(Item, Why, By);
        else
          touch(*Item, Why, By);
    return;
  default:
    return;
  }
}

// It may give it another value as well.
void Evaluator::touchCell(TreeCell Cell, const std::string &Why, Reached &By) {
  SaveAndRestore Deeper(By.Depth, By.Depth + 1);
  if (isTooDeep(By, Why) || !By.Cells.insert(Cell).second)
    return;
  TreeValue Old = *Cell;
  touch(Old, Why, By);
  if (Old.Is == TreeValue::Lambda)
    return;
  if (Old.Is == TreeValue::List) {
    Old.Elements->Doubt = Why;
    for (const TreeCell &Item : Old.Elements->Items)
      touchCell(Item, Why, By);
    return;
  }
  if (Old.Is == TreeValue::Tensor)
    reshape(Old, Why, 0);
  if (isStruct(Old))
    for (auto &[Name, Field] : Old.Node->Fields)
      touchCell(Field, Why, By);
  else
    write(Cell, leadingInto(Old, Why));
}

void Evaluator::touchAll(ArrayRef<GivenArgument> Arguments, const std::string &Why) {
  for (const GivenArgument &Argument : Arguments)
    if (Argument.Cell)
      touchCell(Argument.Cell, Why);
    else
      touch(Argument.Value, Why);
}

TreeValue Evaluator::escape(const Term &T, Frame &F) {
  if (T.Note == "allOf") {
    giveUp(T.Text);
    for (auto &[Id, Cell] : F.Variables)
      write(Cell, TreeValue::unknown(T.Text));
  }
  std::string Is = "'" + T.Text + "' is not known";
  if (T.Note == "among") {
    TreeValue Result = TreeValue::unknown(Is);
    for (const Term &Part : T.Parts) {
      Resolved R = resolve(Part, F);
      if (R.Cell && Part.Is == TermKind::Address) {
        R.Value = TreeValue();
        R.Value.Is = TreeValue::Pointer;
        R.Value.Target = R.Cell;
      }
      Result = eitherOf(Is, Result, R.Value);
    }
    return Result;
  }
  std::string Why = "'" + T.Text + "' may change it";
  if (T.Line)
    Why = "'" + T.Text + "' of line " + std::to_string(T.Line) + " may change it";
  TreeValue Result = TreeValue::unknown(Is);
  std::vector<GivenArgument> Given = argumentsOf(T.Parts, F);
  touchAll(Given, Why);
  for (const GivenArgument &Each : Given)
    Result = eitherOf(Is, Result, Each.Value);
  return Result;
}

// Something in Whole is given another value, but nobody knows what.
void Evaluator::spoil(TreeValue Whole, const std::string &Why) {
  if (Whole.Is == TreeValue::List) {
    touchCell(cellOf(Whole), Why);
  } else if (Whole.Is == TreeValue::Pointer) {
    touchCell(Whole.Target, Why);
  } else if (Whole.Is == TreeValue::Unknown && Whole.Elements) {
    for (const TreeCell &Item : Whole.Elements->Items)
      if (Item->Is == TreeValue::List || Item->Is == TreeValue::Pointer)
        spoil(*Item, Why);
      else if (isStruct(*Item))
        touchCell(Item, Why);
      else
        touch(*Item, Why);
  }
}

// Of Module::to(): all that is registered by now, whatever it was.
void Evaluator::convert(const TreeValue &Module, const std::string &DType, unsigned Depth,
                        std::set<const ModuleNode *> &Seen) {
  constexpr unsigned MaxNested = 100;
  if (Depth > MaxNested)
    return;
  if (Module.Is == TreeValue::Tensor) {
    Module.Of->DType = DType;
  } else if (Module.Is == TreeValue::Object) {
    // Several names may share one.
    if (!Seen.insert(Module.Node.get()).second)
      return;
    Module.Node->DType = DType;
    for (TreeEntry &Entry : Module.Node->Entries)
      convert(Entry.What, Entry.Doubt.empty() ? DType : "", Depth + 1, Seen);
  } else if (Module.Is == TreeValue::Unknown && Module.Elements) {
    for (const TreeCell &Item : Module.Elements->Items)
      convert(*Item, "", Depth + 1, Seen);
  }
}

// A tensor gets another shape and dtype, in all that have it.
void Evaluator::reshape(const TreeValue &Tensor, const std::string &Why, unsigned Depth) {
  if (Depth > MaxDepth)
    giveUp(Why);
  if (Depth > MaxDepth || isPastSteps())
    return;
  switch (Tensor.Is) {
  case TreeValue::Tensor:
    Tensor.Of->Sizes.reset();
    Tensor.Of->DType.clear();
    Tensor.Of->Why = Why;
    return;
  case TreeValue::Object:
    Tensor.Node->Reshaped = Why;
    for (TreeEntry &Entry : Tensor.Node->Entries)
      reshape(Entry.What, Why, Depth + 1);
    return;
  case TreeValue::Pointer:
    reshape(*Tensor.Target, Why, Depth + 1);
    return;
  case TreeValue::List:
  case TreeValue::Unknown:
    if (Tensor.Elements)
      for (const TreeCell &Item : Tensor.Elements->Items)
        reshape(*Item, Why, Depth + 1);
    return;
  default:
    return;
  }
}

void Evaluator::unregister(const TreeValue &Object, const TreeValue &Name) {
  if (IsTrial || Object.Is != TreeValue::Object) {
    touch(Object, "unregister_module takes something out of it");
    return;
  }
  std::vector<TreeEntry> &Entries = Object.Node->Entries;
  auto IsThat = [&](const TreeEntry &E) { return E.Is == TreeEntry::Module; };
  bool IsCertain = isCertainSince(Object.Node->Born) && Name.IsExact &&
                   all_of(Entries, [&](const TreeEntry &E) { return !IsThat(E) || E.IsExact; });
  if (IsCertain)
    erase_if(Entries, [&](const TreeEntry &E) { return IsThat(E) && E.Name == Name.Words; });
  else
    for (TreeEntry &E : Entries)
      if (IsThat(E) && (!Name.IsExact || !E.IsExact || E.Name == Name.Words))
        E.Doubt = isCertainSince(Object.Node->Born) ? "unregister_module may take it out" : doubt();
}

// Null where the object is of another class.
TreeValue Evaluator::castTo(const TreeValue &Value, const std::string &Class) {
  if (Value.Is != TreeValue::Object)
    return Value;
  const ModuleNode &Node = *Value.Node;
  bool IsLayer = layerNamed(Class) != Layer::None;
  if (IsLayer ? Node.LayerName == Class : Node.ClassUsr == Class && !Class.empty())
    return Value;
  bool IsOfLibrary = Node.ClassUsr.empty() && !Node.LayerName.empty();
  bool IsKnown = !Class.empty() && (IsOfLibrary || (IsLayer && Node.Opaque.empty()));
  return IsKnown ? nullValue() : leadingInto(Value, "its class is not known");
}

TreeCell Evaluator::keyPlace(TreeList &Map, const TreeValue &Key) {
  bool IsKnown = Key.Is == TreeValue::Integer || (Key.Is == TreeValue::Text && Key.IsExact);
  for (const TreeCell &Item : Map.Items) {
    if (Item->Is != TreeValue::List || Item->Elements->Items.size() != 2)
      return nullptr;
    const TreeValue &Other = *Item->Elements->Items[0];
    IsKnown = IsKnown && Other.Is == Key.Is && Other.IsExact;
    if (IsKnown && areSame(Other, Key))
      return Item->Elements->Items[1];
  }
  if (!IsKnown || !isCertainSince(Map.Born) || IsTrial || ++Items > MaxItems)
    return nullptr;
  // `map[key]` makes one.
  Map.Items.push_back(cellOf(listOf({Key, TreeValue::unknown("it has no value yet")})));
  return Map.Items.back()->Elements->Items[1];
}

} // namespace torchtidy
