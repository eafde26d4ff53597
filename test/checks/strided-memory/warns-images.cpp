// RUN: %check torch-strided-memory %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include "../Inputs/opencv.h"
#include <torch/torch.h>

// The image's own sizes: as many elements only with its channels.
torch::Tensor ownSizes(const cv::Mat &image) {
  return torch::from_blob(image.data, {1, 3, image.rows, image.cols}, at::kByte).clone();
  // CHECK: :[[@LINE-1]]:10: warning: the pixels of 'image' lie one after the other, all channels of each; these sizes take its memory as planes, a channel each [torch-strided-memory]
  // CHECK: :[[@LINE-2]]:10: note: tell the sizes as they lie, '{1, image.rows, image.cols, image.channels()}', and 'permute({0, 3, 1, 2})' the tensor
}

// Numbers, names and a list of sizes, where the image's type is in view.
torch::Tensor numbers(const std::string &path) {
  cv::Mat image = cv::imread(path), scaled;
  cv::resize(image, image, cv::Size(224, 224));
  image.convertTo(scaled, CV_32FC3, 1.0 / 255);
  auto first = torch::from_blob(scaled.data, {1, 3, 224, 224}, torch::kFloat).clone();
  // CHECK: :[[@LINE-1]]:16: warning: the pixels of 'scaled' lie one after the other
  std::vector<int64_t> sizes = {1, 3, 224, 224};
  auto second = torch::from_blob(scaled.ptr(), sizes, torch::kFloat).clone();
  // CHECK: :[[@LINE-1]]:17: warning: the pixels of 'scaled' lie one after the other
  const int height = image.rows, width = image.cols;
  auto third = torch::from_blob(image.data, {image.channels(), height, width}, torch::kByte).clone();
  // CHECK: :[[@LINE-1]]:16: warning: the pixels of 'image' lie one after the other
  return first + second + third;
}

// Read by the project, and drawn into by OpenCV.
void show(const cv::Mat &image);
torch::Tensor looked(const std::string &path) {
  cv::Mat image = cv::imread(path);
  show(image);
  unsigned char first = image.data[0];
  return torch::from_blob(image.data, {3, image.rows, image.cols}, torch::kByte).clone() + first;
  // CHECK: :[[@LINE-1]]:10: warning: the pixels of 'image' lie one after the other
}
