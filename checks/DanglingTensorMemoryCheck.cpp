#include "DanglingTensorMemoryCheck.h"
#include "model/memory/OwnerEnds.h"
#include "model/memory/TemporaryLists.h"
#include "model/syntax/Callee.h"
#include "model/syntax/SourceText.h"
#include "model/syntax/Walk.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

std::string fate(const Dangling &Found) {
  switch (Found.How) {
  case Dangling::Returned:
    return "and is returned";
  case Dangling::Stored:
    return Found.Keeper ? "and is kept in '" + Found.Keeper->getNameAsString() + "'"
                        : "and is kept";
  case Dangling::Used:
    return "before it is used";
  }
  return "";
}

bool leadsSomewhere(const Stmt *Code) {
  return anyDescendant<CallExpr>(
      Code, [](const CallExpr *Call) { return partLedTo(Call) != PartOfTensor::None; });
}

} // namespace

// auto &w = net->named_parameters()["weight"];
void DanglingTensorMemoryCheck::checkElements(const FunctionDecl *Function, ASTContext &Context) {
  forEachTemporaryElement(Function, Context, [&](const TemporaryElement &Found) {
    SourceLocation Where = Found.Name->getLocation();
    if (!firstTime(Where))
      return;
    bool IsLoop = isa<CXXForRangeStmt>(Found.Use);
    diag(Where, "%0 leads into what '%1' returns, which is destroyed %select{at the end of this "
                "statement, before it is used|before the first round of this loop}2; name what it "
                "returns")
        << Found.Name << calleeName(Found.List) << IsLoop << Found.List->getSourceRange();
    if (!IsLoop)
      diag(Found.Use->getBeginLoc(), "used here", DiagnosticIDs::Note);
    auto Reference = Found.Name->getTypeSourceInfo()->getTypeLoc().getAs<LValueReferenceTypeLoc>();
    if (!IsLoop && Reference && isTensorType(Found.Name->getType().getNonReferenceType()) &&
        isEditable(Found.Name->getSourceRange()))
      diag(Reference.getSigilLoc(), "a copy of the handle keeps the tensor", DiagnosticIDs::Note)
          << FixItHint::CreateRemoval(Reference.getSigilLoc());
  });
}

void DanglingTensorMemoryCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  checkElements(Function, Context);
  if (llvm::none_of(codeOf(Function), leadsSomewhere))
    return;
  BorrowPaths Paths(facts(Context).graphs());
  llvm::SmallPtrSet<const Expr *, 8> Seen;
  forEachTensorPointer(Function, facts(Context).graphs(), index(Context),
                       [&](const Borrow &Value, PartOfTensor, const FunctionDecl *Body) {
                         if (!Seen.insert(Value.Seed).second)
                           return;
                         std::optional<Dangling> Found = Paths.follow(Value, Body);
                         if (Found && isReadLater(*Found, Body, index(Context)))
                           report(Value, *Found, Context);
                       });
}

void DanglingTensorMemoryCheck::report(const Borrow &Value, const Dangling &Found,
                                       ASTContext &Context) {
  std::string Part = calleeName(Value.Seed).str();
  std::string Only = Found.MayCopy ? " (at best it works where '" +
                                         calleeName(Found.MayCopy).str() + "' need not copy)"
                                   : "";
  if (Found.End) {
    diag(Found.End->getBeginLoc(),
         "'%0' %1 while what '%2' gave, which leads into the tensor that it was, is still to be "
         "used%3")
        << Value.Owner.Owner->getName() << saysEnd(Found.End) << Part << Only;
    diag(Value.Seed->getBeginLoc(), "it leads into the tensor from here", DiagnosticIDs::Note);
  } else if (Value.Owner.End == MemoryEnd::Statement) {
    diag(Value.Seed->getBeginLoc(),
         "what '%0' gives leads into a temporary tensor, which is destroyed at the end of this "
         "statement, %1%2; name the tensor")
        << Part << fate(Found) << Only;
  } else {
    diag(Value.Seed->getBeginLoc(),
         "what '%0' gives leads into the local '%1', which ends with %2, %3%4")
        << Part << Value.Owner.Owner->getName() << (Found.IsPast ? "its scope" : "the function")
        << fate(Found) << Only;
  }
  diag(Found.Where->getBeginLoc(),
       Found.How == Dangling::Returned ? "returned here"
       : Found.How == Dangling::Stored ? "kept here"
                                       : "used here",
       DiagnosticIDs::Note);
  if (Value.Owner.End == MemoryEnd::Statement && Found.How == Dangling::Used)
    offerName(Value, Context);
}

// float *p = x.cpu().data_ptr<float>();  →  auto p_tensor = x.cpu();
void DanglingTensorMemoryCheck::offerName(const Borrow &Value, ASTContext &Context) {
  TemporaryName Fix = nameForTemporary(Value, Context);
  if (!Fix.Statement)
    return;
  diag(Fix.Statement->getBeginLoc(), "a name keeps the tensor", DiagnosticIDs::Note)
      << FixItHint::CreateInsertion(Fix.Statement->getBeginLoc(),
                                    "auto " + Fix.Name + " = " + Fix.Text + "; ")
      << FixItHint::CreateReplacement(Value.Owner.Temporary->getSourceRange(), Fix.Name);
}

} // namespace torchtidy
