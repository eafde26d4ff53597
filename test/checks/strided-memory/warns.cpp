// RUN: %check torch-strided-memory %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <cstring>
#include <fstream>
#include <vector>

namespace cv {
struct Mat {
  Mat(int rows, int cols, int type, void *data);
};
} // namespace cv
using torch::Tensor;
using torch::indexing::Slice;

void copies(Tensor x, float *out, std::ofstream &file) {
  auto a = x.permute({1, 2, 0});
  std::memcpy(out, a.data_ptr<float>(), a.nbytes());
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'a' do not lie in the order of its indices, in which this takes them: 'permute' gives a view that reorders them [torch-strided-memory]
  // CHECK: :[[@LINE-3]]:12: note: the view is made here; 'contiguous()' copies it into order
  auto b = x.t();
  const float *p = b.data_ptr<float>();
  std::vector<float> v(p, p + b.numel());
  // CHECK: :[[@LINE-1]]:22: warning: the elements of 'b' do not lie in the order of its indices, in which this takes them: 't' gives
  auto c = torch::transpose(x, 0, 1);
  std::copy(c.data_ptr<float>(), c.data_ptr<float>() + c.numel(), out);
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'c' do not lie
  auto d = x.select(1, 0);
  for (int64_t i = 0; i < d.numel(); ++i)
    out[i] = d.data_ptr<float>()[i];
  // CHECK: :[[@LINE-1]]:14: warning: the elements of 'd' do not lie in the order of its indices, in which this takes them: 'select' gives a view that leaves some out or repeats some
  auto e = x.slice(1, 0, 2);
  float *q = e.data_ptr<float>();
  for (int64_t i = 0; i < e.numel(); ++i)
    out[i] = q[i];
  // CHECK: :[[@LINE-1]]:14: warning: the elements of 'e' do not lie
  auto f = x.expand({3, 4});
  std::memcpy(out, f.data_ptr(), 48);
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'f' do not lie
  auto g = x.index({Slice(), 1});
  std::memcpy(out, g.data_ptr<float>(), g.numel() * 4);
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'g' do not lie
  file.write(reinterpret_cast<const char *>(c.data_ptr<float>()), c.nbytes());
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'c' do not lie
  std::memcpy(out, x.transpose(0, 1).data_ptr<float>(), 4);
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'x.transpose(0, 1)' do not lie
}

void oldName(Tensor x, float *out) {
  auto a = x.t();
  std::memcpy(out, a.data<float>(), 4);
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'a' do not lie
}

// What keeps a permuted order: copies, conversions, operations element by element.
cv::Mat image(Tensor output) {
  auto tensor = output.squeeze().detach().permute({1, 2, 0});
  tensor = tensor.mul(255).clamp(0, 255).to(torch::kU8);
  tensor = tensor.to(torch::kCPU);
  return cv::Mat(4, 4, 0, tensor.data_ptr());
  // CHECK: :[[@LINE-1]]:10: warning: the elements of 'tensor' do not lie in the order of its indices, in which this takes them: 'permute' gives
}
void clones(Tensor x, float *out) {
  auto a = x.transpose(1, 2).clone();
  std::memcpy(out, a.data_ptr<float>(), 4);
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'a' do not lie
  auto b = x.t() * 2;
  std::memcpy(out, b.data_ptr<float>(), 4);
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'b' do not lie
}

// Other names for the same memory; of a slice, too.
void names(Tensor x, float *out) {
  auto a = x.permute({1, 0}).detach(), b = x.t().data(), c = x.t().variable_data();
  std::memcpy(out, a.data_ptr<float>(), 4);
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'a' do not lie
  std::memcpy(out, b.data_ptr<float>(), 4);
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'b' do not lie
  std::memcpy(out, c.data_ptr<float>(), 4);
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'c' do not lie
  auto d = x.t().tensor_data(), e = torch::alias(x.t()), f = x.select(1, 0).unsqueeze(0).squeeze(0);
  std::memcpy(out, d.data_ptr<float>(), 4);
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'd' do not lie
  std::memcpy(out, e.data_ptr<float>(), 4);
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'e' do not lie
  std::memcpy(out, f.data_ptr<float>(), 4);
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'f' do not lie
}

// On one of the paths.
void paths(Tensor x, float *out, bool flip) {
  Tensor a = x.clone();
  if (flip)
    a = x.t();
  std::memcpy(out, a.data_ptr<float>(), 4);
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'a' do not lie
}

// Memory of a device.
void device(Tensor x, float *out, torch::nn::Linear net) {
  auto a = x.to(torch::kCUDA);
  std::memcpy(out, a.data_ptr<float>(), 4);
  // CHECK: :[[@LINE-1]]:3: warning: the memory of 'a' lies on the device, and the host reads it: copy the tensor to the CPU first
  // CHECK: :[[@LINE-3]]:12: note: put there by 'to'
  auto b = torch::ones({4}, torch::kCUDA);
  auto c = (b * 2).relu();
  const float *p = c.data_ptr<float>();
  std::vector<float> v(p, p + 4);
  // CHECK: :[[@LINE-1]]:22: warning: the memory of 'c' lies on the device
  auto d = x.cuda().contiguous();
  for (int i = 0; i < 4; ++i)
    out[i] = d.data_ptr<float>()[i];
  // CHECK: :[[@LINE-1]]:14: warning: the memory of 'd' lies on the device
}

// contiguous() puts in order what comes from elsewhere; what is permuted after it is not.
struct View {
  Tensor frame;
  void save(float *out) const {
    auto pixels = frame.to(torch::kCPU).mul(255.0f).contiguous();
    pixels = pixels.permute({0, 2, 3, 1});
    std::memcpy(out, pixels.data_ptr<float>(), pixels.nbytes());
    // CHECK: :[[@LINE-1]]:5: warning: the elements of 'pixels' do not lie in the order of its indices
  }
  void show() {
    Tensor pixels = frame.contiguous().squeeze(0).permute({1, 2, 0});
    cv::Mat image(4, 4, 16, pixels.data_ptr());
    // CHECK: :[[@LINE-1]]:13: warning: the elements of 'pixels' do not lie
  }
};

// A parameter that is a copy of the handle, and gets another value here.
void batchFirst(Tensor input, float *out, bool batch_first) {
  if (batch_first)
    input = input.transpose(0, 1);
  std::memcpy(out, input.data_ptr<float>(), input.nbytes());
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'input' do not lie in the order of its indices
}
float rebound(Tensor input, int64_t n) {
  input = input.t();
  const float *p = input.data_ptr<float>();
  float sum = 0;
  for (int64_t i = 0; i < n; ++i)
    sum += p[i];
  // CHECK: :[[@LINE-1]]:12: warning: the elements of 'input' do not lie
  return sum;
}
// A long way from the permutation to the memory: each step keeps the order.
void longWay(Tensor &image, unsigned char *out) {
  Tensor pixels = image.clone();
  pixels = pixels.squeeze(0).detach().permute({1, 2, 0});
  pixels = pixels.mul(255).clamp(0, 255).to(torch::kU8);
  pixels = pixels.to(torch::kCPU);
  std::memcpy(out, pixels.data_ptr(), pixels.numel());
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'pixels' do not lie in the order of its indices
}

// Asked for another tensor, or for where another is to lie.
void elsewhere(Tensor x, Tensor y, float *out) {
  x = x.cuda();
  if (y.is_cuda())
    y = y.cpu();
  auto z = torch::ones({2}, x.device());
  std::memcpy(out, x.data_ptr<float>(), x.nbytes());
  // CHECK: :[[@LINE-1]]:3: warning: the memory of 'x' lies on the device
}

// Conditions that have nothing to do with each other, or say the opposite.
void otherConditions(Tensor t, Tensor u, float *out, bool flip, bool half, int64_t n) {
  if (flip)
    t = t.transpose(0, 1);
  if (half)
    t = t.contiguous();
  std::memcpy(out, t.data_ptr<float>(), t.nbytes());
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 't' do not lie
  if (torch::cuda::is_available())
    u = u.cuda();
  if (!torch::cuda::is_available())
    u = u.cpu();
  std::memcpy(out, u.data_ptr<float>(), u.nbytes());
  // CHECK: :[[@LINE-1]]:3: warning: the memory of 'u' lies on the device
}
void beforeIt(Tensor t, float *out, bool flip) {
  t = t.t();
  if (flip) {
    std::memcpy(out, t.data_ptr<float>(), t.nbytes());
    // CHECK: :[[@LINE-1]]:5: warning: the elements of 't' do not lie
    t = t.contiguous();
  }
}

// More than one index in front.
void sizes(float *out, int64_t n) {
  auto a = torch::rand({2, 28, 28}).permute({1, 2, 0}), b = torch::randn({4, 16000}).narrow(1, 0, 8000);
  std::memcpy(out, a.data_ptr<float>(), a.nbytes());
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'a' do not lie
  std::memcpy(out, b.data_ptr<float>(), b.nbytes());
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'b' do not lie
  auto c = torch::zeros({1, n, 4}).select(2, 0);
  std::memcpy(out, c.data_ptr<float>(), c.nbytes());
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'c' do not lie
}
void modelResult(torch::nn::Conv2d net, Tensor x, float *out) {
  auto y = net->forward(x).permute({0, 2, 3, 1});
  std::memcpy(out, y.data_ptr<float>(), y.nbytes());
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'y' do not lie
}

// Handed to what cannot change it.
void look(const Tensor &t);
void looked(float *out) {
  auto a = torch::rand({3, 4}).t();
  look(a);
  a.mul_(2);
  auto print = [&] { look(a); };
  print();
  std::memcpy(out, a.data_ptr<float>(), a.nbytes());
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'a' do not lie
}

// Where each goes, or which they are, depends on the order.
double inThatOrder(float *out, std::vector<float> &all) {
  auto w = torch::rand({3, 4}).t();
  float *p = w.data_ptr<float>();
  double sum = 0;
  for (int64_t i = 0; i < w.numel(); ++i)
    sum += p[i] * i;
  // CHECK: :[[@LINE-1]]:12: warning: the elements of 'w' do not lie
  float *q = w.data_ptr<float>();
  for (int64_t i = 0; i < w.numel(); ++i)
    all.push_back(q[i]);
  // CHECK: :[[@LINE-1]]:19: warning: the elements of 'w' do not lie
  auto frames = torch::rand({5120}).unfold(0, 512, 256), wide = torch::rand({3, 1}).expand({3, 4});
  std::memcpy(out, frames.data_ptr<float>(), frames.nbytes());
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'frames' do not lie
  std::memcpy(out, wide.data_ptr<float>(), wide.nbytes());
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'wide' do not lie
  return sum;
}

// In the order of its own indices, and into another tensor.
Tensor inItsOrder(float *out) {
  auto w = torch::rand({3, 4}).t();
  const float *p = w.data_ptr<float>();
  const int rows = 4, columns = 3;
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < columns; ++j)
      out[i * columns + j] = p[i * columns + j];
  // CHECK: :[[@LINE-1]]:30: warning: the elements of 'w' do not lie
  auto other = torch::empty({4, 3});
  std::memcpy(other.data_ptr(), w.data_ptr(), w.nbytes());
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'w' do not lie
  return other;
}

// Of a shape that is told, whoever gives it.
void columnOf(torch::nn::Linear net, Tensor x, float *out) {
  auto first = net->forward(x).view({-1, 4}).select(1, 0);
  std::memcpy(out, first.data_ptr<float>(), first.nbytes());
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'first' do not lie
  auto second = (x * 2).select(1, 0);
  std::memcpy(out, second.data_ptr<float>(), second.nbytes());
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'second' do not lie
}
