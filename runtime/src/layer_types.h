#pragma once

// Not installed: the layers of LibTorch that have parameters, by kind.

#include <torch/nn/modules.h>

namespace torchtidy {
namespace detail {

template <typename... Impls>
struct Types {};

template <typename... A, typename... B>
Types<A..., B...> operator+(Types<A...>, Types<B...>);

using Convolutions = Types<
    torch::nn::Conv1dImpl,
    torch::nn::Conv2dImpl,
    torch::nn::Conv3dImpl,
    torch::nn::ConvTranspose1dImpl,
    torch::nn::ConvTranspose2dImpl,
    torch::nn::ConvTranspose3dImpl>;
using Linears = Types<torch::nn::LinearImpl, torch::nn::BilinearImpl>;
using Embeddings = Types<torch::nn::EmbeddingImpl, torch::nn::EmbeddingBagImpl>;
using Recurrents = Types<
    torch::nn::RNNImpl,
    torch::nn::LSTMImpl,
    torch::nn::GRUImpl,
    torch::nn::RNNCellImpl,
    torch::nn::LSTMCellImpl,
    torch::nn::GRUCellImpl>;
using Norms = Types<
    torch::nn::BatchNorm1dImpl,
    torch::nn::BatchNorm2dImpl,
    torch::nn::BatchNorm3dImpl,
    torch::nn::InstanceNorm1dImpl,
    torch::nn::InstanceNorm2dImpl,
    torch::nn::InstanceNorm3dImpl,
    torch::nn::LayerNormImpl,
    torch::nn::GroupNormImpl>;
using Attentions = Types<torch::nn::MultiheadAttentionImpl>;
using PReLUs = Types<torch::nn::PReLUImpl>;

/// Those that can be initialised anew.
using Builtins =
    decltype(Linears() + Convolutions() + Norms() + Embeddings() + Recurrents() + PReLUs() + Attentions() + Types<torch::nn::TransformerImpl>());

} // namespace detail
} // namespace torchtidy
