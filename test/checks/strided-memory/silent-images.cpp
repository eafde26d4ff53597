// RUN: %check torch-strided-memory %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include "../Inputs/opencv.h"
#include <torch/torch.h>

// Sizes as the pixels lie.
torch::Tensor pixels(const cv::Mat &image) {
  auto one = torch::from_blob(image.data, {image.rows, image.cols, 3}, torch::kByte).permute({2, 0, 1}).clone();
  auto batch = torch::from_blob(image.data, {1, image.rows, image.cols, image.channels()}, torch::kByte).clone();
  return one + batch;
}
// One channel is a plane.
torch::Tensor grey(const std::string &path, const cv::Mat &given) {
  cv::Mat image = cv::imread(path, cv::IMREAD_GRAYSCALE);
  auto one = torch::from_blob(image.data, {1, 1, image.rows, image.cols}, torch::kByte).clone();
  auto own = torch::from_blob(image.data, {image.channels(), image.rows, image.cols}, torch::kByte).clone();
  return one + own + torch::from_blob(given.data, {1, given.rows, given.cols}, torch::kByte).clone();
}
// Laid out by somebody else: planes below each other, over memory that was filled so, out of view.
torch::Tensor planes(float *memory, int height, int width, const cv::Mat &stacked) {
  cv::Mat over(height, width, CV_32FC3, memory);
  auto one = torch::from_blob(over.data, {3, over.rows, over.cols}, torch::kFloat).clone();
  auto two = torch::from_blob(stacked.data, {3, stacked.rows / 3, stacked.cols}, torch::kFloat).clone();
  auto three = torch::from_blob(stacked.data, {1, 3, 224, 224}, torch::kFloat).clone();
  return one + two + three;
}
// Told anew at once, or with strides.
torch::Tensor anew(const cv::Mat &image) {
  auto one = torch::from_blob(image.data, {3, image.rows, image.cols}, torch::kByte)
                 .view({image.rows, image.cols, 3})
                 .clone();
  auto two = torch::from_blob(image.data, {3, image.rows, image.cols}, {1, 3 * image.cols, 3}, torch::kByte).clone();
  return one + two.permute({1, 2, 0});
}
// Another image's sizes, a batch of images, channels at the end.
torch::Tensor others(const cv::Mat &image, const cv::Mat &other) {
  auto one = torch::from_blob(image.data, {3, other.rows, other.cols}, torch::kByte).clone();
  auto two = torch::from_blob(image.data, {3, 20, 3}, torch::kByte).clone();
  return one + two;
}

// Look-alike: laid out in planes by the project, whatever the type says.
void toPlanes(const cv::Mat &in, cv::Mat &out);
cv::Mat makePlanes(const cv::Mat &in);
torch::Tensor laidOut(const std::string &path) {
  cv::Mat image = cv::imread(path);
  cv::Mat filled, made = makePlanes(image), sized(64, 64, CV_8UC3), written(64, 64, CV_8UC3);
  toPlanes(image, filled);
  toPlanes(image, sized);
  for (int c = 0; c < 3; ++c)
    for (int i = 0; i < 64 * 64; ++i)
      written.data[c * 64 * 64 + i] = image.data[3 * i + c];
  auto one = torch::from_blob(filled.data, {3, filled.rows, filled.cols}, torch::kByte).clone();
  auto two = torch::from_blob(made.data, {1, 3, made.rows, made.cols}, torch::kByte).clone();
  auto three = torch::from_blob(sized.data, {3, 64, 64}, torch::kByte).clone();
  auto four = torch::from_blob(written.data, {1, 3, written.rows, written.cols}, torch::kByte).clone();
  return one + two + three + four;
}

// Look-alike: what OpenCV makes for networks lies in planes.
torch::Tensor ofNetwork(const std::string &path) {
  cv::Mat image = cv::imread(path), blob;
  cv::dnn::blobFromImages(image, blob);
  return torch::from_blob(blob.data, {1, 3, blob.rows, blob.cols}, torch::kFloat).clone();
}
