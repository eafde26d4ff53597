// Stands in for the CUDA toolkit's header; see cuda_runtime.h above it. What the host calls of CUB
// takes memory by pointers and a stream, and makes no tensor.
#ifndef TORCHTIDY_CUB_CUH
#define TORCHTIDY_CUB_CUH
#pragma GCC system_header
#include <cuda_runtime_api.h>

namespace cub {

template <class T> struct DoubleBuffer {
  T *d_buffers[2];
  int selector;
  __attribute__((host, device)) DoubleBuffer(T *current = 0, T *alternate = 0)
      : d_buffers{current, alternate}, selector(0) {}
  __attribute__((host, device)) T *Current() { return d_buffers[selector]; }
  __attribute__((host, device)) T *Alternate() { return d_buffers[selector ^ 1]; }
};

#define TORCHTIDY_CUB(NAME)                                                                        \
  template <class... Ts> static cudaError_t NAME(void *storage, size_t &bytes, Ts &&...arguments);
struct DeviceScan {
  TORCHTIDY_CUB(InclusiveSum)
  TORCHTIDY_CUB(ExclusiveSum)
  TORCHTIDY_CUB(InclusiveScan)
  TORCHTIDY_CUB(ExclusiveScan)
  TORCHTIDY_CUB(ExclusiveSumByKey)
  TORCHTIDY_CUB(InclusiveSumByKey)
};
struct DeviceRadixSort {
  TORCHTIDY_CUB(SortPairs)
  TORCHTIDY_CUB(SortPairsDescending)
  TORCHTIDY_CUB(SortKeys)
  TORCHTIDY_CUB(SortKeysDescending)
};
struct DeviceSegmentedRadixSort {
  TORCHTIDY_CUB(SortPairs)
  TORCHTIDY_CUB(SortKeys)
};
struct DeviceReduce {
  TORCHTIDY_CUB(Reduce)
  TORCHTIDY_CUB(Sum)
  TORCHTIDY_CUB(Min)
  TORCHTIDY_CUB(Max)
  TORCHTIDY_CUB(ArgMin)
  TORCHTIDY_CUB(ArgMax)
  TORCHTIDY_CUB(ReduceByKey)
};
struct DeviceSelect {
  TORCHTIDY_CUB(Flagged)
  TORCHTIDY_CUB(If)
  TORCHTIDY_CUB(Unique)
};
struct DeviceRunLengthEncode {
  TORCHTIDY_CUB(Encode)
};
struct DeviceHistogram {
  TORCHTIDY_CUB(HistogramEven)
};
#undef TORCHTIDY_CUB
template <class T, int Threads, class...> struct BlockReduce {
  struct TempStorage {};
};
template <class T, int Threads, class...> struct BlockScan {
  struct TempStorage {};
};
struct Sum {};
struct Max {};
struct Min {};

} // namespace cub

#endif
