#include "model/summaries/KeyList.h"
#include "model/summaries/LayerOptions.h"
#include "model/torch/LayerKeys.h"

using namespace llvm;

namespace torchtidy {
namespace {

constexpr unsigned MaxDepth = 100;
constexpr size_t MaxKeys = 1 << 17, MaxBytes = 1 << 26;

class KeyLister {
public:
  void list(const ModuleNode &Node, const ListedKey &At, unsigned Depth) {
    if (Keys.size() > MaxKeys || Modules.size() > MaxKeys || Bytes > MaxBytes) {
      open(At, "there is more than is listed");
      return;
    }
    Bytes += At.Name.size();
    if (Depth > MaxDepth || is_contained(Path, &Node)) {
      open(At, "modules hold each other in a circle");
      return;
    }
    Path.push_back(&Node);
    listLayer(Node, At);
    for (const TreeEntry &Entry : Node.Entries)
      if (Entry.Is != TreeEntry::Module)
        listTensor(Entry, At);
    for (const TreeEntry &Entry : Node.Entries)
      if (Entry.Is == TreeEntry::Module)
        listModule(Entry, At, Depth);
    if (!Node.Opaque.empty())
      open(At, Node.Opaque);
    Path.pop_back();
  }

  std::vector<ListedKey> Keys;
  std::vector<ListedModule> Modules;

private:
  // At: of the module, with its name and a dot.
  static ListedKey below(const ListedKey &At, const TreeEntry &Entry) {
    ListedKey Key = At;
    Key.Name += Entry.Name;
    Key.IsExact &= Entry.IsExact;
    if (!Entry.Doubt.empty())
      Key.When = Entry.Doubt;
    if (Entry.Line) {
      Key.File = Entry.File;
      Key.Line = Entry.Line;
    }
    return Key;
  }

  void open(const ListedKey &At, StringRef Why) {
    ListedKey Key = At;
    Key.Is = ListedKey::Open;
    Key.Name += "…";
    Key.IsExact = false;
    Key.Why = Why.str();
    Keys.push_back(std::move(Key));
  }

  void listTensor(const TreeEntry &Entry, const ListedKey &At) {
    // An undefined tensor is not written.
    if (Entry.What.Is == TreeValue::Null)
      return;
    ListedKey Key = below(At, Entry);
    Key.Is = Entry.Is == TreeEntry::Buffer ? ListedKey::Buffer : ListedKey::Parameter;
    if (Entry.What.Is == TreeValue::Tensor) {
      Key.Of = *Entry.What.Of;
      Key.Why = Key.Of.Why;
    }
    Keys.push_back(std::move(Key));
  }

  void listModule(const TreeEntry &Entry, const ListedKey &At, unsigned Depth) {
    ListedKey Key = below(At, Entry);
    Modules.push_back({Key.Name, Key.File, Key.Line});
    Key.Name += ".";
    if (Entry.What.Is == TreeValue::Object)
      list(*Entry.What.Node, Key, Depth + 1);
    else if (Entry.What.Is != TreeValue::Null)
      open(Key, Entry.What.Words.empty() ? "what is registered is not known" : Entry.What.Words);
  }

  static LayerOption optionOf(const TreeValue *Value) {
    LayerOption Option;
    if (!Value)
      return Option;
    auto Size = [](const TreeValue &V) {
      return V.Is == TreeValue::Integer ? std::optional(V.Number) : std::nullopt;
    };
    switch (Value->Is) {
    case TreeValue::Null:
      Option.Is = LayerOption::Default;
      return Option;
    case TreeValue::Integer:
      Option.Values = {Value->Number};
      break;
    case TreeValue::List:
      if (!Value->Elements->Doubt.empty())
        return Option;
      for (const TreeCell &Item : Value->Elements->Items)
        Option.Values.push_back(Size(*Item));
      break;
    case TreeValue::Tensor:
      Option.IsTensor = true;
      if (Value->Of->Sizes)
        Option.Values = *Value->Of->Sizes;
      break;
    default:
      return Option;
    }
    Option.Is = LayerOption::Given;
    return Option;
  }

  static LayerOption find(const ModuleNode &Node, Layer L, StringRef Option) {
    std::optional<TreeValue> Given = optionGiven(Node, L, Option);
    return Given ? optionOf(&*Given) : LayerOption{LayerOption::Default, {}, false};
  }

  void listLayer(const ModuleNode &Node, const ListedKey &At) {
    if (Node.LayerName.empty())
      return;
    Layer L = layerNamed(Node.LayerName);
    if (isContainerLayer(L))
      return;
    LayerKeys Known = keysOf(L, [&](StringRef Option) { return find(Node, L, Option); });
    for (LayerKey &Own : Known.Keys) {
      ListedKey Key = At;
      Key.Name += Own.Name;
      Key.Is = Own.Kind == LayerKeyKind::Parameter ? ListedKey::Parameter : ListedKey::Buffer;
      Key.Of = {std::move(Own.Sizes), Own.Kind == LayerKeyKind::Counter ? "int64" : "float32", ""};
      if (Node.DType)
        Key.Of.DType = *Node.DType;
      if (!Node.Reshaped.empty()) {
        Key.Of = {};
        Key.Why = Node.Reshaped;
      }
      if (!Own.Doubt.empty())
        Key.When = Own.Doubt;
      Keys.push_back(std::move(Key));
    }
    if (!Known.Unknown.empty())
      open(At, Known.Unknown);
  }

  std::vector<const ModuleNode *> Path;
  size_t Bytes = 0; // of the modules' names
};

} // namespace

std::vector<ListedKey> listKeys(const ModuleNode &Root, std::vector<ListedModule> *Modules) {
  KeyLister Lister;
  Lister.list(Root, {}, 0);
  if (Modules)
    *Modules = std::move(Lister.Modules);
  return std::move(Lister.Keys);
}

} // namespace torchtidy
