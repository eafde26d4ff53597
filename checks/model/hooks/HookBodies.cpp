#include "model/hooks/HookBodies.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/TemplateArguments.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxDepth = 10;

const CXXMethodDecl *callOperator(const CXXRecordDecl *Record) {
  if (!Record || !Record->hasDefinition() || Record->isLambda())
    return nullptr;
  for (const CXXMethodDecl *Method : Record->methods())
    if (Method->getOverloadedOperator() == OO_Call)
      return Method;
  return nullptr;
}

bool isStdFunction(const CXXRecordDecl *Record) { return Record && Record->isInStdNamespace(); }

class BodyFinder {
public:
  explicit BodyFinder(llvm::SmallVectorImpl<HookBody> &Bodies) : Bodies(Bodies) {}

  void callable(const Expr *E, unsigned Depth = 0);

private:
  void lambda(const LambdaExpr *Lambda);
  void function(const FunctionDecl *Function, llvm::ArrayRef<HookCapture> Captures = {});
  void functor(const CXXRecordDecl *Record, llvm::ArrayRef<const Expr *> Arguments);
  void bind(const CallExpr *Call, unsigned Depth);

  llvm::SmallVectorImpl<HookBody> &Bodies;
};

void BodyFinder::lambda(const LambdaExpr *Lambda) {
  HookBody Body;
  Body.Lambda = Lambda;
  // [](auto grad): the body that runs is an instantiation of the call operator.
  llvm::SmallVector<const FunctionDecl *, 2> Functions = lambdaBodies(Lambda);
  if (Functions.empty() || Functions.back()->isDependentContext())
    return;
  Body.Function = Functions.back();
  auto Init = Lambda->capture_init_begin();
  for (const LambdaCapture &Capture : Lambda->captures()) {
    HookCapture Result;
    Result.Loc = Capture.getLocation();
    Result.ByValue = Capture.getCaptureKind() == LCK_ByCopy;
    if (Capture.capturesThis()) {
      Result.IsThis = true;
    } else if (Capture.capturesVariable()) {
      Result.Variable = dyn_cast<VarDecl>(Capture.getCapturedVar());
      Result.Source = *Init;
      if (Result.Variable && Result.Variable->isInitCapture())
        Result.Source = Result.Variable->getInit();
    }
    ++Init;
    Body.Captures.push_back(Result);
  }
  if (Body.Function->getBody())
    Bodies.push_back(std::move(Body));
}

void BodyFinder::function(const FunctionDecl *Function, llvm::ArrayRef<HookCapture> Captures) {
  const FunctionDecl *Definition = nullptr;
  if (!Function || !Function->hasBody(Definition) || Definition->isDependentContext())
    return;
  HookBody Body;
  Body.Function = Definition;
  Body.Captures.append(Captures.begin(), Captures.end());
  Bodies.push_back(std::move(Body));
}

HookCapture boundArgument(const Expr *Argument) {
  HookCapture Capture;
  Capture.Source = Argument;
  Capture.ByValue = true;
  Capture.Loc = Argument->getExprLoc();
  Capture.IsThis = isa<CXXThisExpr>(stripValue(Argument));
  const auto *Call = dyn_cast<CallExpr>(stripValue(Argument));
  llvm::StringRef Name = calleeName(Call);
  if (Call && Call->getNumArgs() && (Name == "ref" || Name == "cref")) {
    Capture.ByValue = false;
    Capture.Source = Call->getArg(0);
  }
  return Capture;
}

void BodyFinder::functor(const CXXRecordDecl *Record, llvm::ArrayRef<const Expr *> Arguments) {
  llvm::SmallVector<HookCapture, 4> Captures;
  for (const Expr *Argument : Arguments) {
    // Only what the functor keeps by value counts as held.
    HookCapture Capture = boundArgument(Argument);
    bool Keeps = llvm::any_of(Record->fields(), [&](const FieldDecl *Field) {
      return Field->getType().getCanonicalType().getUnqualifiedType() ==
             Argument->getType().getNonReferenceType().getCanonicalType().getUnqualifiedType();
    });
    Capture.ByValue &= Keeps;
    Captures.push_back(Capture);
  }
  function(callOperator(Record), Captures);
}

void BodyFinder::bind(const CallExpr *Call, unsigned Depth) {
  llvm::SmallVector<HookCapture, 4> Captures;
  for (unsigned I = 1; I < Call->getNumArgs(); ++I)
    Captures.push_back(boundArgument(Call->getArg(I)));
  size_t First = Bodies.size();
  callable(Call->getArg(0), Depth + 1);
  for (size_t I = First; I < Bodies.size(); ++I)
    Bodies[I].Captures.append(Captures.begin(), Captures.end());
}

void BodyFinder::callable(const Expr *E, unsigned Depth) {
  E = stripValue(E);
  if (!E || Depth > MaxDepth)
    return;
  if (const auto *Lambda = dyn_cast<LambdaExpr>(E))
    return lambda(Lambda);
  if (const auto *Cast = dyn_cast<ExplicitCastExpr>(E))
    return callable(Cast->getSubExpr(), Depth + 1);
  if (const auto *Unary = dyn_cast<UnaryOperator>(E))
    return callable(Unary->getSubExpr(), Depth + 1);
  if (const auto *New = dyn_cast<CXXNewExpr>(E))
    return callable(New->getInitializer(), Depth + 1);
  if (const auto *List = dyn_cast<InitListExpr>(E)) {
    llvm::SmallVector<const Expr *, 4> Arguments(List->inits().begin(), List->inits().end());
    return functor(List->getType()->getAsCXXRecordDecl(), Arguments);
  }
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    if (const auto *Function = dyn_cast<FunctionDecl>(Ref->getDecl()))
      return function(Function);
    const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl());
    if (const Expr *Init = initialiserOf(Variable))
      return callable(Init, Depth + 1);
    if (Variable)
      return functor(Variable->getType()->getAsCXXRecordDecl(), {});
    return;
  }
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(E)) {
    llvm::ArrayRef<const Expr *> Arguments = argumentsOf(Construct);
    const CXXRecordDecl *Record = Construct->getConstructor()->getParent();
    if (callOperator(Record) && !isStdFunction(Record))
      functor(Record, Arguments);
    // std::function, unique_ptr, RecordFunctionCallback(start, end), wrappers that keep a lambda.
    for (const Expr *Argument : Arguments)
      callable(Argument, Depth + 1);
    return;
  }
  const auto *Call = dyn_cast<CallExpr>(E);
  if (!Call)
    return;
  llvm::StringRef Name = calleeName(Call);
  if ((Name == "bind" || Name == "bind_front") && Call->getNumArgs())
    return bind(Call, Depth);
  if (Name == "make_unique" || Name == "make_shared") {
    QualType Made = templateTypeArgument(Call->getType()->getAsCXXRecordDecl());
    llvm::ArrayRef<const Expr *> Arguments = argumentsOf(Call);
    if (!Made.isNull())
      functor(Made->getAsCXXRecordDecl(), Arguments);
    for (const Expr *Argument : Arguments)
      callable(Argument, Depth + 1);
    return;
  }
  // RecordFunctionCallback(...).needsInputs(true), and a lambda's conversion to a pointer.
  if (const auto *Method = dyn_cast<CXXMemberCallExpr>(Call))
    callable(Method->getImplicitObjectArgument(), Depth + 1);
}

} // namespace

bool HookBody::declares(const VarDecl *Variable) const {
  for (const DeclContext *Ctx = Variable->getDeclContext(); Ctx; Ctx = Ctx->getParent())
    if (Ctx == Function)
      return !(Lambda && Variable->isInitCapture());
  return false;
}

llvm::SmallVector<HookBody, 2> hookBodies(const HookSite &Site) {
  llvm::SmallVector<HookBody, 2> Bodies;
  BodyFinder Finder(Bodies);
  for (const Expr *Argument : Site.Call->arguments())
    if (Argument != Site.Receiver && !holdsTensor(Argument->getType()))
      Finder.callable(Argument);
  return Bodies;
}

bool holdsTensor(QualType Type) {
  if (Type.isNull())
    return false;
  Type = Type.getNonReferenceType().getCanonicalType().getUnqualifiedType();
  if (Type->isPointerType())
    return false;
  const CXXRecordDecl *Record = Type->getAsCXXRecordDecl();
  if (nameOf(Record).empty())
    return false;
  if (isNamed(Record, "c10::IValue") || isNamed(Record, "at::RecordFunction") ||
      isNamed(Record, "torchtidy::Values") || isTensorType(Type))
    return true;
  if (!Record->isInStdNamespace() && !isLibTorchDecl(Record))
    return false;
  if (Record->getName() == "function" || Record->getName() == "unique_ptr")
    return false;
  const auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(Record);
  if (!Spec)
    return false;
  for (const TemplateArgument &Argument : Spec->getTemplateArgs().asArray()) {
    if (Argument.getKind() == TemplateArgument::Type && holdsTensor(Argument.getAsType()))
      return true;
    if (Argument.getKind() == TemplateArgument::Pack)
      for (const TemplateArgument &Inner : Argument.pack_elements())
        if (Inner.getKind() == TemplateArgument::Type && holdsTensor(Inner.getAsType()))
          return true;
  }
  return false;
}

} // namespace torchtidy
