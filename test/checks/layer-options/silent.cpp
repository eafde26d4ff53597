// RUN: %check torch-layer-options %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
#define EXPECT_THROW(statement, type) try { statement; } catch (const type &) {}

void built(int64_t width, int64_t heads, double p, bool wide) {
  nn::Linear empty(4, 0);
  nn::MultiheadAttention attention(12, 3), unknown(width, heads);
  nn::Conv2d depthwise(nn::Conv2dOptions(8, 16, {3, 5}).groups(8).padding({1, 2}));
  nn::Conv2d same(nn::Conv2dOptions(3, 8, 3).padding(torch::kSame)), replaced(nn::Conv2dOptions(3, 8, 3).padding(torch::kSame).stride(2).padding(1));
  nn::Conv2d wider(nn::Conv2dOptions(3, 8, 3).padding(9).stride(2).dilation(2));
  nn::Conv2d later(nn::Conv2dOptions(3, 8, 3).groups(2).groups(1));
  nn::Conv2d either(nn::Conv2dOptions(4, 8, 3).groups(wide ? 2 : 3));
  nn::ConvTranspose2d transposed(nn::ConvTranspose2dOptions(3, 8, 3).stride(2).output_padding(1)), dilated(nn::ConvTranspose2dOptions(3, 8, 3).dilation(2).output_padding(1));
  nn::ConvTranspose2d strides(nn::ConvTranspose2dOptions(3, 8, 3).stride(width).output_padding(2));
  nn::MaxPool2d pool(nn::MaxPool2dOptions(3).padding(1)), half(nn::MaxPool2dOptions({4, 3}).padding({2, 1}));
  nn::AdaptiveAvgPool2d global(1), none(0);
  nn::AdaptiveAvgPool2d one_side(nn::AdaptiveAvgPool2dOptions({7, c10::nullopt}));
  nn::Dropout all(1.0), nothing(0), given(p), standard;
  nn::GroupNorm norm(2, 10), any(nn::GroupNormOptions(3, 10).affine(false));
  nn::Embedding padded(nn::EmbeddingOptions(10, 3).padding_idx(-1)), first(nn::EmbeddingOptions(10, 3).padding_idx(0));
  nn::LSTM projected(nn::LSTMOptions(4, 8).proj_size(4)), plain(4, 8);
  nn::Upsample twice(nn::UpsampleOptions().scale_factor(std::vector<double>{2., 2.}).mode(torch::kNearest));
  nn::TransformerEncoderLayer layer(nn::TransformerEncoderLayerOptions(12, 4).dropout(0.1));
  auto options = nn::Conv2dOptions(3, 8, 3);
  options.groups(1);
  nn::Conv2d elsewhere(options);
}

void meant() {
  EXPECT_THROW(nn::Linear(-1, 2), c10::Error);
  try {
    nn::MultiheadAttention attention(10, 3);
  } catch (const c10::Error &) {
  }
}

struct NetImpl : nn::Module {
  nn::Linear fc1{nullptr}, fc2{nullptr}, wide{nullptr}, head{nullptr};
  nn::Conv2d conv1{nullptr}, conv2{nullptr};
  nn::LSTM lstm{nullptr};
  nn::Embedding embedding{nullptr};
  NetImpl(int64_t hidden, bool big) {
    fc1 = register_module("fc1", nn::Linear(784, 64));
    fc2 = register_module("fc2", nn::Linear(64, 10));
    if (big)
      wide = register_module("wide", nn::Linear(128, 10));
    else
      wide = register_module("wide", nn::Linear(64, 10));
    head = register_module("head", nn::Linear(hidden, 10));
    conv1 = register_module("conv1", nn::Conv2d(1, 16, 5));
    conv2 = register_module("conv2", nn::Conv2d(32, 16, 5));
    lstm = register_module("lstm", nn::LSTM(nn::LSTMOptions(10, 64)));
    embedding = register_module("embedding", nn::Embedding(100, 10));
  }
  torch::Tensor forward(torch::Tensor x) {
    x = torch::relu(fc1->forward(x));
    return fc2(x) + wide(x) + head(x);
  }
  // Something stands between the two.
  torch::Tensor between(torch::Tensor x, torch::Tensor y) {
    auto channels = torch::cat({conv1(x), conv1(y)}, 1);
    x = conv2(channels);
    x = torch::flatten(fc1(x), 1);
    return fc1(x);
  }
  torch::Tensor views(torch::Tensor x, int64_t n) {
    x = x.view({-1, n});
    x = fc1(x);
    x = fc1(x.view({n, -1}));
    return fc2(x.view({64, -1}));
  }
  torch::Tensor branch(torch::Tensor x, bool narrow) {
    x = fc1(x);
    if (narrow)
      x = x.slice(1, 0, 32);
    x = fc1(x);
    return x;
  }
  torch::Tensor in_place(torch::Tensor x) {
    x = fc1(x);
    x.resize_({2, 784});
    return fc1(x);
  }
  static void widen(torch::Tensor &x) { x = torch::cat({x, x}, 1); }
  torch::Tensor by_reference(torch::Tensor x) {
    x = fc1(x);
    widen(x);
    return fc1(x);
  }
  torch::Tensor captured(torch::Tensor x) {
    x = fc1(x);
    auto change = [&] { x = torch::zeros({1, 784}); };
    change();
    return fc1(x);
  }
  torch::Tensor other(torch::Tensor x) {
    auto y = fc1(x);
    return fc1(x) + fc2(y);
  }
  torch::Tensor sequence(torch::Tensor x) {
    auto [out, state] = lstm(embedding(x));
    return fc2(out) + fc1(std::get<0>(state));
  }
  torch::Tensor pooled(torch::Tensor x) {
    // The pool halves the features of a Linear, and knows nothing of channels.
    return head(torch::max_pool1d(fc1(x), 2));
  }
  // The convolution's channels are not the Linear's features.
  torch::Tensor mixed(torch::Tensor x) { return fc1(conv1(x)); }
};

struct Elsewhere : nn::Module {
  Elsewhere(); // out of view
  nn::Linear fc1 = nn::Linear(4, 8), fc2 = nn::Linear(4, 8);
  torch::Tensor forward(torch::Tensor x) { return fc2(fc1(x)); }
};

void replaced(NetImpl &net, torch::Tensor x) {
  nn::Linear local(4, 8);
  local = nn::Linear(4, 4);
  nn::Linear next(4, 2);
  next(local(x));
}
