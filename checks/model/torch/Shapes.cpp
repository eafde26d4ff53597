#include "model/torch/Shapes.h"

namespace torchtidy {

bool reducesOrSelects(const Operation &Called) {
  if (Called.IsOut)
    return false;
  switch (Called.Name) {
#define OTHER_SHAPE(Name) case Op::Name:
#include "model/torch/Shapes.def"
    return true;
  default:
    return false;
  }
}

bool keepsShape(const Operation &Called) {
  if (Called.IsOut)
    return false;
  switch (Called.Name) {
#define SAME_SHAPE(Name) case Op::Name:
#include "model/torch/Shapes.def"
    return true;
  default:
    return false;
  }
}

bool reshapesInPlace(const Operation &Called) {
  if (Called.IsOut)
    return false;
  switch (Called.Name) {
#define RESHAPES(Name) case Op::Name:
#include "model/torch/Shapes.def"
    return true;
  default:
    return false;
  }
}

} // namespace torchtidy
