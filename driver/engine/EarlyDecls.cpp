#include "engine/EarlyDecls.h"
#include "support/Clang.h"

using namespace clang;
using namespace llvm;

namespace torchtidy {

static std::string anyOf(const DeclContext *Context) {
  for (const Decl *D : Context->decls()) {
    std::string Reason = meetsSharedHeaders(D);
    if (!Reason.empty())
      return Reason;
  }
  return "";
}

static bool isSharedName(const NamedDecl *D) {
  return !D->getDeclName().isEmpty() &&
         any_of(D->getASTContext().getTranslationUnitDecl()->lookup(D->getDeclName()),
                [](const NamedDecl *Found) { return Found->isFromASTFile(); });
}

// Names declared in Context are found by global lookup.
static bool isGlobal(const DeclContext *Context) {
  while (Context->isTransparentContext() || Context->isInlineNamespace())
    Context = Context->getParent();
  return Context->isTranslationUnit();
}

std::string meetsSharedHeaders(const Decl *D) {
  if (isa<EmptyDecl, StaticAssertDecl>(D))
    return "";
  if (const auto *Linkage = dyn_cast<LinkageSpecDecl>(D))
    return anyOf(Linkage);
  if (const auto *Namespace = dyn_cast<NamespaceDecl>(D)) {
    if (Namespace->isAnonymousNamespace())
      return "an unnamed namespace";
    if (Namespace->isInline())
      return anyOf(Namespace);
    if (Namespace->getFirstDecl()->isFromASTFile())
      return "namespace '" + Namespace->getNameAsString() + "'";
    return "";
  }
  const auto *Named = dyn_cast<NamedDecl>(D);
  if (!Named || isa<UsingDirectiveDecl, UsingDecl, UsingEnumDecl>(D))
    return "a using or other declaration";
  const auto *Function = D->getAsFunction();
  if (Function && Function->isOverloadedOperator() && !isa<CXXMethodDecl>(Function))
    return "'" + Named->getNameAsString() + "'";
  // A member that is defined out of its class was declared in it.
  if (const DeclContext *Owner = D->getDeclContext(); !isGlobal(Owner))
    return cast<Decl>(Owner)->isFromASTFile() ? "'" + Named->getQualifiedNameAsString() + "'" : "";
  if (isSharedName(Named))
    return "'" + Named->getNameAsString() + "'";
  if (const auto *Enum = dyn_cast<EnumDecl>(D); Enum && !Enum->isScoped())
    return anyOf(Enum);
  return "";
}

} // namespace torchtidy
