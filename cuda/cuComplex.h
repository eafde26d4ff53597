// Stands in for the CUDA toolkit's header; see cuda_runtime.h beside it.
#ifndef TORCHTIDY_CUCOMPLEX_H
#define TORCHTIDY_CUCOMPLEX_H
#pragma GCC system_header
#include <vector_types.h>
typedef float2 cuFloatComplex;
typedef double2 cuDoubleComplex;
typedef cuFloatComplex cuComplex;
__attribute__((host, device)) cuFloatComplex make_cuFloatComplex(float real, float imaginary);
__attribute__((host, device)) cuDoubleComplex make_cuDoubleComplex(double real, double imaginary);

#endif
