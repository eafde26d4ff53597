#include "model/torch/ContainerChanges.h"
#include "llvm/ADT/StringSwitch.h"

namespace torchtidy {

ContainerChange containerChange(llvm::StringRef Name) {
  return llvm::StringSwitch<ContainerChange>(Name)
#define FILLER(Name, How) .Case(#Name, ContainerChange::How)
#define REMOVER(Name, How) .Case(#Name, ContainerChange::How)
#include "model/torch/Names.def"
      .Default(ContainerChange::Otherwise);
}

} // namespace torchtidy
