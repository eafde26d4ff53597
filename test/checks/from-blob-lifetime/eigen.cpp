// RUN: %check torch-from-blob-lifetime,torch-from-blob-dtype,torch-dangling-tensor-memory,torch-strided-memory %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include "../Inputs/eigen.h"
#include <iostream>
#include <torch/torch.h>
#include <vector>

using torch::Tensor;

Tensor returned() {
  Eigen::MatrixXf matrix(3, 4);
  return torch::from_blob(matrix.data(), {3, 4});
  // CHECK: :[[@LINE-1]]:10: warning: the tensor that is returned refers to the memory of the local 'matrix', which ends with the function; clone() it [torch-from-blob-lifetime]
}
void resized() {
  Eigen::MatrixXf matrix(3, 4);
  auto x = torch::from_blob(matrix.data(), {3, 4});
  matrix.resize(30, 40);
  // CHECK: :[[@LINE-1]]:3: warning: the local 'matrix' is resized while a tensor made by from_blob
  std::cout << x;
}
Tensor fixedSize() {
  Eigen::Matrix4f matrix;
  return torch::from_blob(matrix.data(), {4, 4});
  // CHECK: :[[@LINE-1]]:10: warning: the tensor that is returned refers to the memory of the local 'matrix'
}
void rows(std::vector<Eigen::VectorXf> &rows, std::vector<Eigen::Vector3d> &points) {
  const int64_t n = rows.size(), m = points.size();
  auto x = torch::from_blob(rows.data(), {n, 3});
  // CHECK: :[[@LINE-1]]:29: warning: the elements of 'rows' are of type {{.*}} and only lead to the values
  auto y = torch::from_blob(points.data(), {m, 3});
  // CHECK: :[[@LINE-1]]:29: warning: 'points' holds 'double', from_blob takes by default a dtype that is floating of 4 bytes
  auto z = torch::from_blob(rows[0].data(), {int64_t(rows.size()), 3});
  // CHECK: :[[@LINE-1]]:29: warning: each row of 'rows' has memory of its own
  std::cout << x << y << z;
}
void doubles(Eigen::MatrixXd &matrix) {
  auto x = torch::from_blob(matrix.data(), {3, 4});
  // CHECK: :[[@LINE-1]]:29: warning: 'matrix' holds 'double', from_blob takes by default a dtype that is floating of 4 bytes
  std::cout << x;
}
void mapped(Tensor x) {
  Eigen::Map<Eigen::MatrixXf> map(x.exp().data_ptr<float>(), 3, 4);
  // CHECK: :[[@LINE-1]]:35: warning: what 'data_ptr' gives leads into a temporary tensor
  std::cout << map.sum();
}
void permuted(Tensor x) {
  auto y = x.permute({1, 0});
  Eigen::Map<Eigen::RowMatrixXf> map(y.data_ptr<float>(), 3, 4);
  // CHECK: :[[@LINE-1]]:34: warning: the elements of 'y' do not lie in the order of its indices
  std::cout << map.sum();
  auto z = x.permute({2, 0, 1});
  Eigen::Map<Eigen::MatrixXf> other(z.data_ptr<float>(), 3, 4);
  // CHECK: :[[@LINE-1]]:31: warning: the elements of 'z' do not lie in the order of its indices
  std::cout << other.sum();
}

// Look-alikes: a clone, a matrix of the caller's, the dtype that fits, a copy of a map, a tensor with a name and in order.
Tensor cloned() {
  Eigen::MatrixXf matrix(3, 4);
  return torch::from_blob(matrix.data(), {3, 4}).clone();
}
Tensor given(Eigen::MatrixXf &matrix) { return torch::from_blob(matrix.data(), {3, 4}); }
Tensor fits(Eigen::MatrixXd &matrix) { return torch::from_blob(matrix.data(), {3, 4}, torch::kDouble); }
Eigen::MatrixXf copied(Tensor x) {
  auto y = x.exp().contiguous();
  return Eigen::Map<Eigen::MatrixXf>(y.data_ptr<float>(), 3, 4);
}
void named(Tensor x) {
  auto y = x.t().contiguous();
  Eigen::Map<Eigen::MatrixXf> map(y.data_ptr<float>(), 3, 4);
  std::cout << map.sum();
}

// Look-alikes: a matrix of fixed size holds its elements itself, and an assignment writes them in place.
Tensor points(std::vector<Eigen::Vector3f> &points) {
  auto all = torch::from_blob(points.data(), {int64_t(points.size()), 3}, torch::kFloat).clone();
  return all + torch::from_blob(points[0].data(), {int64_t(points.size()), 3}, torch::kFloat);
}
Eigen::Matrix4f step(int i);
void poses(std::vector<Eigen::Vector3d> &points) {
  Eigen::Matrix4f pose;
  auto x = torch::from_blob(pose.data(), {4, 4});
  for (int i = 0; i < 3; ++i) {
    pose = step(i);
    std::cout << x << torch::from_blob(points.data(), {3}, torch::kDouble);
  }
}

// Look-alike: a matrix goes through memory column by column, as what was transposed lies.
void byColumns(Tensor x) {
  auto y = x.t(), z = x.contiguous().permute({1, 0});
  Eigen::Map<Eigen::MatrixXf> map(y.data_ptr<float>(), 3, 4), other(z.data_ptr<float>(), 3, 4);
  std::cout << map.sum() + other.sum();
}
