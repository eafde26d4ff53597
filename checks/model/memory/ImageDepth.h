// What lies in the memory of a cv::Mat, as far as the code in view says.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_IMAGEDEPTH_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_IMAGEDEPTH_H

#include "model/facts/ProjectIndex.h"
#include "model/paths/FunctionPaths.h"
#include <optional>

namespace torchtidy {

/// The elements of an image: those of its type, CV_8UC3.
struct ImageType {
  enum What { Unknown, Nothing, Known } Is = Unknown; // Nothing: no memory yet
  int Depth = 0;                                      // CV_8U is 0
  int Channels = 0;                                   // 0 where they are not known
  /// The expression that says so.
  const clang::Expr *Said = nullptr;
};

/// That of the constant \p Type: `CV_32FC3`; unknown for any other expression.
ImageType constantImageType(const clang::Expr *Type, const clang::Expr *Said,
                            const clang::ASTContext &Context);

/// Of the value of \p Image where \p At is evaluated: what all that may have written it last agree
/// on, or what a test on every path says. Of a member what all code of its class agrees on.
ImageType imageTypeAt(const clang::Expr *Image, const clang::Stmt *At, ControlFlowGraphs &Graphs,
                      const ProjectIndex &Index);

/// The image whose memory \p Pointer shows as bytes: `image` of `image.data`, `image.ptr()`.
const clang::Expr *imageShownBy(const clang::Expr *Pointer);

/// The channels that from_blob is told of, where the sizes are an image's, pixel by pixel: 3 of
/// `{1, h, w, 3}`, 0 of `{h, w, image.channels()}`; nothing where they are computed.
std::optional<int64_t> pixelChannels(const clang::CallExpr *Blob, const ProjectIndex &Index,
                                     const clang::ASTContext &Context);

/// The image whose memory \p Blob shows plane by plane, `{1, 3, image.rows, image.cols}`, although
/// its pixels lie one after the other with all channels of each; null where that is not certain: an
/// image over memory that somebody else has laid out, one of unknown type whose own sizes are not
/// named, strides, a tensor that is viewed with other sizes at once.
const clang::Expr *imageReadAsPlanes(const clang::CallExpr *Blob, ControlFlowGraphs &Graphs,
                                     const ProjectIndex &Index);

/// Elements of \p Told bytes in \p Channels channels (0: the image's own) are other pixels than
/// \p Type's, of \p Is bytes an element. As many bytes a pixel as the image has may show it as
/// something else on purpose: four bytes of a float.
bool isOtherPixel(const ImageType &Type, int64_t Is, int64_t Told, int64_t Channels);

/// `float` of CV_32F; null for depths that C++ or OpenCV does not have.
clang::QualType elementOfDepth(int Depth, const clang::ASTContext &Context);

} // namespace torchtidy

#endif
