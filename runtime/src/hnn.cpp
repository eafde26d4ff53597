#include <torchtidy/clone_into.h>
#include <torchtidy/hnn.h>

namespace torchtidy {

#define TORCHTIDY_HNN_INSTANTIATE_(Name) template class HookedImpl<torch::nn::Name##Impl>;
TORCHTIDY_HNN_COMPILED(TORCHTIDY_HNN_INSTANTIATE_)
#undef TORCHTIDY_HNN_INSTANTIATE_

namespace hnn {

#define TORCHTIDY_CLONE_(Name)                                                                        \
  std::shared_ptr<torch::nn::Module> Name##Impl::clone(const Optional<torch::Device>& device) const { \
    return detail::clone_hooked<Name##Impl, torch::nn::Name##Impl>(*this, device);                    \
  }
#define TORCHTIDY_FORWARD_(Name, RESULT, PARAMS, ARGS)      \
  RESULT Name##Impl::forward PARAMS {                       \
    return HookedImpl<torch::nn::Name##Impl>::forward ARGS; \
  }                                                         \
  TORCHTIDY_CLONE_(Name)

TORCHTIDY_FORWARD_(
    MultiheadAttention,
    TensorPair,
    (const Tensor& query,
     const Tensor& key,
     const Tensor& value,
     const Tensor& key_padding_mask,
     bool need_weights,
     const Tensor& attn_mask,
     bool average_attn_weights),
    (query, key, value, key_padding_mask, need_weights, attn_mask, average_attn_weights))

#define TORCHTIDY_CONV_TRANSPOSE_(Name)                                    \
  TORCHTIDY_FORWARD_(                                                      \
      Name,                                                                \
      Tensor,                                                              \
      (const Tensor& input, const Optional<at::IntArrayRef>& output_size), \
      (input, output_size))
TORCHTIDY_CONV_TRANSPOSE_(ConvTranspose1d)
TORCHTIDY_CONV_TRANSPOSE_(ConvTranspose2d)
TORCHTIDY_CONV_TRANSPOSE_(ConvTranspose3d)

#define TORCHTIDY_MAX_UNPOOL_(Name)                                                                    \
  TORCHTIDY_FORWARD_(                                                                                  \
      Name,                                                                                            \
      Tensor,                                                                                          \
      (const Tensor& input, const Tensor& indices, const Optional<std::vector<int64_t>>& output_size), \
      (input, indices, output_size))
TORCHTIDY_MAX_UNPOOL_(MaxUnpool1d)
TORCHTIDY_MAX_UNPOOL_(MaxUnpool2d)
TORCHTIDY_MAX_UNPOOL_(MaxUnpool3d)

#define TORCHTIDY_RECURRENT_(Name, RESULT, PACKED_RESULT, State)                                      \
  TORCHTIDY_FORWARD_(Name, RESULT, (const Tensor& input, State hx), (input, std::move(hx)))           \
  PACKED_RESULT Name##Impl::forward_with_packed_input(const PackedSequence& packed_input, State hx) { \
    using Base = torch::nn::Name##Impl;                                                               \
    if (C10_LIKELY(!this->hooked())) {                                                                \
      return Base::forward_with_packed_input(packed_input, std::move(hx));                            \
    }                                                                                                 \
    return detail::run_hooked<PACKED_RESULT, const PackedSequence&, State>(                           \
        *this,                                                                                        \
        *this,                                                                                        \
        [this](auto&&... values) {                                                                    \
          return Base::forward_with_packed_input(std::forward<decltype(values)>(values)...);          \
        },                                                                                            \
        packed_input,                                                                                 \
        std::move(hx));                                                                               \
  }
TORCHTIDY_RECURRENT_(RNN, TensorPair, PackedPair, Tensor)
TORCHTIDY_RECURRENT_(GRU, TensorPair, PackedPair, Tensor)
TORCHTIDY_RECURRENT_(LSTM, LSTMOutput, PackedLSTMOutput, Optional<TensorPair>)
TORCHTIDY_FORWARD_(RNNCell, Tensor, (const Tensor& input, Tensor hx), (input, std::move(hx)))
TORCHTIDY_FORWARD_(GRUCell, Tensor, (const Tensor& input, Tensor hx), (input, std::move(hx)))
TORCHTIDY_FORWARD_(
    LSTMCell, TensorPair, (const Tensor& input, Optional<TensorPair> hx_opt), (input, std::move(hx_opt)))

TORCHTIDY_FORWARD_(
    Transformer,
    Tensor,
    (const Tensor& src,
     const Tensor& tgt,
     const Tensor& src_mask,
     const Tensor& tgt_mask,
     const Tensor& memory_mask,
     const Tensor& src_key_padding_mask,
     const Tensor& tgt_key_padding_mask,
     const Tensor& memory_key_padding_mask),
    (src,
     tgt,
     src_mask,
     tgt_mask,
     memory_mask,
     src_key_padding_mask,
     tgt_key_padding_mask,
     memory_key_padding_mask))

#define TORCHTIDY_ENCODER_(Name)                                                       \
  TORCHTIDY_FORWARD_(                                                                  \
      Name,                                                                            \
      Tensor,                                                                          \
      (const Tensor& src, const Tensor& src_mask, const Tensor& src_key_padding_mask), \
      (src, src_mask, src_key_padding_mask))
TORCHTIDY_ENCODER_(TransformerEncoder)
TORCHTIDY_ENCODER_(TransformerEncoderLayer)

#define TORCHTIDY_DECODER_(Name)               \
  TORCHTIDY_FORWARD_(                          \
      Name,                                    \
      Tensor,                                  \
      (const Tensor& tgt,                      \
       const Tensor& memory,                   \
       const Tensor& tgt_mask,                 \
       const Tensor& memory_mask,              \
       const Tensor& tgt_key_padding_mask,     \
       const Tensor& memory_key_padding_mask), \
      (tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask))
TORCHTIDY_DECODER_(TransformerDecoder)
TORCHTIDY_DECODER_(TransformerDecoderLayer)

TORCHTIDY_FORWARD_(
    EmbeddingBag,
    Tensor,
    (const Tensor& input, const Tensor& offsets, const Tensor& per_sample_weights),
    (input, offsets, per_sample_weights))

std::shared_ptr<torch::nn::Module> SequentialImpl::clone(const Optional<torch::Device>& device) const {
  return detail::clone_elements(*this, device);
}

} // namespace hnn
} // namespace torchtidy
