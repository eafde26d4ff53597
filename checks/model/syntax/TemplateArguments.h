// The types that templates were given: `Impl` of ModuleHolder<Impl> and of make_shared<Impl>(…).
#ifndef TORCHTIDY_CHECKS_MODEL_SYNTAX_TEMPLATEARGUMENTS_H
#define TORCHTIDY_CHECKS_MODEL_SYNTAX_TEMPLATEARGUMENTS_H

#include "model/Clang.h"

namespace torchtidy {

/// The type that the specialisation \p Record has at \p Index; null for a number, a pack or
/// another template there, and for what is no specialisation.
clang::QualType templateTypeArgument(const clang::CXXRecordDecl *Record, unsigned Index = 0);
/// The same of a function.
clang::QualType templateTypeArgument(const clang::FunctionDecl *Function, unsigned Index = 0);

} // namespace torchtidy

#endif
