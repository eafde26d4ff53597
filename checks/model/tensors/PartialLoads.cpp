#include "model/tensors/PartialLoads.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "model/torch/Names.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

bool isLookup(const Expr *E) {
  const auto *Call = dyn_cast<CallExpr>(E);
  llvm::StringRef Name = calleeName(Call);
  if (!Call || Call->getNumArgs() < 1 || (Name != "find" && Name != "contains" && Name != "count"))
    return false;
  // `key.find("head")` picks names
  const Expr *Object = objectOf(Call);
  llvm::StringRef Class = nameOf(Object ? Object->getType()->getAsCXXRecordDecl() : nullptr);
  return Class != "basic_string" && Class != "basic_string_view";
}

const Expr *lookup(const Expr *Question) {
  const Expr *Init = isa<DeclRefExpr>(Question) ? initialiserOf(Question) : nullptr;
  return Init ? Init : Question;
}

// Asks whether a name is there: `dict.find(key) != end`, `p != nullptr` with `p = dict.find(key)`.
const Expr *asksForName(const Expr *Condition) {
  const Expr *Found = nullptr;
  anyDescendant<Expr>(Condition, [&](const Expr *E) {
    const Expr *Init = isa<DeclRefExpr>(E) ? initialiserOf(E) : nullptr;
    if (isLookup(E) || (Init && isLookup(Init)))
      Found = E;
    return Found != nullptr;
  });
  return Found;
}

const Stmt *onlyStatement(const Stmt *S) {
  const auto *Compound = dyn_cast_or_null<CompoundStmt>(S);
  return Compound && Compound->size() == 1 ? Compound->body_front() : S;
}

bool isEmptyStatement(const Stmt *S) {
  const auto *Compound = dyn_cast_or_null<CompoundStmt>(S);
  return isa_and_nonnull<NullStmt>(S) ||
         (Compound && llvm::all_of(Compound->body(),
                                   [](const Stmt *Inner) { return isEmptyStatement(Inner); }));
}

// A loop body that does nothing but look up and copy: no log, counter, list of names, throw.
bool onlyCopies(const Stmt *S) {
  if (!S || isa<NullStmt, DeclStmt, ContinueStmt>(S))
    return true;
  if (const auto *Compound = dyn_cast<CompoundStmt>(S))
    return llvm::all_of(Compound->body(), onlyCopies);
  if (const auto *If = dyn_cast<IfStmt>(S))
    return onlyCopies(If->getThen()) && onlyCopies(If->getElse());
  const auto *E = dyn_cast<Expr>(S);
  const auto *Call = E ? dyn_cast<CallExpr>(stripValue(E)) : nullptr;
  return Call && copiesIntoTensor(Call);
}

bool isState(const Expr *E) {
  llvm::StringRef Name = calleeName(E);
  return Name == "state_dict" || (Name.starts_with("named_") && listsTensors(Name));
}

// The call that \p E, or the variables in it, take a module's state from.
const CallExpr *stateCall(const Expr *E, unsigned Depth = 0) {
  const CallExpr *Found = nullptr;
  anyDescendant<Expr>(E, [&](const Expr *Part) {
    if (isState(Part))
      Found = cast<CallExpr>(Part);
    else if (isa<DeclRefExpr>(Part) && Depth < 3)
      Found = stateCall(initialiserOf(Part), Depth + 1);
    return Found != nullptr;
  });
  return Found;
}

// The class whose names the state has; null for any module's.
const CXXRecordDecl *ownerOf(const CallExpr *State) {
  if (!isa_and_nonnull<CXXMemberCallExpr>(State))
    return nullptr;
  const CXXRecordDecl *Class = moduleOf(objectOf(State)->getType());
  return Class && !isLibTorchDecl(Class) ? Class->getCanonicalDecl() : nullptr;
}

bool walksState(const Stmt *Loop) {
  const auto *Range = dyn_cast<CXXForRangeStmt>(Loop);
  return Range && stateCall(Range->getRangeInit());
}

// Looks for a registration under a name, or a condition, that differs between objects of a class.
class VariedNames : public RecursiveASTVisitor<VariedNames> {
public:
  bool VisitCXXMemberCallExpr(CXXMemberCallExpr *Call) {
    if (!calleeName(Call).starts_with("register_") || Call->getNumArgs() == 0)
      return true;
    bool IsLiteral =
        anyDescendant<StringLiteral>(Call->getArg(0), [](const StringLiteral *) { return true; });
    return IsLiteral && Conditions == 0;
  }
  bool TraverseStmt(Stmt *S) {
    bool IsConditional = isa_and_nonnull<IfStmt, ForStmt, CXXForRangeStmt, WhileStmt, SwitchStmt,
                                         ConditionalOperator>(S);
    Conditions += IsConditional;
    bool Result = RecursiveASTVisitor::TraverseStmt(S);
    Conditions -= IsConditional;
    return Result;
  }

private:
  unsigned Conditions = 0;
};

// Has every object the same names, as far as its own registrations in view go?
bool hasFixedNames(const CXXRecordDecl *Class) {
  VariedNames Visitor;
  for (const CXXMethodDecl *Method : Class->getDefinition()->methods()) {
    const FunctionDecl *Definition = nullptr;
    if (Method->hasBody(Definition) &&
        !Visitor.TraverseDecl(const_cast<FunctionDecl *>(Definition)))
      return false;
  }
  return true;
}

// From one model into another of its class, as into a target network.
bool copiesWithinClass(const CXXForRangeStmt *Loop, const Expr *Question) {
  const CXXRecordDecl *From = ownerOf(stateCall(Loop->getRangeInit()));
  return From && From == ownerOf(stateCall(Question)) && hasFixedNames(From);
}

// What is copied goes into a module: of the loop, or what is looked up in its state. An average or
// a backup of weights of its own is no module, and holds what was put in.
bool copiesIntoModule(const CallExpr *Copy, const CXXForRangeStmt *Loop, const Expr *Question) {
  return mentions(objectOf(Copy), Loop->getLoopVariable()) || stateCall(Question) != nullptr;
}

// The dictionary is a member, filled by other functions, or was asked about before the loop.
bool isKnownToFit(const FunctionDecl *Function, const CXXForRangeStmt *Loop, const Expr *Question) {
  const auto *Asked = dyn_cast_or_null<CallExpr>(lookup(Question));
  const ValueDecl *Dictionary = Asked ? namedDecl(objectOf(Asked)) : nullptr;
  if (!Dictionary)
    return false;
  return isa<FieldDecl>(Dictionary) ||
         anyDescendant<IfStmt>(Function->getBody(), [&](const IfStmt *If) {
           return !contains(Loop, If) && mentions(If->getCond(), Dictionary);
         });
}

} // namespace

bool leavesHalfLoaded(const CXXTryStmt *Try, const CallExpr *Load) {
  const Expr *Loaded = Load->getNumArgs() > 0 ? Load->getArg(0) : nullptr;
  if (!Loaded || !classifyType(Loaded->getType()).isModule())
    return false;
  const VarDecl *Variable = namedVariable(Loaded);
  bool IsBehind = false;
  for (const Stmt *S : Try->getTryBlock()->body()) {
    if (Variable && declares(S, Variable))
      return false;
    bool Holds = contains(S, Load);
    bool Tells = anyDescendant<Stmt>(S, [&](const Stmt *Part) {
      const auto *Operator = dyn_cast<UnaryOperator>(Part);
      return isa<ReturnStmt, BreakStmt, ContinueStmt>(Part) || asAssignment(Part) ||
             (Operator && Operator->isIncrementDecrementOp());
    });
    if ((IsBehind || Holds) && Tells)
      return false;
    IsBehind |= Holds;
  }
  return true;
}

bool catchesLoadErrors(const CXXCatchStmt *Handler) {
  QualType Type = Handler->getCaughtType();
  if (Type.isNull())
    return true;
  const CXXRecordDecl *Class = Type.getNonReferenceType()->getAsCXXRecordDecl();
  return Class && (isLibTorchDecl(Class) || isNamed(Class, "std::exception"));
}

bool copiesIntoTensor(const CallExpr *Call) {
  if (!isa<CXXMemberCallExpr>(Call))
    return false;
  Operation Called = operationNamed(calleeName(Call));
  QualType Object = objectOf(Call)->getType();
  return (Called.is(Op::copy_) || Called.is(Op::set_data)) &&
         isTensorType(Object->isPointerType() ? Object->getPointeeType() : Object);
}

bool isSilentSkip(const Stmt *S) {
  return isEmptyStatement(S) || isa<ContinueStmt>(onlyStatement(S));
}

bool dropsReportOfPartialLoad(const CallExpr *Call, const UseContext &Where) {
  const FunctionDecl *Callee = Call->getDirectCallee();
  if (calleeName(Call) != "load_state_dict")
    return false;
  if (outermostNamespace(Callee) != "torchtidy" || Call->getType()->isVoidType())
    return false;
  // Discarded: nothing but clean-ups between the call and the statement.
  for (size_t I = Where.Parents.size(); I-- > 0;) {
    if (isa<ExprWithCleanups, CXXBindTemporaryExpr, MaterializeTemporaryExpr>(Where.Parents[I]))
      continue;
    if (!isa<CompoundStmt, IfStmt, ForStmt, CXXForRangeStmt, WhileStmt>(Where.Parents[I]))
      return false;
    break;
  }
  return llvm::any_of(Call->arguments(), [](const Expr *Argument) {
    return anyDescendant<CallExpr>(Argument, [](const CallExpr *Setter) {
      llvm::StringRef Name = calleeName(Setter);
      return Name == "partial" || (Name == "strict" && Setter->getNumArgs() == 1 &&
                                   boolLiteral(Setter->getArg(0)) == false);
    });
  });
}

std::optional<PartialCopy> partialCopy(const FunctionDecl *Function, const CallExpr *Call,
                                       const UseContext &Where) {
  const CXXForRangeStmt *Loop = nullptr;
  const Expr *Question = nullptr;
  const Stmt *Below = Call;
  for (size_t I = Where.Parents.size(); I-- > 0 && !Loop; Below = Where.Parents[I]) {
    const Stmt *Parent = Where.Parents[I];
    if (walksState(Parent)) {
      Loop = cast<CXXForRangeStmt>(Parent);
    } else if (const auto *If = dyn_cast<IfStmt>(Parent)) {
      // if (dict.find(key)) copy, and nothing for the others
      if (If->getThen() == Below && (!If->getElse() || isSilentSkip(If->getElse())))
        if (const Expr *Asked = asksForName(If->getCond()))
          Question = Asked;
    } else if (const auto *Compound = dyn_cast<CompoundStmt>(Parent)) {
      // if (!dict.find(key)) continue;
      for (const Stmt *S : Compound->body()) {
        if (S == Below)
          break;
        const auto *Skip = dyn_cast<IfStmt>(S);
        if (Skip && !Skip->getElse() && isa<ContinueStmt>(onlyStatement(Skip->getThen())))
          if (const Expr *Asked = asksForName(Skip->getCond()))
            Question = Asked;
      }
    }
  }
  if (!Loop || !Question || !onlyCopies(Loop->getBody()) || copiesWithinClass(Loop, Question) ||
      !copiesIntoModule(Call, Loop, Question) || isKnownToFit(Function, Loop, Question))
    return std::nullopt;
  return PartialCopy{Loop, Question};
}

} // namespace torchtidy
