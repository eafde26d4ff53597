#include "model/syntax/TemplateArguments.h"
#include "model/syntax/Names.h"

using namespace clang;

namespace torchtidy {

static QualType typeAt(llvm::ArrayRef<TemplateArgument> Arguments, unsigned Index) {
  return Index < Arguments.size() && Arguments[Index].getKind() == TemplateArgument::Type
             ? Arguments[Index].getAsType()
             : QualType();
}

QualType templateTypeArgument(const CXXRecordDecl *Record, unsigned Index) {
  const auto *Spec = dyn_cast_or_null<ClassTemplateSpecializationDecl>(Record);
  return Spec ? typeAt(Spec->getTemplateArgs().asArray(), Index) : QualType();
}

QualType templateTypeArgument(const FunctionDecl *Function, unsigned Index) {
  const TemplateArgumentList *Arguments =
      Function ? Function->getTemplateSpecializationArgs() : nullptr;
  return Arguments ? typeAt(Arguments->asArray(), Index) : QualType();
}

std::optional<unsigned> partOfTuple(const CallExpr *Call) {
  const FunctionDecl *Callee = Call ? Call->getDirectCallee() : nullptr;
  const TemplateArgumentList *Arguments =
      Callee ? Callee->getTemplateSpecializationArgs() : nullptr;
  if (!isStdNamed(Callee, {"get"}) || !Arguments || Arguments->size() == 0 ||
      Arguments->get(0).getKind() != TemplateArgument::Integral || Call->getNumArgs() != 1)
    return std::nullopt;
  return unsigned(Arguments->get(0).getAsIntegral().getExtValue());
}

} // namespace torchtidy
