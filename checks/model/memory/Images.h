// The proxies by which OpenCV's functions take images.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_IMAGES_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_IMAGES_H

#include "model/Clang.h"

namespace torchtidy {

/// cv::_InputArray, _OutputArray, _InputOutputArray: made of an image for one call.
bool isImageProxy(clang::QualType Type);

/// One that is written to: _OutputArray, _InputOutputArray.
bool isOutputProxy(clang::QualType Type);

/// _InputOutputArray: `rectangle(image, …)` draws into what is there.
bool isOnlyDrawnInto(clang::QualType Type);

/// `image` of the proxy that `resize(image, …)` makes; \p E for any other argument.
const clang::Expr *throughProxy(const clang::Expr *E);

} // namespace torchtidy

#endif
