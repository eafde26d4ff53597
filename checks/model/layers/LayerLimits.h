// Options with which a layer throws, whatever it is run on: LayerLimits.def, and limits between
// options.
#ifndef TORCHTIDY_CHECKS_MODEL_LAYERS_LAYERLIMITS_H
#define TORCHTIDY_CHECKS_MODEL_LAYERS_LAYERLIMITS_H

#include "model/torch/Layers.h"

namespace torchtidy {

/// The first limit that the layer built by \p Construction breaks: "groups is 2, which does not
/// divide in_channels, 3"; empty where it breaks none in view.
std::string brokenLimit(const clang::Expr *Construction, Layer L, const clang::ASTContext &Context);

} // namespace torchtidy

#endif
