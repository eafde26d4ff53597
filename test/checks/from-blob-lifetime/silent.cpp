// RUN: %check torch-from-blob-lifetime %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include "../Inputs/opencv.h"
#include <memory>
#include <thread>
#include <torch/torch.h>

using torch::Tensor;
void use(Tensor);

// Memory of its own.
Tensor cloned() {
  std::vector<float> values(3);
  return torch::from_blob(values.data(), {3}).clone();
}
Tensor clonedLater() {
  std::vector<float> values(3);
  auto x = torch::from_blob(values.data(), {3});
  x = x.clone();
  return x;
}
Tensor arithmetic() {
  std::vector<float> values(3);
  return torch::from_blob(values.data(), {3}) / 255;
}
Tensor joined() {
  std::vector<float> values(3);
  auto x = torch::from_blob(values.data(), {3});
  return torch::cat({x, x});
}
// Bytes to floats must convert.
Tensor converts() {
  std::vector<uint8_t> values(3);
  auto options = torch::TensorOptions().dtype(torch::kByte);
  auto x = torch::from_blob(values.data(), {3}, options);
  return x.to(torch::kFloat);
}
// Which dtype a member names is not in view, so that it may.
struct Converter {
  torch::TensorOptions options = torch::kByte;
  Tensor convert() {
    std::vector<uint8_t> values(3);
    return torch::from_blob(values.data(), {3}, options).to(torch::kFloat);
  }
};
// A permuted tensor is copied by contiguous().
Tensor permuted() {
  cv::Mat image = cv::imread("a");
  auto x = torch::from_blob(image.data, {image.rows, image.cols, 3}, torch::kByte);
  return x.permute({2, 0, 1}).contiguous();
}
Tensor toAnotherDevice() {
  std::vector<float> values(3);
  return torch::from_blob(values.data(), {3}).to(torch::kCUDA);
}
Tensor copyAskedFor() {
  std::vector<float> values(3);
  return torch::from_blob(values.data(), {3}).to(torch::kFloat, /*non_blocking=*/false, /*copy=*/true);
}
// to(options) that are not in view.
Tensor unknownOptions(torch::TensorOptions options) {
  std::vector<float> values(3);
  return torch::from_blob(values.data(), {3}).to(options);
}
Tensor copiedInto() {
  std::vector<float> values(3);
  auto x = torch::from_blob(values.data(), {3});
  auto result = torch::empty({2, 3});
  result[0] = x;
  result[1].copy_(x);
  return result;
}
Tensor selected() {
  std::vector<float> values(3);
  auto x = torch::from_blob(values.data(), {3});
  return x.index({x > 0});
}

// A deleter.
Tensor withDeleter() {
  auto *values = new std::vector<float>(3);
  return torch::from_blob(values->data(), {3}, [values](void *) { delete values; });
}
Tensor keptByDeleter() {
  auto values = std::make_shared<std::vector<float>>(3);
  return torch::from_blob(values->data(), {3}, [values](void *) {});
}

// Memory that lives longer.
Tensor reference(std::vector<float> &values) { return torch::from_blob(values.data(), {3}); }
Tensor pointer(const float *values) { return torch::from_blob((void *)values, {3}); }
Tensor image(cv::Mat image) { return torch::from_blob(image.data, {3}, torch::kByte); }
Tensor fixed() {
  static std::vector<float> values(3);
  return torch::from_blob(values.data(), {3});
}
Tensor leaked() {
  auto *values = new float[3];
  return torch::from_blob(values, {3});
}
struct Reader {
  std::vector<float> buffer;
  cv::Mat last;
  Tensor shown;
  std::vector<cv::Mat> images;
  Tensor member() { return torch::from_blob(buffer.data(), {3}); }
  void show() { shown = torch::from_blob(buffer.data(), {3}); }
  // Copies of a Mat share its memory.
  Tensor shares() {
    cv::Mat image = last;
    return torch::from_blob(image.data, {3}, torch::kByte);
  }
  Tensor kept() {
    cv::Mat image = cv::imread("a");
    images.push_back(image);
    return torch::from_blob(image.data, {3}, torch::kByte);
  }
  Tensor part() {
    cv::Mat row = last.row(0);
    return torch::from_blob(row.data, {3}, torch::kByte);
  }
  // A part of it, or a header over it, lives on.
  Tensor partKept(const cv::Mat &frame) {
    cv::Mat small;
    cv::resize(frame, small, {320, 320});
    images.push_back(small(cv::Rect(0, 0, 3, 3)));
    return torch::from_blob(small.data, {320, 320, 3}, torch::kByte);
  }
  Tensor flatKept(const cv::Mat &frame) {
    cv::Mat small;
    cv::resize(frame, small, {320, 320});
    last = small.reshape(1);
    return torch::from_blob(small.data, {320, 320, 3}, torch::kByte);
  }
  Tensor headerKept(const cv::Mat &frame) {
    cv::Mat small;
    cv::resize(frame, small, {320, 320});
    small.assignTo(last);
    return torch::from_blob(small.data, {320, 320, 3}, torch::kByte);
  }
  Tensor headerTaken() {
    cv::Mat small;
    last.assignTo(small);
    return torch::from_blob(small.data, {320, 320, 3}, torch::kByte);
  }
  Tensor swapped(const cv::Mat &frame) {
    cv::Mat small;
    cv::resize(frame, small, {320, 320});
    cv::swap(small, last);
    return torch::from_blob(small.data, {320, 320, 3}, torch::kByte);
  }
  Tensor overVector() {
    cv::Mat all(buffer);
    cv::imwrite("x.png", all);
    return torch::from_blob(all.data, {3});
  }
  Tensor overImage(const void *legacy) {
    cv::Mat all = cv::cvarrToMat(legacy);
    return torch::from_blob(all.data, {3}, torch::kByte);
  }
  // A function of the project may keep what the proxy stands for.
  void keep(cv::InputArray image) { last = image.getMat(); }
  Tensor keptByProject(const cv::Mat &frame) {
    cv::Mat small;
    cv::resize(frame, small, {320, 320});
    keep(small);
    return torch::from_blob(small.data, {320, 320, 3}, torch::kByte);
  }
  void setLast(const cv::Mat &image) { last = image; }
  Tensor keptByMethod(const cv::Mat &frame) {
    cv::Mat small;
    cv::resize(frame, small, {320, 320});
    setLast(small);
    return torch::from_blob(small.data, {320, 320, 3}, torch::kByte);
  }
  void elsewhere(const cv::Mat &image);
  Tensor keptElsewhere(const cv::Mat &frame) {
    cv::Mat small;
    cv::resize(frame, small, {320, 320});
    elsewhere(small);
    return torch::from_blob(small.data, {320, 320, 3}, torch::kByte);
  }
  void getLast(cv::Mat &out) { out = last; }
  Tensor givenByMethod() {
    cv::Mat image(320, 320, CV_8UC3);
    getLast(image);
    return torch::from_blob(image.data, {320, 320, 3}, torch::kByte);
  }
  // So does an object of OpenCV that is made of it.
  Tensor keptByIndex(const cv::Mat &frame) {
    cv::Mat small;
    cv::resize(frame, small, {320, 320});
    static cv::flann::Index index(small);
    return torch::from_blob(small.data, {320, 320, 3}, torch::kByte);
  }
  // It may be the other's still, or is again.
  Tensor clonedSometimes(const cv::Mat &frame, bool own) {
    cv::Mat image = frame;
    if (own)
      image = image.clone();
    return torch::from_blob(image.data, {320, 320, 3}, torch::kByte);
  }
  Tensor sharedAgain() {
    cv::Mat image = cv::imread("a");
    image = last;
    return torch::from_blob(image.data, {320, 320, 3}, torch::kByte);
  }
  // The copy.
  Tensor copied(const cv::Mat &frame) {
    cv::Mat small, scaled;
    cv::resize(frame, small, {320, 320});
    small.convertTo(scaled, CV_32FC3, 1.0 / 255.0);
    return torch::from_blob(scaled.data, {1, 320, 320, 3}).permute({0, 3, 1, 2}).clone();
  }
};

// The object outlives the tensor; what a lambda captured, too.
struct Picture {
  std::vector<float> pixels;
  Tensor tensor() { return torch::from_blob(pixels.data(), {3}); }
};
float mean(Picture &picture) {
  Picture own;
  auto show = [&] { return torch::from_blob(own.pixels.data(), {3}); };
  return (picture.tensor() + own.tensor() + show()).mean().item<float>();
}
Tensor ofAnother(Picture &picture) { return picture.tensor(); }
void joined(std::thread &other) {
  std::vector<float> values(3);
  auto x = torch::from_blob(values.data(), {3});
  std::thread worker([x] { use(x); });
  worker.join();
}
// Given a new tensor at each call.
class Scratch {
  Tensor input;

public:
  Tensor run(torch::nn::Linear &layer) {
    std::vector<float> values(3);
    input = torch::from_blob(values.data(), {3});
    return layer(input);
  }
};

// Owner and tensor leave together; moving a vector keeps its buffer.
struct Batch {
  std::vector<float> values;
  Tensor data;
};
Batch together() {
  Batch batch;
  batch.values.resize(3);
  batch.data = torch::from_blob(batch.values.data(), {3});
  return batch;
}
std::pair<std::vector<float>, Tensor> moved() {
  std::vector<float> values(3);
  auto x = torch::from_blob(values.data(), {3});
  return {std::move(values), x};
}

// Used while the memory is there.
void usedBefore() {
  auto *values = new float[3];
  auto x = torch::from_blob(values, {3});
  use(x);
  delete[] values;
  std::cout << x.sizes();
}
void withinStatement() { use(torch::from_blob(std::vector<float>{1, 2}.data(), {2})); }
float numberOnly() {
  std::vector<float> values(3);
  return torch::from_blob(values.data(), {3}).sum().item<float>();
}
void givenAnother() {
  Tensor x;
  {
    std::vector<float> values(3);
    x = torch::from_blob(values.data(), {3});
    use(x);
  }
  x = torch::rand({3});
  use(x);
}
void eachRound(std::vector<float> values) {
  for (int i = 0; i < 3; ++i) {
    auto x = torch::from_blob(values.data(), {3});
    use(x);
    values.push_back(i);
  }
}
void reserved() {
  std::vector<float> values;
  values.reserve(100);
  values.push_back(1);
  auto x = torch::from_blob(values.data(), {1});
  values.push_back(2);
  use(x);
}
void deletedElsewhere(bool owned) {
  auto *values = new float[3];
  auto x = torch::from_blob(values, {3});
  if (owned) {
    delete[] values;
    return;
  }
  use(x);
}
Tensor run(torch::nn::Linear &layer) {
  std::vector<float> values(3);
  auto x = torch::from_blob(values.data(), {3});
  return layer(x);
}
// A class of the project that copies in its insert().
struct Rollouts {
  void insert(Tensor value, Tensor mask) {
    values[step].copy_(value);
    masks[step].copy_(mask);
  }
  void push_back(Tensor value);
  int step = 0;
  Tensor values = torch::zeros({4, 2}), masks = torch::zeros({4, 2});
};
void rounds(Rollouts &rollouts) {
  std::vector<float> value{0, 1}, mask{1, 1};
  rollouts.insert(torch::from_blob(value.data(), {2}), torch::from_blob(mask.data(), {2}));
  value = {1, 2};
  mask = {0, 0};
  rollouts.insert(torch::from_blob(value.data(), {2}), torch::from_blob(mask.data(), {2}));
  rollouts.push_back(torch::from_blob(value.data(), {2}));
}
// Look-alike: initialisers that copy, or whose memory stays.
static float weights[3];
struct Kept {
  Tensor copied = torch::from_blob(std::vector<float>(3).data(), {3}).clone();
  Tensor summed = torch::from_blob(std::vector<float>(3).data(), {3}) + 1;
  Tensor fixed = torch::from_blob(weights, {3});
  std::vector<float> values = std::vector<float>(3);
  Tensor shown = torch::from_blob(values.data(), {3});
  double total = torch::from_blob(std::vector<float>(3).data(), {3}).sum().item<double>();
};
static Tensor scale = torch::from_blob(weights, {3});
static Tensor offset = torch::from_blob(std::vector<float>(3).data(), {3}).clone();
int main() {
  static Tensor forever;
  std::vector<float> values(3);
  forever = torch::from_blob(values.data(), {3});
}

// Look-alike: the tensor behind a pointer is replaced by a copy before it is kept.
static std::vector<std::shared_ptr<Tensor>> images;
void behindPointer() {
  std::vector<unsigned char> bytes(12);
  auto image = std::make_shared<Tensor>();
  *image = torch::from_blob(bytes.data(), {12}, torch::kByte);
  *image = image->to(torch::kFloat);
  *image = image->unsqueeze(0);
  images.push_back(image);
}

// Look-alike: whoever reads the member fills it first, or is a part of the call.
class Refilled {
public:
  float run(const std::vector<float> &x) {
    std::vector<float> values(x);
    inputs.clear();
    inputs.push_back(torch::from_blob(values.data(), {1, 9}));
    return torch::stack(inputs).sum().item<float>();
  }
  void warmup() {
    inputs.clear();
    inputs.push_back(torch::zeros({1, 9}));
    use(torch::stack(inputs));
  }
  Tensor detect(std::vector<float> values) {
    input = torch::from_blob(values.data(), {9});
    return infer();
  }
  Tensor other(const Tensor &x) {
    last = x;
    return last * 3;
  }
  Tensor first(std::vector<float> values) {
    last = torch::from_blob(values.data(), {9});
    return last * 2;
  }
  void each(int n) {
    for (int i = 0; i < n; ++i) {
      std::vector<float> values(9);
      batch.clear();
      batch.push_back(torch::from_blob(values.data(), {9}));
      flush();
    }
  }
  size_t waiting() const { return batch.size(); }

private:
  Tensor infer() { return input * 2; }
  void flush() {
    use(torch::stack(batch));
    batch.clear();
  }
  std::vector<Tensor> inputs, batch;
  Tensor input, last;
};

// Look-alike: on the host it is cloned, elsewhere to() copies.
Tensor byDevice(torch::Device device) {
  std::vector<float> values(9);
  auto x = torch::from_blob(values.data(), {9});
  if (device.is_cpu())
    return x.clone();
  return x.to(device);
}
Tensor byDeviceType(torch::Device device) {
  std::vector<float> values(9);
  auto x = torch::from_blob(values.data(), {9});
  return device == torch::kCPU ? x.clone() : x.to(device);
}

// Look-alike: as many elements as before stay where they are.
void sameSize(int n, const std::vector<float> &source) {
  std::vector<float> a(9), b(source.size()), c, d(source);
  c.resize(9);
  auto x = torch::from_blob(a.data(), {9}), y = torch::from_blob(b.data(), {9});
  auto z = torch::from_blob(c.data(), {9}), w = torch::from_blob(d.data(), {9});
  for (int i = 0; i < n; ++i) {
    a.assign(9, 0.f);
    b = source;
    c.resize(9);
    d = source;
    use(x + y + z + w);
  }
}

// Look-alike: the elements are replaced or taken away before anyone sees them.
std::vector<Tensor> replaced() {
  std::vector<float> values(9);
  std::vector<Tensor> all;
  all.push_back(torch::from_blob(values.data(), {9}));
  for (auto &each : all)
    each = each.clone();
  return all;
}
std::vector<Tensor> transformed() {
  std::vector<float> values(9);
  std::vector<Tensor> all;
  all.push_back(torch::from_blob(values.data(), {9}));
  std::transform(all.begin(), all.end(), all.begin(), [](const Tensor &x) { return x.clone(); });
  return all;
}
struct Taken {
  std::vector<Tensor> all;
  void last() {
    std::vector<float> values(9);
    all.push_back(torch::from_blob(values.data(), {9}));
    use(torch::stack(all));
    all.pop_back();
  }
  void erased() {
    std::vector<float> values(9);
    all.push_back(torch::from_blob(values.data(), {9}));
    use(torch::stack(all));
    all.erase(all.begin());
  }
  void reset() { all.clear(); }
  void cleared() {
    std::vector<float> values(9);
    all.push_back(torch::from_blob(values.data(), {9}));
    use(torch::stack(all));
    reset();
  }
};

// Look-alike: a list of as many elements.
void sameList(int n) {
  std::vector<float> a(3);
  auto x = torch::from_blob(a.data(), {3});
  for (int i = 0; i < n; ++i) {
    a.assign({1.f, 2.f, 3.f});
    use(x);
  }
}

// Look-alike: what frees the memory has been preceded by a clone.
Tensor freedIfCloned(bool own) {
  float *p = new float[9];
  auto x = torch::from_blob(p, {9});
  if (own)
    x = x.clone();
  if (own)
    delete[] p;
  return x;
}
