// Stands in for the CUDA toolkit's header; see cuda_runtime.h beside it.
#ifndef TORCHTIDY_HOST_DEFINES_H
#define TORCHTIDY_HOST_DEFINES_H
#pragma GCC system_header
// The prelude defines __host__ and its like.

#endif
