#include <torchtidy/clone_into.h>
#include <torchtidy/sequential.h>

namespace torchtidy {

template class HookedImpl<TensorSequentialImpl>;
TORCHTIDY_LIBRARY_MODULE_KNOWN_(TensorSequential);

std::shared_ptr<torch::nn::Module> TensorSequentialImpl::clone(const Optional<torch::Device>& device) const {
  return detail::clone_elements(*this, device);
}

} // namespace torchtidy
