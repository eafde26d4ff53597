// Names of declarations. A declaration may have none (operators, constructors, anonymous
// namespaces), and getName() of such a one asserts: here it is the empty string.
#ifndef TORCHTIDY_CHECKS_MODEL_SYNTAX_NAMES_H
#define TORCHTIDY_CHECKS_MODEL_SYNTAX_NAMES_H

#include "model/Clang.h"

namespace torchtidy {

/// The plain identifier of \p D; empty where it has none and for null.
inline llvm::StringRef nameOf(const clang::NamedDecl *D) {
  return D && D->getIdentifier() ? D->getName() : llvm::StringRef();
}

/// Fully qualified name equals \p QualifiedName, looked through inline namespaces:
/// isNamed(F, "torch::nn::Module").
bool isNamed(const clang::NamedDecl *D, llvm::StringRef QualifiedName);

/// True for everything declared in namespace std, members of its classes included.
bool isStdDecl(const clang::Decl *D);

/// A declaration directly in namespace std with one of these names.
bool isStdNamed(const clang::NamedDecl *D, llvm::ArrayRef<llvm::StringRef> Names);

/// The name of the namespace at file level that \p D stands in, or is; empty for none and for one
/// without a name.
llvm::StringRef outermostNamespace(const clang::Decl *D);

} // namespace torchtidy

#endif
