// What the tests need of OpenCV, declared as it is there: copies of a Mat share its memory, and
// functions take it through proxies that live for the call.
#pragma once
#include <string>
#include <vector>

#define CV_MAKETYPE(depth, channels) (((depth) & 7) + (((channels) - 1) << 3))
#define CV_8U 0
#define CV_16U 2
#define CV_32F 5
#define CV_8UC1 CV_MAKETYPE(CV_8U, 1)
#define CV_8UC3 CV_MAKETYPE(CV_8U, 3)
#define CV_16UC1 CV_MAKETYPE(CV_16U, 1)
#define CV_32FC3 CV_MAKETYPE(CV_32F, 3)

namespace cv {
class Mat;
class _OutputArray;

template <typename T> class Size_ {
public:
  Size_();
  Size_(T width, T height);
  T width, height;
};
using Size = Size_<int>;
template <typename T> class Point_ {
public:
  Point_(T x, T y);
  T x, y;
};
using Point = Point_<int>;
template <typename T> class Rect_ {
public:
  Rect_();
  Rect_(T x, T y, T width, T height);
  Rect_(const Point_<T> &corner, const Size_<T> &size);
  T x, y, width, height;
};
template <typename T> Rect_<T> operator&(const Rect_<T> &a, const Rect_<T> &b);
using Rect = Rect_<int>;
class Range {
public:
  Range(int start, int end);
  static Range all();
  int start, end;
};
class Scalar {
public:
  Scalar(double first);
};

class _InputArray {
public:
  ~_InputArray();
  _InputArray();
  _InputArray(const Mat &image);
  _InputArray(const std::vector<Mat> &images);
  template <typename T> _InputArray(const std::vector<T> &values);
  _InputArray(const double &value);
  Mat getMat(int index = -1) const;
};
class _OutputArray : public _InputArray {
public:
  ~_OutputArray();
  _OutputArray();
  _OutputArray(Mat &image);
  _OutputArray(std::vector<Mat> &images);
  _OutputArray(const Mat &image);
};
class _InputOutputArray : public _OutputArray {
public:
  _InputOutputArray();
  _InputOutputArray(Mat &image);
  _InputOutputArray(const Mat &image);
};
using InputArray = const _InputArray &;
using OutputArray = const _OutputArray &;
using InputOutputArray = const _InputOutputArray &;
InputArray noArray();

class MatExpr {
public:
  operator Mat() const;
};
class MatSize {
public:
  Size operator()() const;
};

class Mat {
public:
  Mat();
  Mat(int rows, int cols, int type);
  Mat(Size size, int type);
  Mat(int rows, int cols, int type, const Scalar &value);
  Mat(int rows, int cols, int type, void *data, size_t step = 0);
  Mat(const Mat &other);
  Mat(const Mat &other, const Rect &part);
  Mat(const Mat &other, const Range &rows, const Range &columns = Range::all());
  template <typename T> explicit Mat(const std::vector<T> &values, bool copyData = false);
  ~Mat();
  Mat &operator=(const Mat &other);
  Mat &operator=(const MatExpr &expression);
  Mat clone() const;
  Mat row(int index) const;
  Mat col(int index) const;
  Mat rowRange(int start, int end) const;
  Mat colRange(int start, int end) const;
  Mat reshape(int channels, int rows = 0) const;
  Mat operator()(const Rect &part) const;
  Mat operator()(Range rows, Range columns) const;
  void copyTo(OutputArray out) const;
  void convertTo(OutputArray out, int rtype, double alpha = 1, double beta = 0) const;
  void assignTo(Mat &out, int type = -1) const;
  Mat &setTo(InputArray value, InputArray mask = noArray());
  static MatExpr zeros(int rows, int cols, int type);
  void create(int rows, int cols, int type);
  void release();
  bool empty() const;
  bool isContinuous() const;
  int type() const;
  int depth() const;
  int channels() const;
  Size size() const;
  size_t total() const;
  size_t elemSize() const;
  unsigned char *ptr(int row = 0);
  template <typename T> T *ptr(int row = 0);
  int flags, dims, rows, cols;
  unsigned char *data;
  size_t step;
};
template <typename T> class Mat_ : public Mat {
public:
  Mat_();
  Mat_(const Mat &other);
};
MatExpr operator*(const Mat &image, double factor);

class VideoCapture {
public:
  bool read(OutputArray out);
  VideoCapture &operator>>(Mat &out);
};
enum ImreadModes { IMREAD_UNCHANGED = -1, IMREAD_GRAYSCALE = 0, IMREAD_COLOR = 1, IMREAD_ANYDEPTH = 2 };
enum ColorConversionCodes { COLOR_BGR2RGB = 4 };
Mat imread(const std::string &filename, int flags = IMREAD_COLOR);
bool imwrite(const std::string &filename, InputArray image, const std::vector<int> &params = {});
void resize(InputArray in, OutputArray out, Size size, double fx = 0, double fy = 0, int how = 1);
void cvtColor(InputArray in, OutputArray out, int code, int channels = 0);
void split(InputArray image, std::vector<Mat> &channels);
void merge(InputArray channels, OutputArray out);
void rectangle(InputOutputArray image, Rect where, const Scalar &colour);
void subtract(InputArray a, InputArray b, OutputArray out, InputArray mask = noArray(), int dtype = -1);
void imshow(const std::string &name, InputArray image);
void swap(Mat &a, Mat &b);
Mat cvarrToMat(const void *image, bool copyData = false);
namespace dnn {
void blobFromImages(InputArray images, OutputArray blob);
} // namespace dnn
namespace flann {
class Index {
public:
  Index(InputArray features);
};
} // namespace flann
} // namespace cv
