// LibTorch's other names, by what they mean to a rule: Names.def and Hooks.def.
#ifndef TORCHTIDY_CHECKS_MODEL_TORCH_NAMES_H
#define TORCHTIDY_CHECKS_MODEL_TORCH_NAMES_H

#include "model/Clang.h"

namespace torchtidy {

enum class RegistrationKind { Module, Replacement, Parameter, Buffer };
/// What a member of torch::nn::Module of that name registers.
std::optional<RegistrationKind> registrationKind(llvm::StringRef Name);
/// "register_buffer"
llvm::StringRef registrationName(RegistrationKind Kind);

enum class Listing { Parameters, Buffers, Children, Modules };
/// What a member of torch::nn::Module of that name lists: `parameters()`, `named_children()`.
std::optional<Listing> listingNamed(llvm::StringRef Name);
inline bool listsTensors(llvm::StringRef Name) {
  std::optional<Listing> Listed = listingNamed(Name);
  return Listed == Listing::Parameters || Listed == Listing::Buffers;
}
inline bool listsModules(llvm::StringRef Name) { return listingNamed(Name) && !listsTensors(Name); }

/// When a guard turns gradients off: always, or where its argument is true or false.
enum class GuardWhen { Always, True, False };
std::optional<GuardWhen> gradGuardNamed(llvm::StringRef Name);

/// What a function of torch::nn::init gives a tensor. Fan is drawn for the fan of a weight, and
/// throws for a tensor of less than two dimensions.
enum class InitValues { Constant, Drawn, Fan };
std::optional<InitValues> initNamed(llvm::StringRef Name);

/// `push_back`, `emplace`, `insert`: puts elements into a container, one of modules included.
bool isFiller(llvm::StringRef Name);
/// Fillers, and `clear`, `erase`, `resize`: changes which elements a container has.
bool changesContainer(llvm::StringRef Name);

/// An enumerator of c10::ScalarType for whole numbers or truth values.
bool isIntegralDtype(llvm::StringRef Enumerator);
/// `inplace`, `max_norm`: a setter of options with which the operation writes to its argument.
bool isWritingOption(llvm::StringRef Name);

/// Of a function of dropout: does it drop where its option `training` is not given? Nothing for any
/// other name.
std::optional<bool> dropoutNamed(llvm::StringRef Name);

/// Functions that install hooks, to find candidates fast.
llvm::ArrayRef<llvm::StringRef> hookFunctionNames();
bool isHookFunction(llvm::StringRef Name);
/// What a function takes away: `remove_hook` and `clear_hooks` hooks, `removeCallback` callbacks of
/// the process, `handle.remove()` what the handle stands for.
enum class Removal { Hook, Callback, Disabled, Handle };
std::optional<Removal> hookRemovalNamed(llvm::StringRef Name);

} // namespace torchtidy

#endif
