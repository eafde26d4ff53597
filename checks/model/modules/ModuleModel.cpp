#include "model/modules/ModuleModel.h"
#include "model/syntax/SourceText.h"
#include "clang/AST/ParentMapContext.h"
#include "clang/Analysis/Analyses/Dominators.h"
#include "clang/Analysis/CFGStmtMap.h"

using namespace clang;

namespace torchtidy {

std::shared_ptr<ModuleModel> ModuleModel::get(ASTContext &Context) {
  // Per thread, and alive only while some check holds it: clangd runs checks of several files at
  // once.
  thread_local std::weak_ptr<ModuleModel> Current;
  std::shared_ptr<ModuleModel> Model = Current.lock();
  if (!Model || &Model->Context != &Context) {
    Model = std::make_shared<ModuleModel>(Context);
    Current = Model;
  }
  return Model;
}

const Registrations &ModuleModel::registrations() {
  if (!Regs)
    Regs = std::make_unique<Registrations>(Context);
  return *Regs;
}

ModuleModel::ClassFacts &ModuleModel::walked(const CXXRecordDecl *Class) {
  ClassFacts &Facts = Classes[Class];
  if (Facts.Walked)
    return Facts;
  Facts.Walked = true;
  Facts.Outcomes = constructorOutcomes(
      Context, Class,
      [&](PathWalker::Event Kind, const Expr *E, const ValueDecl *D, const PathState &State) {
        PathValue Value;
        if (auto It = State.Values.find(D); It != State.Values.end())
          Value = It->second;
        Facts.ConstructorEvents.push_back({Kind, E, D, Value});
      });
  return Facts;
}

const std::vector<ConstructorOutcome> &ModuleModel::outcomes(const CXXRecordDecl *Class) {
  return walked(Class).Outcomes;
}

const std::vector<ModuleModel::Event> &ModuleModel::constructorEvents(const CXXRecordDecl *Class) {
  return walked(Class).ConstructorEvents;
}

const Reach &ModuleModel::constructorReachOf(const CXXRecordDecl *Class) {
  ClassFacts &Facts = Classes[Class];
  if (!Facts.Reached) {
    Facts.Reached = true;
    Facts.Constructors = constructorReach(Class);
  }
  return Facts.Constructors;
}

const std::vector<ModuleModel::Event> &ModuleModel::useEvents(const CXXRecordDecl *Class) {
  ClassFacts &Facts = Classes[Class];
  if (Facts.UsesWalked)
    return Facts.UseEvents;
  Facts.UsesWalked = true;
  PathWalker Walker(Context, Class);
  auto Observe = [&](PathWalker::Event Kind, const Expr *E, const ValueDecl *D,
                     const PathState &State) {
    auto It = State.Values.find(D);
    PathValue Value = It == State.Values.end() ? PathValue() : It->second;
    if (Value.Null != Nullness::NonNull)
      Facts.UseEvents.push_back({Kind, E, D, Value});
  };
  for (const CXXMethodDecl *Method : visibleMethods(Class))
    if (!isa<CXXConstructorDecl>(Method) && !Method->isDependentContext())
      Walker.run(Method, PathState(), Observe);
  return Facts.UseEvents;
}

static void addModuleFields(const CXXRecordDecl *Record, unsigned Depth,
                            llvm::SmallVectorImpl<const FieldDecl *> &Fields) {
  for (const FieldDecl *Field : Record->fields()) {
    TypeInfo Info = classifyType(Field->getType());
    const CXXRecordDecl *Inner = Field->getType()->getAsCXXRecordDecl();
    if (Field->getType()->isReferenceType())
      continue;
    if (Info.Kind == TypeKind::Holder || Info.Kind == TypeKind::SharedPtr ||
        Info.Kind == TypeKind::UniquePtr || Info.Kind == TypeKind::AnyModule ||
        Info.Kind == TypeKind::Impl)
      Fields.push_back(Field);
    else if (Info.Kind == TypeKind::Container && Info.HoldsModules && Inner) {
      if (isNamed(Inner, "c10::optional") || isNamed(Inner, "std::optional"))
        Fields.push_back(Field);
      else if (!Inner->isInStdNamespace() && Depth < 3 && Inner->hasDefinition())
        addModuleFields(Inner->getDefinition(), Depth + 1, Fields);
    }
  }
}

llvm::SmallVector<const FieldDecl *, 8> moduleFields(const CXXRecordDecl *Class) {
  llvm::SmallVector<const FieldDecl *, 8> Fields;
  addModuleFields(Class, 0, Fields);
  return Fields;
}

const FunctionDecl *functionAround(const Stmt *E, ASTContext &Context) {
  DynTypedNode Node = DynTypedNode::create(*E);
  while (true) {
    auto Parents = Context.getParents(Node);
    if (Parents.empty())
      return nullptr;
    Node = Parents[0];
    if (const auto *Function = Node.get<FunctionDecl>()) {
      const auto *Method = dyn_cast<CXXMethodDecl>(Function);
      if (!Method || !Method->getParent()->isLambda())
        return Function;
    }
  }
}

namespace {

class Reads : public RecursiveASTVisitor<Reads> {
public:
  explicit Reads(const ValueDecl *Field) : Field(Field) {}
  bool Found = false;
  bool VisitMemberExpr(MemberExpr *Member) {
    const auto *D = dyn_cast<FieldDecl>(Member->getMemberDecl());
    if (!D)
      return true;
    bool OnThis = isa<CXXThisExpr>(Member->getBase()->IgnoreParenImpCasts());
    Found |= D == Field || (OnThis && !classifyType(D->getType()).isModule() &&
                            !classifyType(D->getType()).isTensor());
    return true;
  }
  bool VisitDeclRefExpr(DeclRefExpr *Ref) {
    Found |= Ref->getDecl() == Field;
    return true;
  }

private:
  const ValueDecl *Field;
};

bool reads(const Expr *E, const ValueDecl *Field) {
  Reads Visitor(Field);
  Visitor.TraverseStmt(const_cast<Expr *>(E));
  return Visitor.Found;
}

bool contains(const Stmt *Outer, const Stmt *Inner) {
  if (Outer == Inner)
    return true;
  return Outer &&
         llvm::any_of(Outer->children(), [&](const Stmt *Child) { return contains(Child, Inner); });
}

} // namespace

bool isGuarded(const Expr *Site, const FunctionDecl *In, const ValueDecl *Field,
               ASTContext &Context) {
  if (!In || !In->getBody())
    return false;
  CFG::BuildOptions Options;
  Options.setAllAlwaysAdd();
  std::unique_ptr<CFG> Graph = CFG::buildCFG(In, In->getBody(), &Context, Options);
  if (!Graph)
    return false;
  const CFGBlock *Block = nullptr;
  for (const CFGBlock *Candidate : *Graph)
    for (const CFGElement &Element : *Candidate)
      if (auto Statement = Element.getAs<CFGStmt>(); Statement && Statement->getStmt() == Site)
        Block = Candidate;
  if (!Block)
    return true; // in a lambda: what guards the call of it is not followed
  ControlDependencyCalculator Control(Graph.get());
  llvm::SmallVector<CFGBlock *, 8> Todo{const_cast<CFGBlock *>(Block)};
  llvm::SmallPtrSet<CFGBlock *, 16> Seen;
  while (!Todo.empty()) {
    CFGBlock *Current = Todo.pop_back_val();
    if (!Seen.insert(Current).second)
      continue;
    for (CFGBlock *On : Control.getControlDependencies(Current)) {
      if (const auto *Condition = dyn_cast_or_null<Expr>(On->getTerminatorCondition());
          Condition && reads(Condition, Field))
        return true;
      Todo.push_back(On);
    }
  }
  return false;
}

namespace {

// The ifs, conditional operators and switches that decide whether a store happens, innermost first.
std::string conditionAround(const Stmt *Store, const PathState &Path, ASTContext &Context) {
  DynTypedNode Node = DynTypedNode::create(*Store);
  const Stmt *Below = Store;
  std::string Outermost;
  while (true) {
    auto Parents = Context.getParents(Node);
    if (Parents.empty())
      return Outermost;
    Node = Parents[0];
    const auto *S = Node.get<Stmt>();
    if (!S) {
      if (Node.get<FunctionDecl>())
        return Outermost;
      continue;
    }
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
      std::string Text =
          "'" + onOneLine(Condition, Context) + "' is " + (InThen ? "false" : "true");
      bool Decided = llvm::any_of(Path.Path, [&](const Branch &B) {
        return contains(Condition, B.Condition) && (B.Terminator != S || B.Taken != InThen);
      });
      if (Decided)
        return Text;
      Outermost = Text;
    }
    Below = S;
  }
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

namespace {

// LibTorch's modules without parameters, buffers or a mode.
bool isStateless(llvm::StringRef Name) {
  static constexpr llvm::StringLiteral Prefixes[] = {
      "AdaptiveAvgPool", "AdaptiveMaxPool",   "AvgPool",       "MaxPool",        "MaxUnpool",
      "LPPool",          "FractionalMaxPool", "ReflectionPad", "ReplicationPad", "ZeroPad",
      "ConstantPad",     "Softmax",           "LogSoftmax",    "PixelShuffle",   "PixelUnshuffle"};
  static constexpr llvm::StringLiteral Names[] = {"Identity",
                                                  "Flatten",
                                                  "Unflatten",
                                                  "Upsample",
                                                  "Fold",
                                                  "Unfold",
                                                  "ELU",
                                                  "SELU",
                                                  "Hardshrink",
                                                  "Hardtanh",
                                                  "LeakyReLU",
                                                  "LogSigmoid",
                                                  "ReLU",
                                                  "ReLU6",
                                                  "CELU",
                                                  "GLU",
                                                  "GELU",
                                                  "SiLU",
                                                  "Mish",
                                                  "Sigmoid",
                                                  "Softplus",
                                                  "Softshrink",
                                                  "Softsign",
                                                  "Tanh",
                                                  "Tanhshrink",
                                                  "Threshold",
                                                  "Softmin",
                                                  "CosineSimilarity",
                                                  "PairwiseDistance",
                                                  "CrossMapLRN2d",
                                                  "LocalResponseNorm"};
  return llvm::any_of(Prefixes, [&](llvm::StringRef P) { return Name.starts_with(P); }) ||
         llvm::is_contained(Names, Name) || Name.ends_with("Loss");
}

bool isModeOnly(llvm::StringRef Name) {
  return Name.starts_with("Dropout") || Name == "AlphaDropout" || Name == "FeatureAlphaDropout" ||
         Name == "FeatureDropout" || Name == "RReLU" || Name == "FeatureDropout2d" ||
         Name == "FeatureDropout3d";
}

Stake worst(Stake A, Stake B) { return std::min(A, B); }

constexpr unsigned MaxStakeDepth = 4;

Stake stakeOf(const CXXRecordDecl *Module, const Expr *Construction, const Registrations &Regs,
              unsigned Depth);

Stake stakeOfClass(const CXXRecordDecl *Module, const Registrations &Regs, unsigned Depth) {
  if (!Module || !Module->hasDefinition() || Depth > MaxStakeDepth)
    return Stake::Parameters;
  Module = Module->getDefinition();
  llvm::StringRef Library = libraryModuleName(Module);
  if (isLibTorchDecl(Module))
    return isStateless(Library)  ? Stake::Nothing
           : isModeOnly(Library) ? Stake::Mode
                                 : Stake::Parameters;
  if (!Library.empty() && !isStateless(Library))
    return isModeOnly(Library) ? Stake::Mode : Stake::Parameters;
  // A class of the project has at stake what its members have.
  Stake Result = Stake::Nothing;
  for (const FieldDecl *Field : Module->fields()) {
    if (Result == Stake::Parameters)
      break;
    TypeInfo Info = classifyType(Field->getType());
    if (Info.isTensor())
      Result = worst(Result, Stake::Parameters);
    else if (Info.Kind == TypeKind::Container)
      Result = worst(Result, Stake::Parameters);
    else if (Info.isModule() && Info.Kind != TypeKind::RawPtr) {
      Stake Member = Stake::Parameters;
      bool Known = false;
      for (const Registrations::Store &Store : Regs.stores(Field))
        if (const Expr *Built = Regs.construction(Store)) {
          Stake One = stakeOf(Info.Module, Built, Regs, Depth + 1);
          Member = Known ? worst(Member, One) : One;
          Known = true;
        }
      Result = worst(Result, Known ? Member : stakeOfClass(Info.Module, Regs, Depth + 1));
    }
  }
  return Result;
}

Stake stakeOf(const CXXRecordDecl *Module, const Expr *Construction, const Registrations &Regs,
              unsigned Depth) {
  llvm::StringRef Library = libraryModuleName(Module);
  bool IsContainer = Library == "Sequential" || Library == "ModuleList" || Library == "ModuleDict";
  if (!IsContainer || !Construction || Depth > MaxStakeDepth)
    return stakeOfClass(Module, Regs, Depth);
  // A container has at stake what is put into it in view.
  Stake Result = Stake::Nothing;
  auto Children = Regs.children(Construction);
  for (const Registrations::Store &Child : Children) {
    const CXXRecordDecl *ChildModule = moduleOf(Child.Value->getType());
    const Expr *Built = Regs.construction(Child);
    if (Built == Construction)
      continue;
    Result = worst(Result,
                   ChildModule ? stakeOf(ChildModule, Built, Regs, Depth + 1) : Stake::Parameters);
    if (Result == Stake::Parameters)
      break;
  }
  return Children.empty() ? Stake::Parameters : Result;
}

} // namespace

Stake stakeOf(const CXXRecordDecl *Module, const Expr *Construction, const Registrations &Regs) {
  return stakeOf(Module, Construction, Regs, 0);
}

namespace {

class FieldReads : public RecursiveASTVisitor<FieldReads> {
public:
  FieldReads(const ValueDecl *Field, bool OnHost) : Field(Field), OnHost(OnHost) {}
  bool Found = false;
  bool TraverseCXXOperatorCallExpr(CXXOperatorCallExpr *Call) {
    if (Call->getOperator() == OO_Equal && fieldOfThis(Call->getArg(0)) == Field)
      return TraverseStmt(Call->getArg(1));
    return RecursiveASTVisitor::TraverseCXXOperatorCallExpr(Call);
  }
  bool TraverseCXXMemberCallExpr(CXXMemberCallExpr *Call) {
    if (!OnHost && isHostRead(Call->getMethodDecl()) &&
        isElement(Call->getImplicitObjectArgument()))
      return true;
    return RecursiveASTVisitor::TraverseCXXMemberCallExpr(Call);
  }
  bool VisitMemberExpr(MemberExpr *Member) {
    Found |= Member->getMemberDecl() == Field;
    return !Found;
  }

private:
  static bool isHostRead(const CXXMethodDecl *Method) {
    return Method && Method->getIdentifier() &&
           llvm::is_contained({"item", "size", "sizes", "numel", "dim", "defined"},
                              Method->getName());
  }
  // The member itself, or table[i][j].
  bool isElement(const Expr *E) const {
    E = stripValue(E);
    while (const auto *Call = dyn_cast<CXXOperatorCallExpr>(E)) {
      if (Call->getOperator() != OO_Subscript)
        return false;
      E = stripValue(Call->getArg(0));
    }
    return fieldOfThis(E) == Field;
  }

  const ValueDecl *Field;
  const bool OnHost;
};

bool isRead(const ValueDecl *Field, llvm::ArrayRef<const FunctionDecl *> In, bool OnHost) {
  return llvm::any_of(In, [&](const FunctionDecl *F) {
    FieldReads Visitor(Field, OnHost);
    Visitor.TraverseStmt(F->getBody());
    return Visitor.Found;
  });
}

} // namespace

bool isRead(const ValueDecl *Field, llvm::ArrayRef<const FunctionDecl *> In) {
  return isRead(Field, In, /*OnHost=*/true);
}

bool isReadAsTensor(const ValueDecl *Field, llvm::ArrayRef<const FunctionDecl *> In) {
  return isRead(Field, In, /*OnHost=*/false);
}

namespace {

// The member's name, unless a registration of the class uses it already: a name that is taken
// throws.
std::string freeKey(const FieldDecl *Field, ModuleModel &Model) {
  for (const auto &[Site, In] : Model.registrations().all()) {
    const CXXRecordDecl *Class = In ? enclosingClass(In) : nullptr;
    if (Class &&
        Class->getCanonicalDecl() == cast<CXXRecordDecl>(Field->getParent())->getCanonicalDecl() &&
        onOneLine(Site.Name, Model.context()) == "\"" + Field->getName().str() + "\"")
      return {};
  }
  return Field->getName().str();
}

// table{torch::ones(2)}: what stands between the braces.
const Expr *insideBraces(const Expr *E, const SourceManager &SM) {
  while (E && E->getBeginLoc().isFileID() && *SM.getCharacterData(E->getBeginLoc()) == '{') {
    if (const auto *List = dyn_cast<InitListExpr>(E))
      E = List->getNumInits() == 1 ? List->getInit(0) : nullptr;
    else if (const auto *Construct = dyn_cast<CXXConstructExpr>(E))
      E = Construct->getNumArgs() == 1 ? Construct->getArg(0) : nullptr;
    else
      return nullptr;
  }
  return E;
}

} // namespace

llvm::SmallVector<FixItHint, 2> wrapInRegistration(const FieldDecl *Field,
                                                   const Registrations::Store &Store,
                                                   llvm::StringRef Function, ModuleModel &Model) {
  ASTContext &Context = Model.context();
  const SourceManager &SM = Context.getSourceManager();
  const auto *Owner = dyn_cast<CXXRecordDecl>(Field->getParent());
  std::string Key = freeKey(Field, Model);
  bool InLambda = Store.In != outOfLambda(Store.In);
  if (Key.empty() || !Owner || !isModuleClass(Owner) || InLambda ||
      !Field->getType()->getAsCXXRecordDecl())
    return {};
  if (const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Store.In);
      Store.In && (!Method || Method->isStatic() || Method->isConst()))
    return {};
  // In a template the base that declares register_module depends on the arguments.
  bool IsTemplate =
      isa<ClassTemplateSpecializationDecl>(Owner) || Owner->getMemberSpecializationInfo();
  std::string Open = (IsTemplate ? "this->" : "") + Function.str() + "(\"" + Key + "\", ";
  const Expr *Value = insideBraces(Store.Value, SM);
  if (!Value)
    return {};
  SourceRange Range = Value->getSourceRange();
  std::string Close = ")";
  const auto *Construct = dyn_cast<CXXConstructExpr>(Value);
  if (Construct && !isa<CXXTemporaryObjectExpr>(Construct)) {
    // fc(3, 4) in an initialiser list, Linear fc{3, 4}: the type is not spelled, so it is spelled
    // now.
    if (Construct->getNumArgs() == 0 || isa<CXXDefaultArgExpr>(Construct->getArg(0)))
      return {};
    TypeSourceInfo *Type = Field->getTypeSourceInfo();
    if (!Type || Type->getTypeLoc().getBeginLoc().isMacroID())
      return {};
    std::string Spelled =
        Lexer::getSourceText(CharSourceRange::getTokenRange(Type->getTypeLoc().getSourceRange()),
                             SM, Context.getLangOpts())
            .str();
    const Expr *Last = Construct->getArg(0);
    for (const Expr *Argument : Construct->arguments())
      if (!isa<CXXDefaultArgExpr>(Argument))
        Last = Argument;
    Range = {Construct->getArg(0)->getBeginLoc(), Last->getEndLoc()};
    if (Spelled.empty() || llvm::StringRef(Spelled).contains("auto"))
      return {};
    Open += Spelled + "(";
    Close = "))";
  }
  if (Range.isInvalid() || Range.getBegin().isMacroID() || Range.getEnd().isMacroID())
    return {};
  SourceLocation End = Lexer::getLocForEndOfToken(Range.getEnd(), 0, SM, Context.getLangOpts());
  return {FixItHint::CreateInsertion(Range.getBegin(), Open),
          FixItHint::CreateInsertion(End, Close)};
}

} // namespace torchtidy
