// Declarations of the project that stand before a shared header. Sharing moves the header in front
// of them; that changes nothing as long as the header cannot see them and they do not add to what
// it declares.
#ifndef TORCHTIDY_DRIVER_ENGINE_EARLYDECLS_H
#define TORCHTIDY_DRIVER_ENGINE_EARLYDECLS_H

#include "clang/AST/Decl.h"
#include <string>

namespace torchtidy {

// Why the top-level declaration D, parsed after the shared headers, might have meant something to
// them; empty when it cannot have. Headers see what is declared globally, under a name that they
// look up globally, or in a namespace of theirs.
std::string meetsSharedHeaders(const clang::Decl *D);

} // namespace torchtidy

#endif
