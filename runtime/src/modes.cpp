// The modes of whole trees, each module's own: `train()` would change the children as well.

#include <torchtidy/clone_into.h>
#include <torchtidy/kept_modes.h>

#include "tree.h"

#include <unordered_map>

namespace torchtidy {
namespace detail {

using OwnMode = torch::nn::Cloneable<CloneInto>;

KeptModes::KeptModes(torch::nn::Module& model) {
  check_children(model); // whoever keeps modes calls train() or eval() next
  for (auto& named : all_modules(model, Names::first)) {
    modes_.emplace_back(std::move(named.second), named.second->is_training());
  }
}

KeptModes::~KeptModes() {
  for (const auto& [module, training] : modes_) {
    OwnMode::set_own_mode(*module, training);
  }
}

void copy_modes(torch::nn::Module& to, const torch::nn::Module& from) {
  std::unordered_map<std::string, std::shared_ptr<torch::nn::Module>> twins;
  for (auto& named : all_modules(to, Names::all)) {
    twins.emplace(named.first, std::move(named.second));
  }
  for (const auto& named : all_modules(const_cast<torch::nn::Module&>(from), Names::all)) {
    if (const auto twin = twins.find(named.first); twin != twins.end()) {
      OwnMode::copy_own_mode(*twin->second, *named.second);
    }
  }
}

} // namespace detail
} // namespace torchtidy
