#include "OptimizerOptionsCopyCheck.h"
#include "model/syntax/Names.h"
#include "model/syntax/SourceText.h"
#include "model/training/OptionCopies.h"

using namespace clang;

namespace torchtidy {

namespace {

// `auto options` → `auto &options`
FixItHint referTo(const VarDecl *Variable) {
  const Expr *Init = Variable->getInit() ? Variable->getInit()->IgnoreImplicit() : nullptr;
  const auto *Copy = dyn_cast_or_null<CXXConstructExpr>(Init);
  const Expr *Copied = Copy && Copy->getNumArgs() == 1 ? Copy->getArg(0)->IgnoreImpCasts() : Init;
  bool CanRefer = Copied && Copied->isLValue() && !Copied->getType().isConstQualified();
  return CanRefer && isEditable(Variable->getSourceRange())
             ? FixItHint::CreateInsertion(Variable->getLocation(), "&")
             : FixItHint();
}

} // namespace

void OptimizerOptionsCopyCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  forEachOptionCopy(Function, Context, [&](const OptionCopy &Found) {
    SourceLocation At = Found.At->getBeginLoc();
    switch (Found.Is) {
    case OptionCopy::Copied:
    case OptionCopy::CopiedGroup:
      diag(
          Found.Variable->getLocation(),
          "'%0' is a copy of %select{the options|the parameter group}1: the optimizer does not see "
          "what is changed in it")
          << nameOf(Found.Variable) << (Found.Is == OptionCopy::CopiedGroup)
          << referTo(Found.Variable);
      diag(At, "changed here", DiagnosticIDs::Note);
      return;
    case OptionCopy::Defaults:
      diag(At, "the optimizer's parameter groups have options of their own: a change of its "
               "defaults reaches only groups that are added later")
          << Found.At->getSourceRange();
      return;
    case OptionCopy::Hidden:
      diag(At, "these options do not set '%0', so that the group has its default in place of the "
               "optimizer's")
          << Found.Option << Found.At->getSourceRange();
      diag(Found.Other->getBeginLoc(), "the optimizer's options set '%0' here", DiagnosticIDs::Note)
          << Found.Option;
      return;
    }
  });
}

} // namespace torchtidy
