// Registers every check of the catalogue with clang-tidy's module registry.
#ifndef TORCHTIDY_CHECKS_TORCHTIDYMODULE_H
#define TORCHTIDY_CHECKS_TORCHTIDYMODULE_H

namespace torchtidy {

// Name of the clang-tidy module; a static link refers to TorchTidyModuleAnchor so that the
// registration is kept.
extern volatile int TorchTidyModuleAnchor;

} // namespace torchtidy

#endif
