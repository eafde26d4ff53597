// RUN: %check torch-dangling-tensor-memory %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include "../Inputs/opencv.h"
#include <torch/script.h>
#include <torch/torch.h>

using torch::Tensor;
void use(const float *);

void converted(Tensor t) {
  auto *pointer = t.to(torch::kLong).to(torch::kInt).data_ptr<int>();
  // CHECK: :[[@LINE-1]]:19: warning: what 'data_ptr' gives leads into a temporary tensor, which is destroyed at the end of this statement, before it is used (at best it works where 'to' need not copy); name the tensor [torch-dangling-tensor-memory]
  // CHECK: :[[@LINE+2]]:16: note: used here
  // CHECK: :[[@LINE-3]]:3: note: a name keeps the tensor
  std::cout << *pointer;
}
void computed(Tensor t) {
  float *pointer = (t * 2 + 1).data_ptr<float>();
  // CHECK: :[[@LINE-1]]:20: warning: what 'data_ptr' gives leads into a temporary tensor, which is destroyed at the end of this statement, before it is used; name the tensor
  for (int i = 0; i < 3; ++i)
    std::cout << pointer[i];
}
void assignedLater(Tensor t) {
  const float *pointer = nullptr;
  pointer = t.cpu().contiguous().data_ptr<float>();
  // CHECK: :[[@LINE-1]]:13: warning: what 'data_ptr' gives leads into a temporary tensor, which is destroyed at the end of this statement, before it is used (at best it works where '{{cpu|contiguous}}' need not copy)
  use(pointer);
}
void cast(Tensor t) {
  auto *bytes = static_cast<unsigned char *>(t.abs().data_ptr()) + 4;
  // CHECK: :[[@LINE-1]]:46: warning: what 'data_ptr' gives leads into a temporary tensor
  std::cout << bytes[0];
}
void image(Tensor t) {
  cv::Mat shown(4, 4, CV_32FC3, t.permute({1, 2, 0}).to(torch::kCPU).clone().data_ptr());
  // CHECK: :[[@LINE-1]]:33: warning: what 'data_ptr' gives leads into a temporary tensor
  cv::imshow("t", shown);
}
void list(Tensor t) {
  c10::ArrayRef<float> values(t.exp().data_ptr<float>(), 3);
  // CHECK: :[[@LINE-1]]:31: warning: what 'data_ptr' gives leads into a temporary tensor
  std::cout << values[0];
}
void wrapped(Tensor t) {
  auto same = torch::from_blob(t.cpu().data_ptr(), {3});
  // CHECK: :[[@LINE-1]]:32: warning: what 'data_ptr' gives leads into a temporary tensor, {{.*}} (at best it works where 'cpu' need not copy)
  use(same.data_ptr<float>());
}
Tensor wrappedLocal() {
  auto values = torch::rand({3});
  return torch::from_blob(values.data_ptr(), {3});
  // CHECK: :[[@LINE-1]]:27: warning: what 'data_ptr' gives leads into the local 'values', which ends with the function, and is returned
}
void sizesInLoop(Tensor t) {
  for (auto size : t.transpose(0, 1).sizes())
    // CHECK: :[[@LINE-1]]:20: warning: what 'sizes' gives leads into a temporary tensor
    std::cout << size;
}
void inRounds(std::vector<Tensor> all) {
  std::vector<float *> pointers;
  for (auto &each : all) {
    auto on_host = each.cpu();
    pointers.push_back(on_host.data_ptr<float>());
    // CHECK: :[[@LINE-1]]:24: warning: what 'data_ptr' gives leads into the local 'on_host', which ends with its scope, before it is used (at best it works where 'cpu' need not copy)
  }
  use(pointers[0]);
}
struct Result {
  float *values;
  int n;
};
void grouped(Tensor t) {
  Result result{t.sigmoid().data_ptr<float>(), 3};
  // CHECK: :[[@LINE-1]]:17: warning: what 'data_ptr' gives leads into a temporary tensor
  use(result.values);
}
void module(torch::nn::Linear &net, Tensor x) {
  auto sizes = net->forward(x).sizes();
  // CHECK: :[[@LINE-1]]:16: warning: what 'sizes' gives leads into a temporary tensor, which is destroyed at the end of this statement, before it is used; name the tensor
  std::cout << sizes[0];
  float *values = net(x).data_ptr<float>();
  // CHECK: :[[@LINE-1]]:19: warning: what 'data_ptr' gives leads into a temporary tensor
  use(values);
}
void script(torch::jit::Module &net, std::vector<torch::jit::IValue> inputs) {
  float *values = net.forward(inputs).toTensor().data_ptr<float>();
  // CHECK: :[[@LINE-1]]:19: warning: what 'data_ptr' gives leads into a temporary tensor
  use(values);
}
// The sizes of a view stand in the view.
void view(Tensor t) {
  auto sizes = t[0].sizes();
  // CHECK: :[[@LINE-1]]:16: warning: what 'sizes' gives leads into a temporary tensor
  use(t.view(sizes).data_ptr<float>());
  torch::IntArrayRef strides = t.transpose(0, 1).strides();
  // CHECK: :[[@LINE-1]]:32: warning: what 'strides' gives leads into a temporary tensor
  auto copy = torch::empty_strided(t.sizes(), strides);
}
void best(Tensor t) {
  auto *indices = std::get<1>(t.max(0)).data_ptr<int64_t>();
  // CHECK: :[[@LINE-1]]:19: warning: what 'data_ptr' gives leads into a temporary tensor
  std::cout << indices[0];
}

float *returned(Tensor x) {
  auto y = x * 2;
  return y.data_ptr<float>();
  // CHECK: :[[@LINE-1]]:10: warning: what 'data_ptr' gives leads into the local 'y', which ends with the function, and is returned
}
float *returnedTemporary(Tensor x) {
  return x.exp().data_ptr<float>();
  // CHECK: :[[@LINE-1]]:10: warning: what 'data_ptr' gives leads into a temporary tensor, which is destroyed at the end of this statement, and is returned; name the tensor
}
torch::IntArrayRef returnedSizes(Tensor x) {
  auto y = x.unsqueeze(0);
  return y.sizes();
  // CHECK: :[[@LINE-1]]:10: warning: what 'sizes' gives leads into the local 'y', which ends with the function, and is returned
}
auto returnedAccessor(Tensor x) {
  auto y = x.contiguous();
  auto accessor = y.accessor<float, 2>();
  // CHECK: :[[@LINE-1]]:19: warning: what 'accessor' gives leads into the local 'y', which ends with the function, and is returned (at best it works where 'contiguous' need not copy)
  return accessor;
}
struct Keeper {
  float *values;
  void keep(Tensor x) {
    auto y = torch::softmax(x, 0);
    values = y.data_ptr<float>();
    // CHECK: :[[@LINE-1]]:14: warning: what 'data_ptr' gives leads into the local 'y', which ends with the function, and is kept in 'values'
  }
};
void innerScope(Tensor x) {
  float *values;
  {
    auto y = x + 1;
    values = y.data_ptr<float>();
    // CHECK: :[[@LINE-1]]:14: warning: what 'data_ptr' gives leads into the local 'y', which ends with its scope, before it is used
  }
  use(values);
}
void reassigned(Tensor x) {
  auto y = x + 1;
  auto accessor = y.accessor<float, 2>();
  y = y * 2;
  // CHECK: :[[@LINE-1]]:3: warning: 'y' is given another value while what 'accessor' gave, which leads into the tensor that it was, is still to be used
  std::cout << accessor[0][0];
}
void inLambda(Tensor x) {
  auto run = [](Tensor t) {
    float *values = t.exp().data_ptr<float>();
    // CHECK: :[[@LINE-1]]:21: warning: what 'data_ptr' gives leads into a temporary tensor
    return values[0];
  };
  run(x);
}

// Line by line: what the variable was before does not count.
cv::Mat toImage(const torch::Tensor &prediction) {
  auto output = prediction.permute({1, 2, 0}).detach();
  output = output.mul(255).clamp(0, 255).to(torch::kU8).contiguous();
  cv::Mat image(int(output.size(0)), int(output.size(1)), CV_8UC3, output.data_ptr());
  // CHECK: :[[@LINE-1]]:68: warning: what 'data_ptr' gives leads into the local 'output', which ends with the function, and is returned
  return image;
}
std::vector<const float *> eachRound(const std::vector<torch::Tensor> &all) {
  std::vector<const float *> rows;
  for (const auto &one : all) {
    auto row = one.view({-1});
    row = row.exp();
    rows.push_back(row.data_ptr<float>());
    // CHECK: :[[@LINE-1]]:20: warning: what 'data_ptr' gives leads into the local 'row', which ends with its scope
  }
  return rows;
}

// Made in order, but what is taken of it is not.
float sumOfParts(Tensor x, bool turned) {
  using torch::indexing::Slice;
  Tensor y = torch::cat({x, x});
  float *column = y.index({Slice(), 0}).contiguous().data_ptr<float>();
  // CHECK: :[[@LINE-1]]:19: warning: what 'data_ptr' gives leads into a temporary tensor
  float *second = y.select(1, 0).contiguous().data_ptr<float>();
  // CHECK: :[[@LINE-1]]:19: warning: what 'data_ptr' gives leads into a temporary tensor
  float *last = torch::cat({x, x}).to(torch::MemoryFormat::ChannelsLast).contiguous().data_ptr<float>();
  // CHECK: :[[@LINE-1]]:17: warning: what 'data_ptr' gives leads into a temporary tensor
  if (turned)
    y = y.t();
  float *some = y.contiguous().data_ptr<float>();
  // CHECK: :[[@LINE-1]]:17: warning: what 'data_ptr' gives leads into a temporary tensor
  return column[0] + second[0] + last[0] + some[0];
}

// A tensor among the indices, and a device that is named for another tensor, ask nothing.
Tensor pickedAndMoved(Tensor x, Tensor mask) {
  float *picked = x.index({mask}).data_ptr<float>();
  // CHECK: :[[@LINE-1]]:19: warning: what 'data_ptr' gives leads into a temporary tensor
  float *more = x.index({torch::indexing::Slice(), mask > 0}).data_ptr<float>();
  // CHECK: :[[@LINE-1]]:17: warning: what 'data_ptr' gives leads into a temporary tensor
  float *host = x.cpu().data_ptr<float>();
  // CHECK: :[[@LINE-1]]:17: warning: what 'data_ptr' gives leads into a temporary tensor
  float *flat = x.reshape({-1}).data_ptr<float>();
  // CHECK: :[[@LINE-1]]:17: warning: what 'data_ptr' gives leads into a temporary tensor
  auto result = torch::tensor({picked[0], more[0], host[0], flat[0]});
  return result.to(x.device());
}
void givenAnewSometimes(Tensor x, bool ordered) {
  if (ordered)
    x = x.contiguous();
  float *flat = x.reshape({-1}).data_ptr<float>();
  // CHECK: :[[@LINE-1]]:17: warning: what 'data_ptr' gives leads into a temporary tensor
  use(flat);
}

// What a forward in view makes is nobody else's, however it is reshaped on the way.
struct Network : torch::nn::Module {
  torch::nn::Linear first{2, 3}, second{3, 4};
  Tensor forward(Tensor x) {
    x = torch::relu(first->forward(x));
    x = x.view({-1, 3});
    x = second(x);
    return torch::log_softmax(x, 1);
  }
  Tensor forward_features(Tensor x) {
    Tensor y;
    y = first(x).relu();
    y = y.view({-1, 3});
    return y;
  }
};
void made(Network &net, Tensor x, double *out) {
  float *values = net.forward(x).data_ptr<float>();
  // CHECK: :[[@LINE-1]]:19: warning: what 'data_ptr' gives leads into a temporary tensor
  float *features = net.forward_features(x).data_ptr<float>();
  // CHECK: :[[@LINE-1]]:21: warning: what 'data_ptr' gives leads into a temporary tensor
  auto zeros = torch::zeros({3});
  double *wide = zeros.to(torch::kDouble).data_ptr<double>();
  // CHECK: :[[@LINE-1]]:18: warning: what 'data_ptr' gives leads into a temporary tensor
  auto there = torch::zeros({3}, torch::kCUDA);
  float *here = there.cpu().data_ptr<float>();
  // CHECK: :[[@LINE-1]]:17: warning: what 'data_ptr' gives leads into a temporary tensor
  out[0] = values[0] + features[0] + wide[0] + here[0];
}
// Used in a view, and not kept by one.
struct Forgetful {
  float *pointer;
  double sum;
  void keep(Tensor x) {
    auto t = x.clone();
    auto flat = t.view({-1});
    pointer = t.data_ptr<float>();
    // CHECK: :[[@LINE-1]]:15: warning: what 'data_ptr' gives leads into the local 't', which ends with the function, and is kept in 'pointer'
    sum = flat.sum().item<double>();
  }
};

// The sizes of an element that ends: another tensor over the same memory.
void sizesOfRow(std::vector<Tensor> &all) {
  auto sizes = all[0][1].sizes();
  // CHECK: :[[@LINE-1]]:16: warning: what 'sizes' gives leads into a temporary tensor
  std::cout << sizes;
}
