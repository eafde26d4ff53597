// RUN: %check torch-from-blob-dtype %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <complex>
#include <cstdint>
#include <istream>
#include <string>
#include <vector>

namespace cv {
struct Mat {
  unsigned char *data;
  template <typename T> T *ptr(int row = 0);
  int rows, cols;
};
} // namespace cv

// What lies there is what is told.
void same(std::vector<float> &f, std::vector<double> &d, std::vector<int> &i, std::vector<int64_t> &l,
          std::vector<long long> &ll, std::vector<int16_t> &s, std::vector<c10::Half> &h, bool *b) {
  torch::from_blob(f.data(), {2});
  torch::from_blob(d.data(), {2}, torch::kDouble);
  torch::from_blob(d.data(), {2}, torch::TensorOptions().dtype(torch::kF64));
  torch::from_blob(i.data(), {2}, torch::kInt32);
  torch::from_blob(l.data(), {2}, at::kLong);
  torch::from_blob(ll.data(), {2}, torch::kInt64);
  torch::from_blob(s.data(), {2}, torch::kShort);
  torch::from_blob(h.data(), {2}, torch::kHalf);
  torch::from_blob(b, {2}, torch::kBool);
}

// The same size, on purpose: bit patterns, unsigned as signed.
void patterns(std::vector<uint16_t> &u16, std::vector<uint32_t> &u32, std::vector<uint64_t> &u64, std::vector<bool *> *) {
  torch::from_blob(u16.data(), {2}, torch::kHalf);
  torch::from_blob(u16.data(), {2}, torch::kBFloat16);
  torch::from_blob(u16.data(), {2}, torch::kShort);
  torch::from_blob(u32.data(), {2}, torch::kInt);
  torch::from_blob(u32.data(), {2}, torch::kFloat);
  torch::from_blob(u64.data(), {2}, torch::kLong);
}

// Reinterpreted on purpose, and shown as bytes.
void reinterpreted(std::vector<uint32_t> &words, std::vector<float> &f) {
  torch::from_blob(reinterpret_cast<float *>(words.data()), {2}, torch::kFloat);
  torch::from_blob(f.data(), {8}, torch::kByte);
}

// Bytes may hold anything.
void bytes(std::vector<uint8_t> &given, std::string &text, cv::Mat &mat, char *raw, void *unknown, int64_t n) {
  torch::from_blob(given.data(), {n}, torch::kFloat);
  torch::from_blob(text.data(), {4}, torch::kFloat);
  torch::from_blob(mat.data, {mat.rows, mat.cols}, torch::kFloat);
  torch::from_blob(mat.ptr<float>(), {mat.rows, mat.cols});
  torch::from_blob(raw + 5, {n}, torch::kInt);
  torch::from_blob(unknown, {n}, torch::kDouble);
  std::vector<uint8_t> enough(48), grown(4);
  torch::from_blob(enough.data(), {12}, torch::kFloat);
  torch::from_blob(enough.data() + 8, {10}, torch::kFloat);
  grown.resize(48);
  torch::from_blob(grown.data(), {12}, torch::kFloat);
  torch::from_blob(enough.data() + n, {12}, torch::kFloat);
}

// A dtype that is no constant in view.
struct Reader {
  torch::TensorOptions options;
  torch::ScalarType dtype;
  torch::Tensor like;
  torch::TensorOptions make();
  void read(std::vector<double> &v, torch::ScalarType given, torch::TensorOptions other) {
    torch::from_blob(v.data(), {2}, options);
    torch::from_blob(v.data(), {2}, dtype);
    torch::from_blob(v.data(), {2}, like.options());
    torch::from_blob(v.data(), {2}, make());
    torch::from_blob(v.data(), {2}, given);
    torch::from_blob(v.data(), {2}, other);
    torch::from_blob(v.data(), {2}, torch::dtype<double>());
    torch::TensorOptions changed;
    changed = changed.dtype(torch::kDouble);
    torch::from_blob(v.data(), {2}, changed);
  }
};

// Records and complex numbers lie there as what they are made of.
struct Point {
  float x, y, z;
};
void records(std::vector<Point> &points, std::vector<std::complex<float>> &c, std::vector<c10::complex<double>> &cc) {
  torch::from_blob(points.data(), {2, 3});
  torch::from_blob(c.data(), {2, 2});
  torch::from_blob(c.data(), {2}, torch::kComplexFloat);
  torch::from_blob(cc.data(), {2}, torch::kComplexDouble);
}

// One row of many, and rows as such.
void rows(std::vector<std::vector<float>> &rows) {
  for (auto &row : rows)
    torch::from_blob(row.data(), {int64_t(row.size())});
  torch::from_blob(rows[0].data(), {int64_t(rows[0].size())});
}

// A pointer that is assigned again, and aligned offsets.
void pointers(std::vector<double> &d, std::vector<float> &f, bool flag) {
  void *p = d.data();
  if (flag)
    p = f.data();
  torch::from_blob(p, {2});
  std::string buffer(64, 0);
  torch::from_blob(buffer.data() + 8, {4}, torch::kInt);
  torch::from_blob(f.data() + 1, {4});
}

// Sizes that are the same variable, and fit; sizes that may be anything.
void sizesThatFit(std::istream &in, uint32_t frames, int64_t rows, int64_t columns, int given) {
  auto *copy = new unsigned char[frames * sizeof(float)];
  torch::from_blob(copy, {static_cast<int64_t>(frames)}, torch::kFloat32);
  std::vector<uint8_t> raw(rows * columns * 4), other(rows), grown(rows), bytes(rows);
  torch::from_blob(raw.data(), {rows, columns});
  torch::from_blob(other.data(), {columns});
  torch::from_blob(bytes.data(), {rows}, torch::kByte);
  torch::from_blob(other.data(), {rows / 4});
  grown.resize(rows * 4);
  torch::from_blob(grown.data(), {rows});
  std::vector<uint8_t> before(given);
  given /= 4;
  torch::from_blob(before.data(), {given});
  int read = 0;
  in >> read;
  std::vector<uint8_t> counted(read);
  in >> read;
  torch::from_blob(counted.data(), {read});
}
