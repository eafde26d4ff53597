#include "model/torch/Names.h"
#include "llvm/ADT/StringSwitch.h"

namespace torchtidy {

std::optional<RegistrationKind> registrationKind(llvm::StringRef Name) {
  return llvm::StringSwitch<std::optional<RegistrationKind>>(Name)
#define REGISTRATION(Name, Kind) .Case(#Name, RegistrationKind::Kind)
#include "model/torch/Names.def"
      .Default(std::nullopt);
}

llvm::StringRef registrationName(RegistrationKind Kind) {
  static constexpr llvm::StringRef Names[] = {
#define REGISTRATION(Name, Kind) #Name,
#include "model/torch/Names.def"
  };
  return Names[unsigned(Kind)];
}

std::optional<Listing> listingNamed(llvm::StringRef Name) {
  return llvm::StringSwitch<std::optional<Listing>>(Name)
#define LISTING(Name, Kind) .Case(#Name, Listing::Kind)
#include "model/torch/Names.def"
      .Default(std::nullopt);
}

std::optional<GuardWhen> gradGuardNamed(llvm::StringRef Name) {
  return llvm::StringSwitch<std::optional<GuardWhen>>(Name)
#define GUARD(Name, When) .Case(#Name, GuardWhen::When)
#include "model/torch/Names.def"
      .Default(std::nullopt);
}

std::optional<InitValues> initNamed(llvm::StringRef Name) {
  return llvm::StringSwitch<std::optional<InitValues>>(Name)
#define INIT(Name, Values) .Case(#Name, InitValues::Values)
#include "model/torch/Names.def"
      .Default(std::nullopt);
}

bool isFiller(llvm::StringRef Name) {
  return llvm::StringSwitch<bool>(Name)
#define FILLER(Name, How) .Case(#Name, true)
#include "model/torch/Names.def"
      .Default(false);
}

bool changesContainer(llvm::StringRef Name) {
  return isFiller(Name) || llvm::StringSwitch<bool>(Name)
#define REMOVER(Name, How) .Case(#Name, true)
#include "model/torch/Names.def"
                               .Default(false);
}

bool isIntegralDtype(llvm::StringRef Enumerator) {
  return llvm::StringSwitch<bool>(Enumerator)
#define INTEGRAL(Name) .Case(#Name, true)
#include "model/torch/Names.def"
      .Default(false);
}

bool isWritingOption(llvm::StringRef Name) {
  return llvm::StringSwitch<bool>(Name)
#define WRITING_OPTION(Name) .Case(#Name, true)
#include "model/torch/Names.def"
      .Default(false);
}

std::optional<bool> dropoutNamed(llvm::StringRef Name) {
  return llvm::StringSwitch<std::optional<bool>>(Name)
#define DROPOUT(Name, ByDefault) .Case(#Name, ByDefault)
#include "model/torch/Names.def"
      .Default(std::nullopt);
}

llvm::ArrayRef<llvm::StringRef> hookFunctionNames() {
  static constexpr llvm::StringRef Names[] = {
#define HOOK(Name) #Name,
#include "model/torch/Hooks.def"
  };
  return Names;
}

bool isHookFunction(llvm::StringRef Name) { return llvm::is_contained(hookFunctionNames(), Name); }

std::optional<Removal> hookRemovalNamed(llvm::StringRef Name) {
  return llvm::StringSwitch<std::optional<Removal>>(Name)
#define REMOVAL(Name, Kind) .Case(#Name, Removal::Kind)
#include "model/torch/Hooks.def"
      .Default(std::nullopt);
}

} // namespace torchtidy
