// RUN: %check torch-strided-memory %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include "../Inputs/opencv.h"
#include <torch/torch.h>

using torch::Tensor;

Tensor crop(const cv::Mat &frame, const cv::Rect &box) {
  cv::Mat face = frame(box);
  std::vector<int64_t> sizes = {face.rows, face.cols, face.channels()};
  return torch::from_blob(face.data, sizes, torch::kByte).clone();
  // CHECK: :[[@LINE-1]]:10: warning: the rows of 'face' are as far apart as those of the image that it is a part of; without strides they are taken as one block [torch-strided-memory]
  // CHECK: :[[@LINE-4]]:18: note: the part is taken here; 'clone()' copies its rows into one block
}
Tensor constructed(const cv::Mat &frame, int x, int y) {
  cv::Mat face(frame, cv::Rect(x, y, 112, 112));
  auto a = torch::from_blob(face.ptr<float>(), {1, 112, 112, 3}).clone();
  // CHECK: :[[@LINE-1]]:12: warning: the rows of 'face'
  auto other = cv::Mat(frame, cv::Range(y, y + 10), cv::Range(x, x + 10));
  auto b = torch::from_blob((float *)other.data, {10, 10, 3}).clone();
  // CHECK: :[[@LINE-1]]:12: warning: the rows of 'other'
  return a + b;
}
Tensor columns(const cv::Mat &table) {
  cv::Mat some = table.colRange(2, 5), one = table.col(1), few = table.colRange(2, 5).rowRange(0, 8);
  auto a = torch::from_blob(some.ptr(0), {some.rows, some.cols}, torch::kByte).clone();
  // CHECK: :[[@LINE-1]]:12: warning: the rows of 'some'
  auto b = torch::from_blob(one.data, {one.rows, 1}, torch::kByte).clone();
  // CHECK: :[[@LINE-1]]:12: warning: the rows of 'one'
  auto c = torch::from_blob(few.data, {few.rows, few.cols}, torch::kByte).clone();
  // CHECK: :[[@LINE-1]]:12: warning: the rows of 'few'
  return a + b + c;
}
// On one of the paths; another name; assigned; at once; in a lambda; the image itself.
Tensor paths(const cv::Mat &frame, const std::vector<cv::Rect> &boxes, bool whole) {
  cv::Mat face = frame.clone();
  if (!whole)
    face = frame(boxes[0]);
  cv::rectangle(face, boxes[0], cv::Scalar(1));
  cv::Mat same = face;
  auto a = torch::from_blob(same.data, {same.rows, same.cols, 3}, torch::kByte).clone();
  // CHECK: :[[@LINE-1]]:12: warning: the rows of 'same'
  for (const auto &box : boxes) {
    cv::Mat part = frame(box);
    a += torch::from_blob(part.data, {box.height, box.width, 3}, torch::kByte);
    // CHECK: :[[@LINE-1]]:10: warning: the rows of 'part'
  }
  auto b = torch::from_blob(frame(boxes[1]).data, {8, 8, 3}, torch::kByte).clone();
  // CHECK: :[[@LINE-1]]:12: warning: the rows of 'frame(boxes[1])'
  auto shown = [&](const cv::Rect &box) {
    cv::Mat part = frame(box);
    return torch::from_blob(part.data, {box.height, box.width, 3}, torch::kByte).clone();
    // CHECK: :[[@LINE-1]]:12: warning: the rows of 'part'
  };
  return a + b + shown(boxes[2]);
}
Tensor clipped(cv::Mat image, cv::Rect box) {
  cv::Rect inside = box & cv::Rect(0, 0, image.cols, image.rows);
  image = image(inside);
  return torch::from_blob(image.data, {image.rows, image.cols, 3}, torch::kByte).clone();
  // CHECK: :[[@LINE-1]]:10: warning: the rows of 'image'
}
