// Kernels beside modules, as CUDA extensions have them.
#include <torch/torch.h>
#include <cuda_runtime.h>

#ifndef __CUDACC__
#error "this file is compiled as CUDA"
#endif

__constant__ float offsets[4];

__device__ __forceinline__ float shifted(float x) {
  return __ldg(offsets) + fmaf(x, 2.f, __uint_as_float(0x3f800000u));
}

template <typename T> __global__ void __launch_bounds__(256) scale(T *values, int count, T by) {
  extern __shared__ float tile[];
  int index = blockIdx.x * blockDim.x + threadIdx.x;
  if (index < count) {
    tile[threadIdx.x] = shifted(values[index]);
    __syncthreads();
    values[index] = tile[threadIdx.x] * by;
    atomicAdd(&values[0], __expf(by));
  }
}

#define CUDA_CHECK(call)                                                                           \
  if (cudaError_t error = (call); error != cudaSuccess)                                            \
  throw std::runtime_error(cudaGetErrorString(error))

struct NetImpl : torch::nn::Module {
  NetImpl() : fc(register_module("fc", torch::nn::Linear(4, 4))) {
    drop = torch::nn::Dropout(0.5); // is never registered
    CUDA_CHECK(cudaStreamCreate(&stream));
  }
  ~NetImpl() override { cudaStreamDestroy(stream); }

  torch::Tensor forward(torch::Tensor x) {
    torch::Tensor y = drop(fc(x)).contiguous();
    int count = static_cast<int>(y.numel());
    dim3 grid((count + 255) / 256);
    scale<float> << <grid, 256, 256 * sizeof(float), stream >> > (y.data_ptr<float>(), count, 2.f);
    auto twice = [] __device__(float value) { return value * static_cast<float>(threadIdx.x); };
    (void)twice;
    CUDA_CHECK(cudaGetLastError());
    CUDA_CHECK(cudaMemcpyAsync(y.data_ptr(), x.data_ptr(), x.nbytes(), cudaMemcpyDeviceToDevice, stream));
    return y;
  }

  torch::nn::Linear fc{nullptr};
  torch::nn::Dropout drop{nullptr};
  cudaStream_t stream{};
};
TORCH_MODULE(Net);
