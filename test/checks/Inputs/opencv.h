// What the tests need of OpenCV, declared as it is there: copies of a Mat share its memory.
#pragma once
#include <string>

namespace cv {
enum { CV_8UC3 = 16, CV_32FC3 = 21 };
class Mat {
public:
  Mat();
  Mat(int rows, int cols, int type);
  Mat(int rows, int cols, int type, void *data);
  Mat(const Mat &other);
  Mat &operator=(const Mat &other);
  Mat clone() const;
  Mat row(int index) const;
  void convertTo(Mat &out, int type, double scale = 1) const;
  void release();
  template <typename T> T *ptr(int row = 0);
  unsigned char *data;
  int rows, cols;
};
class VideoCapture {
public:
  bool read(Mat &out);
};
Mat imread(const std::string &path);
void resize(const Mat &in, Mat &out, int size);
void imshow(const std::string &name, const Mat &image);
} // namespace cv
