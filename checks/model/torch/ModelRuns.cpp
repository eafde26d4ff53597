#include "model/torch/ModelRuns.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Walk.h"
#include "model/torch/Layers.h"
#include "model/torch/ModuleExprs.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxDepth = 6;
// Functions that call each other to make a layer; one may call itself.
constexpr unsigned MaxMakers = 2;

// What \p Code builds of LibTorch's modules, by itself or in functions in view that hand it one:
// `conv_bn(1, 24)`.
bool anyBuiltModule(const Stmt *Code, llvm::function_ref<bool(const CXXRecordDecl *)> Test,
                    unsigned Depth = 0) {
  if (anyDescendant<CXXConstructExpr>(Code, [&](const CXXConstructExpr *E) {
        const CXXRecordDecl *Built = moduleOf(E->getType());
        return Built && isLibTorchDecl(Built) && constructsModule(E) && Test(Built);
      }))
    return true;
  return Depth < MaxMakers &&
         anyDescendant<CallExpr>(
             Code,
             [&](const CallExpr *Call) {
               const FunctionDecl *Maker =
                   moduleOf(Call->getType()) ? visibleDefinition(calleeOf(Call)) : nullptr;
               return Maker && anyBuiltModule(Maker->getBody(), Test, Depth + 1);
             });
}

// The modules that \p Class has as members, in containers too, and those that its constructors
// build.
bool anyMemberModule(const CXXRecordDecl *Class,
                     llvm::function_ref<bool(const CXXRecordDecl *)> Test) {
  const CXXRecordDecl *Definition = Class ? Class->getDefinition() : nullptr;
  if (!Definition || isLibTorchDecl(Definition))
    return false;
  for (const FieldDecl *Field : Definition->fields()) {
    QualType Type = Field->getType();
    TypeInfo Info = classifyType(Type);
    for (unsigned Depth = 0;
         Info.Kind == TypeKind::Container && !Info.Element.isNull() && Depth < 4; ++Depth)
      Info = classifyType(Type = Info.Element);
    if (Info.isModule() && Info.Module && Test(Info.Module))
      return true;
  }
  for (const CXXMethodDecl *Method : Definition->methods())
    if (const FunctionDecl *Visible = visibleDefinition(Method))
      for (const Stmt *Code : codeOf(Visible))
        if (anyBuiltModule(Code, Test))
          return true;
  return llvm::any_of(Definition->bases(), [&](const CXXBaseSpecifier &Base) {
    const CXXRecordDecl *Record = Base.getType()->getAsCXXRecordDecl();
    return Record && isModuleClass(Record) && anyMemberModule(Record, Test);
  });
}

bool hasParametersAt(const CXXRecordDecl *Module, unsigned Depth) {
  if (!Module || Depth > MaxDepth)
    return false;
  if (Layer L = layerOf(Module); L != Layer::None)
    return isContainerLayer(L) || infoOf(L).Lost == Stake::Parameters;
  bool RegistersOne = llvm::any_of(Module->methods(), [](const CXXMethodDecl *Method) {
    const FunctionDecl *Visible = visibleDefinition(Method);
    return Visible && llvm::any_of(codeOf(Visible), [](const Stmt *Code) {
             return anyDescendant<CXXMemberCallExpr>(Code, [](const CXXMemberCallExpr *Call) {
               auto Site = asRegistration(Call);
               return Site && Site->Kind == RegistrationKind::Parameter;
             });
           });
  });
  return RegistersOne || anyMemberModule(Module, [&](const CXXRecordDecl *Member) {
           return Member != Module && hasParametersAt(Member, Depth + 1);
         });
}

// InstanceNorm has statistics of its own only when it is asked to; they are not of the batch.
bool tracksBatches(Layer L) {
  return L == Layer::BatchNorm1d || L == Layer::BatchNorm2d || L == Layer::BatchNorm3d;
}

bool dependsOnMode(Layer L) { return familyOf(L) == LayerFamily::Dropout || tracksBatches(L); }

// The name of a layer that Test accepts, in Module or at any depth of it.
llvm::StringRef layerWithin(const CXXRecordDecl *Module, bool (*Test)(Layer), unsigned Depth = 0) {
  if (!Module || Depth > MaxDepth)
    return {};
  if (Layer L = layerOf(Module); L != Layer::None)
    return Test(L) ? llvm::StringRef(infoOf(L).Name) : llvm::StringRef();
  llvm::StringRef Found;
  anyMemberModule(Module, [&](const CXXRecordDecl *Member) {
    if (Member != Module)
      Found = layerWithin(Member, Test, Depth + 1);
    return !Found.empty();
  });
  return Found;
}

} // namespace

bool isLossRun(const Stmt *S) {
  auto Run = asModelRun(S);
  const CXXRecordDecl *Module = Run && !Run->IsScript ? moduleOf(Run->Model->getType()) : nullptr;
  return Module && isLibTorchDecl(Module) && nameOf(Module).ends_with("LossImpl");
}

bool isScriptModule(QualType Type) {
  Type = Type.getNonReferenceType();
  if (Type->isPointerType())
    Type = Type->getPointeeType();
  const CXXRecordDecl *Record = Type->getAsCXXRecordDecl();
  return isNamed(Record, "torch::jit::Module") || derivesFrom(Record, "torch::jit::Module");
}

std::optional<ModelRun> asModelRun(const Stmt *S) {
  const auto *Call = dyn_cast_or_null<CallExpr>(S);
  const Expr *Object = objectOf(Call);
  if (!Object || isThis(Object))
    return std::nullopt;
  bool IsCall = asOperator(Call, OO_Call);
  if (!IsCall && calleeName(Call) != "forward" && calleeName(Call) != "run_method")
    return std::nullopt;
  // `ptr->forward({x})` of a smart pointer to a script module
  Object = stripArrow(Object);
  if (const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Call->getDirectCallee());
      Method && isNamed(Method->getParent(), "torch::jit::Module"))
    return ModelRun{Call, Object, true};
  if (isScriptModule(Object->getType()))
    return ModelRun{Call, Object, true};
  if (moduleOf(Object->getType()) ||
      isNamed(Object->getType().getNonReferenceType()->getAsCXXRecordDecl(),
              "torch::nn::AnyModule"))
    return ModelRun{Call, Object, false};
  return std::nullopt;
}

bool hasParameters(const CXXRecordDecl *Module) { return hasParametersAt(Module, 0); }

llvm::StringRef modeDependentLayer(const CXXRecordDecl *Module) {
  return layerWithin(Module, dependsOnMode);
}

llvm::StringRef statisticsLayer(const CXXRecordDecl *Module) {
  return layerWithin(Module, tracksBatches);
}

} // namespace torchtidy
