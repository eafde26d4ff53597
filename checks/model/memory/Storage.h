// How the objects of a class keep the memory that they give pointers into.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_STORAGE_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_STORAGE_H

#include "model/Clang.h"

namespace torchtidy {

enum class Storage {
  Other,
  Inline, // in the object itself: arrays, std::array, optional, pair, tuple, Eigen::Matrix of fixed
          // size
  Buffer, // in a buffer of its own, which moves when it grows and goes along when the object is
          // moved: vector, string, unique_ptr, Eigen::Matrix
  Nodes,  // in one allocation an element: map, list, deque
  Shared, // copies of the object share it: shared_ptr, cv::Mat, Tensor
  View,   // none of its own: span, string_view, ArrayRef, Eigen::Map
};

/// Of \p Type, through references and cv-qualifiers; classes derived from such a one count as it.
Storage storageOf(clang::QualType Type);

/// ArrayRef, OptionalArrayRef and string_view of LibTorch, which hold a pointer and a length, and
/// an optional of such.
bool isArrayRef(clang::QualType Type);

/// TensorAccessor and its packed forms: pointers to a tensor's values; the plain one also to the
/// sizes and strides in the tensor.
bool isTensorAccessor(clang::QualType Type);

/// cv::Mat and its templates.
bool isImage(clang::QualType Type);

/// `list.push_back(x)`, `map.emplace(k, x)` of a container of the standard library, LibTorch or a
/// library: what it is given stands in it. A class of the project may copy in its `insert()`.
bool fillsContainer(const clang::CallExpr *Call);

} // namespace torchtidy

#endif
