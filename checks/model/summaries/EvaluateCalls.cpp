// Functions and lambdas that run, and what assignments write.
#include "model/summaries/Evaluator.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace torchtidy {

std::vector<GivenArgument> Evaluator::argumentsOf(ArrayRef<Term> Terms, Frame &F) {
  std::vector<GivenArgument> Arguments;
  for (const Term &T : Terms) {
    GivenArgument &Given = Arguments.emplace_back();
    bool IsReference = T.Is == TermKind::Address && T.Note == "&";
    if (IsReference)
      Given.Value = evalWithPlace(T, F, Given.Cell);
    if (IsReference && !Given.Cell)
      Given.Cell = cellOf(Given.Value); // `*this`
    if (!IsReference)
      Given.Value = eval(T, F);
  }
  return Arguments;
}

TreeValue Evaluator::run(const FunctionSummary &Function, TreeValue This,
                         ArrayRef<GivenArgument> Arguments, size_t Unit, bool GivesReference,
                         TreeCell *Result) {
  Frame F;
  F.This = std::move(This);
  F.File = Function.File;
  F.Unit = Unit;
  F.GivesPlace = GivesReference;
  for (const auto &[Index, P] : enumerate(Function.Parameters)) {
    TreeCell Cell;
    bool IsReference = StringRef(P.Takes).ends_with("&");
    if (Index < Arguments.size()) {
      const GivenArgument &Given = Arguments[Index];
      Cell = IsReference && Given.Cell ? Given.Cell
                                       : cellOf(IsReference ? Given.Value : copied(Given.Value));
    }
    if (!Cell && P.HasDefault)
      Cell = cellOf(eval(P.Default, F));
    if (!Cell)
      Cell = cellOf(TreeValue::unknown("the parameter '" + P.Name + "' is not given"));
    F.Variables[P.Id] = Cell;
  }
  enter(Function.Body, F);
  if (!F.HasResult)
    return TreeValue::unknown("'" + Function.Name + "' gives nothing");
  if (Result)
    *Result = F.ResultCell;
  return F.Result;
}

TreeValue Evaluator::evalCall(const Term &T, Frame &F, TreeCell *Result) {
  size_t Unit = F.Unit;
  std::string Why, Usr = T.Text;
  TreeValue Object = pointee(eval(T.Parts[0], F));
  std::vector<GivenArgument> Arguments = argumentsOf(ArrayRef<Term>(T.Parts).drop_front(), F);
  if (T.Number & IsVirtual) {
    bool IsUnknown = Object.Is != TreeValue::Object;
    if (!IsUnknown)
      Usr = Summaries.overriderOf(Object.Node->ClassUsr, Usr, Unit);
    if (T.Number & OfLibrary && Usr == T.Text)
      return TreeValue::unknown("'" + T.Note + "' is not known");
    if (IsUnknown)
      Why = "which '" + T.Note + "' runs is not known";
  }
  const FunctionSummary *Function = Why.empty() ? Summaries.findFunction(Usr, Unit, Why) : nullptr;
  if (!Function || Calls >= MaxCalls) {
    if (Function)
      Why = "calls go in a circle";
    else if (StringRef(Why).starts_with("is "))
      Why = "'" + T.Note + "' " + Why;
    if (!(T.Number & ChangesNothing))
      touchCell(cellOf(Object), Why);
    touchAll(Arguments, Why);
    return TreeValue::unknown(Why);
  }
  return run(*Function, std::move(Object), Arguments, Unit, T.Number & GivesReference, Result);
}

TreeValue Evaluator::evalLambda(const Term &T, Frame &F) {
  LambdaScope &Scope = Scopes.emplace_back();
  Scope.Variables = F.Variables;
  Scope.This = F.This;
  Scope.File = F.File;
  Scope.Unit = F.Unit;
  SmallVector<StringRef, 8> Copies;
  StringRef(T.Note).split(Copies, ',', -1, /*KeepEmpty=*/false);
  for (StringRef Copy : Copies) {
    int64_t Id = 0;
    if (!Copy.getAsInteger(10, Id))
      if (TreeCell &Cell = Scope.Variables[Id])
        Cell = cellOf(copied(*Cell));
  }
  TreeValue V;
  V.Is = TreeValue::Lambda;
  V.Code = &T;
  V.Around = &Scope;
  return V;
}

// It shares the variables around it; what it declares is its own.
TreeValue Evaluator::runLambda(const TreeValue &Lambda, ArrayRef<GivenArgument> Arguments,
                               TreeCell *Result) {
  const Term &Code = *Lambda.Code;
  Frame F;
  F.Variables = Lambda.Around->Variables;
  F.This = Lambda.Around->This;
  F.File = Lambda.Around->File;
  F.Unit = Lambda.Around->Unit;
  F.GivesPlace = Code.Text == "&";
  for (size_t I = 0; I + 1 < Code.Parts.size(); ++I) {
    const Term &P = Code.Parts[I];
    TreeCell Cell;
    if (I < Arguments.size())
      Cell = StringRef(P.Note).ends_with("&") && Arguments[I].Cell
                 ? Arguments[I].Cell
                 : cellOf(copied(Arguments[I].Value));
    if (!Cell)
      Cell = cellOf(TreeValue::unknown("the parameter '" + P.Text + "' is not given"));
    F.Variables[P.Number] = Cell;
  }
  enter(Code.Parts.back(), F);
  if (Result)
    *Result = F.ResultCell;
  return F.HasResult ? F.Result : TreeValue::unknown("the lambda gives nothing");
}

TreeValue Evaluator::invoke(const Term &T, Frame &F, TreeCell *Result) {
  TreeValue Callee = eval(T.Parts[0], F);
  std::vector<GivenArgument> Arguments = argumentsOf(ArrayRef<Term>(T.Parts).drop_front(), F);
  if (Callee.Is == TreeValue::Lambda && Calls < MaxCalls)
    return runLambda(Callee, Arguments, Result);
  std::string Why = Callee.Is == TreeValue::Lambda ? "calls go in a circle"
                    : T.Text.empty() ? "the function that is called is not known"
                                     : "the function that '" + T.Text + "' calls is not known";
  if (Callee.Is == TreeValue::Lambda)
    giveUp(Why);
  touch(Callee, Why);
  touchAll(Arguments, Why);
  return TreeValue::unknown(Why);
}

TreeValue Evaluator::assign(const Term &T, Frame &F, Resolved *Place) {
  const Term &Target = T.Parts[0];
  if (T.Text == "&" && Target.Is == TermKind::Member) {
    TreeCell Source;
    TreeValue Value = evalWithPlace(T.Parts[1], F, Source);
    if (F.This.Is == TreeValue::Object)
      F.This.Node->Fields[Target.Text] = Source ? Source : cellOf(Value);
    if (F.This.Is == TreeValue::Object && Source)
      F.This.Node->References.insert(Target.Text);
    return Value;
  }
  TreeValue Value = copied(eval(T.Parts[1], F));
  // `std::tie(a, b) = f()`
  if (Target.Is == TermKind::List) {
    bool IsKnown = Value.Is == TreeValue::List && Value.Elements->Doubt.empty() &&
                   Value.Elements->Items.size() == Target.Parts.size();
    for (const auto &[Index, Part] : enumerate(Target.Parts))
      store(Part, F,
            IsKnown ? *Value.Elements->Items[Index]
                    : leadingInto(Value, reasonOf(Value, "what is tied is not known")));
    return Value;
  }
  TreeValue Old = store(Target, F, Value, T.Number ? nullptr : Place);
  return T.Number ? Old : Value;
}

// Gives Target, which is Place, another value, and what it had before.
TreeValue Evaluator::store(const Term &Target, Frame &F, const TreeValue &Value, Resolved *Place) {
  constexpr StringLiteral Why = "one of several is given another value";
  Resolved R = resolve(Target, F);
  if (Place)
    *Place = R;
  // `options.stride() = 2`
  if (Target.Is == TermKind::Member && R.Whole.Is == TreeValue::Options) {
    (*R.Whole.Named)[Target.Text] =
        isCertainSince(R.Whole.Born) ? Value : TreeValue::unknown(doubt());
    return R.Value;
  }
  if (R.Cell)
    write(R.Cell, Value);
  else
    spoil(R.Whole, Why.str());
  return R.Value;
}

} // namespace torchtidy
