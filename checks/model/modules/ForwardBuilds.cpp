#include "model/modules/ForwardBuilds.h"
#include "model/modules/Stake.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/SourceText.h"
#include "model/syntax/Walk.h"
#include "model/torch/Layers.h"

using namespace clang;

namespace torchtidy {

namespace {

class BuildVisitor : public RecursiveASTVisitor<BuildVisitor> {
  using Base = RecursiveASTVisitor<BuildVisitor>;

public:
  BuildVisitor(ModuleModel &Model, std::vector<ForwardBuild> &Found) : Model(Model), Found(Found) {}

  // Looks at each expression before its parts; what is reported is not looked into again.
  bool dataTraverseStmtPre(Stmt *S) { return !(S && visit(S)); }
  // decltype(Linear(2, 2)) constructs nothing.
  template <typename... Rest> bool TraverseTypeLoc(TypeLoc, Rest...) { return true; }
  // A local class has a forward of its own.
  bool TraverseCXXRecordDecl(CXXRecordDecl *) { return true; }

  bool TraverseVarDecl(VarDecl *Var) {
    if (!Var->isReferenced() && moduleOf(Var->getType()))
      return true; // never runs, so that its weights do not matter
    bool Outer = InStatic;
    InStatic |= Var->isStaticLocal();
    bool Result = Base::TraverseVarDecl(Var);
    InStatic = Outer;
    return Result;
  }

private:
  bool visit(Stmt *S) {
    const auto *E = dyn_cast<Expr>(S);
    if (!E)
      return false;
    if (isa<UnaryExprOrTypeTraitExpr, CXXNoexceptExpr>(E))
      return true;
    if (auto Site = asRegistration(E)) {
      bool IsReplacement = Site->Kind == RegistrationKind::Replacement;
      add(IsReplacement ? ForwardBuild::Replaces : ForwardBuild::Registers, E,
          Site->Call->getMethodDecl()->getNameAsString());
      if (const FieldDecl *Field = fieldOfThis(Site->Value))
        Found.back().Member = Field;
      return true;
    }
    if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
        Call && Call->getMethodDecl() &&
        isNamed(Call->getMethodDecl(), "torch::nn::Module::unregister_module")) {
      add(ForwardBuild::Replaces, E, "unregister_module");
      return true;
    }
    if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(E)) {
      if (asOperator(E, OO_Call) && visitTemporaryCall(Operator))
        return true;
      if (asOperator(E, OO_Equal))
        visitAssignment(Operator);
      return false;
    }
    return visitConstruction(E);
  }

  // ReLU()(x)
  bool visitTemporaryCall(const CXXOperatorCallExpr *Call) {
    const Expr *Callee = stripValue(Call->getArg(0));
    if (!constructsModule(Callee) || !visitConstruction(Callee))
      return false;
    ForwardBuild &Build = Found.back();
    const auto *Construct = dyn_cast<CXXConstructExpr>(Callee);
    bool HasOptions = Construct && !writtenArguments(Construct).empty();
    llvm::StringRef Form = infoOf(layerNamed(Build.Name)).Functional;
    if (Build.Kind == ForwardBuild::ConstructsStateless && Construct && !HasOptions &&
        !Form.empty() && Call->getNumArgs() == 2 && isEditable(Callee)) {
      Build.Callee = CharSourceRange::getTokenRange(Callee->getSourceRange());
      Build.Functional = Form.str();
    }
    for (unsigned I = 1; I < Call->getNumArgs(); ++I)
      TraverseStmt(const_cast<Expr *>(Call->getArg(I)));
    return true;
  }

  bool visitConstruction(const Expr *E) {
    if (!isa<CXXConstructExpr, CallExpr, CXXNewExpr>(E) || !constructsModule(E))
      return false;
    // shared_ptr<Impl>(new Impl): the new expression is the construction.
    TypeKind Kind = classifyType(E->getType()).Kind;
    if (isa<CXXConstructExpr>(E) && (Kind == TypeKind::SharedPtr || Kind == TypeKind::UniquePtr))
      return false;
    const CXXRecordDecl *Module = moduleOf(E->getType());
    Stake AtStake = stakeOf(Module, E, Model.registrations());
    llvm::StringRef Library = libraryModuleName(Module);
    std::string Name =
        Module && !isLibTorchDecl(Module) ? Module->getNameAsString() : Library.str();
    if (llvm::StringRef(Name).ends_with("Impl"))
      Name.resize(Name.size() - 4);
    add(AtStake == Stake::Nothing ? ForwardBuild::ConstructsStateless
        : InStatic                ? ForwardBuild::ConstructsStatic
        : AtStake == Stake::Mode  ? ForwardBuild::ConstructsMode
                                  : ForwardBuild::Constructs,
        E, Name);
    return true;
  }

  // layer = other; a construction or registration on the right is reported as that.
  void visitAssignment(const CXXOperatorCallExpr *Assign) {
    const FieldDecl *Field = fieldOfThis(Assign->getArg(0));
    if (!Field)
      return;
    if (builds(Assign->getArg(1))) {
      Target = Field;
      TargetOf = Assign->getArg(1)->getSourceRange();
      return;
    }
    if (!classifyType(Field->getType()).isModule())
      return;
    add(ForwardBuild::Assigns, Assign, Field->getNameAsString());
  }

  static bool builds(const Stmt *S) {
    return anyDescendant<Expr>(
        S, [](const Expr *E) { return asRegistration(E) || constructsModule(E); });
  }

  void add(ForwardBuild::Action Kind, const Expr *E, std::string Name) {
    bool Inside = Target && TargetOf.fullyContains(E->getSourceRange());
    Found.push_back({Kind, E, std::move(Name), {}, {}, Inside ? Target : nullptr});
  }

  ModuleModel &Model;
  std::vector<ForwardBuild> &Found;
  bool InStatic = false;
  // The member that the assignment met last gives its value to.
  const FieldDecl *Target = nullptr;
  SourceRange TargetOf;
};

} // namespace

std::vector<ForwardBuild> forwardBuilds(const FunctionDecl *Function, ModuleModel &Model) {
  std::vector<ForwardBuild> Found;
  BuildVisitor Visitor(Model, Found);
  Visitor.TraverseStmt(Function->getBody());
  return Found;
}

} // namespace torchtidy
