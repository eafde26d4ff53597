// Stands in for the CUDA toolkit's header; see cuda_runtime.h beside it.
#ifndef TORCHTIDY_CUSOLVER_COMMON_H
#define TORCHTIDY_CUSOLVER_COMMON_H
#pragma GCC system_header
#include <cuda_runtime_api.h>
enum cusolverStatus_t { CUSOLVER_STATUS_SUCCESS, CUSOLVER_STATUS_NOT_INITIALIZED };

#endif
