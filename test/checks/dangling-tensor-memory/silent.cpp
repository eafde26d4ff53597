// RUN: %check torch-dangling-tensor-memory %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include "../Inputs/opencv.h"
#include <torch/script.h>
#include <torch/torch.h>

using torch::Tensor;
void use(const float *);
Tensor elsewhere();

// Used within the statement.
void within(Tensor t) {
  use(t.cpu().data_ptr<float>());
  float first = *t.exp().data_ptr<float>();
  int64_t rows = t[0].sizes()[0];
  std::vector<float> copy(t.data_ptr<float>(), t.data_ptr<float>() + 3);
  std::vector<int64_t> sizes = t[0].sizes().vec();
  auto shape = t.unsqueeze(0).sizes().vec();
  bool same = t[0].sizes() == t[1].sizes();
  cv::Mat image = cv::Mat(4, 4, CV_32FC3, t.exp().data_ptr()).clone();
  cv::imshow("t", image);
  std::cout << first << rows << copy << sizes << shape << same;
}
// A named tensor.
void named(Tensor t) {
  auto converted = t.to(torch::kInt);
  auto *pointer = converted.data_ptr<int>();
  const auto &extended = t.cpu();
  auto *other = extended.data_ptr<float>();
  std::cout << *pointer << *other;
}
// Views show the memory of a tensor that lives on.
void views(Tensor t) {
  float *row = t[0].data_ptr<float>();
  float *flat = t.view(-1).detach().data_ptr<float>();
  float *data = t.data().data_ptr<float>();
  use(row);
  use(flat);
  use(data);
}
// Memory with another owner.
struct Net : torch::nn::Module {
  Tensor last;
  Tensor forward(Tensor x) { return last; }
};
void owned(torch::nn::Linear &net, Net &keeps, torch::jit::IValue output, Tensor x) {
  float *weight = net->parameters()[0].data_ptr<float>();
  float *gradient = x.grad().data_ptr<float>();
  float *result = output.toTensor().data_ptr<float>();
  float *bias = net->bias.data_ptr<float>();
  float *kept = keeps.forward(x).data_ptr<float>();
  use(weight);
  use(gradient);
  use(result);
  use(bias);
  use(kept);
}
// Where a result comes from does not show.
void unknown() {
  float *values = elsewhere().data_ptr<float>();
  use(values);
}
// contiguous() of what is.
void checked(Tensor x) {
  TORCH_CHECK(x.is_contiguous());
  float *values = x.contiguous().data_ptr<float>();
  use(values);
}
void madeInOrder() {
  auto x = torch::rand({3, 3});
  float *values = x.contiguous().data_ptr<float>();
  float *host = x.cpu().data_ptr<float>();
  use(values);
  use(host);
}
void twice(Tensor input) {
  auto x = input.contiguous();
  float *values = x.contiguous().data_ptr<float>();
  use(values);
}
// Parameters and members live longer.
float *parameter(Tensor x) { return x.data_ptr<float>(); }
torch::IntArrayRef sizes(const Tensor &x) { return x.sizes(); }
struct Keeper {
  Tensor values;
  std::vector<Tensor> all;
  float *get() { return values.data_ptr<float>(); }
  float *computed(Tensor x) {
    auto y = x * 2;
    values = y;
    return y.data_ptr<float>();
  }
  float *pushed(Tensor x) {
    auto y = x * 2;
    all.push_back(y);
    return all.back().data_ptr<float>();
  }
};
float *view(Tensor x) {
  auto y = x.view(-1);
  return y.data_ptr<float>();
}
// The same tensor perhaps.
void reassigned(Tensor x) {
  auto y = x + 1;
  float *values = y.data_ptr<float>();
  y = y.contiguous();
  use(values);
}
void newPointer(Tensor x) {
  auto y = x + 1;
  float *values = y.data_ptr<float>();
  y = y * 2;
  values = y.data_ptr<float>();
  use(values);
}
void eachRound(Tensor x) {
  for (int i = 0; i < 3; ++i) {
    auto y = x[i] * 2;
    float *values = y.data_ptr<float>();
    use(values);
  }
}
// The numbers are copied out of it.
void appended(std::vector<float> *all, std::unique_ptr<std::vector<float>> &kept, Tensor x) {
  auto y = x.contiguous().flatten();
  const float *values = y.data_ptr<float>();
  all->insert(all->end(), values, values + y.numel());
  kept->assign(values, values + y.numel());
}
// Never used.
void unused(Tensor x) { float *values = x.exp().data_ptr<float>(); }
// What is copied from the sizes.
void copies(Tensor x) {
  torch::DimVector sizes(x[0].sizes());
  torch::jit::IValue value = x[0].sizes();
  auto zeros = torch::zeros(x[0].sizes());
  auto n = x[0].size(0);
  auto pool = torch::nn::AdaptiveAvgPool2d(torch::nn::AdaptiveAvgPool2dOptions({n, n}));
  std::cout << sizes[0] << value << zeros;
}

// It may be the caller's still, or is again.
const float *sometimes(const torch::Tensor &given, bool scale) {
  auto output = given.view({-1});
  if (scale)
    output = output.mul(255);
  return output.data_ptr<float>();
}
const float *again(const torch::Tensor &given) {
  auto output = given.mul(255);
  output = given;
  return output.data_ptr<float>();
}
void inTurns(const torch::Tensor &given, const float *&out, int n) {
  auto output = given.view({-1});
  for (int i = 0; i < n; ++i) {
    output = output.mul(2);
    out = output.data_ptr<float>();
    output = given;
  }
}
cv::Mat clonedImage(const torch::Tensor &prediction) {
  auto output = prediction.permute({1, 2, 0}).detach();
  output = output.mul(255).to(torch::kU8).contiguous();
  cv::Mat image(int(output.size(0)), int(output.size(1)), CV_8UC3, output.data_ptr());
  return image.clone();
}

// Look-alike: what was resized lies in order, and contiguous() is the tensor itself.
std::function<char *(size_t)> growing(torch::Tensor &buffer) {
  return [&buffer](size_t bytes) {
    buffer.resize_({static_cast<int64_t>(bytes)});
    return reinterpret_cast<char *>(buffer.contiguous().data_ptr());
  };
}

// Look-alike: parameters lie in order, and the model keeps them.
void copyWeights(torch::nn::Linear layer, const std::string &key, float *out) {
  float *source = layer->named_parameters()[key].contiguous().data_ptr<float>();
  std::copy(source, source + layer->named_parameters()[key].numel(), out);
  float *weight = layer->weight.contiguous().data_ptr<float>();
  std::copy(weight, weight + layer->weight.numel(), out);
  for (auto &item : layer->named_parameters()) {
    float *each = item.value().contiguous().data_ptr<float>();
    std::copy(each, each + item.value().numel(), out);
  }
}

// Look-alike: what OpenCV writes another type into gets memory of its own.
cv::Mat converted(torch::Tensor x) {
  torch::Tensor output = x.mul(255);
  cv::Mat result(int(output.size(0)), int(output.size(1)), CV_32F, output.data_ptr());
  result.convertTo(result, CV_8U);
  return result;
}

// Look-alike: whatever it was before, what is read here was made in order, and so are its rows.
void copyRows(Tensor given, float **out, int64_t rows, int64_t columns, int64_t ratio) {
  Tensor y;
  try {
    y = at::relu(given).permute({1, 0});
    y = y.repeat_interleave(ratio).reshape({rows, columns, -1});
  } catch (const std::exception &) {
    return;
  }
  y = y.to(torch::kCPU);
  for (int64_t i = 0; i < rows; ++i) {
    float *row = y.index({i, 0}).contiguous().data_ptr<float>();
    std::copy(row, row + ratio, out[i]);
    float *same = y[i][0].contiguous().data_ptr<float>();
    std::copy(same, same + ratio, out[i]);
    float *first = y.select(0, i).flatten().contiguous().data_ptr<float>();
    std::copy(first, first + columns, out[i]);
  }
}

// Look-alike: slices and numbers give a view of what lives on; so does a dimension put in front.
void indexed(Tensor x, Tensor mask, int64_t i) {
  using torch::indexing::Slice;
  float *rows = x.index({Slice(0, 4)}).data_ptr<float>();
  float *row = x.index({i}).data_ptr<float>();
  float *last = x.index({"...", 0}).data_ptr<float>();
  float *flat = torch::atleast_2d(x).data_ptr<float>();
  float *same = torch::atleast_1d(x).data_ptr<float>();
  use(rows);
  use(row);
  use(last);
  use(flat);
  use(same);
}

// Look-alike: in order already, whatever the caller gave, so that reshape() is a view.
void reshaped(Tensor given) {
  auto x = given.contiguous();
  float *flat = x.reshape({-1}).data_ptr<float>();
  use(flat);
  auto made = torch::rand({3, 4});
  float *row = made.flatten().data_ptr<float>();
  use(row);
}
void givenAnew(Tensor x) {
  x = x.contiguous();
  float *flat = x.reshape({-1}).data_ptr<float>();
  use(flat);
}
void wrapped(std::vector<float> &values) {
  auto x = torch::from_blob(values.data(), {3, 3});
  float *flat = x.reshape({-1}).data_ptr<float>();
  use(flat);
}

// Look-alike: asked for what decides whether it is copied.
void askedForDevice(Tensor x) {
  TORCH_CHECK(x.device().is_cpu(), "on the host");
  float *values = x.cpu().data_ptr<float>();
  use(values);
}
void askedForDType(Tensor x) {
  TORCH_CHECK(x.scalar_type() == torch::kFloat);
  float *values = x.to(torch::kFloat).data_ptr<float>();
  use(values);
}
static void check(const Tensor &t) {
  TORCH_CHECK(t.is_contiguous());
  TORCH_CHECK(t.device() == torch::kCPU);
}
void askedElsewhere(Tensor x) {
  check(x);
  float *values = x.cpu().contiguous().data_ptr<float>();
  use(values);
}

// Look-alike: of the dtype, on the host and in order already.
void hasItAlready(Tensor given) {
  auto x = torch::zeros({3});
  float *same = x.to(torch::kFloat).data_ptr<float>();
  float *host = x.to(torch::kCPU).data_ptr<float>();
  float *flat = torch::flatten(x).data_ptr<float>();
  use(same);
  use(host);
  use(flat);
  auto y = given.to(torch::kCPU).to(torch::kFloat).contiguous();
  float *brought = y.cpu().data_ptr<float>();
  float *converted = y.to(torch::kFloat).data_ptr<float>();
  use(brought);
  use(converted);
}

// Look-alike: the module keeps what its forward returns, or returns what it was given.
struct Table : torch::nn::Module {
  Tensor table, last;
  std::vector<Tensor> levels;
  c10::optional<Tensor> maybe;
  Tensor forward(int64_t n) { return table.slice(0, 0, n); }
  Tensor forward_level(size_t i) { return levels[i]; }
  Tensor forward_last(Tensor x) {
    last = x * 2;
    auto y = last;
    return y;
  }
  Tensor forward_maybe() { return *maybe; }
  Tensor forward_same(Tensor x) {
    if (!is_training())
      return x;
    return x + 1;
  }
};
void keptByModule(Table &net, Tensor x) {
  float *rows = net.forward(3).data_ptr<float>();
  float *level = net.forward_level(1).data_ptr<float>();
  float *last = net.forward_last(x).data_ptr<float>();
  float *maybe = net.forward_maybe().data_ptr<float>();
  float *same = net.forward_same(x).data_ptr<float>();
  use(rows);
  use(level);
  use(last);
  use(maybe);
  use(same);
}
void handedOn(torch::nn::Identity identity, torch::nn::Flatten flatten, torch::nn::Dropout dropout, Tensor x) {
  float *a = identity(x).data_ptr<float>();
  float *b = flatten->forward(x).data_ptr<float>();
  float *c = dropout(x).data_ptr<float>();
  use(a);
  use(b);
  use(c);
}

// Look-alike: another handle keeps the memory.
struct Handles {
  float *pointer;
  Tensor column;
  torch::Storage storage;
  std::vector<Tensor> kept;
  void keepView() {
    auto t = torch::zeros({3});
    pointer = t.data_ptr<float>();
    column = t.view({3, 1});
  }
  void keepStorage() {
    auto t = torch::zeros({3});
    pointer = t.data_ptr<float>();
    storage = t.storage();
  }
  void keepDetached() {
    auto t = torch::zeros({3});
    pointer = t.data_ptr<float>();
    kept.push_back(t.detach());
  }
  void keepRow(Tensor x) {
    auto t = x.clone();
    pointer = t.data_ptr<float>();
    kept.push_back(t[0]);
  }
  void keepNamedView(Tensor x) {
    auto t = x.clone();
    auto flat = t.view({-1});
    pointer = t.data_ptr<float>();
    kept.push_back(flat);
  }
};
std::pair<float *, Tensor> together() {
  auto t = torch::zeros({3});
  auto p = t.data_ptr<float>();
  return std::make_pair(p, t);
}
std::tuple<float *, Tensor> togetherWithView() {
  auto t = torch::zeros({3});
  float *p = t.data_ptr<float>();
  Tensor u = t.view({3, 1});
  return {p, u};
}

// Look-alike: the module keeps the tensor whose sizes these are, and another tensor the memory.
void ofDictionary(torch::nn::Linear net, Tensor other, float *&out) {
  auto sizes = net->named_parameters()["weight"].sizes();
  std::cout << sizes;
  auto t = torch::zeros({3});
  out = t.data_ptr<float>();
  other.set_data(t);
}
