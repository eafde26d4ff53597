#include "model/modules/Clones.h"
#include "model/facts/ProjectIndex.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "model/torch/ContainerChanges.h"
#include "model/torch/Names.h"
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

// What a pointer or reference \p Of leads to may be of a class derived elsewhere: the class is
// abstract, or has virtual members of its own and nothing in view constructs it.
bool mayBeDerived(const CXXRecordDecl *Class, QualType Of, const ProjectIndex &Index) {
  if (Class->isAbstract())
    return true;
  bool IsHolder = classifyType(Of).Kind == TypeKind::Holder;
  bool IsBase = llvm::any_of(Class->methods(), [](const CXXMethodDecl *Method) {
    return Method->isVirtual() && Method->size_overridden_methods() == 0;
  });
  return !IsHolder && IsBase && !Class->isEffectivelyFinal() &&
         llvm::none_of(Index.constructions(),
                       [&](const auto &Each) { return Each.Module == Class; });
}

// A class of the project that nothing in view derives from, and that has no clone() of its own.
bool cannotClone(const CXXRecordDecl *Class, QualType Of, const ProjectIndex &Index) {
  if (!Class || isLibTorchDecl(Class) || !isModuleClass(Class) || hasClone(Class) ||
      mayBeDerived(Class, Of, Index))
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
      if (const auto *Call = dyn_cast<CXXMemberCallExpr>(S); Call && NamesField(objectOf(Call))) {
        llvm::StringRef Name = calleeName(Call);
        return (changesContainer(Name) && !isFiller(Name)) ||
               containerChange(Name) == ContainerChange::SetsKey ||
               llvm::is_contained({"assign", "swap", "reset", "empty", "is_empty", "size"}, Name);
      }
      const auto *Call = dyn_cast<CallExpr>(S);
      return Call && !isa<CXXOperatorCallExpr>(Call) && !asRegistration(Call) &&
             llvm::any_of(Call->arguments(), NamesField);
    });
  });
}

// A copy constructor of its own does not copy the member, or stands elsewhere.
bool isLeftEmptyByCopies(const FieldDecl *Field, const CXXRecordDecl *Class) {
  return llvm::any_of(Class->ctors(), [&](const CXXConstructorDecl *Constructor) {
    if (!Constructor->isCopyConstructor() || !Constructor->isUserProvided())
      return false;
    const auto *Definition = visibleDefinition(Constructor);
    return !Definition || (!mentions(Definition->getBody(), Field) &&
                           llvm::none_of(cast<CXXConstructorDecl>(Definition)->inits(),
                                         [&](const CXXCtorInitializer *Init) {
                                           return Init->isWritten() && Init->getMember() == Field;
                                         }));
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
    // Of a holder or smart pointer, the arrow tells.
    const Expr *Object = stripArrow(Method->getImplicitObjectArgument())->IgnoreParenImpCasts();
    const CXXRecordDecl *Module = moduleOf(Object->getType());
    return cannotClone(Module, Object->getType(), Index) ? std::optional<CloneCall>({Module, false})
                                                         : std::nullopt;
  }
  llvm::StringRef Name = calleeName(Call);
  if ((Name != "data_parallel" && Name != "replicate") || !isLibTorchDecl(calleeOf(Call)) ||
      Call->getNumArgs() < 2)
    return std::nullopt;
  const Expr *Devices =
      Call->getArg(Name == "replicate" ? 1 : std::min(2U, Call->getNumArgs() - 1));
  QualType Given = Call->getArg(0)->IgnoreParenImpCasts()->getType();
  const CXXRecordDecl *Module = moduleOf(Given);
  if (isOneDevice(Devices) || !cannotClone(Module, Given, Index))
    return std::nullopt;
  return CloneCall{Module, true};
}

llvm::SmallVector<CloneDefect, 2> cloneDefects(const CXXRecordDecl *Class, ModuleModel &Model) {
  llvm::SmallVector<CloneDefect, 2> Defects;
  const CXXMethodDecl *Reset = resetOf(Class);
  if (!derivesFrom(Class, "torch::nn::Cloneable") || !Reset || Reset->getParent() != Class ||
      isPartlyVisible(Class) || llvm::any_of(Class->methods(), [](const CXXMethodDecl *Method) {
        return nameOf(Method) == nameOf(Op::clone);
      }))
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
      if (HoldsModules && !isMadeAnew(Field, Reached) && !isLeftEmptyByCopies(Field, Class)) {
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
