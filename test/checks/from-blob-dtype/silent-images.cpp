// RUN: %check torch-from-blob-dtype %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include "../Inputs/opencv.h"
#include <torch/torch.h>

constexpr int Side = 416;
void fill(cv::Mat &image);
void fillBehind(cv::Mat *image);

// The dtype of the image, converted afterwards.
void right(const std::string &path) {
  cv::Mat image = cv::imread(path), floats;
  torch::from_blob(image.data, {1, image.rows, image.cols, 3}, torch::kByte).to(torch::kFloat);
  image.convertTo(floats, CV_32F, 1.0 / 255);
  torch::from_blob(floats.data, {1, floats.rows, floats.cols, 3});
  torch::from_blob(floats.data, {1, floats.rows, floats.cols, 3}, torch::kFloat);
  image.convertTo(image, CV_32FC3);
  torch::from_blob(image.data, {1, image.rows, image.cols, 3}, torch::kFloat);
}

// Bytes on purpose: the sizes say so.
void serialised(const cv::Mat &given, const std::string &path) {
  cv::Mat image(Side, Side, CV_32FC3), bytes = cv::imread(path);
  torch::from_blob(image.data, {int64_t(image.total() * image.elemSize())}, torch::kByte);
  torch::from_blob(image.data, {image.rows, image.cols * 12}, torch::kByte);
  torch::from_blob(image.data, {image.rows, image.cols * 4, 3}, torch::kByte);
  torch::from_blob(image.data, {Side, Side, 12}, torch::kByte);
  torch::from_blob(image.data, {1, Side, Side, 12}, torch::kByte);
  torch::from_blob(bytes.data, {bytes.rows, bytes.cols / 4, 3}, torch::kFloat);
  // A float in each pixel of four bytes, and back.
  cv::Mat packed(Side, Side, CV_MAKETYPE(CV_8U, 4)), one(Side, Side, CV_32F);
  torch::from_blob(packed.data, {1, Side, Side}, torch::kFloat);
  torch::from_blob(one.data, {Side, Side, 4}, torch::kByte);
}

// What the file has is kept.
void asInFile(const std::string &path, int flags) {
  cv::Mat a = cv::imread(path, cv::IMREAD_UNCHANGED), b = cv::imread(path, cv::IMREAD_ANYDEPTH),
          c = cv::imread(path, flags);
  torch::from_blob(a.data, {a.rows, a.cols, 3});
  torch::from_blob(b.data, {1, b.rows, b.cols});
  torch::from_blob(c.data, {c.rows, c.cols, 3});
}

// Unknown writers.
void elsewhere(cv::VideoCapture &camera, const cv::Mat &given, cv::Mat &out, int type) {
  cv::Mat image = cv::imread("a");
  fill(image);
  torch::from_blob(image.data, {image.rows, image.cols, 3});
  cv::Mat behind = cv::imread("a");
  fillBehind(&behind);
  torch::from_blob(behind.data, {behind.rows, behind.cols, 3});
  cv::Mat referred = cv::imread("a");
  cv::Mat &same = referred;
  same.convertTo(same, CV_32F);
  torch::from_blob(referred.data, {referred.rows, referred.cols, 3});
  cv::Mat captured = cv::imread("a");
  auto convert = [&] { captured.convertTo(captured, CV_32F); };
  convert();
  torch::from_blob(captured.data, {captured.rows, captured.cols, 3});
  cv::Mat frame;
  camera.read(frame);
  camera >> frame;
  torch::from_blob(frame.data, {frame.rows, frame.cols, 3});
  torch::from_blob(given.data, {given.rows, given.cols, 3});
  torch::from_blob(out.data, {out.rows, out.cols, 3});
  cv::Mat typed;
  given.convertTo(typed, type);
  torch::from_blob(typed.data, {typed.rows, typed.cols, 3});
  cv::Mat difference = cv::imread("a");
  cv::subtract(difference, 127.5, difference, cv::noArray(), CV_32F);
  torch::from_blob(difference.data, {difference.rows, difference.cols, 3});
  cv::Mat scaled = cv::imread("a");
  scaled = scaled * (1 / 255.0);
  torch::from_blob(scaled.data, {scaled.rows, scaled.cols, 3});
}

// Mat_ converts what it is given.
void typedImage() {
  cv::Mat_<float> image = cv::imread("a", cv::IMREAD_GRAYSCALE);
  torch::from_blob(image.data, {1, image.rows, image.cols});
}

// Ways that disagree.
void paths(const std::string &path, bool isFloat) {
  cv::Mat image = cv::imread(path);
  if (isFloat)
    image.convertTo(image, CV_32F);
  torch::from_blob(image.data, {image.rows, image.cols, 3}, isFloat ? torch::kFloat : torch::kByte);
  torch::from_blob(image.data, {image.rows, image.cols, 3});
}

// The code asks.
torch::Tensor asked(const cv::Mat &image) {
  auto dtype = image.depth() == CV_8U ? torch::kByte : torch::kFloat;
  if (image.depth() == CV_8U)
    return torch::from_blob(image.data, {image.rows, image.cols, 3}, torch::kByte);
  if (image.type() == CV_32FC3)
    return torch::from_blob(image.data, {image.rows, image.cols, 3}, torch::kFloat);
  return torch::from_blob(image.data, {image.rows, image.cols, image.channels()}, dtype);
}
void converted(cv::Mat image) {
  if (image.type() != CV_8UC3)
    return;
  image.convertTo(image, CV_32F);
  torch::from_blob(image.data, {image.rows, image.cols, 3});
}
void convertedIfNeeded(cv::Mat image) {
  if (image.type() == CV_8UC3)
    image.convertTo(image, CV_32F);
  torch::from_blob(image.data, {image.rows, image.cols, 3});
  cv::Mat loaded = cv::imread("a");
  if (loaded.depth() != CV_32F)
    loaded.convertTo(loaded, CV_32F);
  torch::from_blob(loaded.data, {loaded.rows, loaded.cols, 3});
}

// Members whose stores disagree, or are not all in view.
class Frames {
public:
  void read() {
    mixed_ = cv::imread("a");
    hidden_ = cv::imread("a");
    open = cv::imread("a");
    handed_ = cv::imread("a");
  }
  void scale() { mixed_.convertTo(mixed_, CV_32F); }
  void hand() { fill(handed_); }
  void show() {
    torch::from_blob(mixed_.data, {mixed_.rows, mixed_.cols, 3});
    torch::from_blob(open.data, {open.rows, open.cols, 3});
    torch::from_blob(handed_.data, {handed_.rows, handed_.cols, 3});
  }
  cv::Mat open;

private:
  cv::Mat mixed_, hidden_, handed_;
};
class WithNested {
  struct Loader {
    void convert(WithNested &all) { all.frame_.convertTo(all.frame_, CV_32F); }
  };
  cv::Mat frame_;

public:
  void read() { frame_ = cv::imread("a"); }
  void show() { torch::from_blob(frame_.data, {frame_.rows, frame_.cols, 3}); }
};
class PartlyHere {
public:
  void read() { frame_ = cv::imread("a"); }
  void convert(); // elsewhere
  void show() { torch::from_blob(frame_.data, {frame_.rows, frame_.cols, 3}); }

private:
  cv::Mat frame_;
};
