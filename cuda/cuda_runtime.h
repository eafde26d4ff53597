// Stands in for the CUDA toolkit's header where no toolkit is found: names and types of the runtime
// API as its reference manual gives them, for the host side of what is linted. Nothing here runs.
#ifndef TORCHTIDY_CUDA_RUNTIME_H
#define TORCHTIDY_CUDA_RUNTIME_H
#pragma GCC system_header
#include <cuda_runtime_api.h>

template <class T> cudaError_t cudaMalloc(T **at, size_t bytes);
template <class T> cudaError_t cudaMallocHost(T **at, size_t bytes, unsigned flags = 0);
template <class T> cudaError_t cudaHostAlloc(T **at, size_t bytes, unsigned flags);
template <class T> cudaError_t cudaMallocManaged(T **at, size_t bytes, unsigned flags = 1);
template <class T> cudaError_t cudaMallocAsync(T **at, size_t bytes, cudaStream_t stream);
template <class T> cudaError_t cudaHostGetDevicePointer(T **device, void *host, unsigned flags);
template <class T>
cudaError_t cudaMemcpyToSymbol(const T &symbol, const void *from, size_t bytes, size_t offset = 0,
                               cudaMemcpyKind kind = cudaMemcpyHostToDevice);
template <class T>
cudaError_t cudaMemcpyToSymbolAsync(const T &symbol, const void *from, size_t bytes, size_t offset,
                                    cudaMemcpyKind kind, cudaStream_t stream = 0);
template <class T>
cudaError_t cudaMemcpyFromSymbol(void *to, const T &symbol, size_t bytes, size_t offset = 0,
                                 cudaMemcpyKind kind = cudaMemcpyDeviceToHost);
template <class T> cudaError_t cudaGetSymbolAddress(void **at, const T &symbol);
template <class T>
cudaError_t cudaLaunchKernel(T *kernel, dim3 grid, dim3 block, void **arguments, size_t bytes = 0,
                             cudaStream_t stream = 0);
template <class T>
cudaError_t cudaFuncSetAttribute(T *kernel, cudaFuncAttribute attribute, int value);
template <class T> cudaError_t cudaFuncSetCacheConfig(T *kernel, cudaFuncCache config);
template <class T> cudaError_t cudaFuncGetAttributes(cudaFuncAttributes *attributes, T *kernel);
template <class T>
cudaError_t cudaOccupancyMaxPotentialBlockSize(int *grid, int *block, T kernel, size_t bytes = 0,
                                               int limit = 0);
template <class T>
cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, T kernel, int block,
                                                          size_t bytes);

#endif
