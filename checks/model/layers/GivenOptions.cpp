#include "model/layers/GivenOptions.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Places.h"

using namespace clang;

namespace torchtidy {

namespace {

// The one written argument of a conversion, int to ExpandingArray, and what that holds.
const Expr *withoutConversions(const Expr *E) {
  while (true) {
    E = stripCasts(E);
    if (const auto *List = dyn_cast<CXXStdInitializerListExpr>(E)) {
      E = List->getSubExpr();
      continue;
    }
    const auto *Construct = dyn_cast<CXXConstructExpr>(E);
    if (!Construct || writtenArguments(Construct).size() != 1)
      return E;
    E = writtenArguments(Construct)[0];
  }
}

} // namespace

GivenOptions::GivenOptions(const Expr *Construction, Layer L, const ASTContext &Context)
    : Context(Context) {
  const Expr *E = stripCasts(Construction);
  llvm::ArrayRef<const Expr *> Arguments;
  while (true) {
    if (const auto *List = dyn_cast<InitListExpr>(E))
      Arguments = {List->getInits(), List->getNumInits()};
    else if (const auto *Construct = dyn_cast<CXXConstructExpr>(E))
      Arguments = writtenArguments(Construct);
    else if (const auto *Call = dyn_cast<CallExpr>(E); Call && calleeName(Call) == "make_shared")
      Arguments = writtenArguments(Call);
    else {
      All = false; // options made elsewhere
      return;
    }
    if (Arguments.size() != 1)
      break;
    const Expr *Only = stripCasts(Arguments[0]);
    while (const auto *Setter = dyn_cast<CXXMemberCallExpr>(Only)) {
      if (Setter->getNumArgs() != 1 || Setter->isTypeDependent())
        break;
      Options.push_back({calleeName(Setter), Setter->getArg(0)});
      Only = stripCasts(objectOf(Setter));
    }
    // Of a number or a list of kernel sizes, the layer is given itself.
    bool IsOptions = Only->getType()->isRecordType() &&
                     nameOf(Only->getType()->getAsRecordDecl()).contains("Options");
    if (!IsOptions && !isa<InitListExpr>(Only))
      break;
    E = Only;
  }
  for (auto [Option, Value] : llvm::zip(constructorOptions(L), Arguments))
    Options.push_back({Option, Value});
}

const Expr *GivenOptions::find(llvm::StringRef Option) const {
  const auto *Found = llvm::find_if(Options, [&](const Given &G) { return G.Option == Option; });
  return Found == Options.end() ? nullptr : withoutConversions(Found->Value);
}

std::optional<int64_t> GivenOptions::integer(llvm::StringRef Option) const {
  return integerConstant(find(Option), Context);
}

std::optional<double> GivenOptions::number(llvm::StringRef Option) const {
  const Expr *Value = find(Option);
  if (std::optional<int64_t> Integer = integerConstant(Value, Context))
    return double(*Integer);
  // The value stays where it is: code that copies an APFloat binds a plugin to its own LLVM before
  // it can say that it is for another.
  Expr::EvalResult Result;
  if (!Value || Value->isValueDependent() || !Value->getType()->isRealFloatingType() ||
      !Value->EvaluateAsRValue(Result, Context) || !Result.Val.isFloat())
    return std::nullopt;
  return Result.Val.getFloat().convertToDouble();
}

llvm::SmallVector<int64_t, 3> GivenOptions::integers(llvm::StringRef Option) const {
  const Expr *Value = find(Option);
  if (std::optional<int64_t> Integer = integerConstant(Value, Context))
    return {*Integer};
  llvm::SmallVector<int64_t, 3> Found;
  if (const auto *List = dyn_cast_or_null<InitListExpr>(Value))
    for (const Expr *Element : List->inits()) {
      std::optional<int64_t> Integer = integerConstant(Element, Context);
      if (!Integer)
        return {};
      Found.push_back(*Integer);
    }
  return Found;
}

} // namespace torchtidy
