#include "model/summaries/Term.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace torchtidy {

// [kind, text, number, line, note, parts...]
json::Value toJSON(const Term &T) {
  json::Array Result{int64_t(T.Is), json::fixUTF8(T.Text), T.Number, int64_t(T.Line),
                     json::fixUTF8(T.Note)};
  for (const Term &Part : T.Parts)
    Result.push_back(toJSON(Part));
  return Result;
}

// How many parts each kind needs at least.
static size_t leastParts(TermKind Kind) {
  switch (Kind) {
  case TermKind::Member:
  case TermKind::Operator:
  case TermKind::Call:
  case TermKind::Lambda:
  case TermKind::Invoke:
  case TermKind::Tensor:
  case TermKind::Like:
  case TermKind::Push:
  case TermKind::Let:
  case TermKind::Switch:
  case TermKind::Address:
  case TermKind::Deref:
  case TermKind::Convert:
  case TermKind::Reshape:
    return 1;
  case TermKind::Element:
  case TermKind::Set:
  case TermKind::Assign:
  case TermKind::ForEach:
  case TermKind::Unregister:
    return 2;
  case TermKind::Choice:
  case TermKind::Register:
  case TermKind::If:
    return 3;
  case TermKind::For:
    return 4;
  default:
    return 0;
  }
}

static bool read(const json::Value &Value, Term &T, unsigned Depth) {
  const json::Array *A = Value.getAsArray();
  if (!A || A->size() < 5 || Depth > MaxTermDepth)
    return false;
  auto Kind = (*A)[0].getAsInteger(), Number = (*A)[2].getAsInteger(),
       Line = (*A)[3].getAsInteger();
  auto Text = (*A)[1].getAsString(), Note = (*A)[4].getAsString();
  if (!Kind || !Number || !Line || !Text || !Note || *Kind < 0 ||
      *Kind > int64_t(TermKind::LastOne))
    return false;
  T.Is = TermKind(*Kind);
  T.Text = Text->str();
  T.Number = *Number;
  T.Line = unsigned(*Line);
  T.Note = Note->str();
  for (size_t I = 5; I < A->size(); ++I)
    if (!read((*A)[I], T.Parts.emplace_back(), Depth + 1))
      return false;
  if (T.Is == TermKind::Switch)
    for (size_t I = 1; I < T.Parts.size(); ++I)
      if (T.Parts[I].Parts.size() != 2)
        return false;
  if (T.Is == TermKind::Fields &&
      any_of(T.Parts, [](const Term &Field) { return Field.Parts.empty(); }))
    return false;
  bool IsOfTwo = T.Is == TermKind::Operator && (T.Text == "&&" || T.Text == "||");
  return T.Parts.size() >= (IsOfTwo ? 2 : leastParts(T.Is));
}

bool fromJSON(const json::Value &Value, Term &T, json::Path) { return read(Value, T, 0); }

} // namespace torchtidy
