// RUN: %check torch-layer-options %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
namespace F = torch::nn::functional;

struct Members : nn::Module {
  nn::Dropout drop{50};
  // CHECK: :[[@LINE-1]]:19: warning: this 'Dropout' throws: p is 50 and has to lie between 0 and 1 [torch-layer-options]
  nn::MultiheadAttention attention{10, 3};
  // CHECK: :[[@LINE-1]]:35: warning: this 'MultiheadAttention' throws: embed_dim is 10, which num_heads, 3, does not divide
};

void built() {
  constexpr int64_t width = 6;
  nn::Conv2d groups(nn::Conv2dOptions(3, 2 * width, 3).groups(2));
  // CHECK: :[[@LINE-1]]:14: warning: this 'Conv2d' throws: in_channels is 3, which groups, 2, does not divide
  auto out = std::make_shared<nn::Conv2dImpl>(nn::Conv2dOptions(4, 5, 3).groups(2));
  // CHECK: :[[@LINE-1]]:14: warning: this 'Conv2d' throws: out_channels is 5, which groups, 2, does not divide
  nn::Conv1d last(nn::Conv1dOptions(4, 4, 3).groups(2).groups(3));
  // CHECK: :[[@LINE-1]]:14: warning: this 'Conv1d' throws: in_channels is 4, which groups, 3, does not divide
  nn::Conv2d kernel(nn::Conv2dOptions(3, 8, {3, 0}));
  // CHECK: :[[@LINE-1]]:14: warning: this 'Conv2d' throws: kernel_size is 0 and has to be at least 1
  nn::Conv2d same(nn::Conv2dOptions(3, 8, 3).padding(torch::kSame).stride(2));
  // CHECK: :[[@LINE-1]]:14: warning: this 'Conv2d' throws: padding is 'same', which only a stride of 1 can have
  nn::ConvTranspose2d transposed(nn::ConvTranspose2dOptions(3, 8, 3).stride(2).output_padding(2));
  // CHECK: :[[@LINE-1]]:23: warning: this 'ConvTranspose2d' throws: output_padding is 2 and has to be smaller than stride, 2, or dilation, 1
  nn::MaxPool2d pool(nn::MaxPool2dOptions({4, 3}).padding({2, 2}));
  // CHECK: :[[@LINE-1]]:17: warning: this 'MaxPool2d' throws: padding is 2 and may be half of kernel_size, 3, at most
  nn::GroupNorm norm(3, 10);
  // CHECK: :[[@LINE-1]]:17: warning: this 'GroupNorm' throws: num_channels is 10, which num_groups, 3, does not divide
  nn::Linear negative(-1, 10);
  // CHECK: :[[@LINE-1]]:14: warning: this 'Linear' throws: in_features is -1 and has to be at least 1
  nn::Dropout2d percent(nn::Dropout2dOptions().p(1.5));
  // CHECK: :[[@LINE-1]]:17: warning: this 'Dropout2d' throws: p is 1.5 and has to lie between 0 and 1
  nn::Embedding padded(nn::EmbeddingOptions(10, 3).padding_idx(10));
  // CHECK: :[[@LINE-1]]:17: warning: this 'Embedding' throws: padding_idx is 10, and there are 10 embeddings
  nn::LSTM projected(nn::LSTMOptions(4, 8).proj_size(8));
  // CHECK: :[[@LINE-1]]:12: warning: this 'LSTM' throws: proj_size is 8 and has to be smaller than hidden_size, 8
  nn::TransformerEncoderLayer layer(nn::TransformerEncoderLayerOptions(10, 4).dropout(0.1));
  // CHECK: :[[@LINE-1]]:31: warning: this 'TransformerEncoderLayer' throws: d_model is 10, which nhead, 4, does not divide
  nn::Upsample up(nn::UpsampleOptions().mode(torch::kNearest));
  // CHECK: :[[@LINE-1]]:16: warning: this 'Upsample' throws: neither size nor scale_factor is given
}

struct NetImpl : nn::Module {
  nn::Linear fc1{nullptr}, fc2{nullptr}, fc3{nullptr};
  nn::Conv2d conv1{nullptr}, conv2{nullptr};
  nn::BatchNorm2d norm{nullptr};
  nn::LSTM lstm{nullptr};
  nn::Embedding embedding{nullptr};
  nn::MaxPool2d pool{2};
  nn::ReLU relu;
  NetImpl() : fc1(register_module("fc1", nn::Linear(784, 64))), fc3(nn::LinearOptions(320, 50).bias(false)) {
    fc2 = register_module("fc2", nn::Linear(32, 10));
    register_module("fc3", fc3);
    conv1 = register_module("conv1", nn::Conv2d(1, 16, 5));
    conv2 = register_module("conv2", nn::Conv2d(nn::Conv2dOptions(32, 16, 5)));
    norm = register_module("norm", nn::BatchNorm2d(8));
    lstm = register_module("lstm", nn::LSTM(nn::LSTMOptions(20, 30).bidirectional(true)));
    embedding = register_module("embedding", nn::Embedding(100, 10));
  }
  torch::Tensor forward(torch::Tensor x) {
    x = torch::relu(fc1->forward(x));
    x = F::dropout(x, F::DropoutFuncOptions().p(0.5).training(is_training()));
    return fc2(x);
    // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: this 'Linear' takes 32 features and is given 64: forward() throws
    // CHECK: :[[@LINE-4]]:{{[0-9]+}}: note: given by this 'Linear'
    // CHECK: :[[@LINE-14]]:34: note: the 'Linear' that takes 32 is built here
    // CHECK: :[[@LINE-16]]:42: note: the 'Linear' that gives 64 is built here
  }
  torch::Tensor channels(torch::Tensor x) {
    x = relu(torch::max_pool2d(conv1(x), 2));
    auto y = pool(conv2(x.contiguous()));
    // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: this 'Conv2d' takes 32 channels and is given 16: forward() throws
    return norm->forward(y).relu();
    // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: this 'BatchNorm2d' takes 8 channels and is given 16
  }
  torch::Tensor flat(torch::Tensor x) {
    x = x.view({-1, 16 * 5 * 5});
    if (is_training())
      x = torch::relu(fc3->forward(x));
    // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: this 'Linear' takes 320 features and is given 400
    // CHECK: :[[@LINE-4]]:11: note: the last dimension is made 400 here
    return x;
  }
  torch::Tensor sequence(torch::Tensor x) {
    auto [out, state] = lstm(embedding(x));
    // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: this 'LSTM' takes 20 features and is given 10
    return fc2(std::get<0>(lstm(x))) + fc1(out);
    // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: this 'Linear' takes 32 features and is given 60
    // CHECK: :[[@LINE-2]]:{{[0-9]+}}: warning: this 'Linear' takes 784 features and is given 60
  }
  torch::Tensor loop(torch::Tensor x) {
    x = fc1(x);
    for (int i = 0; i < 3; ++i)
      std::cout << fc2(x);
    // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: this 'Linear' takes 32 features and is given 64
    return x;
  }
};

void locals(torch::Tensor x) {
  nn::Linear first(4, 8), second(4, 2);
  std::cout << second(first(x));
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: this 'Linear' takes 4 features and is given 8
  std::cout << nn::Linear(3, 2)(first->forward(x).tanh());
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: this 'Linear' takes 3 features and is given 8
}
