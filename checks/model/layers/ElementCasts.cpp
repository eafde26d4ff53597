#include "model/layers/ElementCasts.h"
#include "model/facts/CompileErrors.h"
#include "model/facts/ProjectIndex.h"
#include "model/layers/BuiltLayers.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Walk.h"
#include "model/torch/ModuleExprs.h"

using namespace clang;

namespace torchtidy {

namespace {

enum class Asks { Nothing, Exactly, Null };

// How LibTorch answers when the class is another: Sequential compares the classes and throws,
// ModuleList casts and uses the result.
Asks asksByIndex(const CXXMemberCallExpr *Call) {
  const CXXMethodDecl *Method = Call->getMethodDecl();
  if (!Method || !Method->getTemplateSpecializationArgs())
    return Asks::Nothing;
  bool At = nameOf(Method) == "at";
  if (isNamed(Method->getParent(), "torch::nn::SequentialImpl"))
    return At || nameOf(Method) == "ptr" ? Asks::Exactly : Asks::Nothing;
  return At && isNamed(Method->getParent(), "torch::nn::ModuleListImpl") ? Asks::Null
                                                                         : Asks::Nothing;
}

// The `seq[0]->as<T>()` of `seq[0]->as<T>()->weight`, `*seq[0]->as<T>()`.
const CXXMemberCallExpr *castUsedAtOnce(const Expr *E) {
  const Expr *Pointer = nullptr;
  if (const auto *Member = dyn_cast<MemberExpr>(E); Member && Member->isArrow())
    Pointer = Member->getBase();
  else if (const auto *Operator = dyn_cast<UnaryOperator>(E);
           Operator && Operator->getOpcode() == UO_Deref)
    Pointer = Operator->getSubExpr();
  const auto *Call =
      dyn_cast_or_null<CXXMemberCallExpr>(Pointer ? Pointer->IgnoreParenImpCasts() : nullptr);
  bool Casts = Call && calleeName(Call) == "as" && isLibTorchDecl(Call->getMethodDecl()) &&
               Call->getType()->isPointerType();
  return Casts ? Call : nullptr;
}

bool isOrDerives(const CXXRecordDecl *Class, const CXXRecordDecl *Base) {
  Class = Class->getDefinition();
  return Class && (declaresSameEntity(Class, Base) || Class->isDerivedFrom(Base));
}

} // namespace

void forEachWrongCast(const FunctionDecl *Function,
                      llvm::function_ref<const Expr *(const Expr *)> ElementNamedBy,
                      ASTContext &Context, llvm::function_ref<void(const WrongCast &)> Visit) {
  auto Ask = [&](const CXXMemberCallExpr *Call, const Expr *Named, QualType As, Asks How) {
    const CXXRecordDecl *Wanted = moduleOf(As);
    const Expr *Element = Wanted ? ElementNamedBy(Named) : nullptr;
    if (!Element)
      return;
    // Sequential knows the class that it was given the module as; of a cast the object's counts.
    const CXXRecordDecl *Stands =
        How == Asks::Exactly ? moduleOf(Element->getType()) : layerBuiltBy(Element, Context).Module;
    if (!Stands)
      return;
    bool Right =
        How == Asks::Exactly ? declaresSameEntity(Stands, Wanted) : isOrDerives(Stands, Wanted);
    if (!Right)
      Visit({Call, Wanted, Stands, Element, How == Asks::Exactly});
  };
  for (const Stmt *Code : codeOf(Function))
    forEach<Expr>(Code, [&](const Expr *E) {
      if (const CXXMemberCallExpr *Cast = castUsedAtOnce(E))
        return Ask(Cast, stripOwner(objectOf(Cast)), Cast->getType()->getPointeeType(), Asks::Null);
      const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
      if (Asks How = Call ? asksByIndex(Call) : Asks::Nothing; How != Asks::Nothing)
        Ask(Call, Call, Call->getType(), How);
    });
}

} // namespace torchtidy
