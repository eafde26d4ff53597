#pragma once

/// \file
/// LibTorch's built-in modules, hookable: `torch::nn::Linear` becomes `hnn::Linear`.
///
/// \code
/// namespace hnn = torchtidy::hnn;
/// \endcode
///
/// Same constructors, options, defaults, parameters, state-dict keys, printing and archives as the module of
/// the same name in `torch::nn`. Declare the *member* with the type from here, and ask for it by that:
/// `module->as<torch::nn::Linear>()` and a `torch::nn::LinearImpl&` still find it, and a call through them
/// goes past the hooks.
/// `hnn::Sequential` is a `torch::nn::Sequential` that can be hooked as a whole.

#include <torchtidy/hooks.h>

// Before the modules: the instance norms of LibTorch 1.13 use functions that they do not include.
#include <torch/nn/functional.h>

#include <torch/nn/modules.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace torchtidy {

template <>
struct TensorTraits<torch::nn::ASMoutput> {
  template <typename Visitor>
  static void visit(torch::nn::ASMoutput& value, Visitor&& visitor) {
    visitor(value.output);
  }
};

/// Its `data`, as the only one that changes. In place: the class has no way to set it.
template <>
struct TensorTraits<torch::nn::utils::rnn::PackedSequence> {
  template <typename Visitor>
  static void visit(torch::nn::utils::rnn::PackedSequence& value, Visitor&& visitor) {
    visitor(const_cast<torch::Tensor&>(value.data()));
  }
};

// The layers that most models have are compiled once, in the library.
#define TORCHTIDY_HNN_COMPILED(INSTANTIATE) \
  INSTANTIATE(Linear)                       \
  INSTANTIATE(Conv1d)                       \
  INSTANTIATE(Conv2d)                       \
  INSTANTIATE(BatchNorm1d)                  \
  INSTANTIATE(BatchNorm2d)                  \
  INSTANTIATE(LayerNorm)                    \
  INSTANTIATE(GroupNorm)                    \
  INSTANTIATE(Embedding)                    \
  INSTANTIATE(Dropout)                      \
  INSTANTIATE(ReLU)                         \
  INSTANTIATE(LeakyReLU)                    \
  INSTANTIATE(GELU)                         \
  INSTANTIATE(SiLU)                         \
  INSTANTIATE(Sigmoid)                      \
  INSTANTIATE(Tanh)                         \
  INSTANTIATE(Softmax)                      \
  INSTANTIATE(Flatten)                      \
  INSTANTIATE(Identity)                     \
  INSTANTIATE(MaxPool2d)                    \
  INSTANTIATE(AvgPool2d)                    \
  INSTANTIATE(AdaptiveAvgPool2d)
#define TORCHTIDY_HNN_EXTERN_(Name) extern template class HookedImpl<torch::nn::Name##Impl>;
TORCHTIDY_HNN_COMPILED(TORCHTIDY_HNN_EXTERN_)
#undef TORCHTIDY_HNN_EXTERN_

namespace hnn {

using torch::Tensor;
using torch::nn::utils::rnn::PackedSequence;
using TensorPair = std::tuple<Tensor, Tensor>;
using LSTMOutput = std::tuple<Tensor, TensorPair>;
using PackedPair = std::tuple<PackedSequence, Tensor>;
using PackedLSTMOutput = std::tuple<PackedSequence, TensorPair>;

#define TORCHTIDY_HNN_HOLDER_(Name)                          \
  class Name : public torch::nn::ModuleHolder<Name##Impl> {  \
   public:                                                   \
    using torch::nn::ModuleHolder<Name##Impl>::ModuleHolder; \
    using Impl [[maybe_unused]] = Name##Impl;                \
  };

#define TORCHTIDY_BUILTIN(Name)                         \
  using Name##Impl = HookedImpl<torch::nn::Name##Impl>; \
  TORCHTIDY_HNN_HOLDER_(Name)
#include <torchtidy/builtins.def>

// A using-declaration does not carry default arguments, so modules whose forward has some repeat it. What is
// not a constructor is in the library: it would cost every file that includes this.
#define TORCHTIDY_HNN_CLASS_(Name, RESULT, PARAMS)                                                       \
  class Name##Impl : public HookedImpl<torch::nn::Name##Impl> {                                          \
   public:                                                                                               \
    using HookedImpl<torch::nn::Name##Impl>::HookedImpl;                                                 \
    RESULT forward PARAMS;                                                                               \
    std::shared_ptr<torch::nn::Module> clone(const Optional<torch::Device>& device = {}) const override; \
  };

#define TORCHTIDY_HNN_DEFAULTS_(Name, RESULT, PARAMS) \
  TORCHTIDY_HNN_CLASS_(Name, RESULT, PARAMS)          \
  TORCHTIDY_HNN_HOLDER_(Name)

TORCHTIDY_HNN_DEFAULTS_(
    MultiheadAttention,
    TensorPair,
    (const Tensor& query,
     const Tensor& key,
     const Tensor& value,
     const Tensor& key_padding_mask = {},
     bool need_weights = true,
     const Tensor& attn_mask = {},
     bool average_attn_weights = true))

#define TORCHTIDY_HNN_CONV_TRANSPOSE_(Name) \
  TORCHTIDY_HNN_DEFAULTS_(                  \
      Name, Tensor, (const Tensor& input, const Optional<at::IntArrayRef>& output_size = {}))
TORCHTIDY_HNN_CONV_TRANSPOSE_(ConvTranspose1d)
TORCHTIDY_HNN_CONV_TRANSPOSE_(ConvTranspose2d)
TORCHTIDY_HNN_CONV_TRANSPOSE_(ConvTranspose3d)
#undef TORCHTIDY_HNN_CONV_TRANSPOSE_

#define TORCHTIDY_HNN_MAX_UNPOOL_(Name) \
  TORCHTIDY_HNN_DEFAULTS_(              \
      Name,                             \
      Tensor,                           \
      (const Tensor& input, const Tensor& indices, const Optional<std::vector<int64_t>>& output_size = {}))
TORCHTIDY_HNN_MAX_UNPOOL_(MaxUnpool1d)
TORCHTIDY_HNN_MAX_UNPOOL_(MaxUnpool2d)
TORCHTIDY_HNN_MAX_UNPOOL_(MaxUnpool3d)
#undef TORCHTIDY_HNN_MAX_UNPOOL_

// Packed input has a function of its own, with the same hooks: what Python's forward takes as well.
#define TORCHTIDY_HNN_RECURRENT_(Name, RESULT, PACKED_RESULT, State)                                     \
  class Name##Impl : public HookedImpl<torch::nn::Name##Impl> {                                          \
   public:                                                                                               \
    using HookedImpl<torch::nn::Name##Impl>::HookedImpl;                                                 \
    RESULT forward(const Tensor& input, State hx = {});                                                  \
    PACKED_RESULT forward_with_packed_input(const PackedSequence& packed_input, State hx = {});          \
    std::shared_ptr<torch::nn::Module> clone(const Optional<torch::Device>& device = {}) const override; \
  };                                                                                                     \
  TORCHTIDY_HNN_HOLDER_(Name)
TORCHTIDY_HNN_RECURRENT_(RNN, TensorPair, PackedPair, Tensor)
TORCHTIDY_HNN_RECURRENT_(GRU, TensorPair, PackedPair, Tensor)
TORCHTIDY_HNN_RECURRENT_(LSTM, LSTMOutput, PackedLSTMOutput, Optional<TensorPair>)
#undef TORCHTIDY_HNN_RECURRENT_
TORCHTIDY_HNN_DEFAULTS_(RNNCell, Tensor, (const Tensor& input, Tensor hx = {}))
TORCHTIDY_HNN_DEFAULTS_(GRUCell, Tensor, (const Tensor& input, Tensor hx = {}))
TORCHTIDY_HNN_DEFAULTS_(LSTMCell, TensorPair, (const Tensor& input, Optional<TensorPair> hx_opt = {}))

TORCHTIDY_HNN_DEFAULTS_(
    Transformer,
    Tensor,
    (const Tensor& src,
     const Tensor& tgt,
     const Tensor& src_mask = {},
     const Tensor& tgt_mask = {},
     const Tensor& memory_mask = {},
     const Tensor& src_key_padding_mask = {},
     const Tensor& tgt_key_padding_mask = {},
     const Tensor& memory_key_padding_mask = {}))

#define TORCHTIDY_HNN_ENCODER_(Name) \
  TORCHTIDY_HNN_DEFAULTS_(           \
      Name,                          \
      Tensor,                        \
      (const Tensor& src, const Tensor& src_mask = {}, const Tensor& src_key_padding_mask = {}))
TORCHTIDY_HNN_ENCODER_(TransformerEncoder)
TORCHTIDY_HNN_ENCODER_(TransformerEncoderLayer)
#undef TORCHTIDY_HNN_ENCODER_

#define TORCHTIDY_HNN_DECODER_(Name)            \
  TORCHTIDY_HNN_DEFAULTS_(                      \
      Name,                                     \
      Tensor,                                   \
      (const Tensor& tgt,                       \
       const Tensor& memory,                    \
       const Tensor& tgt_mask = {},             \
       const Tensor& memory_mask = {},          \
       const Tensor& tgt_key_padding_mask = {}, \
       const Tensor& memory_key_padding_mask = {}))
TORCHTIDY_HNN_DECODER_(TransformerDecoder)
TORCHTIDY_HNN_DECODER_(TransformerDecoderLayer)
#undef TORCHTIDY_HNN_DECODER_

/// \internal A hookable module made of a plain one: parameters, buffers and children are shared with it.
template <typename Holder>
Holder adopt(const torch::nn::Module& plain) {
  using Hooked = typename Holder::ContainedType;
  using PlainImpl = typename Holder::PlainImpl;
  return Holder(std::make_shared<Hooked>(detail::Adopt{}, dynamic_cast<const PlainImpl&>(plain)));
}

using EmbeddingImpl = HookedImpl<torch::nn::EmbeddingImpl>;
/// As `torch::nn::Embedding`.
class Embedding : public torch::nn::ModuleHolder<EmbeddingImpl> {
 public:
  using torch::nn::ModuleHolder<EmbeddingImpl>::ModuleHolder;
  using Impl = EmbeddingImpl;
  using PlainImpl = torch::nn::EmbeddingImpl;
  /// `embeddings`: [num_embeddings, embedding_dim]. Mirrors `Embedding.from_pretrained`.
  static Embedding from_pretrained(
      const Tensor& embeddings, const torch::nn::EmbeddingFromPretrainedOptions& options = {}) {
    return adopt<Embedding>(*torch::nn::Embedding::from_pretrained(embeddings, options));
  }
};

TORCHTIDY_HNN_CLASS_(
    EmbeddingBag,
    Tensor,
    (const Tensor& input, const Tensor& offsets = {}, const Tensor& per_sample_weights = {}))
/// As `torch::nn::EmbeddingBag`.
class EmbeddingBag : public torch::nn::ModuleHolder<EmbeddingBagImpl> {
 public:
  using torch::nn::ModuleHolder<EmbeddingBagImpl>::ModuleHolder;
  using Impl = EmbeddingBagImpl;
  using PlainImpl = torch::nn::EmbeddingBagImpl;
  /// `embeddings`: [num_embeddings, embedding_dim]. Mirrors `EmbeddingBag.from_pretrained`.
  static EmbeddingBag from_pretrained(
      const Tensor& embeddings, const torch::nn::EmbeddingBagFromPretrainedOptions& options = {}) {
    return adopt<EmbeddingBag>(*torch::nn::EmbeddingBag::from_pretrained(embeddings, options));
  }
};

/// `SequentialImpl` with hooks on the whole sequence (its children are hooked as everywhere).
class SequentialImpl : public torch::nn::SequentialImpl, public HookSite {
 public:
  using torch::nn::SequentialImpl::SequentialImpl;
  SequentialImpl() = default;

  /// As `torch::nn::SequentialImpl::forward`; hooks see the inputs by value.
  template <typename ReturnType = Tensor, typename... InputTypes>
  ReturnType forward(InputTypes&&... inputs) {
    if (C10_LIKELY(!hooked())) {
      return torch::nn::SequentialImpl::forward<ReturnType>(std::forward<InputTypes>(inputs)...);
    }
    return detail::run_hooked<ReturnType, std::decay_t<InputTypes>...>(
        *this,
        *this,
        [this](auto&&... values) {
          return this->torch::nn::SequentialImpl::forward<ReturnType>(
              std::forward<decltype(values)>(values)...);
        },
        std::forward<InputTypes>(inputs)...);
  }

  std::shared_ptr<torch::nn::Module> clone(const Optional<torch::Device>& device = {}) const override;

 private:
  bool named_ = detail::set_module_name(*this, typeid(torch::nn::SequentialImpl));
};

/// As `torch::nn::Sequential`, hookable as a whole.
class Sequential : public torch::nn::ModuleHolder<SequentialImpl> {
 public:
  using torch::nn::ModuleHolder<SequentialImpl>::ModuleHolder;
  using Impl = SequentialImpl;
  Sequential() : ModuleHolder() {}
  Sequential(std::initializer_list<torch::nn::NamedAnyModule> named_modules)
      : ModuleHolder(std::make_shared<SequentialImpl>(named_modules)) {}

  /// As `forward` (the holder of LibTorch's Sequential lacks it).
  template <typename ReturnType = Tensor, typename... InputTypes>
  ReturnType operator()(InputTypes&&... inputs) {
    return get()->template forward<ReturnType>(std::forward<InputTypes>(inputs)...);
  }
};

#undef TORCHTIDY_HNN_DEFAULTS_
#undef TORCHTIDY_HNN_CLASS_
#undef TORCHTIDY_HNN_HOLDER_

} // namespace hnn
} // namespace torchtidy
