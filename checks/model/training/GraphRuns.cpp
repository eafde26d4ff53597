#include "model/training/GraphRuns.h"
#include "model/facts/GradMode.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Literals.h"
#include "model/syntax/TemplateArguments.h"
#include "model/syntax/Walk.h"
#include "model/torch/ModelRuns.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxDepth = 32;

bool never(const Stmt *) { return false; }

// The names that `std::tie(output, state)` gives a value; null for what is no name.
llvm::SmallVector<const ValueDecl *, 2> tiedBy(const Expr *Target) {
  llvm::SmallVector<const ValueDecl *, 2> Names;
  if (const CallExpr *Tie = asTie(Target))
    for (const Expr *Each : Tie->arguments())
      Names.push_back(namedDecl(Each));
  return Names;
}

// `std::get<0>(output)`, `outputs[i]`, `outputs.at(0)`; nothing for other calls.
std::optional<unsigned> partTaken(const CallExpr *Call, const ASTContext &Context) {
  if (std::optional<unsigned> Index = partOfTuple(Call))
    return Index;
  const Expr *List = objectOf(Call);
  if (!List || isTensorType(List->getType()))
    return std::nullopt;
  llvm::StringRef Name = calleeName(Call);
  if (Name == "front")
    return 0;
  if (Name == "back")
    return GraphRuns::AnyPart;
  if (Name != "at" && !asOperator(Call, OO_Subscript))
    return std::nullopt;
  const Expr *Index = argumentFor(Call, 0);
  std::optional<int64_t> Number = Index ? integerConstant(Index, Context) : std::nullopt;
  return Number && *Number >= 0 ? unsigned(*Number) : GraphRuns::AnyPart;
}

// `repackage(h)` that takes a reference, `repackage(&h)`, of code of the project.
bool handsOut(const CallExpr *Call, const ValueDecl *D) {
  const FunctionDecl *Callee = Call->getDirectCallee();
  if (Callee && (isLibTorchDecl(Callee) || isStdDecl(Callee)))
    return false;
  for (auto [Argument, Parameter] : argumentsWithParameters(Call, Callee)) {
    QualType Type = Parameter->getType();
    if ((Type->isPointerType() || takesToChange(Type)) && mentions(Argument, D))
      return true;
  }
  return !Callee && mentions(Call, D);
}

// `h.detach_()`, `h.set_requires_grad(false)`, `h.set_data(x)`
bool cutsInPlace(const CXXMemberCallExpr *Call, const ValueDecl *D) {
  Operation Called = operationOf(Call);
  return namedDecl(objectOf(Call)) == D &&
         (Called.isOneOf({Op::detach_, Op::set_data, Op::set_}) || Called.setsRequiresGrad());
}

} // namespace

GraphRuns::GraphRuns(const FunctionDecl *Function, const FunctionPaths &Paths,
                     const ProjectIndex &Index, GraphSources &Sources)
    : Function(Function), Paths(Paths), Index(Index), Sources(Sources),
      Context(Function->getASTContext()) {
  walk(
      Function->getBody(),
      [&](const Stmt *S) {
        addDefinitions(S);
        return true;
      },
      LambdaBodies::Skip);
}

void GraphRuns::addDefinitions(const Stmt *S) {
  if (const auto *Declaration = dyn_cast<DeclStmt>(S)) {
    for (const Decl *D : Declaration->decls()) {
      const auto *Variable = dyn_cast<VarDecl>(D);
      if (!Variable || !Variable->hasInit())
        continue;
      Definition Made{stripValue(Variable->getInit()), Variable->getInit()};
      if (const auto *Parts = dyn_cast<DecompositionDecl>(Variable)) {
        unsigned Part = 0;
        for (const BindingDecl *Each : Parts->bindings())
          if (unsigned Number = Part++; !GraphSources::isIndexPart(Variable->getInit(), Number)) {
            Made.Part = Number;
            Definitions[Each].push_back(Made);
          }
      } else {
        Definitions[Variable].push_back(Made);
      }
    }
    return;
  }
  auto Assign = asAssignment(S);
  if (!Assign)
    return;
  if (Assign->IsCompound) {
    if (const ValueDecl *D = namedDecl(Assign->Target))
      Definitions[D].push_back({S, Assign->Value, Assign->Target});
    return;
  }
  if (const ValueDecl *D = namedDecl(Assign->Target))
    Definitions[D].push_back({S, Assign->Value});
  unsigned Number = 0;
  for (const ValueDecl *D : tiedBy(Assign->Target)) {
    if (D)
      Definitions[D].push_back({S, Assign->Value, nullptr, Number});
    ++Number;
  }
}

bool GraphRuns::isRenewed(const Stmt *S, const ValueDecl *D) const {
  // A declaration follows what it is initialised with.
  const auto *Variable = dyn_cast<VarDecl>(D);
  if (const auto *Binding = dyn_cast<BindingDecl>(D))
    Variable = dyn_cast_or_null<VarDecl>(Binding->getDecomposedDecl());
  if (const Expr *Init = Variable ? Variable->getInit() : nullptr)
    if (S == stripValue(Init))
      return true;
  if (Variable && !Variable->hasInit() && declares(S, D))
    return true;
  auto Assign = asAssignment(S);
  return Assign &&
         (namedDecl(Assign->Target) == D || llvm::is_contained(tiedBy(Assign->Target), D));
}

// All that changes the local stands in this function, and nothing cuts its graph in place.
bool GraphRuns::isFollowed(const ValueDecl *D) const {
  const auto *Variable = dyn_cast<VarDecl>(D);
  if (!isa<BindingDecl>(D) &&
      (!Variable || !Variable->isLocalVarDeclOrParm() || Variable->isStaticLocal() ||
       Variable->getType()->isReferenceType() || Variable->isCXXForRangeDecl()))
    return false;
  if (D->getDeclContext() != Function)
    return false;
  for (const ProjectIndex::Store &Store : Index.storesOf(D)) {
    bool IsElsewhere = Store.In && Store.In != Function;
    if (Store.Kind == ProjectIndex::Store::Opaque ||
        (IsElsewhere && Store.Kind != ProjectIndex::Store::Argument))
      return false;
  }
  bool IsCut = false;
  forEach<CallExpr>(Function->getBody(), [&](const CallExpr *Call) {
    const auto *Member = dyn_cast<CXXMemberCallExpr>(Call);
    IsCut |= (Member && cutsInPlace(Member, D)) || handsOut(Call, D);
  });
  return !IsCut;
}

void GraphRuns::Graph::add(const CallExpr *Run, unsigned Part) {
  Runs.insert(Run);
  Of[Run].insert(Part);
}

void GraphRuns::Graph::addAll(const CallExpr *Run, const Graph &Other) {
  Runs.insert(Run);
  if (auto It = Other.Of.find(Run); It != Other.Of.end())
    Of[Run].insert(It->second.begin(), It->second.end());
}

void GraphRuns::Graph::keepCommon(const Graph &Other) {
  Runs.remove_if([&](const CallExpr *Run) { return !Other.Runs.contains(Run); });
  for (const CallExpr *Run : Runs)
    if (!shares(Run, Other)) {
      Of[Run].clear();
      Of[Run].insert(AnyPart);
    }
}

bool GraphRuns::Graph::shares(const CallExpr *Run, const Graph &Other) const {
  auto Here = Of.find(Run), There = Other.Of.find(Run);
  if (Here == Of.end() || There == Other.Of.end())
    return false;
  auto Has = [](const Parts &All, unsigned Part) { return All.count(Part) != 0; };
  if (Has(Here->second, Whole) || Has(There->second, Whole))
    return true;
  return llvm::any_of(Here->second,
                      [&](unsigned Part) { return Part != AnyPart && Has(There->second, Part); });
}

GraphRuns::Graph GraphRuns::of(const Expr *E) {
  Part = Whole;
  Loops.clear();
  Active.clear();
  Graph Found;
  add(E, Found);
  for (auto [At, Ref] : Loops)
    for (const CallExpr *Run : Known.lookup(At))
      Found.CarriedOver.push_back({Run, Ref});
  return Found;
}

void GraphRuns::add(const Expr *E, Graph &Into) {
  E = stripValue(E);
  if (!E || Active.size() > MaxDepth)
    return;
  if (const auto *Choice = dyn_cast<ConditionalOperator>(E)) {
    ++InBranch;
    Graph A, B;
    add(Choice->getTrueExpr(), A);
    add(Choice->getFalseExpr(), B);
    --InBranch;
    A.keepCommon(B);
    for (const CallExpr *Run : A.Runs)
      Into.addAll(Run, A);
  } else if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    addName(Ref, Into);
  } else if (const auto *Call = dyn_cast<CallExpr>(E)) {
    addCall(Call, Into);
  } else if (isa<CXXConstructExpr, InitListExpr, CXXFunctionalCastExpr, CXXStdInitializerListExpr,
                 UnaryOperator>(E)) {
    for (const Stmt *Part : E->children())
      if (const auto *Inner = dyn_cast_or_null<Expr>(Part))
        add(Inner, Into);
  }
}

void GraphRuns::addPart(const Expr *E, unsigned Taken, Graph &Into) {
  unsigned Before = std::exchange(Part, Taken);
  add(E, Into);
  Part = Before;
}

void GraphRuns::addCall(const CallExpr *Call, Graph &Into) {
  if (isUnderNoGrad(Call, Context))
    return;
  llvm::SmallVector<const Expr *, 4> Parts(writtenArguments(Call));
  if (auto Run = asModelRun(Call)) {
    const CXXRecordDecl *Class = moduleOf(Run->Model->getType());
    if (Run->IsScript || !Class || hasParameters(Class))
      if (!Sources.parametersMayBeFrozen()) {
        // What LibTorch's layers return has one graph.
        bool IsOne = isTensorType(Call->getType()) || (Class && isLibTorchDecl(Class));
        Into.add(Call, IsOne ? Whole : Part == Whole && !Run->IsScript ? AnyPart : Part);
      }
    for (const Expr *Each : Parts)
      addPart(Each, Whole, Into);
    return;
  }
  const FunctionDecl *Callee = Call->getDirectCallee();
  if (!Callee || endsGraph(Call))
    return;
  Operation Called = operationOf(Call);
  if (Called && (Called.Gives == ResultKind::Host || Called.Gives == ResultKind::Nothing))
    return;
  if (isLibTorchDecl(Callee) || isStdDecl(Callee)) {
    if (const Expr *Object = objectOf(Call))
      Parts.push_back(Object);
    // `toTuple()` and `elements()` hand all on.
    std::optional<unsigned> Taken = partTaken(Call, Context);
    for (const Expr *Each : Parts)
      addPart(Each, Taken ? *Taken : isTensorType(Call->getType()) ? Whole : Part, Into);
    return;
  }
  // A function of the project: the graph is one that it is given, or one that it makes.
  GraphSource Source = Sources.of(Call);
  if (!Source || Source.IsLeaf)
    return;
  const auto *Run = dyn_cast<CallExpr>(Source.At);
  if (!contains(Function->getBody(), Source.At)) {
    Into.add(Call, isTensorType(Call->getType()) ? Whole : Part == Whole ? AnyPart : Part);
  } else {
    Graph Given;
    for (const Expr *Each : Parts)
      addPart(Each, Whole, Given);
    if (Run && Given.Runs.contains(Run))
      Into.addAll(Run, Given);
  }
}

void GraphRuns::addName(const DeclRefExpr *Ref, Graph &Into) {
  const ValueDecl *D = Ref->getDecl();
  if (!isFollowed(D))
    return;
  auto IsHere = [&](const Stmt *S) { return S == Ref; };
  auto IsOver = [&](const Stmt *S) { return isRenewed(S, D); };
  llvm::SmallVector<Definition, 2> All = Definitions.lookup(D), Reaching;
  for (const Definition &Each : All)
    if (Paths.findAfter(Each.At, IsHere, IsOver))
      Reaching.push_back(Each);
  // A parameter may have what its caller gave it.
  bool IsCertain = !isa<ParmVarDecl>(D);
  Graph Common;
  bool IsFirst = true;
  for (const Definition &Each : Reaching) {
    if (llvm::is_contained(Active, Each.At)) {
      if (!InBranch && isOnlyOneInLoop(Ref, Each, Reaching))
        Loops.push_back({Each.At, Ref});
      continue;
    }
    Active.push_back(Each.At);
    Graph Given;
    addPart(Each.Value, Each.Part == Whole ? Part : Each.Part, Given);
    if (Each.Before)
      add(Each.Before, Given);
    Active.pop_back();
    Known[Each.At] = Given.Runs;
    if (std::exchange(IsFirst, false))
      Common = std::move(Given);
    else
      Common.keepCommon(Given);
  }
  if (IsCertain)
    for (const CallExpr *Run : Common.Runs)
      Into.addAll(Run, Common);
}

// Of the values that the name may have there only that one is given in the same loop.
bool GraphRuns::isOnlyOneInLoop(const DeclRefExpr *Ref, const Definition &Taken,
                                llvm::ArrayRef<Definition> All) const {
  return llvm::all_of(All, [&](const Definition &Other) {
    auto IsOther = [&](const Stmt *S) { return S == Other.At; };
    return Other.At == Taken.At || !Paths.findAfter(Ref, IsOther, never);
  });
}

} // namespace torchtidy
