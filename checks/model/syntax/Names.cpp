#include "model/syntax/Names.h"

using namespace clang;

namespace torchtidy {

bool isNamed(const NamedDecl *D, llvm::StringRef QualifiedName) {
  auto [Scope, Last] = QualifiedName.rsplit("::");
  if (Last.empty())
    std::swap(Scope, Last); // no "::": rsplit puts the whole name first
  if (!D || nameOf(D) != Last)
    return false;
  const DeclContext *Ctx = D->getDeclContext();
  while (true) {
    while (Ctx && (Ctx->isTransparentContext() || Ctx->isInlineNamespace()))
      Ctx = Ctx->getParent();
    if (Scope.empty())
      return Ctx && Ctx->isTranslationUnit();
    const auto *Outer = dyn_cast_or_null<NamedDecl>(Ctx);
    std::tie(Scope, Last) = Scope.rsplit("::");
    if (Last.empty())
      std::swap(Scope, Last);
    if (!Outer || nameOf(Outer) != Last)
      return false;
    Ctx = Ctx->getParent();
  }
}

bool isStdDecl(const Decl *D) {
  for (const DeclContext *Ctx = D ? D->getDeclContext() : nullptr; Ctx; Ctx = Ctx->getParent())
    if (Ctx->isStdNamespace())
      return true;
  return false;
}

bool isStdNamed(const NamedDecl *D, llvm::ArrayRef<llvm::StringRef> Names) {
  return D && D->isInStdNamespace() && llvm::is_contained(Names, nameOf(D));
}

llvm::StringRef outermostNamespace(const Decl *D) {
  const NamespaceDecl *Outermost = dyn_cast_or_null<NamespaceDecl>(D);
  for (const DeclContext *Ctx = D ? D->getDeclContext() : nullptr; Ctx; Ctx = Ctx->getParent())
    if (const auto *Namespace = dyn_cast<NamespaceDecl>(Ctx))
      Outermost = Namespace;
  return nameOf(Outermost);
}

} // namespace torchtidy
