// Which operations give a tensor of another shape, and which of the same: Shapes.def.
#ifndef TORCHTIDY_CHECKS_MODEL_TORCH_SHAPES_H
#define TORCHTIDY_CHECKS_MODEL_TORCH_SHAPES_H

#include "model/torch/Operations.h"

namespace torchtidy {

/// `x.max()`, `x.index({mask})`, `torch::cat({x, y})`; not views, which
/// Operation tells.
bool reducesOrSelects(const Operation &Called);

/// `x.contiguous()`, `torch::dropout(x, 0.5, true)`: a result of its argument's shape.
bool keepsShape(const Operation &Called);

/// `x.resize_({3})`, `x.t_()`, `x.set_data(y)`: the tensor itself has another shape afterwards.
bool reshapesInPlace(const Operation &Called);

} // namespace torchtidy

#endif
