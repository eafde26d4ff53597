#include "StaleRegistrationCheck.h"
#include "clang-tidy/utils/ASTUtils.h"
#include "model/facts/CompileErrors.h"
#include "model/facts/GradMode.h"
#include "model/paths/FunctionPaths.h"
#include "model/tensors/MemberWrites.h"
#include "model/tensors/SameTensor.h"

using namespace clang;
using namespace clang::ast_matchers;

namespace torchtidy {

void StaleRegistrationCheck::registerMatchers(MatchFinder *Finder) {
  ModuleCheck::registerMatchers(Finder);
  // layer->weight = e; params[i] = e; on tensors, anywhere
  Finder->addMatcher(
      cxxOperatorCallExpr(
          hasOverloadedOperatorName("="), argumentCountIs(2), unless(isExpansionInSystemHeader()),
          callee(cxxMethodDecl(ofClass(hasAnyName("::at::Tensor", "::at::TensorBase")))))
          .bind("assign"),
      this);
}

void StaleRegistrationCheck::check(const MatchFinder::MatchResult &Result) {
  const auto *Assign = Result.Nodes.getNodeAs<CXXOperatorCallExpr>("assign");
  if (!Assign)
    return ModuleCheck::check(Result);
  const auto *Operator = dyn_cast_or_null<CXXMethodDecl>(Assign->getDirectCallee());
  if (!Operator || Operator->getRefQualifier() == RQ_RValue ||
      asRegistration(stripValue(Assign->getArg(1))) ||
      isInIncompleteFunction(Assign, *Result.Context))
    return;
  const Expr *Target = stripValue(Assign->getArg(0));
  if (const auto *Member = dyn_cast<MemberExpr>(Target))
    checkOtherModule(Assign, Member, *Result.Context);
  else
    checkHandle(Assign, *Result.Context);
}

// x = e;  →  { torch::NoGradGuard no_grad; x.copy_(e); }
void StaleRegistrationCheck::suggestCopy(const Expr *Target, const Expr *Value,
                                         ASTContext &Context) {
  const SourceManager &SM = Context.getSourceManager();
  if (!Target || !isEditable(Target, SM) || !isEditable(Value, SM))
    return;
  SourceLocation Semicolon = Lexer::findLocationAfterToken(Value->getEndLoc(), tok::semi, SM,
                                                           Context.getLangOpts(), false);
  if (Semicolon.isInvalid())
    return;
  SourceLocation End =
      Lexer::getLocForEndOfToken(Target->getEndLoc(), 0, SM, Context.getLangOpts());
  auto Note = diag(Target->getBeginLoc(),
                   "copy into the registered tensor under a NoGradGuard; apply with --unsafe-fixes",
                   DiagnosticIDs::Note);
  if (!isUnderNoGrad(Target, Context))
    Note << FixItHint::CreateInsertion(Target->getBeginLoc(), "{ torch::NoGradGuard no_grad; ")
         << FixItHint::CreateInsertion(Semicolon, " }");
  Note << FixItHint::CreateReplacement(CharSourceRange::getCharRange(End, Value->getBeginLoc()),
                                       ".copy_(")
       << FixItHint::CreateInsertion(
              Lexer::getLocForEndOfToken(Value->getEndLoc(), 0, SM, Context.getLangOpts()), ")");
}

// parameters_["weight"] = w: the function keeps Module's own dictionaries itself.
static bool editsDictionaries(const FunctionDecl *Function) {
  class Dictionaries : public RecursiveASTVisitor<Dictionaries> {
  public:
    bool Found = false;
    bool VisitMemberExpr(MemberExpr *Member) {
      const auto *Field = dyn_cast<FieldDecl>(Member->getMemberDecl());
      Found |= Field && isNamed(dyn_cast<CXXRecordDecl>(Field->getParent()), "torch::nn::Module") &&
               (Field->getName() == "parameters_" || Field->getName() == "buffers_");
      return !Found;
    }
  } Visitor;
  Visitor.TraverseStmt(Function->getBody());
  return Visitor.Found;
}

// layer->register_parameter("weight", layer->weight) somewhere in the function.
static bool registersAgain(const FunctionDecl *Function, const FieldDecl *Field) {
  class Calls : public RecursiveASTVisitor<Calls> {
  public:
    const FieldDecl *Field = nullptr;
    bool Found = false;
    bool VisitCXXMemberCallExpr(CXXMemberCallExpr *Call) {
      auto Site = asRegistration(Call);
      const auto *Member = Site ? dyn_cast<MemberExpr>(stripValue(Site->Value)) : nullptr;
      Found |= Member && Member->getMemberDecl() == Field;
      return !Found;
    }
  } Visitor;
  Visitor.Field = Field;
  if (Function && Function->getBody())
    Visitor.TraverseStmt(Function->getBody());
  return Visitor.Found;
}

// w = register_parameter("w", e); .. w = 0.1 * w; on one path of a constructor, and no registration
// after it.
static bool rebindsAfterRegistering(const Registrations::Store &Store, const FieldDecl *Field,
                                    const Registrations &Regs, ASTContext &Context) {
  auto Registers = [&](const Stmt *S) {
    auto Site = asRegistration(S);
    return Site && Regs.isFor(*Site, Field);
  };
  auto Rebinds = [&](const Stmt *S) {
    const auto *Call = dyn_cast<CXXOperatorCallExpr>(S);
    return Call && Call->getOperator() == OO_Equal && Call->getArg(0) == Store.Target;
  };
  std::unique_ptr<FunctionPaths> Paths;
  for (const auto &[Site, In] : Regs.all()) {
    if (In != Store.In || !Regs.isFor(Site, Field))
      continue;
    if (!Paths && !(Paths = FunctionPaths::build(*In, Context)))
      return false;
    const Stmt *Rebinding =
        Paths->findAfter(Site.Call, Rebinds, [](const Stmt *) { return false; });
    if (Rebinding && Paths->exitAfter(Rebinding, Registers).Reached)
      return true;
  }
  return false;
}

void StaleRegistrationCheck::checkClass(const CXXRecordDecl *Class, ModuleModel &Model) {
  const Registrations &Regs = Model.registrations();
  const Reach &Constructors = Model.constructorReachOf(Class);
  Reach Forward = forwardReach(Class);
  for (const FieldDecl *Field : Class->fields()) {
    if (!classifyType(Field->getType()).isTensor() || !Regs.isRegisteredByName(Field))
      continue;
    for (const Registrations::Store &Store : Regs.stores(Field)) {
      const FunctionDecl *In = outOfLambda(Store.In);
      // Built by a constructor, or set on another object while it is copied.
      if (!In || !Store.Target || !fieldOfThis(Store.Target) || enclosingClass(In) != Class ||
          asRegistration(Store.Value) || isInPlaceOf(Store.Value, Field, /*Unknown=*/true))
        continue;
      if (Constructors.count(In) && !Forward.count(In)) {
        if (rebindsAfterRegistering(Store, Field, Regs, Model.context()))
          report(Field, Store, Model.context());
        continue;
      }
      Reach Reached = reachFrom({In});
      if (llvm::any_of(Reached, [](const auto &Entry) { return editsDictionaries(Entry.first); }))
        continue;
      bool RegistersAgain = llvm::any_of(Regs.all(), [&](const auto &Site) {
        return Reached.count(outOfLambda(Site.second)) && Regs.isFor(Site.first, Field);
      });
      if (!RegistersAgain)
        report(Field, Store, Model.context());
    }
  }
}

void StaleRegistrationCheck::report(const FieldDecl *Field, const Registrations::Store &Store,
                                    ASTContext &Context) {
  if (!firstTime(Store.Target->getBeginLoc()))
    return;
  diag(Store.Target->getBeginLoc(), "%0 is registered and rebound here: save(), to() and the "
                                    "optimizer keep the old tensor, which no longer changes")
      << Field;
  suggestCopy(Store.Target, Store.Value, Context);
}

// A tensor member of another module: LibTorch's layers register all of theirs.
void StaleRegistrationCheck::checkOtherModule(const CXXOperatorCallExpr *Assign,
                                              const MemberExpr *Target, ASTContext &Context) {
  const auto *Field = dyn_cast<FieldDecl>(Target->getMemberDecl());
  const auto *Owner = Field ? dyn_cast<CXXRecordDecl>(Field->getParent()) : nullptr;
  if (!Owner || !isLibTorchDecl(Owner) || !isModuleClass(Owner) ||
      !classifyType(Field->getType()).isTensor() ||
      isa<CXXThisExpr>(Target->getBase()->IgnoreParenImpCasts()) ||
      isSameTensor(
          Assign->getArg(1),
          [&](const Expr *E) {
            return tidy::utils::areStatementsIdentical(E, Target, Context, /*Canonical=*/true);
          },
          /*Unknown=*/true) ||
      registersAgain(functionAround(Assign, Context), Field) || !firstTime(Target->getBeginLoc()))
    return;
  diag(Target->getBeginLoc(), "assigning to %0 of a registered layer rebinds the member: "
                              "parameters(), save() and the optimizer keep the old tensor")
      << Field;
  suggestCopy(Target, Assign->getArg(1), Context);
}

namespace {

// net->parameters() and its siblings return new vectors of handles; so does a module's own function
// that hides one of them.
bool isHandleList(const Expr *E) {
  const auto *Call = dyn_cast_or_null<CXXMemberCallExpr>(E ? stripValue(E) : nullptr);
  const CXXMethodDecl *Method = Call ? Call->getMethodDecl() : nullptr;
  return Method && Method->getIdentifier() && isModuleClass(Method->getParent()) &&
         !Method->getReturnType()->isReferenceType() &&
         llvm::is_contained({"parameters", "buffers", "named_parameters", "named_buffers"},
                            Method->getName());
}

// item.value() of a dictionary's items stands for the item.
const Expr *itemOf(const Expr *E) {
  const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
  bool IsValue = Call && Call->getMethodDecl() && Call->getMethodDecl()->getIdentifier() &&
                 Call->getMethodDecl()->getName() == "value";
  return IsValue ? Call->getImplicitObjectArgument() : E;
}

// Uses of a list other than by subscript: then the list itself is what the code wants (MAML's fast
// weights).
class WholeUses : public RecursiveASTVisitor<WholeUses> {
public:
  explicit WholeUses(const VarDecl *List) : List(List) {}
  unsigned All = 0, Subscripts = 0;
  bool VisitDeclRefExpr(DeclRefExpr *Ref) {
    All += Ref->getDecl() == List;
    return true;
  }
  bool VisitCXXOperatorCallExpr(CXXOperatorCallExpr *Call) {
    Subscripts += Call->getOperator() == OO_Subscript && namedVariable(Call->getArg(0)) == List;
    return true;
  }
  bool VisitCXXForRangeStmt(CXXForRangeStmt *Loop) {
    Subscripts += namedVariable(Loop->getRangeInit()) == List;
    return true;
  }
  bool VisitCXXMemberCallExpr(CXXMemberCallExpr *Call) {
    const CXXMethodDecl *Method = Call->getMethodDecl();
    Subscripts += Method && Method->getIdentifier() &&
                  namedVariable(Call->getImplicitObjectArgument()) == List &&
                  llvm::is_contained({"size", "begin", "end", "empty", "at", "front", "back"},
                                     Method->getName());
    return true;
  }

private:
  const VarDecl *List;
};

} // namespace

// params[i] = e; and for (auto &p : net->parameters()) p = e;
void StaleRegistrationCheck::checkHandle(const CXXOperatorCallExpr *Assign, ASTContext &Context) {
  const Expr *Target = stripValue(Assign->getArg(0));
  const Expr *Source = nullptr;
  const VarDecl *List = nullptr;
  if (const auto *Subscript = dyn_cast<CXXOperatorCallExpr>(Target);
      Subscript && Subscript->getOperator() == OO_Subscript) {
    List = namedVariable(Subscript->getArg(0));
    Source = List ? List->getInit() : Subscript->getArg(0);
  } else if (const VarDecl *Var = namedVariable(itemOf(Target));
             Var && Var->getType()->isReferenceType() && Var->isCXXForRangeDecl()) {
    for (const DynTypedNode &Parent : Context.getParents(*Var))
      if (const auto *Declaration = Parent.get<DeclStmt>())
        for (const DynTypedNode &Loop : Context.getParents(*Declaration))
          if (const auto *Range = Loop.get<CXXForRangeStmt>()) {
            Source = Range->getRangeInit();
            if ((List = namedVariable(Source)))
              Source = List->getInit();
          }
  }
  if (!isHandleList(Source) || !firstTime(Assign->getBeginLoc()))
    return;
  if (List) {
    const auto *Function = dyn_cast<FunctionDecl>(List->getDeclContext());
    WholeUses Uses(List);
    if (Function && Function->getBody())
      Uses.TraverseStmt(Function->getBody());
    if (Uses.All > Uses.Subscripts)
      return;
  }
  diag(Assign->getBeginLoc(), "assigning to an element of parameters() rebinds a local handle: the "
                              "module's tensor does not change");
  suggestCopy(Target, Assign->getArg(1), Context);
}

} // namespace torchtidy
