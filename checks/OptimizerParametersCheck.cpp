#include "OptimizerParametersCheck.h"
#include "model/syntax/SourceText.h"
#include "model/training/OptimizerMistakes.h"

using namespace clang;

namespace torchtidy {

namespace {
constexpr size_t MaxLength = 48; // of what is quoted
} // namespace

void OptimizerParametersCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  TorchFacts &Facts = facts(Context);
  forEachOptimizerMistake(
      Function, Facts.graphs(), [&]() -> const ProjectIndex & { return index(Context); },
      [&]() -> const Registrations & { return Facts.registrations(); },
      [&](const OptimizerMistake &Found) {
        std::string Module = Found.Module->isImplicitCXXThis()
                                 ? "this module"
                                 : "'" + sourceText(Found.Module, Context, "it", MaxLength) + "'";
        SourceLocation At = Found.At->getBeginLoc();
        switch (Found.Is) {
        case OptimizerMistake::OwnOnly:
          diag(At, "without recursion this lists the parameters of %0 alone: those of its children "
                   "are not in the optimizer and stay as they are")
              << Module << Found.At->getSourceRange();
          return;
        case OptimizerMistake::Nothing:
          diag(At, "'%0' registers no parameters, so that the optimizer has nothing to change")
              << nameOf(Found.Class) << Found.At->getSourceRange();
          return;
        case OptimizerMistake::Twice:
          diag(At, "the parameters of %0 are in the list already: the optimizer steps twice for "
                   "them")
              << Module << Found.At->getSourceRange();
          diag(Found.Other->getBeginLoc(), "listed here before", DiagnosticIDs::Note);
          return;
        case OptimizerMistake::Late:
          diag(At, "the optimizer is made before %0 gets parameters that it never sees") << Module;
          diag(Found.Other->getBeginLoc(), "it gets them here", DiagnosticIDs::Note);
          return;
        case OptimizerMistake::NoState:
          diag(At,
               "an Adagrad makes the state of its parameters in its constructor: for one that is "
               "added later, step() throws")
              << Found.At->getSourceRange();
          return;
        case OptimizerMistake::NonLeaf:
          diag(At, "%0 is the result of an operation on what requires grad: an optimizer takes "
                   "leaves only, and throws")
              << Module;
          diag(Found.Other->getBeginLoc(), "computed here", DiagnosticIDs::Note);
          return;
        }
      });
}

} // namespace torchtidy
