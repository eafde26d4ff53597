// RUN: %check torch-strided-memory %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include "../Inputs/opencv.h"
#include <torch/torch.h>

using torch::Tensor;

void densify(cv::Mat &image);

// A block of its own: cloned, copied, converted, scaled, by a function out of view.
Tensor copied(const cv::Mat &frame, const cv::Rect &box) {
  cv::Mat a = frame(box).clone(), b, c = frame(box), d = frame(box), e = frame(box), f = frame(box);
  frame(box).copyTo(b);
  cv::resize(c, c, cv::Size(112, 112));
  d.convertTo(d, CV_32FC3);
  densify(e);
  f = f.clone();
  auto all = torch::from_blob(a.data, {a.rows, a.cols, 3}, torch::kByte).clone();
  all += torch::from_blob(b.data, {b.rows, b.cols, 3}, torch::kByte);
  all += torch::from_blob(c.data, {c.rows, c.cols, 3}, torch::kByte);
  all += torch::from_blob(d.data, {d.rows, d.cols, 3}, torch::kFloat);
  all += torch::from_blob(e.data, {e.rows, e.cols, 3}, torch::kByte);
  return all + torch::from_blob(f.data, {f.rows, f.cols, 3}, torch::kByte);
}
// Asked, or told.
Tensor asked(const cv::Mat &frame, const cv::Rect &box) {
  cv::Mat face = frame(box), told = frame(box), step = frame(box);
  if (!face.isContinuous())
    face = face.clone();
  auto a = torch::from_blob(face.data, {face.rows, face.cols, 3}, torch::kByte).clone();
  auto b = torch::from_blob(told.data, {told.rows, told.cols, 3}, {3 * frame.cols, 3, 1}, torch::kByte).clone();
  TORCH_CHECK(step.step == static_cast<size_t>(step.cols) * 3);
  return a + b + torch::from_blob(step.data, {step.rows, step.cols, 3}, torch::kByte).clone();
}
// Whole rows.
Tensor rows(const cv::Mat &frame, int y, int height) {
  cv::Mat a = frame.rowRange(y, y + height), b = frame.row(y), c = frame(cv::Rect(0, y, frame.cols, height));
  cv::Mat d(frame, cv::Range(y, y + height)), e = frame(cv::Range(y, y + height), cv::Range::all());
  const cv::Rect upper(0, 0, frame.cols, frame.rows / 2), line(y, y, height, 1);
  cv::Mat f = frame(upper), g = frame.colRange(0, frame.cols), h = frame(line);
  cv::Rect box(y, y, height, height);
  box.x = 0;
  box.width = frame.cols;
  cv::Mat i = frame(box), j = frame(cv::Rect(cv::Point(0, y), cv::Size(frame.cols, height)));
  auto all = torch::from_blob(a.data, {a.rows, a.cols, 3}, torch::kByte).clone();
  all += torch::from_blob(b.data, {b.rows, b.cols, 3}, torch::kByte);
  all += torch::from_blob(c.data, {c.rows, c.cols, 3}, torch::kByte);
  all += torch::from_blob(d.data, {d.rows, d.cols, 3}, torch::kByte);
  all += torch::from_blob(e.data, {e.rows, e.cols, 3}, torch::kByte);
  all += torch::from_blob(f.data, {f.rows, f.cols, 3}, torch::kByte);
  all += torch::from_blob(g.data, {g.rows, g.cols, 3}, torch::kByte);
  all += torch::from_blob(h.data, {h.rows, h.cols, 3}, torch::kByte);
  all += torch::from_blob(i.data, {i.rows, i.cols, 3}, torch::kByte);
  return all + torch::from_blob(j.data, {j.rows, j.cols, 3}, torch::kByte);
}
// One row at a time; the first row.
Tensor single(const cv::Mat &frame, const cv::Rect &box) {
  cv::Mat face = frame(box);
  auto all = torch::zeros({face.rows, face.cols});
  for (int i = 0; i < face.rows; ++i)
    all[i] = torch::from_blob(face.ptr(i), {face.cols}, torch::kByte);
  auto first = torch::from_blob(face.data, {1, face.cols, 3}, torch::kByte).clone();
  return all + first + torch::from_blob(face.data, {3}, torch::kByte).clone();
}
// Images that are given, or made by a function; another value on every path.
cv::Mat cropped(const cv::Mat &frame);
Tensor given(const cv::Mat &frame, const cv::Rect &box) {
  cv::Mat face = cropped(frame), later = frame(box), last = frame(box);
  auto a = torch::from_blob(face.data, {face.rows, face.cols, 3}, torch::kByte).clone();
  later = cv::imread("later.png");
  a += torch::from_blob(later.data, {later.rows, later.cols, 3}, torch::kByte);
  a += torch::from_blob(frame.data, {frame.rows, frame.cols, 3}, torch::kByte);
  cv::Mat dense = last.isContinuous() ? last : last.clone();
  return a + torch::from_blob(dense.data, {dense.rows, dense.cols, 3}, torch::kByte);
}
