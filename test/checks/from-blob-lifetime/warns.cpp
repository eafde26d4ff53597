// RUN: %check torch-from-blob-lifetime %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include "../Inputs/opencv.h"
#include <memory>
#include <thread>
#include <torch/torch.h>

using torch::Tensor;
void use(Tensor);

Tensor returned() {
  std::vector<int> values{5, 0, 1, 2};
  return torch::from_blob(values.data(), {2, 2}, torch::kInt);
  // CHECK: :[[@LINE-1]]:10: warning: the tensor that is returned refers to the memory of the local 'values', which ends with the function; clone() it [torch-from-blob-lifetime]
  // CHECK: :[[@LINE-2]]:3: note: returned here
}

// A by-value parameter is a local.
Tensor parameter(std::vector<float> values) {
  return torch::from_blob(&values[0], {3});
  // CHECK: :[[@LINE-1]]:10: warning: the tensor that is returned refers to the memory of the parameter 'values', which ends with the function
}

Tensor alias(torch::Device device) {
  std::array<float, 4> values{};
  float *first = values.data();
  auto whole = torch::from_blob(static_cast<void *>(first + 1), {1, 3});
  // CHECK: :[[@LINE-1]]:16: warning: the tensor that is returned refers to the memory of the local 'values', which ends with the function, unless 'to' copies it; clone() it
  auto same = whole.view(-1).contiguous().div_(255).to(torch::kFloat32);
  return same.to(device);
  // CHECK: :[[@LINE-1]]:3: note: returned here
}

struct Grouped {
  Tensor image, mask;
};
Grouped grouped() {
  float values[3] = {1, 2, 3};
  Grouped result;
  result.image = torch::from_blob(values, {3});
  // CHECK: :[[@LINE-1]]:18: warning: the tensor that is returned refers to the memory of the local 'values'
  return result;
}
std::pair<Tensor, Tensor> paired() {
  auto values = std::make_unique<float[]>(3);
  auto x = torch::from_blob(values.get(), {3}).unsqueeze(0);
  // CHECK: :[[@LINE-1]]:12: warning: the tensor that is returned refers to the memory of the local 'values'
  return {torch::zeros({1}), x};
}
auto captured() {
  std::string bytes = "abcd";
  auto x = torch::from_blob((void *)bytes.data(), {4}, torch::kByte);
  // CHECK: :[[@LINE-1]]:12: warning: the tensor that is returned refers to the memory of the local 'bytes'
  return [x] { return x + 1; };
}
auto lambda = [](int n) {
  std::vector<float> values(n);
  return torch::from_blob(values.data(), {n});
};
Tensor insideLambda() {
  auto make = [](int n) {
    std::vector<float> values(n);
    return torch::from_blob(values.data(), {n});
    // CHECK: :[[@LINE-1]]:12: warning: the tensor that is returned refers to the memory of the local 'values'
  };
  return make(3);
}

// A helper that wraps what it is given.
Tensor wrap(std::vector<float> &values) { return torch::from_blob(values.data(), {3}); }
Tensor wrap(float *values) { return torch::from_blob(values, {3}).reshape({1, 3}); }
Tensor wrapped() {
  std::vector<float> values(3);
  return wrap(values);
  // CHECK: :[[@LINE-1]]:10: warning: the tensor that is returned refers to the memory of the local 'values'
}
Tensor wrappedPointer() {
  std::vector<float> values(3);
  auto x = wrap(values.data());
  // CHECK: :[[@LINE-1]]:12: warning: the tensor that is returned refers to the memory of the local 'values'
  return x;
}

// A member that ends with its object.
struct Picture {
  std::vector<float> pixels;
  Tensor tensor() { return torch::from_blob(pixels.data(), {3}); }
};
Tensor ofObject() {
  Picture picture;
  return picture.tensor();
  // CHECK: :[[@LINE-1]]:10: warning: the tensor that is returned refers to the memory of the local 'picture'
}
Tensor fromImage(const cv::Mat &image) { return torch::from_blob(image.data, {3}, torch::kByte); }
Tensor read() {
  cv::Mat image = cv::imread("a");
  return fromImage(image).unsqueeze(0);
  // CHECK: :[[@LINE-1]]:10: warning: the tensor that is returned refers to the memory of the local 'image'
}
void onThread() {
  std::vector<float> values(3);
  auto x = torch::from_blob(values.data(), {3});
  // CHECK: :[[@LINE-1]]:12: warning: an object that lives on keeps a tensor that refers to the memory of the local 'values'
  std::thread([x] { use(x); }).detach();
}
std::pair<Tensor, int> fromList(const std::vector<std::string> &names) {
  std::vector<Tensor> all;
  for (auto row : std::vector<std::vector<float>>(3))
    all.push_back(torch::from_blob(row.data(), {3}).unsqueeze(0));
  // CHECK: :[[@LINE-1]]:19: warning: the tensor refers to the memory of the local 'row', which ends with its scope, before it is used
  return {torch::cat(all), 1};
}

struct Images : torch::data::Dataset<Images> {
  torch::data::Example<> get(size_t index) override {
    cv::Mat image = cv::imread(std::to_string(index));
    cv::resize(image, image, cv::Size(224, 224));
    auto data = torch::from_blob(image.data, {image.rows, image.cols, 3}, torch::kByte);
    // CHECK: :[[@LINE-1]]:17: warning: the tensor that is returned refers to the memory of the local 'image'
    data = data.permute({2, 0, 1});
    return {data, torch::tensor(1)};
  }
  torch::optional<size_t> size() const override { return 1; }
};

// Functions of OpenCV take images through proxies, which live for the call.
Tensor resized(const cv::Mat &frame) {
  cv::Mat small, scaled;
  cv::resize(frame, small, {320, 320});
  small.convertTo(scaled, CV_32FC3, 1.0 / 255.0);
  cv::imwrite("x.png", scaled);
  cv::rectangle(scaled, {0, 0, 3, 3}, 255);
  return torch::from_blob(scaled.data, {1, scaled.rows, scaled.cols, 3}).permute({0, 3, 1, 2});
  // CHECK: :[[@LINE-1]]:10: warning: the tensor that is returned refers to the memory of the local 'scaled'
}
Tensor captured(cv::VideoCapture &camera) {
  cv::Mat frame;
  camera.read(frame);
  cv::cvtColor(frame, frame, cv::COLOR_BGR2RGB);
  cv::imshow("frame", frame);
  return fromImage(frame);
  // CHECK: :[[@LINE-1]]:10: warning: the tensor that is returned refers to the memory of the local 'frame'
}
Tensor copiedInto(const cv::Mat &frame) {
  cv::Mat copy;
  frame.copyTo(copy);
  return torch::from_blob(copy.data, {copy.rows, copy.cols, 3}, torch::kByte);
  // CHECK: :[[@LINE-1]]:10: warning: the tensor that is returned refers to the memory of the local 'copy'
}
// Functions of the project that use it and keep nothing.
double brightness(const cv::Mat &image) { return image.empty() ? 0 : image.data[0]; }
void brighten(cv::Mat &image) { image.convertTo(image, -1, 1 + brightness(image)); }
Tensor brightened(const std::string &path) {
  cv::Mat image = cv::imread(path);
  brighten(image);
  return torch::from_blob(image.data, {image.rows, image.cols, 3}, torch::kByte);
  // CHECK: :[[@LINE-1]]:10: warning: the tensor that is returned refers to the memory of the local 'image'
}
// A part that ends with its statement keeps nothing.
Tensor pasted(const cv::Mat &logo) {
  cv::Mat board(480, 640, CV_8UC3, cv::Scalar(0));
  logo.copyTo(board(cv::Rect(0, 0, 8, 8)));
  board.row(3).setTo(0.0);
  return torch::from_blob(board.data, {480, 640, 3}, torch::kByte);
  // CHECK: :[[@LINE-1]]:10: warning: the tensor that is returned refers to the memory of the local 'board'
}

// What it was before does not count.
Tensor cloned(cv::Mat frame) {
  cv::Mat image = frame;
  image = image.clone();
  return torch::from_blob(image.data, {image.rows, image.cols, 3}, torch::kByte);
  // CHECK: :[[@LINE-1]]:10: warning: the tensor that is returned refers to the memory of the local 'image'
}

Tensor converted(const std::string &path) {
  cv::Mat floats;
  cv::imread(path).convertTo(floats, CV_32FC3, 1 / 255.0);
  return torch::from_blob(floats.ptr<float>(), {floats.rows, floats.cols, 3}).to(torch::kFloat);
  // CHECK: :[[@LINE-1]]:10: warning: the tensor that is returned refers to the memory of the local 'floats'
}

struct Camera {
  Tensor frame;
  std::vector<Tensor> frames;
  std::vector<float> buffer;
  Camera(std::vector<float> first) : frame(torch::from_blob(first.data(), {3})) {}
  // CHECK: :[[@LINE-1]]:44: warning: 'frame' keeps a tensor that refers to the memory of the parameter 'first', which ends with the function; clone() it
  void store(Tensor &out) {
    std::vector<float> values(3);
    auto x = torch::from_blob(values.data(), {3});
    // CHECK: :[[@LINE-1]]:14: warning: 'frames' keeps a tensor that refers to the memory of the local 'values'
    // CHECK: :[[@LINE+1]]:5: note: kept here
    frames.push_back(x);
  }
  void outParameter(Tensor *out) {
    float values[3] = {};
    *out = torch::from_blob(values, {3});
    // CHECK: :[[@LINE-1]]:12: warning: 'out' keeps a tensor
  }
  // Memory of a member, ended in view.
  Tensor refill() {
    auto x = torch::from_blob(buffer.data(), {3});
    buffer.resize(100);
    // CHECK: :[[@LINE-1]]:5: warning: 'buffer' is resized while a tensor made by from_blob, which does not own its memory, is still to be used; clone() it
    // CHECK: :[[@LINE-3]]:14: note: the tensor is made here
    // CHECK: :[[@LINE+1]]:12: note: used here
    return x + 1;
  }
};

void freed() {
  auto *features = new float[4];
  auto input = torch::from_blob(features, {1, 4});
  delete[] features;
  // CHECK: :[[@LINE-1]]:3: warning: 'features' is deleted while a tensor made by from_blob, which does not own its memory, is still to be used
  use(input);
}
void freedByAnotherName(bool early) {
  auto *memory = static_cast<char *>(malloc(16));
  auto *features = reinterpret_cast<float *>(memory);
  auto input = torch::from_blob(features, {1, 4});
  if (early)
    free(memory);
  // CHECK: :[[@LINE-1]]:5: warning: 'memory' is freed while a tensor
  use(input);
}
void grown() {
  std::vector<float> values(3);
  auto x = torch::from_blob(values.data(), {3});
  values.push_back(4);
  // CHECK: :[[@LINE-1]]:3: warning: the local 'values' may move its memory while a tensor
  std::cout << x;
}
void replaced(cv::VideoCapture &camera) {
  cv::Mat image = cv::imread("a");
  auto x = torch::from_blob(image.data, {3}, torch::kByte);
  image = cv::imread("b");
  // CHECK: :[[@LINE-1]]:3: warning: the local 'image' is given another value while a tensor
  use(x);
}
void temporary() {
  auto x = torch::from_blob(std::vector<float>{1, 2}.data(), {2});
  // CHECK: :[[@LINE-1]]:12: warning: the tensor refers to the memory of a temporary, which ends with this statement, before it is used; clone() it
  // CHECK: :[[@LINE+1]]:3: note: used here
  use(x);
}
Tensor eachRound() {
  std::vector<Tensor> rows;
  for (int i = 0; i < 3; ++i) {
    std::vector<float> row(4, i);
    rows.push_back(torch::from_blob(row.data(), {4}));
    // CHECK: :[[@LINE-1]]:20: warning: the tensor refers to the memory of the local 'row', which ends with its scope, before it is used
  }
  return torch::stack(rows);
}
// An empty deleter keeps nothing.
Tensor emptyDeleter() {
  std::vector<float> values(3);
  return torch::from_blob(values.data(), {3}, [](void *) {});
  // CHECK: :[[@LINE-1]]:10: warning: the tensor that is returned refers to the memory of the local 'values'
}
// Where no function stands around it: the initialiser of a member, of a variable at file level.
struct Memory {
  Tensor hidden = torch::from_blob(std::vector<float>(10, 0.f).data(), {1, 10});
  // CHECK: :[[@LINE-1]]:19: warning: 'hidden' keeps a tensor that refers to the memory of a temporary, which ends with this statement; clone() it
  std::vector<Tensor> all = {torch::from_blob(std::vector<float>(10, 0.f).data(), {10})};
  // CHECK: :[[@LINE-1]]:30: warning: 'all' keeps a tensor that refers to the memory of a temporary
};
static Tensor table = torch::from_blob(std::vector<float>{1, 2, 3}.data(), {3}).unsqueeze(0);
// CHECK: :[[@LINE-1]]:23: warning: 'table' keeps a tensor that refers to the memory of a temporary

// Read before it is filled, by a function that others call, or on another path.
class Kept {
public:
  Tensor run(std::vector<float> values) {
    input = torch::from_blob(values.data(), {9});
    // CHECK: :[[@LINE-1]]:13: warning: 'input' keeps a tensor that refers to the memory of the parameter 'values'
    return infer();
  }
  Tensor again() { return infer(); }
  void add(std::vector<float> values) {
    batch.push_back(torch::from_blob(values.data(), {9}));
    // CHECK: :[[@LINE-1]]:21: warning: 'batch' keeps a tensor that refers to the memory of the parameter 'values'
    if (batch.size() == 8)
      batch.clear();
  }
  void sometimes(bool fresh) {
    if (fresh)
      batch.clear();
    use(torch::stack(batch));
  }

private:
  Tensor infer() { return input * 2; }
  Tensor input;
  std::vector<Tensor> batch;
};
// Asked of another device, and more elements than there were.
Tensor otherDevice(torch::Device device, torch::Device other) {
  std::vector<float> values(9);
  auto x = torch::from_blob(values.data(), {9});
  if (other.is_cpu())
    return x.clone();
  return x.to(device);
  // CHECK: :[[@LINE-4]]:12: warning: the tensor that is returned refers to the memory of the local 'values', which ends with the function, unless 'to' copies it
}
void grown(int n, const std::vector<float> &source) {
  std::vector<float> a(9), b(source.size());
  auto x = torch::from_blob(a.data(), {9}), y = torch::from_blob(b.data(), {9});
  a.assign(10, 0.f);
  // CHECK: :[[@LINE-1]]:3: warning: the local 'a' may move its memory
  use(x);
  b.resize(n);
  // CHECK: :[[@LINE-1]]:3: warning: the local 'b' is resized
  use(y);
}

// Only its name is asked for, and a list of more elements.
Tensor named(torch::Device device) {
  std::vector<float> values(9);
  auto x = torch::from_blob(values.data(), {9});
  // CHECK: :[[@LINE-1]]:12: warning: the tensor that is returned refers to the memory of the local 'values', which ends with the function, unless 'to' copies it
  auto name = device.str();
  return x.to(device);
}
void longerList() {
  std::vector<float> a(3);
  auto x = torch::from_blob(a.data(), {3});
  a.assign({1.f, 2.f, 3.f, 4.f});
  // CHECK: :[[@LINE-1]]:3: warning: the local 'a' may move its memory
  use(x);
}

// Freed where it was not cloned.
Tensor freedIfNot(bool own, bool other) {
  float *p = new float[9], *q = new float[9];
  auto x = torch::from_blob(p, {9}), y = torch::from_blob(q, {9});
  if (own) {
    x = x.clone();
    y = y.clone();
  }
  if (!own)
    delete[] p;
  // CHECK: :[[@LINE-1]]:5: warning: 'p' is deleted while a tensor made by from_blob
  if (other)
    delete[] q;
  // CHECK: :[[@LINE-1]]:5: warning: 'q' is deleted while a tensor made by from_blob
  return x + y;
}
