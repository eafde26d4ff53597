// Whether functions read a member.
#ifndef TORCHTIDY_CHECKS_MODEL_FACTS_READS_H
#define TORCHTIDY_CHECKS_MODEL_FACTS_READS_H

#include "model/Clang.h"

namespace torchtidy {

/// True when a method of \p Class in view reads \p Field (assigning to it is no read).
bool isRead(const clang::ValueDecl *Field, llvm::ArrayRef<const clang::FunctionDecl *> In);

/// The same, without reads for which the tensor may lie on the host whatever the module's device:
/// of its values or shape (`table[i].item<float>()`, `table.size(0)`), as indices, and where each
/// use brings it to the device (`table.to(x.device())`).
bool isReadAsTensor(const clang::ValueDecl *Field, llvm::ArrayRef<const clang::FunctionDecl *> In);

/// \p In, constructors aside, do nothing with \p Field but return it: what it holds is run, trained
/// and kept by who asks for it.
bool isOnlyReturned(const clang::ValueDecl *Field, llvm::ArrayRef<const clang::FunctionDecl *> In);

} // namespace torchtidy

#endif
