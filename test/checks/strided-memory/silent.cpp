// RUN: %check torch-strided-memory %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/script.h>
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

void use(float *);
void useStrided(float *, torch::IntArrayRef);

// Made contiguous.
void contiguous(Tensor x, float *out) {
  auto a = x.permute({1, 2, 0}).contiguous();
  std::memcpy(out, a.data_ptr<float>(), a.nbytes());
  auto b = x.t();
  b = b.contiguous();
  std::memcpy(out, b.data_ptr<float>(), b.nbytes());
  std::memcpy(out, x.t().contiguous().data_ptr<float>(), 4);
  auto c = x.t().clone(at::MemoryFormat::Contiguous);
  std::memcpy(out, c.data_ptr<float>(), c.nbytes());
  auto d = x.permute({1, 0}).reshape({-1});
  std::memcpy(out, d.data_ptr<float>(), d.nbytes());
  auto e = x.select(1, 0).clone(); // the copy of a slice lies in order
  std::memcpy(out, e.data_ptr<float>(), e.nbytes());
}

// On every path.
void paths(Tensor x, float *out, bool flip) {
  Tensor a = x;
  if (flip)
    a = x.t().contiguous();
  std::memcpy(out, a.data_ptr<float>(), 4);
}

// The first dimension.
void first(Tensor x, float *out) {
  auto a = x[1];
  std::memcpy(out, a.data_ptr<float>(), 4);
  auto b = x.select(0, 1), c = x.slice(0, 1, 3), d = x.narrow(0, 1, 2), e = x.slice();
  std::memcpy(out, b.data_ptr<float>(), 4);
  std::memcpy(out, c.data_ptr<float>(), 4);
  std::memcpy(out, d.data_ptr<float>(), 4);
  std::memcpy(out, e.data_ptr<float>(), 4);
  auto f = x.unsqueeze(0).squeeze();
  std::memcpy(out, f.data_ptr<float>(), 4);
  auto g = x.permute({1, 0}).contiguous().detach(), h = x.detach().variable_data().alias();
  std::memcpy(out, g.data_ptr<float>(), 4);
  std::memcpy(out, h.data_ptr<float>(), 4);
}

// Copies.
void copies(Tensor x, Tensor y, float *out) {
  auto a = x.flip({0}), b = x.index_select(1, y), c = torch::cat({x.t(), y}), d = x.index({Slice(), y});
  std::memcpy(out, a.data_ptr<float>(), 4);
  std::memcpy(out, b.data_ptr<float>(), 4);
  std::memcpy(out, c.data_ptr<float>(), 4);
  std::memcpy(out, d.data_ptr<float>(), 4);
  auto e = x.t().matmul(y);
  std::memcpy(out, e.data_ptr<float>(), 4);
}

// Put back in order.
void back(Tensor x, float *out) {
  auto a = x.permute({2, 0, 1}).mul(2).permute({1, 2, 0});
  std::memcpy(out, a.data_ptr<float>(), 4);
}

// Asked, or read by strides.
void asked(Tensor x, float *out) {
  auto a = x.t(), b = x.select(1, 0), c = x.select(1, 0);
  if (a.is_contiguous())
    std::memcpy(out, a.data_ptr<float>(), 4);
  for (int64_t i = 0; i < b.numel(); ++i)
    out[i] = b.data_ptr<float>()[i * b.stride(0)];
  const int64_t columns = x.size(1);
  for (int64_t i = 0; i < c.numel(); ++i)
    out[i] = c.data_ptr<float>()[i * columns];
}

// Accessors know the strides; a single element; pointers that go elsewhere.
void others(Tensor x, float *out) {
  auto a = x.t();
  auto accessor = a.accessor<float, 2>();
  out[0] = accessor[0][1];
  out[1] = a.data_ptr<float>()[0];
  out[2] = *a.data_ptr<float>();
  use(a.data_ptr<float>());
  useStrided(a.data_ptr<float>(), {1, 2});
}

// Out of view: a parameter, a member, a result.
Tensor make();
struct Keeper {
  Tensor kept;
  void read(Tensor given, Tensor &reference, float *out) {
    auto made = make();
    std::memcpy(out, given.data_ptr<float>(), 4);
    std::memcpy(out, reference.data_ptr<float>(), 4);
    std::memcpy(out, kept.data_ptr<float>(), 4);
    std::memcpy(out, made.data_ptr<float>(), 4);
  }
};

// Copied back from the device, or to a device that is not known.
void device(Tensor x, float *out, torch::Device device) {
  auto a = x.to(torch::kCUDA).mul(2).to(torch::kCPU);
  auto b = x.cuda().cpu(), c = x.to(device), d = x.cuda().to(device);
  std::memcpy(out, a.data_ptr<float>(), 4);
  std::memcpy(out, b.data_ptr<float>(), 4);
  std::memcpy(out, c.data_ptr<float>(), 4);
  std::memcpy(out, d.data_ptr<float>(), 4);
  auto e = x.cuda();
  use(e.data_ptr<float>());
}

// Kept reordered by the project, so that this puts its elements back in order.
struct Images {
  std::vector<Tensor> states;
  Tensor mean;
  Tensor get(size_t i) { return states.at(i).clone(); }
  void show(size_t i, float *out) {
    auto image = get(i).squeeze().detach().permute({1, 2, 0});
    image = image.clamp(0, 255).to(torch::kCPU);
    std::memcpy(out, image.data_ptr<float>(), sizeof(float) * image.numel());
    auto first = states[0].permute({1, 2, 0}), last = mean.to(torch::kFloat).permute({1, 2, 0});
    std::memcpy(out, first.data_ptr<float>(), sizeof(float) * first.numel());
    std::memcpy(out, last.data_ptr<float>(), sizeof(float) * last.numel());
  }
};
void example(torch::data::Example<> example, float *out) {
  auto image = example.data.permute({1, 2, 0});
  std::memcpy(out, image.data_ptr<float>(), sizeof(float) * image.numel());
}

// Copied back under the condition under which it went to the device.
void conditional(Tensor x, bool cuda, int64_t rows, float *out) {
  if (cuda)
    x = x.cuda();
  Tensor y = torch::relu(x);
  if (cuda) {
    y = y.cuda();
    y = y.cpu();
  }
  Tensor z = torch::zeros({4});
  if (cuda)
    z = z.cuda();
  Tensor picked = z.argmax(0).to(torch::kFloat);
  if (cuda) {
    picked = picked.mul(2);
    picked = picked.to(at::kCPU);
  } else {
    picked = picked.mul(3);
  }
  std::memcpy(out, picked.data_ptr<float>(), 4);
}

// What a member holds may lie reordered: only contiguous() says it is in order.
struct View {
  Tensor frame;
  void save(float *out) const {
    auto pixels = frame.to(torch::kCPU).permute({0, 2, 3, 1});
    std::memcpy(out, pixels.data_ptr<float>(), pixels.nbytes());
    auto last = frame.contiguous(at::MemoryFormat::ChannelsLast).permute({0, 2, 3, 1});
    std::memcpy(out, last.data_ptr<float>(), last.nbytes());
    auto back = frame.contiguous().permute({0, 2, 3, 1}).permute({0, 3, 1, 2});
    std::memcpy(out, back.data_ptr<float>(), back.nbytes());
    auto ordered = frame.contiguous().permute({0, 2, 3, 1}).contiguous();
    std::memcpy(out, ordered.data_ptr<float>(), ordered.nbytes());
  }
};

// Parameters: what the caller gave, copies in order, references to what others see, strides asked.
void given(Tensor input, float *out) { std::memcpy(out, input.data_ptr<float>(), input.nbytes()); }
void byDefault(Tensor input = torch::rand({3, 4}).t(), float *out = nullptr) {
  std::memcpy(out, input.data_ptr<float>(), input.nbytes());
}
void batchFirst(Tensor input, float *out, bool batch_first) {
  if (batch_first)
    input = input.transpose(0, 1).contiguous();
  std::memcpy(out, input.data_ptr<float>(), input.nbytes());
}
void orderedLater(Tensor input, float *out) {
  input = input.t();
  input = input.contiguous();
  std::memcpy(out, input.data_ptr<float>(), input.nbytes());
}
void thereAndBack(Tensor input, float *out) {
  input = input.t();
  input = input + 1;
  input = input.t();
  std::memcpy(out, input.data_ptr<float>(), input.nbytes());
}
void askedOfParameter(Tensor input, float *out) {
  input = input.t();
  if (!input.is_contiguous())
    input = input.contiguous();
  std::memcpy(out, input.data_ptr<float>(), input.nbytes());
}

// Look-alike: as long a way, put in order on it.
void longWayInOrder(Tensor &image, unsigned char *out) {
  Tensor pixels = image.clone();
  pixels = pixels.squeeze(0).detach().permute({1, 2, 0});
  pixels = pixels.mul(255).clamp(0, 255).to(torch::kU8).contiguous();
  pixels = pixels.to(torch::kCPU);
  std::memcpy(out, pixels.data_ptr(), pixels.numel());
}

// Look-alike: from_blob is told that the memory lies on the device.
torch::Tensor shownThere(torch::Tensor a, int64_t n) {
  auto options = torch::TensorOptions().dtype(torch::kFloat32).device(torch::kCUDA, 0);
  auto b = a.to(torch::kCUDA);
  auto named = torch::from_blob(b.data_ptr(), {n}, options);
  return named + torch::from_blob(b.data_ptr(), {n}, torch::dtype(torch::kFloat).device(torch::kCUDA));
}

// Look-alike: the code asks where the tensor lies.
void whereabouts(Tensor x, Tensor y, Tensor z, float *out, bool gpu, float *(*copied)(const Tensor &)) {
  if (gpu)
    x = x.cuda();
  if (x.is_cuda())
    x = x.cpu();
  std::memcpy(out, x.data_ptr<float>(), x.nbytes());
  if (gpu)
    y = y.to(torch::kCUDA);
  auto w = y * 2;
  if (w.device() != torch::kCPU)
    w = w.cpu();
  std::memcpy(out, w.data_ptr<float>(), w.nbytes());
  if (gpu)
    z = z.to(torch::kCUDA);
  if (z.device().is_cpu())
    std::memcpy(out, z.data_ptr<float>(), z.nbytes());
  else
    copied(z);
}

// Look-alike: put back under the condition under which it was moved, whatever asks for it.
enum class Where { Host, Device };
struct Runner {
  bool cuda_;
  bool gpu() const { return cuda_; }
  void member(Tensor t, float *out) {
    if (cuda_)
      t = t.cuda();
    t = t * 2;
    if (cuda_)
      t = t.cpu();
    std::memcpy(out, t.data_ptr<float>(), t.nbytes());
  }
  void call(Tensor t, float *out) {
    if (gpu())
      t = t.cuda();
    t = t * 2;
    if (gpu())
      t = t.cpu();
    std::memcpy(out, t.data_ptr<float>(), t.nbytes());
  }
};
void available(Tensor t, float *out) {
  if (torch::cuda::is_available())
    t = t.to(torch::kCUDA);
  t = t * 2;
  if (torch::cuda::is_available())
    t = t.to(torch::kCPU);
  std::memcpy(out, t.data_ptr<float>(), t.nbytes());
}
void compared(Tensor t, Tensor u, float *out, Where where) {
  if (where == Where::Device)
    t = t.cuda();
  auto s = t * 2;
  if (where != Where::Host)
    s = s.cpu();
  std::memcpy(out, s.data_ptr<float>(), s.nbytes());
  switch (where) {
  case Where::Device:
    u = u.cuda();
    break;
  default:
    break;
  }
  if (where == Where::Device)
    u = u.cpu();
  std::memcpy(out, u.data_ptr<float>(), u.nbytes());
}
void named(Tensor t, float *out, const std::string &layout, bool last) {
  if (layout == "NHWC")
    t = t.permute({0, 2, 3, 1});
  t = t * 2;
  if (layout == "NHWC")
    t = t.contiguous();
  std::memcpy(out, t.data_ptr<float>(), t.nbytes());
  Tensor u = t.clone();
  if (last)
    u = u.transpose(1, 2);
  if (!last)
    u = u * 3;
  else
    u = u.contiguous();
  std::memcpy(out, u.data_ptr<float>(), u.nbytes());
}

// Look-alike: dimensions of one index part nothing.
void ones(float *out, int64_t n) {
  auto a = torch::rand({1, 28, 28}).permute({1, 2, 0});
  std::memcpy(out, a.data_ptr<float>(), a.nbytes());
  auto b = torch::randn({1, 16000}).narrow(1, 0, 8000);
  std::memcpy(out, b.data_ptr<float>(), b.nbytes());
  auto batch = torch::zeros({1, n, 4});
  auto c = batch.select(1, n - 1), d = batch.slice(1, 0, n / 2), e = batch.index({Slice(), 0});
  std::memcpy(out, c.data_ptr<float>(), c.nbytes());
  std::memcpy(out, d.data_ptr<float>(), d.nbytes());
  std::memcpy(out, e.data_ptr<float>(), e.nbytes());
  auto column = torch::rand({5, 1}), f = column.t();
  std::memcpy(out, f.data_ptr<float>(), f.nbytes());
}
void results(torch::jit::Module &script, torch::nn::Linear net, std::vector<torch::jit::IValue> inputs, Tensor x,
             float *out) {
  auto logits = script.forward(inputs).toTensor();
  auto last = logits.select(1, -1);
  std::memcpy(out, last.data_ptr<float>(), last.nbytes());
  auto scores = net->forward(x).index({Slice(), -1});
  std::memcpy(out, scores.data_ptr<float>(), scores.nbytes());
}

// Look-alike: channels last, and permuted back into order.
void channelsLast(Tensor x, float *out) {
  auto a = x.contiguous(at::MemoryFormat::ChannelsLast);
  auto b = a.permute({0, 2, 3, 1});
  std::memcpy(out, b.data_ptr<float>(), b.nbytes());
  auto c = torch::empty({2, 3, 4, 4}, torch::kFloat, at::MemoryFormat::ChannelsLast).permute({0, 2, 3, 1});
  std::memcpy(out, c.data_ptr<float>(), c.nbytes());
  auto d = x.to(torch::kFloat, false, false, at::MemoryFormat::ChannelsLast);
  auto e = d.permute({0, 2, 3, 1});
  std::memcpy(out, e.data_ptr<float>(), e.nbytes());
  auto image = x.permute({0, 3, 1, 2});
  namespace F = torch::nn::functional;
  image = F::interpolate(image, F::InterpolateFuncOptions().size(std::vector<int64_t>{8, 8}));
  image = image.permute({0, 2, 3, 1});
  std::memcpy(out, image.data_ptr<float>(), image.nbytes());
}

// Look-alike: given another tensor, or other strides, by other means than an assignment.
void ensure(Tensor &t) { t = t.contiguous(); }
void behindTheName(float *out, Tensor other) {
  auto a = torch::rand({3, 4}).t(), b = torch::rand({3, 4}).t(), c = torch::rand({3, 4}).t(), d = torch::rand({3, 4}).t();
  ensure(a);
  auto order = [&] { b = b.contiguous(); };
  order();
  c.t_();
  std::swap(d, other);
  std::memcpy(out, a.data_ptr<float>(), a.nbytes());
  std::memcpy(out, b.data_ptr<float>(), b.nbytes());
  std::memcpy(out, c.data_ptr<float>(), c.nbytes());
  std::memcpy(out, d.data_ptr<float>(), d.nbytes());
}
void otherwise(Tensor t, float *out) {
  if (torch::cuda::is_available())
    t = t.cuda();
  if (!torch::cuda::is_available())
    std::memcpy(out, t.data_ptr<float>(), t.nbytes());
}

// Look-alike: each element for itself, in whatever order.
double eachForItself() {
  auto w = torch::rand({3, 4}).t();
  float *p = w.data_ptr<float>();
  double sum = 0;
  for (int64_t i = 0; i < w.numel(); ++i)
    sum += p[i] * p[i];
  for (int64_t i = 0; i < w.numel(); ++i)
    p[i] *= 2.f;
  for (int64_t i = 0; i < w.numel(); ++i)
    p[i] = p[i] > 0 ? 1.f : 0.f;
  return sum;
}

// Look-alike: strides that are told, and views of all.
Tensor told(float *out) {
  auto w = torch::rand({3, 4}).t();
  auto v = torch::from_blob(w.data_ptr<float>(), {4, 3}, {1, 4});
  auto same = torch::rand({3, 4}).expand({3, 4}), all = torch::rand({3, 4}).slice(1, 0);
  auto frames = torch::rand({5120}).unfold(0, 512, 512);
  std::memcpy(out, same.data_ptr<float>(), same.nbytes());
  std::memcpy(out, all.data_ptr<float>(), all.nbytes());
  std::memcpy(out, frames.data_ptr<float>(), frames.nbytes());
  return v.clone();
}

// Look-alike: a queue of the device copies there.
struct Queue {
  void memcpy(void *to, const void *from, size_t bytes);
};
void onTheDevice(Queue &queue, float *to, Tensor x) {
  auto d = x.to(torch::kCUDA);
  queue.memcpy(to, d.data_ptr<float>(), d.nbytes());
}

// Look-alike: reordered by the code itself, or copied into a tensor that lies alike.
Tensor byHand(float *out) {
  auto w = torch::rand({3, 4}).t();
  const float *p = w.data_ptr<float>();
  const int rows = 4, columns = 3;
  for (int j = 0; j < columns; ++j)
    for (int i = 0; i < rows; ++i)
      out[i * columns + j] = p[j * rows + i];
  auto twin = torch::empty_like(w);
  std::memcpy(twin.data_ptr(), w.data_ptr(), w.nbytes());
  return twin;
}

// Look-alike: sizes that do not show, of which the first may be one.
struct Session {
  torch::jit::Module module;
  Tensor kept;
  Tensor run();
  void last(std::vector<torch::jit::IValue> inputs, float *out) {
    auto outputs = module.forward(inputs).toTuple();
    auto logits = outputs->elements()[0].toTensor();
    auto a = logits.select(1, -1), b = kept.slice(1, 0, 4), c = run().narrow(1, 0, 2);
    std::memcpy(out, a.data_ptr<float>(), a.nbytes());
    std::memcpy(out, b.data_ptr<float>(), b.nbytes());
    std::memcpy(out, c.data_ptr<float>(), c.nbytes());
    Tensor later;
    later = module.forward(inputs).toTensor();
    auto d = later.index({Slice(), -1});
    std::memcpy(out, d.data_ptr<float>(), d.nbytes());
  }
};
