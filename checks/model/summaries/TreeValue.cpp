#include "model/summaries/TreeValue.h"
#include "model/torch/Layers.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>

using namespace llvm;

namespace torchtidy {

bool isContainer(StringRef LayerName) { return isContainerLayer(layerNamed(LayerName)); }

TreeCell cellOf(TreeValue Value) { return std::make_shared<TreeValue>(std::move(Value)); }

bool areSame(const TreeValue &A, const TreeValue &B) {
  if (A.Is != B.Is)
    return false;
  switch (A.Is) {
  case TreeValue::Integer:
    return A.Number == B.Number;
  case TreeValue::Real:
    return A.Decimal == B.Decimal;
  case TreeValue::Text:
    return A.Words == B.Words && A.IsExact && B.IsExact;
  case TreeValue::Null:
    return true;
  case TreeValue::Object:
    return A.Node == B.Node;
  case TreeValue::List:
    return A.Elements == B.Elements;
  case TreeValue::Lambda:
    return A.Code == B.Code && A.Around == B.Around;
  case TreeValue::Tensor:
    return A.Of == B.Of;
  case TreeValue::Pointer:
    return A.Target == B.Target;
  default:
    return false;
  }
}

std::string reasonOf(const TreeValue &Value, StringRef Otherwise) {
  return Value.Is == TreeValue::Unknown && !Value.Words.empty() ? Value.Words : Otherwise.str();
}

TreeValue textOf(const TreeValue &Value) {
  switch (Value.Is) {
  case TreeValue::Text:
    return Value;
  case TreeValue::Integer:
    return TreeValue::text(std::to_string(Value.Number));
  default:
    TreeValue V = TreeValue::text(Gap.str());
    V.IsExact = false;
    return V;
  }
}

static constexpr size_t MaxText = 1 << 16;

// Of `"conv" + '_'`.
static TreeValue characterOf(const TreeValue &Value) {
  bool IsKnown = Value.Is == TreeValue::Integer && Value.Number > 0 && Value.Number < 128;
  return IsKnown ? TreeValue::text(std::string(1, char(Value.Number))) : textOf({});
}

// Whole numbers up to here are doubles, too.
static constexpr double MaxExact = 9e15;

static double decimalOf(const TreeValue &V) {
  return V.Is == TreeValue::Real ? V.Decimal : double(V.Number);
}

TreeValue realValue(double Decimal) {
  TreeValue V;
  V.Is = TreeValue::Real;
  V.Decimal = Decimal;
  return V;
}

TreeValue listOf(std::vector<TreeValue> Values) {
  TreeValue V;
  V.Is = TreeValue::List;
  V.Elements = std::make_shared<TreeList>();
  for (TreeValue &Value : Values)
    V.Elements->Items.push_back(cellOf(std::move(Value)));
  return V;
}

TreeValue TreeValue::oneOf(std::string Why, std::vector<TreeValue> Candidates) {
  TreeValue V = listOf(std::move(Candidates));
  V.Is = Unknown;
  V.Words = std::move(Why);
  return V;
}

// What a change of the value may reach.
static void addCandidates(const TreeValue &Value, std::vector<TreeValue> &Into) {
  constexpr size_t Most = 64;
  auto Add = [&](const TreeValue &V) {
    bool Leads = V.Is == TreeValue::Object || V.Is == TreeValue::List ||
                 V.Is == TreeValue::Pointer || V.Is == TreeValue::Lambda ||
                 V.Is == TreeValue::Tensor;
    if (Leads && Into.size() < Most &&
        none_of(Into, [&](const TreeValue &Other) { return areSame(V, Other); }))
      Into.push_back(V);
  };
  if (Value.Is != TreeValue::Unknown)
    Add(Value);
  else if (Value.Elements)
    for (const TreeCell &Item : Value.Elements->Items)
      Add(*Item);
}

TreeValue eitherOf(std::string Why, const TreeValue &A, const TreeValue &B) {
  std::vector<TreeValue> Candidates;
  addCandidates(A, Candidates);
  addCandidates(B, Candidates);
  return Candidates.empty() ? TreeValue::unknown(std::move(Why))
                            : TreeValue::oneOf(std::move(Why), std::move(Candidates));
}

TreeValue leadingInto(const TreeValue &Value, std::string Why) {
  return eitherOf(std::move(Why), Value, Value);
}

TreeValue nullValue() {
  TreeValue V;
  V.Is = TreeValue::Null;
  return V;
}

std::optional<bool> truthOf(const TreeValue &Value) {
  switch (Value.Is) {
  case TreeValue::Integer:
    return Value.Number != 0;
  case TreeValue::Real:
    return Value.Decimal != 0;
  case TreeValue::Null:
    return false;
  case TreeValue::Object:
  case TreeValue::Lambda:
  case TreeValue::Pointer:
    return true;
  default:
    return std::nullopt;
  }
}

static TreeValue arithmetic(StringRef Op, const TreeValue &A, const TreeValue &B) {
  if (Op == "+" && (A.Is == TreeValue::Text || B.Is == TreeValue::Text)) {
    TreeValue Left = textOf(A), Right = textOf(B);
    if (Left.Words.size() + Right.Words.size() > MaxText)
      return textOf({});
    if (StringRef(Left.Words).ends_with(Gap) && StringRef(Right.Words).starts_with(Gap))
      Right.Words.erase(0, Gap.size());
    TreeValue V = TreeValue::text(Left.Words + Right.Words);
    V.IsExact = Left.IsExact && Right.IsExact;
    return V;
  }
  if ((Op == "==" || Op == "!=") && A.Is == TreeValue::Text && B.Is == TreeValue::Text &&
      A.IsExact && B.IsExact)
    return TreeValue::integer((A.Words == B.Words) == (Op == "=="));
  if ((Op == "==" || Op == "!=") && (A.Is == TreeValue::Null || B.Is == TreeValue::Null))
    if (auto Left = truthOf(A), Right = truthOf(B); Left && Right)
      return TreeValue::integer((*Left == *Right) == (Op == "=="));
  if (!isNumber(A) || !isNumber(B))
    return TreeValue::unknown(reasonOf(A, reasonOf(B)));
  bool IsReal = A.Is == TreeValue::Real || B.Is == TreeValue::Real;
  double X = decimalOf(A), Y = decimalOf(B);
  int64_t I = A.Number, J = B.Number, K = 0;
  if (Op == "<" || Op == ">" || Op == "<=" || Op == ">=" || Op == "==" || Op == "!=") {
    int Order = IsReal ? (X > Y) - (X < Y) : (I > J) - (I < J);
    bool Holds = Op == "<"    ? Order < 0
                 : Op == ">"  ? Order > 0
                 : Op == "<=" ? Order <= 0
                 : Op == ">=" ? Order >= 0
                 : Op == "==" ? Order == 0
                              : Order != 0;
    return TreeValue::integer(Holds);
  }
#define OF_TWO(Name)                                                                               \
  if (Op == #Name) {                                                                               \
    double Result = std::Name(X, Y);                                                               \
    return IsReal || Result != std::trunc(Result) || std::abs(Result) > MaxExact                   \
               ? realValue(Result)                                                                 \
               : TreeValue::integer(int64_t(Result));                                              \
  }
#include "model/summaries/Functions.def"
  if (IsReal) {
    if (Op == "+")
      return realValue(X + Y);
    if (Op == "-")
      return realValue(X - Y);
    if (Op == "*")
      return realValue(X * Y);
    if (Op == "/" && Y != 0)
      return realValue(X / Y);
    return TreeValue::unknown("it is not known");
  }
  if (Op == "+" && !__builtin_add_overflow(I, J, &K))
    return TreeValue::integer(K);
  if (Op == "-" && !__builtin_sub_overflow(I, J, &K))
    return TreeValue::integer(K);
  if (Op == "*" && !__builtin_mul_overflow(I, J, &K))
    return TreeValue::integer(K);
  bool Divides = J != 0 && !(I == INT64_MIN && J == -1);
  if (Op == "/" && Divides)
    return TreeValue::integer(I / J);
  if (Op == "%" && Divides)
    return TreeValue::integer(I % J);
  if (Op == "<<" && I >= 0 && J >= 0 && J < 32 && I < (int64_t(1) << 30))
    return TreeValue::integer(I << J);
  if (Op == ">>" && I >= 0 && J >= 0 && J < 63)
    return TreeValue::integer(I >> J);
  if (Op == "&")
    return TreeValue::integer(I & J);
  if (Op == "|")
    return TreeValue::integer(I | J);
  return TreeValue::unknown("it is not known");
}

// As a map or set is gone through: by its keys, each once.
static TreeValue inOrder(StringRef Op, const TreeValue &A) {
  if (A.Is != TreeValue::List || !A.Elements->Doubt.empty() || A.Elements->Items.size() < 2)
    return A;
  if (Op == "in any order")
    return leadingInto(A, "the order of an unordered container is not known");
  auto KeyOf = [](const TreeCell &Item) -> const TreeValue & {
    bool IsPair = Item->Is == TreeValue::List && Item->Elements->Items.size() == 2;
    return IsPair ? *Item->Elements->Items[0] : *Item;
  };
  auto Is = [&](TreeValue::Kind Kind) {
    return all_of(A.Elements->Items, [&](const TreeCell &Item) {
      return KeyOf(Item).Is == Kind && KeyOf(Item).IsExact;
    });
  };
  bool AreNumbers = Is(TreeValue::Integer);
  if (!AreNumbers && !Is(TreeValue::Text))
    return leadingInto(A, "the order of its keys is not known");
  TreeValue Sorted = listOf({});
  Sorted.Elements->Items = A.Elements->Items;
  stable_sort(Sorted.Elements->Items, [&](const TreeCell &X, const TreeCell &Y) {
    return AreNumbers ? KeyOf(X).Number < KeyOf(Y).Number : KeyOf(X).Words < KeyOf(Y).Words;
  });
  std::vector<TreeCell> &Items = Sorted.Elements->Items;
  Items.erase(std::unique(Items.begin(), Items.end(),
                          [&](const TreeCell &X, const TreeCell &Y) {
                            return areSame(KeyOf(X), KeyOf(Y));
                          }),
              Items.end());
  return Sorted;
}

TreeValue applyOperator(StringRef Op, ArrayRef<TreeValue> V) {
  if (V.size() == 2 && Op == "or") {
    if (V[0].Is == TreeValue::Unknown)
      return V[0];
    return V[0].Is == TreeValue::Null ? V[1] : V[0];
  }
  if (V.size() == 2)
    return arithmetic(Op, V[0], V[1]);
  if (V.size() != 1)
    return TreeValue::unknown("it is not known");
  const TreeValue &A = V[0];
  if (Op == "text")
    return textOf(A);
  if (Op == "character")
    return characterOf(A);
  if (Op == "!" || Op == "is set") {
    auto Truth = truthOf(A);
    if (!Truth && A.Is != TreeValue::Unknown && Op == "is set")
      Truth = true;
    return Truth ? TreeValue::integer(*Truth == (Op == "is set")) : TreeValue::unknown(reasonOf(A));
  }
  if (Op == "size") {
    if (A.Is == TreeValue::List && A.Elements->Doubt.empty())
      return TreeValue::integer(int64_t(A.Elements->Items.size()));
    if (A.Is == TreeValue::Object && A.Node->Opaque.empty() && !A.Node->LayerName.empty() &&
        all_of(A.Node->Entries, [](const TreeEntry &E) { return E.Doubt.empty(); }))
      return TreeValue::integer(int64_t(A.Node->Entries.size()));
    return TreeValue::unknown(reasonOf(A, "its size is not known"));
  }
  if (Op == "sorted" || Op == "in any order")
    return inOrder(Op, A);
  if ((Op == "back" || Op == "front") && A.Is == TreeValue::List && A.Elements->Doubt.empty() &&
      !A.Elements->Items.empty())
    return Op == "back" ? *A.Elements->Items.back() : *A.Elements->Items.front();
  if (Op == "int" && isNumber(A)) {
    double Whole = std::trunc(decimalOf(A));
    if (std::abs(Whole) < MaxExact)
      return A.Is == TreeValue::Integer ? A : TreeValue::integer(int64_t(Whole));
  }
  if (Op == "real number" && isNumber(A))
    return realValue(decimalOf(A));
  if (isNumber(A)) {
    double X = decimalOf(A);
#define OF_ONE(Name)                                                                               \
  if (Op == #Name)                                                                                 \
    return realValue(std::Name(X));
#include "model/summaries/Functions.def"
  }
  return TreeValue::unknown(reasonOf(A));
}

} // namespace torchtidy
