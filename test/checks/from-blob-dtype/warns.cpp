// RUN: %check torch-from-blob-dtype %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

void sizes(std::vector<double> &doubles, std::vector<float> &floats, int64_t n) {
  torch::from_blob(doubles.data(), {n});
  // CHECK: :[[@LINE-1]]:20: warning: 'doubles' holds 'double', from_blob takes by default a dtype that is floating of 4 bytes: the values are read as other numbers [torch-from-blob-dtype]
  // CHECK: :[[@LINE-2]]:36: note: its own dtype is 'torch::kDouble'
  torch::from_blob(floats.data(), {n}, torch::kDouble);
  // CHECK: :[[@LINE-1]]:20: warning: 'floats' holds 'float', from_blob is told of a dtype that is floating of 8 bytes: the values are read as other numbers, past the end of the memory
  torch::from_blob(floats.data(), {n}, torch::TensorOptions().dtype(torch::kHalf));
  // CHECK: :[[@LINE-1]]:20: warning: 'floats' holds 'float', from_blob is told of a dtype that is floating of 2 bytes
  torch::from_blob(&doubles[0], {n}, torch::kFloat32);
  // CHECK: :[[@LINE-1]]:20: warning: 'doubles' holds 'double'
  torch::from_blob(static_cast<void *>(doubles.data()), {n});
  // CHECK: :[[@LINE-1]]:20: warning: 'doubles' holds 'double'
  torch::from_blob((float *)doubles.data(), {n});
  // CHECK: :[[@LINE-1]]:20: warning: 'doubles' holds 'double'
  torch::from_blob(doubles.data(), {n}, {1}, torch::kFloat);
  // CHECK: :[[@LINE-1]]:20: warning: 'doubles' holds 'double'
  torch::from_blob(doubles.data() + n, {n});
  // CHECK: :[[@LINE-1]]:20: warning: 'doubles' holds 'double'
  auto options = torch::TensorOptions().dtype(torch::kFloat32);
  torch::from_blob(doubles.data(), {n}, options);
  // CHECK: :[[@LINE-1]]:20: warning: 'doubles' holds 'double'
}

void kinds(std::vector<int> &ints, std::vector<int64_t> &longs, int64_t n) {
  torch::from_blob(ints.data(), {n});
  // CHECK: :[[@LINE-1]]:20: warning: 'ints' holds 'int', from_blob takes by default a dtype that is floating of 4 bytes
  torch::from_blob(ints.data(), {n}, torch::kLong);
  // CHECK: :[[@LINE-1]]:20: warning: 'ints' holds 'int', from_blob is told of a dtype that is an integer of 8 bytes: the values are read as other numbers, past the end of the memory
  torch::from_blob(longs.data(), {n}, torch::kInt);
  // CHECK: :[[@LINE-1]]:20: warning: 'longs' holds 'long'
  torch::from_blob(longs.data(), {n}, torch::kDouble);
  // CHECK: :[[@LINE-1]]:20: warning: 'longs' holds 'long'
  const int raw[4] = {1, 2, 3, 4};
  torch::from_blob((void *)raw, {4});
  // CHECK: :[[@LINE-1]]:20: warning: 'raw' holds 'int'
}

void origins(double *given, int64_t n) {
  torch::from_blob(given, {n});
  // CHECK: :[[@LINE-1]]:20: warning: 'given' holds 'double'
  auto *made = new double[8];
  torch::from_blob(made, {8});
  // CHECK: :[[@LINE-1]]:20: warning: 'made' holds 'double'
  void *hidden = made;
  torch::from_blob(hidden, {8});
  // CHECK: :[[@LINE-1]]:20: warning: {{.*}} holds 'double'
  std::array<std::array<double, 2>, 3> grid{};
  torch::from_blob(grid.data(), {3, 2});
  // CHECK: :[[@LINE-1]]:20: warning: 'grid' holds 'double'
  double matrix[3][2] = {};
  torch::from_blob(matrix, {3, 2});
  // CHECK: :[[@LINE-1]]:20: warning: 'matrix' holds 'double'
}

void elsewhere(std::vector<std::vector<float>> &rows, float **pointers, int64_t n) {
  torch::from_blob(rows.data(), {n, 3});
  // CHECK: :[[@LINE-1]]:20: warning: the elements of 'rows' are of type {{.*}}vector<float>{{.*}} and only lead to the values: from_blob shows them as numbers
  torch::from_blob(pointers, {n, 3});
  // CHECK: :[[@LINE-1]]:20: warning: the elements of 'pointers' are of type 'float *' and only lead to the values
  std::vector<float> flat(4);
  torch::from_blob(&flat, {4});
  // CHECK: :[[@LINE-1]]:20: warning: the elements of {{.*}} are of type {{.*}} and only lead to the values
  torch::from_blob(rows[0].data(), {int64_t(rows.size()), 3});
  // CHECK: :[[@LINE-1]]:20: warning: each row of 'rows' has memory of its own: from_blob reads past the end of one
}

void bytes() {
  std::vector<uint8_t> pixels(4 * 4 * 3, 128);
  torch::from_blob(pixels.data(), {1, 4, 4, 3}, torch::kFloat32);
  // CHECK: :[[@LINE-1]]:20: warning: 'pixels' holds 48 bytes from there on, from_blob is told of a dtype of 4 bytes and reads 192
  unsigned char raw[16] = {};
  torch::from_blob(raw, {16});
  // CHECK: :[[@LINE-1]]:20: warning: 'raw' holds 16 bytes from there on, from_blob takes by default a dtype of 4 bytes and reads 64
  std::string buffer(4096, 0);
  const size_t offset = 5;
  torch::from_blob(buffer.data() + offset, {500}, torch::kInt32);
  // CHECK: :[[@LINE-1]]:20: warning: 'buffer.data() + offset' lies 5 bytes into 'buffer' and is not aligned for a dtype of 4 bytes: reading it is undefined and may crash
  torch::from_blob(&buffer[2], {1}, torch::kFloat);
  // CHECK: :[[@LINE-1]]:20: warning: '&buffer[2]' lies 2 bytes into 'buffer' and is not aligned
}

// Sizes that are the same variable.
void sameSize(const void *input, uint32_t frames, int64_t rows, int64_t columns) {
  auto *copy = new unsigned char[frames];
  torch::from_blob(copy, {static_cast<int64_t>(frames)}, torch::kFloat32);
  // CHECK: :[[@LINE-1]]:20: warning: 'copy' holds 'frames' bytes from there on, from_blob is told of a dtype of 4 bytes and reads '4 * frames'
  delete[] copy;
  std::vector<uint8_t> raw(rows * columns);
  torch::from_blob(raw.data(), {columns, rows});
  // CHECK: :[[@LINE-1]]:20: warning: 'raw' holds 'rows * columns' bytes from there on, from_blob takes by default a dtype of 4 bytes and reads '4 * rows * columns'
  std::vector<char> halves(2 * rows);
  torch::from_blob(halves.data(), {rows}, torch::kDouble);
  // CHECK: :[[@LINE-1]]:20: warning: 'halves' holds '2 * rows' bytes from there on
  const int n = int(rows) + 1;
  std::vector<uint8_t> local(n);
  torch::from_blob(local.data(), n, torch::kInt);
  // CHECK: :[[@LINE-1]]:20: warning: 'local' holds 'n' bytes from there on, from_blob is told of a dtype of 4 bytes and reads '4 * n'
}

class Frame {
public:
  torch::Tensor pixels() { return torch::from_blob(raw_.data(), {16}, torch::kFloat).clone(); }
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'raw_' holds 16 bytes from there on

private:
  std::array<unsigned char, 16> raw_{};
};
