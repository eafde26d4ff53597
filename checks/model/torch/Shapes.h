// Which operations give a tensor of another shape: Shapes.def.
#ifndef TORCHTIDY_CHECKS_MODEL_TORCH_SHAPES_H
#define TORCHTIDY_CHECKS_MODEL_TORCH_SHAPES_H

#include "model/torch/Operations.h"

namespace torchtidy {

/// `x.max()`, `x.index({mask})`, `torch::cat({x, y})`; not views, which
/// Operation tells.
bool reducesOrSelects(const Operation &Called);

} // namespace torchtidy

#endif
