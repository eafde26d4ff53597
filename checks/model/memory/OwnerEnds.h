// What one statement does to the memory of an owner: ends it (delete, free, clear, growth, another
// value), gives it to another, or nothing.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_OWNERENDS_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_OWNERENDS_H

#include "model/memory/MemoryOwner.h"

namespace torchtidy {

enum class OwnerEvent {
  None,
  Ends,
  Passes, // moved, released, swapped: another has it now
};

/// \p HasReserve: room was reserved in view, so that adding to it need not move it. \p Context,
/// where given: a vector that gets as many elements as it was made with stays where it is.
OwnerEvent eventOf(const clang::Stmt *S, const MemoryOwner &Owner, bool HasReserve,
                   const clang::ASTContext *Context = nullptr);

/// `owner.reserve(n)` stands in \p Body.
bool reserves(const clang::Stmt *Body, const MemoryOwner &Owner);

/// How \p End ends it, to be read after the owner's name: "is deleted", "is resized".
std::string saysEnd(const clang::Stmt *End);

} // namespace torchtidy

#endif
