#include "model/modules/Clones.h"
#include "model/facts/ProjectIndex.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "model/torch/Operations.h"

using namespace clang;

namespace torchtidy {

namespace {

bool hasClone(const CXXRecordDecl *Class) {
  if (!Class || !Class->hasDefinition())
    return true; // who knows
  if (isNamed(Class, "torch::nn::Module"))
    return false;
  return llvm::any_of(
             Class->methods(),
             [](const CXXMethodDecl *Method) { return nameOf(Method) == nameOf(Op::clone); }) ||
         llvm::any_of(Class->bases(), [](const CXXBaseSpecifier &Base) {
           return !Base.getType()->getAsCXXRecordDecl() ||
                  (isModuleClass(Base.getType()->getAsCXXRecordDecl()) &&
                   hasClone(Base.getType()->getAsCXXRecordDecl()));
         });
}

// A class of the project that nothing in view derives from, and that has no clone() of its own.
bool cannotClone(const CXXRecordDecl *Class, const ProjectIndex &Index) {
  if (!Class || isLibTorchDecl(Class) || !isModuleClass(Class) || hasClone(Class))
    return false;
  return llvm::none_of(Index.classes(), [&](const CXXRecordDecl *Other) {
    return Other->hasDefinition() && Other->isDerivedFrom(Class);
  });
}

// The list {device}: LibTorch runs the module itself then.
bool isOneDevice(const Expr *Devices) {
  bool One = false, Many = false;
  forEach<InitListExpr>(Devices, [&](const InitListExpr *List) {
    One |= List->getNumInits() == 1;
    Many |= List->getNumInits() > 1;
  });
  return One && !Many;
}

const CXXMethodDecl *resetOf(const CXXRecordDecl *Class) {
  for (const CXXMethodDecl *Method : visibleMethods(Class))
    if (nameOf(Method) == "reset" && Method->getNumParams() == 0)
      return Method;
  return nullptr;
}

// v.push_back(..), layers->push_back(..) on a member of this object.
const FieldDecl *appendedMember(const CXXMemberCallExpr *Call) {
  return isFiller(calleeName(Call)) ? fieldOfThis(stripOwner(objectOf(Call))) : nullptr;
}

// Something gives the member another value, or takes its elements away, or hands it on.
bool isMadeAnew(const FieldDecl *Field, const Reach &Reset) {
  auto NamesField = [&](const Expr *E) { return E && fieldOfThis(stripOwner(E)) == Field; };
  return llvm::any_of(Reset, [&](const auto &Entry) {
    return anyDescendant<Stmt>(Entry.first->getBody(), [&](const Stmt *S) {
      if (auto Assign = asPlainAssignment(S))
        return NamesField(Assign->Target);
      if (const auto *Call = dyn_cast<CXXMemberCallExpr>(S); Call && NamesField(objectOf(Call)))
        return llvm::is_contained(
            {"clear", "resize", "assign", "swap", "reset", "empty", "is_empty", "size"},
            calleeName(Call));
      const auto *Call = dyn_cast<CallExpr>(S);
      return Call && !isa<CXXMemberCallExpr, CXXOperatorCallExpr>(Call) &&
             llvm::any_of(Call->arguments(), NamesField);
    });
  });
}

// The first registration that only constructors make; none where a name is not spelled out, or
// reset() registers it too.
const Expr *registeredByConstructorAlone(const CXXRecordDecl *Class, const Reach &Reset,
                                         ModuleModel &Model) {
  const Reach &Constructors = Model.constructorReachOf(Class);
  const Expr *Found = nullptr;
  for (const auto &[Site, In] : Model.registrations().all()) {
    const FunctionDecl *Function = outOfLambda(In);
    if (!Function || enclosingClass(Function) != Class || !Site.isOnThis())
      continue;
    if (Reset.count(Function))
      return nullptr; // reset() registers, and what it leaves out it may make otherwise
    if (Constructors.count(Function) && !Found)
      Found = Site.Call;
  }
  return Found;
}

} // namespace

std::optional<CloneCall> unsupportedClone(const CallExpr *Call, const ProjectIndex &Index) {
  if (const auto *Method = dyn_cast<CXXMemberCallExpr>(Call)) {
    if (calleeName(Method) != nameOf(Op::clone) ||
        !isNamed(Method->getMethodDecl()->getParent(), "torch::nn::Module") ||
        isThis(objectOf(Method)))
      return std::nullopt;
    const CXXRecordDecl *Module =
        moduleOf(Method->getImplicitObjectArgument()->IgnoreParenImpCasts()->getType());
    return cannotClone(Module, Index) ? std::optional<CloneCall>({Module, false}) : std::nullopt;
  }
  llvm::StringRef Name = calleeName(Call);
  if ((Name != "data_parallel" && Name != "replicate") || !isLibTorchDecl(calleeOf(Call)) ||
      Call->getNumArgs() < 2)
    return std::nullopt;
  const Expr *Devices =
      Call->getArg(Name == "replicate" ? 1 : std::min(2U, Call->getNumArgs() - 1));
  const CXXRecordDecl *Module = moduleOf(Call->getArg(0)->IgnoreParenImpCasts()->getType());
  if (isOneDevice(Devices) || !cannotClone(Module, Index))
    return std::nullopt;
  return CloneCall{Module, true};
}

llvm::SmallVector<CloneDefect, 2> cloneDefects(const CXXRecordDecl *Class, ModuleModel &Model) {
  llvm::SmallVector<CloneDefect, 2> Defects;
  const CXXMethodDecl *Reset = resetOf(Class);
  if (!derivesFrom(Class, "torch::nn::Cloneable") || !Reset || Reset->getParent() != Class ||
      isPartlyVisible(Class))
    return Defects;
  Reach Reached = reachFrom({Reset});
  if (const Expr *Registered = registeredByConstructorAlone(Class, Reached, Model))
    Defects.push_back({Registered, nullptr});
  for (const auto &[Function, Call] : Reached) {
    const Expr *Appends = nullptr;
    const FieldDecl *Member = nullptr;
    forEach<CXXMemberCallExpr>(Function->getBody(), [&](const CXXMemberCallExpr *Append) {
      const FieldDecl *Field = Appends ? nullptr : appendedMember(Append);
      if (!Field)
        return;
      TypeInfo Info = classifyType(Field->getType());
      bool HoldsModules =
          (Info.Kind == TypeKind::Container && Info.HoldsModules) || Info.isRegistrable();
      if (HoldsModules && !isMadeAnew(Field, Reached)) {
        Appends = Append;
        Member = Field;
      }
    });
    if (Appends) {
      Defects.push_back({Appends, Member});
      break;
    }
  }
  return Defects;
}

} // namespace torchtidy
