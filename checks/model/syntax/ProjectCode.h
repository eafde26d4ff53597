// Which code is the project's own: what rules report on, and what the model reads to know what the
// project does. The rest (LibTorch, the standard library, system headers, the libraries that come
// as headers) is neither; with a precompiled header it is not even loaded.
#ifndef TORCHTIDY_CHECKS_MODEL_SYNTAX_PROJECTCODE_H
#define TORCHTIDY_CHECKS_MODEL_SYNTAX_PROJECTCODE_H

#include "model/Clang.h"

namespace torchtidy {

/// True for declarations that the project wrote: not in a system header, not in a namespace of a
/// library. What stands in the main file is the project's whatever its namespace.
bool isProjectCode(const clang::Decl *D, const clang::SourceManager &Sources);

/// \p D stands in the main file, also where a macro spells it.
bool isInMainFile(const clang::Decl *D);

/// True for a function definition that a check should look at: the project's, written out, not an
/// uninstantiated template, not a lambda (those are seen from the function around them).
bool isProjectFunction(const clang::FunctionDecl *Function, const clang::SourceManager &Sources);

/// Calls \p Visit on the declarations at file level that the model reads: the project's, and those
/// of the runtime library, whose containers register what the project puts into them.
void forEachProjectDecl(clang::ASTContext &Context, llvm::function_ref<void(clang::Decl *)> Visit);

/// Calls \p Visit on the body of every function that the main file defines, and on the initialisers
/// of its constructors.
void forEachMainFileBody(clang::ASTContext &Context,
                         llvm::function_ref<void(const clang::Stmt *)> Visit);

} // namespace torchtidy

#endif
