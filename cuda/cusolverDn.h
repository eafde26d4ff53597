// Stands in for the CUDA toolkit's header; see cuda_runtime.h beside it.
#ifndef TORCHTIDY_CUSOLVERDN_H
#define TORCHTIDY_CUSOLVERDN_H
#pragma GCC system_header
#include <cublas_v2.h>
#include <cusolver_common.h>
typedef struct cusolverDnContext *cusolverDnHandle_t;
typedef struct cusolverDnParams *cusolverDnParams_t;
typedef struct gesvdjInfo *gesvdjInfo_t;

#endif
