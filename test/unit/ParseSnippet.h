// Parses a snippet against the real LibTorch headers for the unit tests of the model.
#ifndef TORCHTIDY_TEST_UNIT_PARSESNIPPET_H
#define TORCHTIDY_TEST_UNIT_PARSESNIPPET_H

#include "clang/AST/Decl.h"
#include "clang/AST/DeclCXX.h"
#include "clang/Frontend/ASTUnit.h"
#include "llvm/ADT/StringRef.h"
#include <memory>

namespace torchtidy::test {

/// The AST of \p Code after an implicit `#include <torch/torch.h>`, which comes from a precompiled
/// header whose function bodies were skipped; those of \p Code are all there. A snippet with errors
/// fails the test that runs, and its (broken) AST is still returned.
std::unique_ptr<clang::ASTUnit> parse(llvm::StringRef Code);

/// The first class, function, field or variable of that qualified name among the declarations of
/// the snippet; null when there is none.
const clang::NamedDecl *find(clang::ASTUnit &Unit, llvm::StringRef QualifiedName);

template <typename DeclType>
const DeclType *find(clang::ASTUnit &Unit, llvm::StringRef QualifiedName) {
  return llvm::dyn_cast_or_null<DeclType>(find(Unit, QualifiedName));
}

} // namespace torchtidy::test

#endif
