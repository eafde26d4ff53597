// Which variable, field or element an expression means.
#include "model/summaries/Evaluator.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace torchtidy {

// A pointer may lead to itself.
const TreeValue &Evaluator::throughPointers(const TreeValue &Value) {
  constexpr unsigned MaxPointers = 16;
  const TreeValue *At = &Value;
  for (unsigned I = 0; I < MaxPointers && At->Is == TreeValue::Pointer; ++I)
    At = At->Target.get();
  return *At;
}

TreeCell Evaluator::memberPlace(const TreeValue &Through, const std::string &Name) {
  const TreeValue &Object = throughPointers(Through);
  if (Object.Is == TreeValue::List && (Name == "first" || Name == "second") &&
      Object.Elements->Items.size() == 2)
    return Object.Elements->Items[Name == "second"];
  if (Object.Is != TreeValue::Object || !Object.Node->LayerName.empty())
    return nullptr;
  TreeCell &Cell = Object.Node->Fields[Name];
  if (!Cell)
    Cell = cellOf(TreeValue::unknown("'" + Name + "' is not known"));
  return Cell;
}

TreeCell Evaluator::elementPlace(const TreeValue &Container, const TreeValue &Index, bool IsKey) {
  if (Container.Is != TreeValue::List || !Container.Elements->Doubt.empty())
    return nullptr;
  if (IsKey)
    return keyPlace(*Container.Elements, Index);
  if (Index.Is == TreeValue::Integer && Index.Number >= 0 &&
      size_t(Index.Number) < Container.Elements->Items.size())
    return Container.Elements->Items[size_t(Index.Number)];
  return nullptr;
}

// Evaluates T once, for its value and for the place that has it, where it has one.
Evaluator::Resolved Evaluator::resolve(const Term &T, Frame &F) {
  Resolved R;
  switch (T.Is) {
  case TermKind::Name:
    R.Cell = F.Variables[T.Number];
    if (!R.Cell)
      R.Cell = F.Variables[T.Number] = cellOf(TreeValue::unknown("'" + T.Text + "' is not known"));
    break;
  case TermKind::Member:
    R.Whole = eval(T.Parts[0], F);
    R.Cell = memberPlace(R.Whole, T.Text);
    if (!R.Cell)
      R.Value = evalMember(R.Whole, T.Text);
    break;
  case TermKind::Element: {
    R.Whole = pointee(eval(T.Parts[0], F));
    TreeValue Index = eval(T.Parts[1], F);
    R.Cell = elementPlace(R.Whole, Index, T.Text == "key");
    if (!R.Cell)
      R.Value = elementOf(R.Whole, Index);
    break;
  }
  case TermKind::Operator: {
    if (T.Text == "," && T.Parts.size() == 2) {
      eval(T.Parts[0], F);
      return resolve(T.Parts[1], F);
    }
    if ((T.Text == ".*" || T.Text == "->*") && T.Parts.size() == 2) {
      Resolved Object = resolve(T.Parts[0], F);
      eval(T.Parts[1], F);
      R.Whole = R.Value = leadingInto(leadingTo(Object), "which member it is, is not known");
      return R;
    }
    bool IsBack = T.Text == "back";
    if (!IsBack && T.Text != "front") {
      R.Value = evalOperator(T, F);
      return R;
    }
    R.Whole = pointee(eval(T.Parts[0], F));
    int64_t Last = R.Whole.Is == TreeValue::List ? int64_t(R.Whole.Elements->Items.size()) - 1 : -1;
    R.Cell = elementPlace(R.Whole, TreeValue::integer(IsBack ? Last : 0), false);
    if (!R.Cell)
      R.Value = leadingInto(R.Whole, reasonOf(R.Whole, "which element it is, is not known"));
    break;
  }
  case TermKind::Deref: {
    Resolved Pointer = resolve(T.Parts[0], F);
    R.Whole = Pointer.Value;
    if (Pointer.Value.Is == TreeValue::Pointer)
      R.Cell = Pointer.Value.Target;
    else if (Pointer.Value.Is != TreeValue::Unknown)
      R.Cell = Pointer.Cell; // `*optional`
    R.Value = Pointer.Value;
    break;
  }
  case TermKind::Address:
    if (T.Note == "&")
      return resolve(T.Parts[0], F);
    R.Value = eval(T, F);
    return R;
  case TermKind::Call:
  case TermKind::Invoke:
    R.Value = T.Is == TermKind::Call ? evalCall(T, F, &R.Cell) : invoke(T, F, &R.Cell);
    if (!R.Cell && R.Value.Is == TreeValue::Unknown)
      R.Whole = R.Value;
    return R;
  case TermKind::Assign:
    R.Value = assign(T, F, &R);
    return R;
  case TermKind::Choice: {
    TreeValue Condition = eval(T.Parts[0], F);
    if (auto Truth = truthOf(Condition))
      return resolve(T.Parts[*Truth ? 1 : 2], F);
    R.Value = decide(T, Condition, F, &R);
    return R;
  }
  default:
    R.Value = eval(T, F);
    return R;
  }
  if (R.Cell)
    R.Value = *R.Cell;
  return R;
}

// The value, and its place; where nobody knows which one that is, one that stands for it.
TreeValue Evaluator::evalWithPlace(const Term &T, Frame &F, TreeCell &Cell) {
  Resolved R = resolve(T, F);
  Cell = R.Cell;
  if (!Cell && R.Whole.Elements)
    Cell = standIn(R.Value, R.Whole);
  return Cell ? *Cell : R.Value;
}

TreeCell Evaluator::standIn(const TreeValue &Value, const TreeValue &Whole) {
  // One of two that are the same by now.
  bool MayDiffer = Whole.Is == TreeValue::Unknown && Value.Is != TreeValue::Object;
  TreeCell Cell = cellOf(MayDiffer ? leadingInto(Value, reasonOf(Whole)) : Value);
  Aliases[Cell] = Whole;
  return Cell;
}

// What leads to the place that Place is, or to that in which it is.
TreeValue Evaluator::leadingTo(const Resolved &Place) {
  if (!Place.Cell)
    return Place.Whole.Elements ? Place.Whole : Place.Value;
  TreeValue V;
  V.Is = TreeValue::Pointer;
  V.Target = Place.Cell;
  return V;
}

TreeValue Evaluator::evalMember(const TreeValue &Through, const std::string &Name) {
  const TreeValue &Object = throughPointers(Through);
  if (Object.Is == TreeValue::Options) {
    auto It = Object.Named->find(Name);
    return It == Object.Named->end() ? TreeValue::unknown("the option '" + Name + "' is not given")
                                     : It->second;
  }
  if (Object.Is == TreeValue::List && (Name == "first" || Name == "second") &&
      Object.Elements->Items.size() == 2)
    return *Object.Elements->Items[Name == "second"];
  if (Object.Is != TreeValue::Object)
    return leadingInto(Object, reasonOf(Object, "'" + Name + "' is not known"));
  auto It = Object.Node->Fields.find(Name);
  if (It != Object.Node->Fields.end())
    return *It->second;
  // `fc->weight`
  if (!Object.Node->LayerName.empty())
    return TreeValue::oneOf("'" + Name + "' is not known", {Object});
  return TreeValue::unknown("'" + Name + "' is not known");
}

// `sequential[1]`, `sizes[i]`
TreeValue Evaluator::elementOf(const TreeValue &Container, const TreeValue &Index) {
  bool IsNumbered = Index.Is == TreeValue::Integer && Index.Number >= 0;
  if (Container.Is == TreeValue::Object && IsNumbered && !Container.Node->LayerName.empty() &&
      hasKnownElements(*Container.Node) && size_t(Index.Number) < Container.Node->Entries.size())
    return Container.Node->Entries[size_t(Index.Number)].What;
  if (Container.Is == TreeValue::Tensor && IsNumbered && Container.Of->Sizes &&
      size_t(Index.Number) < Container.Of->Sizes->size() &&
      (*Container.Of->Sizes)[size_t(Index.Number)])
    return TreeValue::integer(*(*Container.Of->Sizes)[size_t(Index.Number)]);
  return leadingInto(Container,
                     reasonOf(Container, reasonOf(Index, "which element it is, is not known")));
}

} // namespace torchtidy
