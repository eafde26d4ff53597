// Null modules in the plain structs that a container member holds:
//   struct Layer { Conv2d conv; BatchNorm2d bn = nullptr; };  std::vector<Layer> layers_;
#ifndef TORCHTIDY_CHECKS_MODEL_MODULES_NULLELEMENTS_H
#define TORCHTIDY_CHECKS_MODEL_MODULES_NULLELEMENTS_H

#include "model/modules/NullMembers.h"

namespace torchtidy {

/// Members of such structs that some path of a constructor of \p Class leaves null in an element.
/// Followed are local variables that are filled and then put into the container or returned by a
/// lambda; silent on everything else.
std::vector<NullMember> nullElements(const clang::CXXRecordDecl *Class, ModuleModel &Model);

} // namespace torchtidy

#endif
