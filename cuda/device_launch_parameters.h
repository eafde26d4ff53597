// Stands in for the CUDA toolkit's header; see cuda_runtime.h beside it.
#ifndef TORCHTIDY_DEVICE_LAUNCH_PARAMETERS_H
#define TORCHTIDY_DEVICE_LAUNCH_PARAMETERS_H
#pragma GCC system_header
#include <vector_types.h>
extern const uint3 threadIdx;
extern const uint3 blockIdx;
extern const dim3 blockDim;
extern const dim3 gridDim;
extern const int warpSize;

#endif
