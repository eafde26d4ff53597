// Stands in for the CUDA toolkit's header; see cuda_runtime.h beside it.
#ifndef TORCHTIDY_CUDA_BF16_H
#define TORCHTIDY_CUDA_BF16_H
#pragma GCC system_header
#include <cuda_runtime_api.h>
struct __nv_bfloat16 {
  __nv_bfloat16() = default;
  __attribute__((host, device)) __nv_bfloat16(float x);
  __attribute__((host, device)) operator float() const;
  unsigned short __x;
};
struct __nv_bfloat162 {
  __nv_bfloat16 x, y;
};
typedef __nv_bfloat16 nv_bfloat16;
typedef __nv_bfloat162 nv_bfloat162;
__attribute__((host, device)) __nv_bfloat16 __float2bfloat16(float x);
__attribute__((host, device)) float __bfloat162float(__nv_bfloat16 x);

#endif
