// What the host side of a CUDA source needs declared, read before the file in place of clang's own
// wrapper, which takes no toolkit but a whole one of a version that it knows. The bodies of
// __global__ and __device__ functions are not read, so that the names used in them matter only in
// lambdas and in functions for both sides.
#ifndef TORCHTIDY_CUDA_PRELUDE_H
#define TORCHTIDY_CUDA_PRELUDE_H
#pragma GCC system_header

// As host headers: __CUDACC__ is defined after them.
#include <cuda.h>
#include <cuda_runtime.h>
#include <device_launch_parameters.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#undef __host__
#undef __device__
#undef __global__
#undef __shared__
#undef __constant__
#undef __managed__
#undef __grid_constant__
#undef __launch_bounds__
#undef __cluster_dims__
#undef __forceinline__
#undef __noinline__ // libstdc++ writes it between double parentheses
#define __host__ __attribute__((host))
#define __device__ __attribute__((device))
#define __global__ __attribute__((global))
#define __shared__ __attribute__((shared))
#define __constant__ __attribute__((constant))
#define __managed__ __attribute__((device))
#define __grid_constant__
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))
#define __cluster_dims__(...)
#define __forceinline__ __inline__ __attribute__((always_inline))

#define __CUDACC__ 1
#define __CUDACC_VER_MAJOR__ (CUDART_VERSION / 1000)
#define __CUDACC_VER_MINOR__ (CUDART_VERSION / 10 % 100)
#define __CUDACC_VER_BUILD__ 0

// What clang calls for kernel<<<grid, block, bytes, stream>>>(…), by the toolkit's age.
extern "C" {
unsigned __cudaPushCallConfiguration(dim3 grid, dim3 block, size_t bytes = 0,
                                     struct CUstream_st *stream = 0);
cudaError_t cudaConfigureCall(dim3 grid, dim3 block, size_t bytes = 0,
                              struct CUstream_st *stream = 0);
}

// The host's; the device's come with clang's headers below.
#define TORCHTIDY_LEAST_AND_MOST(T)                                                                \
  inline T min(T a, T b) { return b < a ? b : a; }                                                 \
  inline T max(T a, T b) { return a < b ? b : a; }
TORCHTIDY_LEAST_AND_MOST(int)
TORCHTIDY_LEAST_AND_MOST(unsigned)
TORCHTIDY_LEAST_AND_MOST(long)
TORCHTIDY_LEAST_AND_MOST(unsigned long)
TORCHTIDY_LEAST_AND_MOST(long long)
TORCHTIDY_LEAST_AND_MOST(unsigned long long)
TORCHTIDY_LEAST_AND_MOST(float)
TORCHTIDY_LEAST_AND_MOST(double)
#undef TORCHTIDY_LEAST_AND_MOST

// What clang itself declares of device code, without its wrapper of the toolkit, and what of it
// only the toolkit's own headers do.
// clang-format off: in the order in which they need each other
#include <__clang_cuda_math_forward_declares.h>
#include <__clang_cuda_libdevice_declares.h>
#include <__clang_cuda_device_functions.h>
#include <__clang_cuda_math.h>
#include <__clang_cuda_cmath.h>
// clang-format on

__device__ inline void __syncwarp(unsigned = ~0u) {}
__device__ inline unsigned __activemask() { return ~0u; }
__device__ inline unsigned __ballot_sync(unsigned, int) { return 0; }
__device__ inline int __any_sync(unsigned, int any) { return any; }
__device__ inline int __all_sync(unsigned, int all) { return all; }
#define TORCHTIDY_ADDRESS_SPACE(NAME)                                                              \
  __device__ inline size_t __cvta_generic_to_##NAME(const void *at) {                              \
    return reinterpret_cast<size_t>(at);                                                           \
  }                                                                                                \
  __device__ inline void *__cvta_##NAME##_to_generic(size_t at) {                                  \
    return reinterpret_cast<void *>(at);                                                           \
  }
TORCHTIDY_ADDRESS_SPACE(shared)
TORCHTIDY_ADDRESS_SPACE(global)
TORCHTIDY_ADDRESS_SPACE(local)
TORCHTIDY_ADDRESS_SPACE(constant)
#undef TORCHTIDY_ADDRESS_SPACE
__device__ inline unsigned __isShared(const void *) { return 1; }
__device__ inline unsigned __isGlobal(const void *) { return 1; }
template <class T> __device__ inline T __ldg(const T *at) { return *at; }
template <class T> __device__ inline T __shfl_sync(unsigned, T x, int, int = 32) { return x; }
template <class T> __device__ inline T __shfl_up_sync(unsigned, T x, unsigned, int = 32) {
  return x;
}
template <class T> __device__ inline T __shfl_down_sync(unsigned, T x, unsigned, int = 32) {
  return x;
}
template <class T> __device__ inline T __shfl_xor_sync(unsigned, T x, int, int = 32) { return x; }
#define TORCHTIDY_ATOMIC(NAME)                                                                     \
  template <class T, class U> __device__ inline T NAME(T *at, U) { return *at; }
TORCHTIDY_ATOMIC(atomicAdd)
TORCHTIDY_ATOMIC(atomicSub)
TORCHTIDY_ATOMIC(atomicExch)
TORCHTIDY_ATOMIC(atomicMin)
TORCHTIDY_ATOMIC(atomicMax)
TORCHTIDY_ATOMIC(atomicInc)
TORCHTIDY_ATOMIC(atomicDec)
TORCHTIDY_ATOMIC(atomicAnd)
TORCHTIDY_ATOMIC(atomicOr)
TORCHTIDY_ATOMIC(atomicXor)
#undef TORCHTIDY_ATOMIC
template <class T, class U, class V> __device__ inline T atomicCAS(T *at, U, V) { return *at; }

#endif
