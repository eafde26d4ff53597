// Names to register a member under, as a person would choose them.
#ifndef TORCHTIDY_CHECKS_MODEL_MODULES_REGISTRATIONNAMES_H
#define TORCHTIDY_CHECKS_MODEL_MODULES_REGISTRATIONNAMES_H

#include "model/modules/ModuleModel.h"

namespace torchtidy {

/// "drop" for `drop_`, `m_drop` and `_drop`; the member's own name where another member or a
/// registration has that one; empty where both are taken.
std::string freeName(const clang::FieldDecl *Field, ModuleModel &Model);

/// "layers_" for `layers_` and `layers`, to be followed by a number; empty as above.
std::string freePrefix(const clang::FieldDecl *Field, ModuleModel &Model);

} // namespace torchtidy

#endif
