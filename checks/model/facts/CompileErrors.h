// Where clang lost code to an error: what a rule misses there, a registration or a guard, may well
// stand in the text.
#ifndef TORCHTIDY_CHECKS_MODEL_FACTS_COMPILEERRORS_H
#define TORCHTIDY_CHECKS_MODEL_FACTS_COMPILEERRORS_H

#include "model/Clang.h"

namespace torchtidy {

/// Is part of \p Function missing from the tree because it did not compile? After a fatal error
/// clang instantiates no templates: then everything counts as missing.
bool isIncomplete(const clang::FunctionDecl *Function, const clang::ASTContext &Context);

/// The same for a class: its body, the bodies of its methods, and its bases.
bool isIncomplete(const clang::CXXRecordDecl *Class, const clang::ASTContext &Context);

/// The same for the function around \p S.
bool isInIncompleteFunction(const clang::Stmt *S, clang::ASTContext &Context);

} // namespace torchtidy

#endif
