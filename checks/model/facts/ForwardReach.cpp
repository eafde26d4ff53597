#include "model/facts/ForwardReach.h"
#include "model/facts/CompileErrors.h"
#include "model/facts/Registrations.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/ProjectCode.h"
#include "model/syntax/Walk.h"

using namespace clang;

namespace torchtidy {

Reach reachFrom(llvm::ArrayRef<const FunctionDecl *> Roots) {
  Reach Reached;
  llvm::SmallVector<const FunctionDecl *, 8> Todo;
  auto Add = [&](const FunctionDecl *F, const CallExpr *Call) {
    const FunctionDecl *Definition = visibleDefinition(F);
    if (Definition && !Definition->isDependentContext() &&
        Reached.insert({Definition, Call}).second)
      Todo.push_back(Definition);
  };
  for (const FunctionDecl *Root : Roots)
    Add(Root, nullptr);
  while (!Todo.empty()) {
    const FunctionDecl *F = Todo.pop_back_val();
    auto AddCallsOnThis = [&](const Stmt *Code) {
      forEach<CallExpr>(Code, [&](const CallExpr *Call) {
        if (isThis(objectOf(Call)) && !isLibTorchDecl(Call->getDirectCallee()))
          Add(Call->getDirectCallee(), Call);
      });
    };
    AddCallsOnThis(F->getBody());
    if (const auto *Constructor = dyn_cast<CXXConstructorDecl>(F))
      for (const CXXCtorInitializer *Init : Constructor->inits()) {
        AddCallsOnThis(throughDefault(Init->getInit()));
        if (const auto *Construct = dyn_cast<CXXConstructExpr>(Init->getInit());
            Construct && (Init->isDelegatingInitializer() || Init->isBaseInitializer()) &&
            !isLibTorchDecl(Construct->getConstructor()))
          Add(Construct->getConstructor(), nullptr);
      }
  }
  return Reached;
}

llvm::SmallVector<const CXXMethodDecl *, 16> visibleMethods(const CXXRecordDecl *Class) {
  llvm::SmallVector<const CXXMethodDecl *, 16> Methods;
  auto Add = [&](const Decl *D) {
    if (const auto *Method = dyn_cast<CXXMethodDecl>(D))
      if (const FunctionDecl *Definition = visibleDefinition(Method);
          Definition && !Method->isImplicit())
        Methods.push_back(cast<CXXMethodDecl>(Definition));
  };
  for (const Decl *D : Class->decls()) {
    Add(D);
    if (const auto *Template = dyn_cast<FunctionTemplateDecl>(D))
      for (const FunctionDecl *Instance : Template->specializations())
        Add(Instance);
  }
  return Methods;
}

bool isForwardName(const NamedDecl *Method, llvm::StringRef ForwardNames) {
  if (const auto *Function = dyn_cast<FunctionDecl>(Method);
      Function && Function->getOverloadedOperator() == OO_Call)
    return true;
  llvm::StringRef Name = nameOf(Method);
  if (Name.starts_with("forward") || Name.starts_with("_forward"))
    return true;
  llvm::SmallVector<llvm::StringRef, 8> Names;
  ForwardNames.split(Names, ';', -1, false);
  return llvm::any_of(Names, [&](llvm::StringRef N) { return N.trim() == Name; });
}

Reach forwardReach(const CXXRecordDecl *Class, llvm::StringRef ForwardNames) {
  llvm::SmallVector<const FunctionDecl *, 4> Roots;
  for (const CXXMethodDecl *Method : visibleMethods(Class))
    if (isForwardName(Method, ForwardNames))
      Roots.push_back(Method);
  return reachFrom(Roots);
}

Reach constructorReach(const CXXRecordDecl *Class) {
  llvm::SmallVector<const FunctionDecl *, 4> Roots;
  for (const CXXMethodDecl *Method : visibleMethods(Class))
    if (isa<CXXConstructorDecl>(Method))
      Roots.push_back(Method);
  return reachFrom(Roots);
}

static bool isTensors(QualType Type) {
  TypeInfo Info = classifyType(Type);
  return Info.HoldsTensors && !Info.HoldsModules;
}

// Could register or assign something in its object.
static bool couldBuild(const CXXMethodDecl *Method) {
  return !Method->isImplicit() && !Method->isDefaulted() && !Method->isDeleted() &&
         !Method->isPureVirtual() && !Method->isConst() && !isa<CXXDestructorDecl>(Method) &&
         !isForwardName(Method) && !Method->isStatic() &&
         !classifyType(Method->getReturnType()).isTensor() && !isTensors(Method->getReturnType());
}

llvm::SmallVector<const CXXMethodDecl *, 4> hiddenBuilders(const CXXRecordDecl *Class) {
  llvm::SmallVector<const CXXMethodDecl *, 4> Hidden;
  for (const CXXMethodDecl *Method : Class->methods()) {
    if (!couldBuild(Method) || isVisible(Method))
      continue;
    // A member of a class template is instantiated when used: one that is not used is in view in
    // the pattern.
    const FunctionDecl *Pattern = Method->getTemplateInstantiationPattern();
    if (!Pattern || !isVisible(Pattern))
      Hidden.push_back(Method);
  }
  return Hidden;
}

bool isPartlyVisible(const CXXRecordDecl *Class) {
  if (!hiddenBuilders(Class).empty())
    return true;
  // A member template that nothing here calls: who does decides what it builds.
  return llvm::any_of(Class->decls(), [&](const Decl *D) {
    const auto *Template = dyn_cast<FunctionTemplateDecl>(D);
    const auto *Method = Template ? dyn_cast<CXXMethodDecl>(Template->getTemplatedDecl()) : nullptr;
    return Method && couldBuild(Method) && Template->specializations().empty();
  });
}

bool mayBeChangedElsewhere(const FieldDecl *Field, ASTContext &Context) {
  const auto *Class = dyn_cast<CXXRecordDecl>(Field->getParent());
  return !Class || isPartlyVisible(Class) || isIncomplete(Class, Context) ||
         (Field->getAccess() == AS_public && !isInMainFile(Field));
}

} // namespace torchtidy
