// Stands in for the CUDA toolkit's header; see cuda_runtime.h beside it.
#ifndef TORCHTIDY_CUDA_FP16_H
#define TORCHTIDY_CUDA_FP16_H
#pragma GCC system_header
#include <cuda_runtime_api.h>
struct __half {
  __half() = default;
  __attribute__((host, device)) __half(float x);
  __attribute__((host, device)) operator float() const;
  unsigned short __x;
};
struct __half2 {
  __half x, y;
};
typedef __half half;
typedef __half2 half2;
__attribute__((host, device)) __half __float2half(float x);
__attribute__((host, device)) __half __float2half_rn(float x);
__attribute__((host, device)) float __half2float(__half x);
__attribute__((host, device)) __half2 __floats2half2_rn(float x, float y);
__attribute__((host, device)) float2 __half22float2(__half2 x);

#endif
