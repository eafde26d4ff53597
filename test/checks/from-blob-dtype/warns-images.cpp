// RUN: %check torch-from-blob-dtype %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include "../Inputs/opencv.h"
#include <torch/torch.h>

constexpr int Side = 416;

torch::Tensor floatsAsBytes(const std::string &path) {
  cv::Mat origin = cv::imread(path);
  cv::Mat resized, scaled;
  cv::cvtColor(origin, resized, cv::COLOR_BGR2RGB);
  cv::resize(resized, resized, cv::Size(Side, Side));
  resized.convertTo(scaled, CV_32F, 1.0 / 255);
  // CHECK: :[[@LINE+2]]:27: warning: 'scaled.data' holds 'float', from_blob is told of a dtype that is an integer of 1 bytes: the values are read as other numbers [torch-from-blob-dtype]
  // CHECK: :[[@LINE-2]]:3: note: its elements are said here
  return torch::from_blob(scaled.data, {1, Side, Side, 3}, at::kByte).clone();
  // CHECK: :[[@LINE-1]]:60: note: its own dtype is 'torch::kFloat'
}

void bytesAsFloats(const std::string &path) {
  cv::Mat image = cv::imread(path, cv::IMREAD_COLOR);
  torch::from_blob(image.data, {1, image.rows, image.cols, 3}, torch::kFloat);
  // CHECK: :[[@LINE-1]]:20: warning: 'image.data' holds 'unsigned char', from_blob is told of a dtype that is floating of 4 bytes: the values are read as other numbers, past the end of the memory
  torch::from_blob(image.data, {image.rows, image.cols, image.channels()});
  // CHECK: :[[@LINE-1]]:20: warning: 'image.data' holds 'unsigned char', from_blob takes by default
  torch::from_blob(image.ptr(), {image.rows, image.cols, 3}, torch::kF32);
  // CHECK: :[[@LINE-1]]:20: warning: 'image.ptr()' holds 'unsigned char'
  std::vector<int64_t> sizes{1, image.rows, image.cols, 3};
  torch::from_blob(image.data, sizes, torch::kFloat);
  // CHECK: :[[@LINE-1]]:20: warning: 'image.data' holds 'unsigned char'
  auto *bytes = image.data;
  torch::from_blob(bytes, {image.rows, image.cols, 3}, torch::kInt);
  // CHECK: :[[@LINE-1]]:20: warning: {{.*}} holds 'unsigned char'
  cv::Mat grey = cv::imread(path, cv::IMREAD_GRAYSCALE);
  torch::from_blob(grey.data, {1, 1, grey.rows, grey.cols}, torch::kFloat);
  // CHECK: :[[@LINE-1]]:20: warning: 'grey.data' holds 'unsigned char'
  torch::from_blob(image.clone().data, {1, image.rows, image.cols, 3}, torch::kFloat);
  // CHECK: :[[@LINE-1]]:20: warning: {{.*}} holds 'unsigned char'
  cv::Mat part = image(cv::Rect(0, 0, 8, 8)).clone();
  torch::from_blob(part.data, {8, 8, 3});
  // CHECK: :[[@LINE-1]]:20: warning: 'part.data' holds 'unsigned char'
}

void made() {
  cv::Mat bytes(Side, Side, CV_8UC3), zeros = cv::Mat::zeros(Side, Side, CV_32FC3), shorts;
  torch::from_blob(bytes.data, {Side, Side, 3});
  // CHECK: :[[@LINE-1]]:20: warning: 'bytes.data' holds 'unsigned char', from_blob takes by default
  torch::from_blob(zeros.data, {Side, Side, 3}, torch::kDouble);
  // CHECK: :[[@LINE-1]]:20: warning: 'zeros.data' holds 'float', from_blob is told of a dtype that is floating of 8 bytes
  shorts.create(Side, Side, CV_16UC1);
  torch::from_blob(shorts.data, {1, Side, Side}, torch::kFloat);
  // CHECK: :[[@LINE-1]]:20: warning: 'shorts.data' holds 'unsigned short'
}

// Drawing keeps the type, and so do copies, whichever way they come.
void ways(const std::string &path, bool turn) {
  cv::Mat image = cv::imread(path), copy;
  cv::rectangle(image, {0, 0, 3, 3}, 255);
  image.setTo(0.0);
  if (turn)
    cv::resize(image, copy, {Side, Side});
  else
    image.copyTo(copy);
  torch::from_blob(copy.data, {copy.rows, copy.cols, 3});
  // CHECK: :[[@LINE-1]]:20: warning: 'copy.data' holds 'unsigned char'
}

// A test says it outright.
bool tested(const cv::Mat &image, int side) {
  if (image.type() != CV_8UC3 || side < 3)
    return false;
  cv::Mat resized;
  cv::resize(image, resized, {side, side});
  torch::from_blob(resized.data, {1, side, side, 3});
  // CHECK: :[[@LINE-1]]:20: warning: 'resized.data' holds 'unsigned char', from_blob takes by default
  // CHECK: note: its elements are said here
  return true;
}
void testedByDepth(cv::Mat image) {
  if (image.depth() == CV_32F)
    torch::from_blob(image.data, {image.rows, image.cols, image.channels()}, torch::kByte);
  // CHECK: :[[@LINE-1]]:22: warning: 'image.data' holds 'float', from_blob is told of
}

// All code that writes the member agrees.
class Detector {
public:
  bool open(const std::string &file) {
    frame_ = cv::imread(file, cv::IMREAD_COLOR);
    cv::resize(frame_, frame_, {Side, Side});
    return !frame_.empty();
  }
  torch::Tensor detect() {
    return torch::from_blob(frame_.data, {1, frame_.rows, frame_.cols, 3}, torch::kFloat);
    // CHECK: :[[@LINE-1]]:29: warning: 'frame_.data' holds 'unsigned char', from_blob is told of
  }

private:
  cv::Mat frame_;
};
