// Stands in for the CUDA toolkit's header; see cuda_runtime.h beside it.
#ifndef TORCHTIDY_CUDA_PROFILER_API_H
#define TORCHTIDY_CUDA_PROFILER_API_H
#pragma GCC system_header
#include <cuda_runtime_api.h>

#endif
