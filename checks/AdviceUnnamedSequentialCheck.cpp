#include "AdviceUnnamedSequentialCheck.h"
#include "model/facts/Registrations.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/CallWalk.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/torch/Layers.h"
#include "model/torch/Names.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// "features.4.weight": the part before the first number is "features", for "4.weight" it is empty.
bool namesByNumber(llvm::StringRef Path, llvm::StringRef &Parent) {
  llvm::StringRef Before;
  while (!Path.empty()) {
    auto [Part, Rest] = Path.split('.');
    if (!Part.empty() && Part.find_first_not_of("0123456789") == llvm::StringRef::npos) {
      Parent = Before;
      return true;
    }
    Before = Part;
    Path = Rest;
  }
  return false;
}

// Is the object of the look-up what named_children() and its like returned?
bool isChildDictionary(const Expr *E, const Expr *&Module) {
  E = stripValue(E);
  if (const Expr *Init = initialiserOf(E))
    E = Init;
  if (!isa<CXXMemberCallExpr>(E) || !isLibTorchDecl(calleeOf(E)))
    return false;
  Module = objectOf(E);
  return calleeName(E).starts_with("named_") && listingNamed(calleeName(E));
}

// An element that brings its name along: {"conv", Conv2d(…)}.
bool isNamedChild(const Expr *E) {
  const CXXRecordDecl *Record = stripValue(E)->getType()->getAsCXXRecordDecl();
  return llvm::is_contained({"NamedAnyModule", "OrderedDict", "initializer_list"}, nameOf(Record));
}

const FieldDecl *sequentialField(const ProjectIndex &Index, llvm::StringRef Name,
                                 const Expr *Object) {
  const auto *Field = dyn_cast_or_null<FieldDecl>(Object ? namedDecl(stripOwner(Object)) : nullptr);
  auto IsSequential = [](const FieldDecl *F) {
    return layerOf(classifyType(F->getType()).Module) == Layer::Sequential;
  };
  if (Name.empty())
    return Field && IsSequential(Field) ? Field : nullptr;
  for (const CXXRecordDecl *Class : Index.classes()) {
    if (!isModuleClass(Class))
      continue;
    for (const FieldDecl *F : Class->fields())
      if (F->getName().trim('_') == Name && IsSequential(F))
        return F;
  }
  return nullptr;
}

// The construction or push that gives the Sequential a child without a name, else null.
const Expr *unnamedChild(const ProjectIndex &Index, const Registrations &Regs,
                         const FieldDecl *Field) {
  for (const Registrations::Store &Element : Regs.elementsNamed(Field))
    if (!Element.IsNamed && classifyType(stripValue(Element.Value)->getType()).isModule())
      return Element.Value;
  for (const Expr *Value : Index.valuesOf(Field)) {
    const Expr *E = Value ? stripValue(Value) : nullptr;
    // A holder made of the shared_ptr that register_module returns.
    if (const auto *Wrap = dyn_cast_or_null<CXXConstructExpr>(E);
        Wrap && Wrap->getNumArgs() == 1 &&
        classifyType(stripValue(Wrap->getArg(0))->getType()).Kind == TypeKind::SharedPtr &&
        moduleOf(Wrap->getArg(0)->getType()) == moduleOf(Wrap->getType()))
      E = stripValue(Wrap->getArg(0));
    if (const auto *Call = dyn_cast_or_null<CallExpr>(E); Call && Call->getNumArgs() == 2)
      E = stripValue(Call->getArg(1)); // register_module(name, Sequential(…))
    if (const auto *Cast = dyn_cast_or_null<CXXFunctionalCastExpr>(E)) // Sequential(one)
      E = stripValue(Cast->getSubExpr());
    const auto *Construct = dyn_cast_or_null<CXXConstructExpr>(E);
    if (Construct && Construct->getNumArgs() >= 1 && !isNamedChild(Construct->getArg(0)) &&
        classifyType(stripValue(Construct->getArg(0))->getType()).isModule())
      return Construct;
  }
  return nullptr;
}

} // namespace

void AdviceUnnamedSequentialCheck::checkFunction(const FunctionDecl *Function,
                                                 ASTContext &Context) {
  forEachCall(Function, [&](const CallExpr *Call, const UseContext &) {
    const Expr *Object = nullptr, *Key = nullptr, *Module = nullptr;
    bool Asks = asOperator(Call, OO_Subscript) ||
                (isa<CXXMemberCallExpr>(Call) &&
                 llvm::is_contained({"find", "contains"}, calleeName(Call)));
    if (!Asks || argumentsOf(Call).size() != 1)
      return;
    Object = objectOf(Call);
    Key = argumentFor(Call, 0);
    const clang::StringLiteral *Path = stringLiteral(Key);
    llvm::StringRef Parent;
    if (!Path || !namesByNumber(Path->getString(), Parent) || !isChildDictionary(Object, Module))
      return;
    const ProjectIndex &Index = index(Context);
    const FieldDecl *Field = sequentialField(Index, Parent, Module);
    const Expr *Child =
        Field ? unnamedChild(Index, facts(Context).registrations(), Field) : nullptr;
    if (!Child || !Reported.insert(Field).second)
      return;
    diag(Child->getBeginLoc(),
         "the children of %0 have numbers for names, and '%1' is looked up by "
         "one: a layer put in front makes it another layer's name")
        << Field << Path->getString();
    diag(Path->getBeginLoc(), "looked up here", DiagnosticIDs::Note);
  });
}

} // namespace torchtidy
