// What modules, containers and tensors become.
#include "model/summaries/Evaluator.h"
#include "model/torch/ContainerChanges.h"
#include "model/torch/Layers.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace torchtidy {

// Puts a module into a container.
void Evaluator::fill(ModuleNode &Node, const TreeValue &What, const std::string &Name, bool IsExact,
                     const std::string &File, unsigned Line) {
  if (IsTrial)
    return;
  if (++Items > MaxItems) {
    Node.Opaque = "it holds more than is followed";
    return;
  }
  TreeEntry Entry;
  Layer Container = layerNamed(Node.LayerName);
  bool IsTensor = Container == Layer::ParameterList || Container == Layer::ParameterDict;
  Entry.Is = IsTensor ? TreeEntry::Parameter : TreeEntry::Module;
  Entry.Name = Name;
  Entry.IsExact = IsExact;
  if (Name.empty()) {
    bool IsCounted = Node.Opaque.empty() &&
                     all_of(Node.Entries, [](const TreeEntry &E) { return E.Doubt.empty(); }) &&
                     isCertainSince(Node.Born);
    Entry.Name = IsCounted ? std::to_string(Node.Entries.size()) : Gap.str();
    Entry.IsExact = IsCounted;
    // The first of some that are not counted has its number all the same.
    if (!IsCounted && Node.Opaque.empty() && !isCertainSince(Node.Born) &&
        doubt().rfind("in a loop", 0) != 0 &&
        all_of(Node.Entries, [](const TreeEntry &E) { return E.Doubt.empty(); })) {
      Entry.Name = std::to_string(Node.Entries.size());
      Entry.IsExact = true;
    }
  }
  Entry.What = What;
  Entry.Doubt = doubtSince(Node.Born);
  Entry.File = What.Line && !What.File.empty() ? What.File : File;
  Entry.Line = What.Line ? What.Line : Line;
  Node.Entries.push_back(std::move(Entry));
}

// `Sequential(a, b)`, `Sequential({{"x", a}})`, `ModuleList(list)`
void Evaluator::fillFromArguments(ModuleNode &Node, const std::string &File, unsigned Line) {
  std::vector<TreeValue> Arguments = std::move(Node.Arguments);
  Node.Arguments.clear();
  auto IsNamed = [](const TreeValue &V) {
    return V.Is == TreeValue::List && V.Elements->Items.size() == 2 &&
           V.Elements->Items[0]->Is == TreeValue::Text;
  };
  bool IsDict = StringRef(Node.LayerName).ends_with("Dict");
  std::function<void(const TreeValue &, unsigned)> Add = [&](const TreeValue &V, unsigned Depth) {
    if (IsNamed(V)) {
      const TreeValue &Name = *V.Elements->Items[0];
      TreeValue What = *V.Elements->Items[1];
      if (!What.Line)
        What.Line = V.Line, What.File = V.File;
      fill(Node, What, Name.Words, Name.IsExact, File, Line);
    } else if (V.Is == TreeValue::List && Depth < 3) {
      if (!V.Elements->Doubt.empty())
        Node.Opaque = V.Elements->Doubt;
      for (const TreeCell &Item : V.Elements->Items)
        Add(*Item, Depth + 1);
    } else if (V.Is == TreeValue::Unknown || IsDict) {
      // One module of an unknown kind, or a list of them.
      Node.Opaque = reasonOf(V, "what it holds is not known");
    } else if (V.Is != TreeValue::Null) {
      fill(Node, V, "", true, File, Line);
    }
  };
  for (const TreeValue &Argument : Arguments)
    Add(Argument, 0);
}

TreeValue Evaluator::evalLayer(const Term &T, Frame &F) {
  TreeValue V;
  V.Is = TreeValue::Object;
  V.Node = std::make_shared<ModuleNode>();
  V.Node->Class = V.Node->LayerName = T.Text;
  V.Node->IsModule = true;
  V.Node->Born = Context;
  V.Node->Arguments = evalAll(T.Parts, F);
  for (TreeValue &Argument : V.Node->Arguments)
    Argument = copied(Argument);
  V.File = F.File;
  V.Line = T.Line;
  fillLayer(*V.Node, F.File, T.Line);
  return V;
}

void Evaluator::fillLayer(ModuleNode &Node, const std::string &File, unsigned Line) {
  if (isContainer(Node.LayerName))
    fillFromArguments(Node, File, Line);
  else
    composeLayer(Node);
}

TreeValue Evaluator::evalTensor(const Term &T, Frame &F) {
  TreeTensor Of;
  Of.DType = T.Text;
  std::vector<TreeValue> Sizes = evalAll(T.Parts, F);
  auto Size = [](const TreeValue &S) {
    return S.Is == TreeValue::Integer ? std::optional(S.Number) : std::nullopt;
  };
  if (Sizes.size() == 1 && Sizes[0].Is == TreeValue::List && Sizes[0].Elements->Doubt.empty()) {
    Of.Sizes.emplace();
    for (const TreeCell &Item : Sizes[0].Elements->Items)
      Of.Sizes->push_back(Size(*Item));
  } else if (Sizes.size() == 1 && Sizes[0].Is == TreeValue::Integer) {
    Of.Sizes.emplace(1, Size(Sizes[0]));
  }
  return TreeValue::tensor(std::move(Of));
}

TreeValue Evaluator::evalRegister(const Term &T, Frame &F) {
  TreeValue Object = pointee(eval(T.Parts[0], F)), Name = eval(T.Parts[1], F),
            Value = eval(T.Parts[2], F);
  if (Object.Is != TreeValue::Object)
    touch(Object, "something is registered on one of several modules");
  if (Object.Is != TreeValue::Object || IsTrial)
    return Value;
  TreeEntry Entry;
  Entry.Is = T.Text == "parameter" ? TreeEntry::Parameter
             : T.Text == "buffer"  ? TreeEntry::Buffer
                                   : TreeEntry::Module;
  TreeValue Text = textOf(Name);
  Entry.Name = Text.Words;
  Entry.IsExact = Text.IsExact;
  Entry.What = Value;
  Entry.Doubt = doubtSince(Object.Node->Born);
  Entry.File = F.File;
  Entry.Line = T.Line;
  std::vector<TreeEntry> &Entries = Object.Node->Entries;
  if (T.Text == "replacement")
    for (TreeEntry &Other : Entries) {
      if (Entry.Doubt.empty() && Entry.IsExact && Other.IsExact && Other.Name == Entry.Name) {
        Other = std::move(Entry);
        return Value;
      }
      if (Other.Name == Entry.Name || !Other.IsExact || !Entry.IsExact)
        Other.Doubt = "replace_module may put another in its place";
    }
  if (++Items < MaxItems)
    Entries.push_back(std::move(Entry));
  else
    Object.Node->Opaque = "it registers more than is followed";
  return Value;
}

// A list of the standard library changes.
void Evaluator::changeList(const Term &T, TreeList &List, std::vector<TreeValue> Arguments,
                           const std::string &File) {
  auto Change = ContainerChange(T.Number);
  bool IsCertain = isCertainSince(List.Born);
  if (IsTrial && !IsCertain) {
    List.Doubt = doubt();
  } else if (T.Note == "map") {
    bool IsPair = Arguments.size() == 1 && Arguments[0].Is == TreeValue::List &&
                  Arguments[0].Elements->Items.size() == 2;
    TreeValue Pair = IsPair ? Arguments[0] : listOf(std::move(Arguments));
    size_t Before = List.Items.size();
    TreeCell Cell = Pair.Elements->Items.size() == 2 && List.Doubt.empty()
                        ? keyPlace(List, *Pair.Elements->Items[0])
                        : nullptr;
    if (!Cell)
      List.Doubt = "'" + T.Text + "' changes what is in the map";
    else if (List.Items.size() > Before)
      *Cell = copied(*Pair.Elements->Items[1]);
  } else if (Change == ContainerChange::AddsOne && Arguments.size() == 1 && ++Items < MaxItems) {
    List.Items.push_back(cellOf(copied(Arguments[0])));
    if (!List.Items.back()->Line)
      List.Items.back()->Line = T.Line, List.Items.back()->File = File;
    if (!IsCertain)
      List.Doubt = doubt();
  } else if (Change == ContainerChange::AddsOne && Arguments.size() == 2) {
    List.Items.push_back(cellOf(listOf(std::move(Arguments))));
    if (!IsCertain)
      List.Doubt = doubt();
  } else if (Change == ContainerChange::RemovesAll && IsCertain) {
    List.Items.clear();
    List.Doubt.clear();
  } else if (Change == ContainerChange::RemovesLast && IsCertain && !List.Items.empty()) {
    List.Items.pop_back();
  } else {
    List.Doubt = "'" + T.Text + "' changes what is in the list";
  }
}

// `list->insert(0, layer)`, as LibTorch does it: the module takes the place of the one that is
// there, whose name stays with it, and the last one is registered again.
bool Evaluator::insertInto(ModuleNode &Node, const TreeValue &Index, const TreeValue &What,
                           const std::string &File, unsigned Line) {
  if (Index.Is != TreeValue::Integer || !isCertainSince(Node.Born) || !hasKnownElements(Node) ||
      Index.Number < 0 || size_t(Index.Number) > Node.Entries.size() ||
      What.Is != TreeValue::Object)
    return false;
  size_t At = size_t(Index.Number);
  if (At < Node.Entries.size()) {
    TreeValue Last = Node.Entries.back().What;
    Node.Entries[At].What = What;
    Node.Entries[At].Line = Line;
    Node.Entries[At].File = File;
    fill(Node, Last, "", true, File, Line);
    Node.IsShuffled = true;
  } else {
    fill(Node, What, "", true, File, Line);
  }
  return true;
}

TreeValue Evaluator::evalPush(const Term &T, Frame &F) {
  Resolved R = resolve(T.Parts[0], F);
  TreeValue Container = pointee(R.Value);
  std::vector<TreeValue> Arguments = evalAll(ArrayRef<Term>(T.Parts).drop_front(), F);
  auto Change = ContainerChange(T.Number);
  std::string Why = "'" + T.Text + "' of line " + std::to_string(T.Line) + " changes what it holds";
  if (Container.Is == TreeValue::List) {
    changeList(T, *Container.Elements, std::move(Arguments), F.File);
    return nullValue();
  }
  if (Container.Is != TreeValue::Object || !isContainer(Container.Node->LayerName)) {
    // Of an unknown one whatever it may be changes; a text has another value.
    if (R.Cell && Container.Is != TreeValue::Object)
      touchCell(R.Cell, Why);
    else
      touch(Container, Why);
    // `(use ? a : b).push_back(x)` of lists
    if (!R.Cell && T.Parts[0].Is == TermKind::Choice && Container.Elements &&
        any_of(Container.Elements->Items,
               [](const TreeCell &Item) { return Item->Is == TreeValue::List; }))
      spoil(R.Whole, Why);
    return nullValue();
  }
  ModuleNode &Node = *Container.Node;
  bool IsDict = StringRef(Node.LayerName).ends_with("Dict");
  bool Appends =
      Change == ContainerChange::AddsOne || (Change == ContainerChange::AddsNamed && IsDict);
  if (Appends && Arguments.size() == 1) {
    Node.Arguments = std::move(Arguments);
    for (TreeValue &Argument : Node.Arguments)
      Argument.Line = T.Line, Argument.File = F.File;
    fillFromArguments(Node, F.File, T.Line);
  } else if (Appends && Arguments.size() == 2) {
    TreeValue Name = textOf(Arguments[0]);
    Arguments[1].Line = T.Line;
    Arguments[1].File = F.File;
    fill(Node, Arguments[1], Name.Words, Name.IsExact, F.File, T.Line);
  } else if (Change == ContainerChange::AddsAll && Arguments.size() == 1) {
    const TreeValue &From = Arguments[0];
    if (From.Is == TreeValue::Object && isContainer(From.Node->LayerName)) {
      std::vector<TreeEntry> Others = From.Node->Entries;
      for (const TreeEntry &Entry : Others)
        fill(Node, Entry.What, IsDict ? Entry.Name : "", Entry.IsExact, Entry.File, Entry.Line);
      if (!From.Node->Opaque.empty() || From.Node->IsShuffled)
        Node.Opaque = From.Node->IsShuffled ? Why : From.Node->Opaque;
    } else {
      Node.Arguments = std::move(Arguments);
      fillFromArguments(Node, F.File, T.Line);
    }
  } else if (!IsTrial && !(Arguments.size() == 2 && Change == ContainerChange::AddsNamed &&
                           insertInto(Node, Arguments[0], Arguments[1], F.File, T.Line))) {
    // Names and numbers may all have moved.
    Node.Entries.clear();
    Node.Opaque = Why;
  }
  return nullValue();
}

} // namespace torchtidy
