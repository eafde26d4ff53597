#pragma once

// Not installed: what the blocks and the networks made of convolutions share.

#include <torchtidy/hooks.h>

namespace torchtidy {
namespace detail {

/// Fills the convolutions under `root` (itself included) as ResNets do: Kaiming normal, fan out, ReLU, zero
/// biases.
void init_convolutions(Module& root);

/// Initialises everything below `parent` anew: convolutions as above, Resettable modules by themselves, the
/// others as their constructors do. \throws c10::Error for modules of unknown classes, before any change.
void reset_convolutional(Module& parent);

} // namespace detail
} // namespace torchtidy
