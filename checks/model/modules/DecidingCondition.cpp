#include "model/modules/DecidingCondition.h"
#include "model/syntax/SourceText.h"
#include "model/syntax/Walk.h"

using namespace clang;

namespace torchtidy {

namespace {

// The ifs, conditional operators and switches that decide whether a store happens, innermost first.
std::string conditionAround(const Stmt *Store, const PathState &Path, ASTContext &Context) {
  const Stmt *Below = Store;
  std::string Found;
  walkUp(Store, Context, [&](const DynTypedNode &Above) {
    const auto *S = Above.get<Stmt>();
    if (!S)
      return !Above.get<FunctionDecl>();
    const Expr *Condition = nullptr;
    bool InThen = false;
    if (const auto *If = dyn_cast<IfStmt>(S); If && Below != If->getCond()) {
      Condition = If->getCond();
      InThen = contains(If->getThen(), Below);
    } else if (const auto *Choice = dyn_cast<ConditionalOperator>(S);
               Choice && Below != Choice->getCond()) {
      Condition = Choice->getCond();
      InThen = contains(Choice->getTrueExpr(), Below);
    }
    if (Condition) {
      Found = "'" + onOneLine(Condition, Context) + "' is " + (InThen ? "false" : "true");
      bool Decided = llvm::any_of(Path.Path, [&](const Branch &B) {
        return contains(Condition, B.Condition) && (B.Terminator != S || B.Taken != InThen);
      });
      if (Decided)
        return false;
    }
    Below = S;
    return true;
  });
  return Found;
}

} // namespace

// m(use ? Linear(..) : nullptr): the choice that a stored value is.
static const ConditionalOperator *choiceOf(const Expr *Value) {
  while (Value) {
    Value = stripValue(Value);
    if (const auto *Choice = dyn_cast<ConditionalOperator>(Value))
      return Choice;
    const auto *Construct = dyn_cast<CXXConstructExpr>(Value);
    Value = Construct && Construct->getNumArgs() == 1 ? Construct->getArg(0) : nullptr;
  }
  return nullptr;
}

std::string decidingCondition(const FieldDecl *Field, const FunctionDecl *Constructor,
                              const PathState &Path, ModuleModel &Model) {
  Reach Reached = reachFrom({Constructor});
  for (const Registrations::Store &Store : Model.registrations().stores(Field)) {
    if (isNullModule(Store.Value) || !Store.In || !Reached.count(outOfLambda(Store.In)))
      continue;
    if (const ConditionalOperator *Choice = choiceOf(Store.Value))
      for (const Branch &Decision : Path.Path)
        if (Decision.Terminator == Choice)
          return "'" + onOneLine(Choice->getCond(), Model.context()) + "' is " +
                 (Decision.Taken ? "true" : "false");
    std::string Text = conditionAround(Store.Value, Path, Model.context());
    if (!Text.empty())
      return Text;
  }
  return {};
}

std::string lastDecision(const FieldDecl *Field, const PathState &Path, ModuleModel &Model) {
  // An early return, a case of a switch: what the path decided last.
  for (const Branch &Last : llvm::reverse(Path.Path))
    if (isa<SwitchStmt>(Last.Terminator) &&
        llvm::any_of(Model.registrations().stores(Field),
                     [&](const auto &Store) { return contains(Last.Terminator, Store.Value); }))
      return "'" + onOneLine(Last.Condition, Model.context()) +
             "' takes a value that assigns nothing";
  for (const Branch &Last : llvm::reverse(Path.Path))
    if (!isa<SwitchStmt>(Last.Terminator))
      return "'" + onOneLine(Last.Condition, Model.context()) + "' is " +
             (Last.Taken ? "true" : "false");
  return {};
}

} // namespace torchtidy
