// As much of OpenCV as the model's tests parse before their own code.
#ifndef TORCHTIDY_TEST_UNIT_OPENCVSNIPPET_H
#define TORCHTIDY_TEST_UNIT_OPENCVSNIPPET_H

#include "llvm/ADT/StringRef.h"

namespace torchtidy::test {

constexpr llvm::StringLiteral OpenCV = R"cpp(
namespace cv {
struct Mat {
  Mat(); Mat(int rows, int cols, int type); Mat(const Mat &);
  Mat &operator=(const Mat &); Mat &operator+=(const Mat &);
  Mat clone() const; int type() const; int depth() const;
  void create(int rows, int cols, int type); Mat &setTo(int);
  void convertTo(const struct _OutputArray &, int) const;
  int channels() const;
  unsigned char *data; int rows, cols;
};
struct _InputArray { _InputArray(const Mat &); ~_InputArray(); };
struct _OutputArray : _InputArray { _OutputArray(Mat &); };
struct _InputOutputArray : _OutputArray { _InputOutputArray(Mat &); };
Mat imread(const char *, int = 1);
void resize(const _InputArray &, const _OutputArray &);
void line(const _InputOutputArray &);
} // namespace cv
void project(cv::Mat &);
)cpp";

} // namespace torchtidy::test

#endif
