// Stands in for the CUDA toolkit's header; see cuda_runtime.h beside it.
#ifndef TORCHTIDY_CURAND_KERNEL_H
#define TORCHTIDY_CURAND_KERNEL_H
#pragma GCC system_header
#include <curand.h>
struct curandStateXORWOW {
  unsigned d, v[5];
};
struct curandStatePhilox4_32_10 {
  uint4 ctr, output;
  uint2 key;
};
typedef curandStateXORWOW curandState;
typedef curandStateXORWOW curandState_t;
typedef curandStateXORWOW curandStateXORWOW_t;
typedef curandStatePhilox4_32_10 curandStatePhilox4_32_10_t;
template <class S>
__attribute__((device)) void curand_init(unsigned long long seed, unsigned long long sequence,
                                         unsigned long long offset, S *state);
template <class S> __attribute__((device)) unsigned curand(S *state);
template <class S> __attribute__((device)) float curand_uniform(S *state);
template <class S> __attribute__((device)) float4 curand_uniform4(S *state);
template <class S> __attribute__((device)) double curand_uniform_double(S *state);
template <class S> __attribute__((device)) float curand_normal(S *state);
template <class S> __attribute__((device)) float4 curand_normal4(S *state);

#endif
