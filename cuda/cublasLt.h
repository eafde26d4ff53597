// Stands in for the CUDA toolkit's header; see cuda_runtime.h beside it.
#ifndef TORCHTIDY_CUBLASLT_H
#define TORCHTIDY_CUBLASLT_H
#pragma GCC system_header
#include <cublas_v2.h>
typedef struct cublasLtContext *cublasLtHandle_t;

#endif
