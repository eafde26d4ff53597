#include <torchtidy/clone_into.h>
#include <torchtidy/sequential.h>

namespace torchtidy {

template class HookedImpl<TensorSequentialImpl>;
TORCHTIDY_LIBRARY_MODULE_KNOWN_(TensorSequential);

std::shared_ptr<torch::nn::Module> TensorSequentialImpl::clone(const Optional<torch::Device>& device) const {
  auto copy = std::make_shared<TensorSequentialImpl>();
  const auto names = named_children().keys();
  size_t index = 0;
  for (const auto& module : *this) {
    copy->push_back(names[index++], module.clone(device));
  }
  torch::nn::Cloneable<detail::CloneInto>::copy_own_mode(*copy, *this);
  return copy;
}

} // namespace torchtidy
