// The keys that an object has in an archive, as a list.
#ifndef TORCHTIDY_CHECKS_MODEL_SUMMARIES_KEYLIST_H
#define TORCHTIDY_CHECKS_MODEL_SUMMARIES_KEYLIST_H

#include "model/summaries/ModuleTree.h"

namespace torchtidy {

struct ListedKey {
  std::string Name; // "layer1.0.conv1.weight"; with "…" for what is not known of it
  bool IsExact = true;
  enum Kind { Parameter, Buffer, Open } Is = Parameter; // Open: any number of keys may begin so
  TreeTensor Of;
  std::string Why;  // Open: why they are not known. Others: why shape and dtype are not
  std::string When; // why it may not be there; empty: it is
  std::string File; // where it, or the module that has it, is registered; empty: in LibTorch
  unsigned Line = 0;
};

/// What is registered as a module: "layer1.0".
struct ListedModule {
  std::string Name;
  std::string File; // where
  unsigned Line = 0;
};

/// In the order in which LibTorch lists them: own tensors, then modules.
std::vector<ListedKey> listKeys(const ModuleNode &Root,
                                std::vector<ListedModule> *Modules = nullptr);

} // namespace torchtidy

#endif
