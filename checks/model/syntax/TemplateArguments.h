// The types that templates were given: `Impl` of ModuleHolder<Impl> and of make_shared<Impl>(…).
#ifndef TORCHTIDY_CHECKS_MODEL_SYNTAX_TEMPLATEARGUMENTS_H
#define TORCHTIDY_CHECKS_MODEL_SYNTAX_TEMPLATEARGUMENTS_H

#include "model/Clang.h"
#include <optional>

namespace torchtidy {

/// The type that the specialisation \p Record has at \p Index; null for a number, a pack or
/// another template there, and for what is no specialisation.
clang::QualType templateTypeArgument(const clang::CXXRecordDecl *Record, unsigned Index = 0);
/// The same of a function.
clang::QualType templateTypeArgument(const clang::FunctionDecl *Function, unsigned Index = 0);

/// The 1 of `std::get<1>(tuple)`; nothing of other calls and of a type there.
std::optional<unsigned> partOfTuple(const clang::CallExpr *Call);

} // namespace torchtidy

#endif
