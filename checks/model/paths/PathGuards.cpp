#include "model/paths/PathGuards.h"
#include "model/facts/ProjectIndex.h"
#include "model/paths/Conditions.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

using Roots = llvm::SmallPtrSetImpl<const ValueDecl *>;

std::string keyOf(const Expr *E, Roots *R, unsigned Depth);

std::string declKey(const ValueDecl *D) {
  D = cast<ValueDecl>(D->getCanonicalDecl());
  return "#" + llvm::utohexstr(reinterpret_cast<uintptr_t>(D));
}

// Locals that only stand for something else: `auto &b = fc->bias;`, `auto *l = fc.get();`.
const Expr *aliasedValue(const VarDecl *Variable) {
  const Expr *Init = initialiserOf(Variable);
  if (!Init || !Variable->isLocalVarDecl() || Variable->isCXXForRangeDecl())
    return nullptr;
  QualType Type = Variable->getType();
  if (!Type->isReferenceType() && !Type->isPointerType() && !Type.isConstQualified() &&
      !Type->isRecordType())
    return nullptr;
  if (Type->isRecordType() && !Type->isReferenceType()) {
    // A copy of a handle refers to the same object; a copy of anything else does not.
    TypeInfo Info = classifyType(Type);
    llvm::StringRef Name = nameOf(Type->getAsCXXRecordDecl());
    // A tensor that some operation returned is an object of its own.
    if (Info.isTensor() && !isa<MemberExpr>(Init))
      return nullptr;
    if (!Info.isTensor() && Info.Kind != TypeKind::Holder && Info.Kind != TypeKind::SharedPtr &&
        !Name.ends_with("Options"))
      return nullptr;
  }
  return Init;
}

std::string memberCallKey(const CXXMemberCallExpr *Call, Roots *R, unsigned Depth) {
  llvm::StringRef Name = calleeName(Call);
  if (Name.empty())
    return {};
  std::string Object = keyOf(Call->getImplicitObjectArgument(), R, Depth + 1);
  if (Object.empty())
    return {};
  std::string Key = Object + "." + Name.str() + "(";
  for (const Expr *Argument : writtenArguments(Call)) {
    std::string Part = keyOf(Argument, R, Depth + 1);
    if (Part.empty())
      return {};
    Key += Part + ",";
  }
  return Key + ")";
}

std::string keyOf(const Expr *E, Roots *R, unsigned Depth) {
  if (!E || Depth > 12)
    return {};
  E = stripOwner(E);
  if (isa<CXXThisExpr>(E))
    return "this";
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    if (const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl()))
      if (const Expr *Value = aliasedValue(Variable))
        if (std::string Key = keyOf(Value, R, Depth + 1); !Key.empty())
          return Key;
    if (R)
      R->insert(cast<ValueDecl>(Ref->getDecl()->getCanonicalDecl()));
    return declKey(Ref->getDecl());
  }
  if (const auto *Member = dyn_cast<MemberExpr>(E)) {
    std::string Base = keyOf(Member->getBase(), R, Depth + 1);
    if (Base.empty())
      return {};
    if (R && isa<FieldDecl>(Member->getMemberDecl()))
      R->insert(Member->getMemberDecl());
    return Base + "." + Member->getMemberNameInfo().getAsString();
  }
  if (const CXXOperatorCallExpr *Op = asOperator(E, OO_Subscript); Op && Op->getNumArgs() == 2) {
    std::string Base = keyOf(Op->getArg(0), R, Depth + 1);
    std::string Index = keyOf(Op->getArg(1), R, Depth + 1);
    return Base.empty() || Index.empty() ? std::string() : Base + "[" + Index + "]";
  }
  if (const auto *Subscript = dyn_cast<ArraySubscriptExpr>(E)) {
    std::string Base = keyOf(Subscript->getBase(), R, Depth + 1);
    std::string Index = keyOf(Subscript->getIdx(), R, Depth + 1);
    return Base.empty() || Index.empty() ? std::string() : Base + "[" + Index + "]";
  }
  if (const auto *Integer = dyn_cast<IntegerLiteral>(E))
    return llvm::toString(Integer->getValue(), 10, /*Signed=*/true);
  if (isa<clang::StringLiteral>(E))
    return "\"" + literalText(E).value_or("").str() + "\"";
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(E);
      Construct && Construct->getNumArgs() >= 1 && Construct->getType()->isRecordType() &&
      Construct->getType()->getAsCXXRecordDecl()->isInStdNamespace())
    return keyOf(Construct->getArg(0), R, Depth + 1); // a std::string made of a literal
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E))
    return memberCallKey(Call, R, Depth);
  if (const auto *Call = dyn_cast<CallExpr>(E);
      calleeName(Call).ends_with("_pointer_cast") && Call->getNumArgs() == 1)
    return keyOf(Call->getArg(0), R, Depth + 1);
  return {};
}

// What a condition asks, without casts and conversions to bool.
const Expr *askedBy(const Expr *E) {
  while (true) {
    const Expr *Before = E;
    E = stripCondition(stripValue(E));
    if (const auto *Cast = dyn_cast<ExplicitCastExpr>(E))
      E = Cast->getSubExpr();
    else if (const auto *Conversion = dyn_cast<CXXMemberCallExpr>(E);
             Conversion && isa_and_nonnull<CXXConversionDecl>(Conversion->getMethodDecl()))
      E = Conversion->getImplicitObjectArgument();
    if (E == Before)
      return E;
  }
}

std::optional<bool> literalTruth(const Expr *E) {
  E = askedBy(E);
  if (std::optional<bool> Value = boolLiteral(E))
    return Value;
  if (isa<CXXNullPtrLiteralExpr>(E) || isa<GNUNullExpr>(E))
    return false;
  if (const auto *Integer = dyn_cast<IntegerLiteral>(E); Integer && Integer->getValue() == 0)
    return false;
  return std::nullopt;
}

bool impliesIn(const Expr *E, bool Polarity, llvm::function_ref<bool(const Expr *, bool)> Leaf,
               unsigned Depth) {
  if (!E || Depth > 16)
    return false;
  E = askedBy(E);
  if (Leaf(E, Polarity))
    return true;
  if (const auto *Unary = dyn_cast<UnaryOperator>(E))
    return Unary->getOpcode() == UO_LNot &&
           impliesIn(Unary->getSubExpr(), !Polarity, Leaf, Depth + 1);
  if (const auto *Binary = dyn_cast<BinaryOperator>(E)) {
    const Expr *Left = Binary->getLHS(), *Right = Binary->getRHS();
    if (Binary->isLogicalOp()) {
      bool Both = (Binary->getOpcode() == BO_LAnd) == Polarity; // both operands are known then
      bool L = impliesIn(Left, Polarity, Leaf, Depth + 1);
      bool R = impliesIn(Right, Polarity, Leaf, Depth + 1);
      return Both ? L || R : L && R;
    }
    if (Binary->isEqualityOp()) {
      bool Same = (Binary->getOpcode() == BO_EQ) == Polarity;
      if (std::optional<bool> Value = literalTruth(Right))
        return impliesIn(Left, Same ? *Value : !*Value, Leaf, Depth + 1);
      if (std::optional<bool> Value = literalTruth(Left))
        return impliesIn(Right, Same ? *Value : !*Value, Leaf, Depth + 1);
    }
    if (Binary->getOpcode() == BO_Comma)
      return impliesIn(Right, Polarity, Leaf, Depth + 1);
    return false;
  }
  if (const auto *Choice = dyn_cast<ConditionalOperator>(E))
    return impliesIn(Choice->getTrueExpr(), Polarity, Leaf, Depth + 1) &&
           impliesIn(Choice->getFalseExpr(), Polarity, Leaf, Depth + 1);
  if (const VarDecl *Variable = namedVariable(E);
      Variable && Variable->isLocalVarDecl() &&
      Variable->getType().getNonReferenceType()->isBooleanType())
    return impliesIn(initialiserOf(Variable), Polarity, Leaf, Depth + 1);
  return false;
}

using Blocks = llvm::SmallPtrSet<const CFGBlock *, 16>;

Blocks reachedIn(const CFG &Graph) {
  Blocks Reached;
  llvm::SmallVector<const CFGBlock *, 16> Todo{&Graph.getEntry()};
  while (!Todo.empty()) {
    const CFGBlock *Block = Todo.pop_back_val();
    if (!Block || !Reached.insert(Block).second)
      continue;
    for (const CFGBlock::AdjacentBlock &Next : Block->succs())
      Todo.push_back(Next.getReachableBlock());
  }
  return Reached;
}

// What the last statement before End that does anything to the fact does.
std::pair<Effect, const Stmt *> lastEffect(const CFGBlock &Block, size_t End,
                                           PathGuards::EffectFn OnStatement) {
  for (size_t I = End; I-- > 0;) {
    auto Statement = Block[I].getAs<CFGStmt>();
    if (!Statement)
      continue;
    const Stmt *S = Statement->getStmt();
    if (endsPath(S))
      return {Effect::Establishes, S};
    if (Effect E = OnStatement(S); E != Effect::None)
      return {E, S};
  }
  return {Effect::None, nullptr};
}

// The condition that leads from Previous to Block implies the fact.
bool establishes(const CFGBlock &Previous, const CFGBlock *Block, PathGuards::LeafFn Leaf) {
  const Expr *Condition = Previous.getLastCondition();
  if (!Condition || Previous.succ_size() != 2 ||
      isa_and_nonnull<SwitchStmt>(Previous.getTerminatorStmt()))
    return false;
  const CFGBlock *True = Previous.succ_begin()->getReachableBlock();
  const CFGBlock *False = (Previous.succ_begin() + 1)->getReachableBlock();
  return True != False && implies(Condition, Block == True, Leaf);
}

} // namespace

std::string pathKey(const Expr *E, llvm::SmallPtrSetImpl<const ValueDecl *> *R) {
  return keyOf(E, R, 0);
}

bool implies(const Expr *Condition, bool Polarity,
             llvm::function_ref<bool(const Expr *, bool)> Leaf) {
  return impliesIn(Condition, Polarity, Leaf, 0);
}

bool isUnderIf(const Stmt *S, llvm::function_ref<bool(const Expr *, bool)> Leaf,
               ASTContext &Context) {
  bool Found = false;
  const Stmt *Below = S;
  walkUp(S, Context, [&](const DynTypedNode &Above) {
    const auto *Outer = Above.get<Stmt>();
    if (const auto *If = dyn_cast_or_null<IfStmt>(Outer))
      Found = (If->getThen() == Below && implies(If->getCond(), true, Leaf)) ||
              (If->getElse() == Below && implies(If->getCond(), false, Leaf));
    Below = Outer ? Outer : Below;
    return !Found && !Above.get<FunctionDecl>();
  });
  return Found;
}

PathGuards::Answer PathGuards::holdsAt(const FunctionDecl *Function, const Stmt *Place, LeafFn Leaf,
                                       EffectFn OnStatement) {
  const FunctionPaths *Paths = Graphs.of(Function);
  std::optional<FunctionPaths::Place> At = Paths ? Paths->placeOf(Place) : std::nullopt;
  if (!At)
    return {true, nullptr}; // no graph, nothing to say
  const CFG &Graph = Paths->graph();
  auto [Start, StartIndex] = *At;
  // A place that cannot be reached harms nobody.
  const Blocks Reached = reachedIn(Graph);
  if (!Reached.contains(Start))
    return {true, nullptr};

  // Backwards: each way to the entry must meet an edge or a statement that establishes the fact.
  Blocks Seen;
  llvm::SmallVector<std::pair<const CFGBlock *, size_t>, 16> Work{{Start, StartIndex}};
  while (!Work.empty()) {
    auto [Block, End] = Work.pop_back_val();
    auto [Found, S] = lastEffect(*Block, End, OnStatement);
    if (Found == Effect::Establishes)
      continue;
    if (Found == Effect::Destroys)
      return {false, S};
    if (Block == &Graph.getEntry())
      return {false, nullptr};
    for (const CFGBlock::AdjacentBlock &Pred : Block->preds()) {
      const CFGBlock *Previous = Pred.getReachableBlock();
      if (!Previous || !Reached.contains(Previous))
        continue;
      if (!establishes(*Previous, Block, Leaf) && Seen.insert(Previous).second)
        Work.push_back({Previous, Previous->size()});
    }
  }
  return {true, nullptr};
}

} // namespace torchtidy
