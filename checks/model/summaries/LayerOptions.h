// The options that a layer of LibTorch was built with.
#ifndef TORCHTIDY_CHECKS_MODEL_SUMMARIES_LAYEROPTIONS_H
#define TORCHTIDY_CHECKS_MODEL_SUMMARIES_LAYEROPTIONS_H

#include "model/summaries/TreeValue.h"
#include "model/torch/Layers.h"

namespace torchtidy {

/// Among the arguments of \p Node, or in the options object that it was given; nothing where it has
/// its default.
std::optional<TreeValue> optionGiven(const ModuleNode &Node, Layer L, llvm::StringRef Option);

} // namespace torchtidy

#endif
