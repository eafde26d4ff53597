// Stands in for the CUDA toolkit's header; see cuda_runtime.h beside it.
#ifndef TORCHTIDY_VECTOR_FUNCTIONS_H
#define TORCHTIDY_VECTOR_FUNCTIONS_H
#pragma GCC system_header
#include <vector_types.h>

#define TORCHTIDY_MAKERS(NAME, T)                                                                  \
  __attribute__((host, device)) inline NAME##1 make_##NAME##1(T x) { return {x}; }                 \
  __attribute__((host, device)) inline NAME##2 make_##NAME##2(T x, T y) { return {x, y}; }         \
  __attribute__((host, device)) inline NAME##3 make_##NAME##3(T x, T y, T z) { return {x, y, z}; } \
  __attribute__((host, device)) inline NAME##4 make_##NAME##4(T x, T y, T z, T w) {                \
    return {x, y, z, w};                                                                           \
  }
TORCHTIDY_MAKERS(char, signed char)
TORCHTIDY_MAKERS(uchar, unsigned char)
TORCHTIDY_MAKERS(short, short)
TORCHTIDY_MAKERS(ushort, unsigned short)
TORCHTIDY_MAKERS(int, int)
TORCHTIDY_MAKERS(uint, unsigned)
TORCHTIDY_MAKERS(long, long)
TORCHTIDY_MAKERS(ulong, unsigned long)
TORCHTIDY_MAKERS(longlong, long long)
TORCHTIDY_MAKERS(ulonglong, unsigned long long)
TORCHTIDY_MAKERS(float, float)
TORCHTIDY_MAKERS(double, double)
#undef TORCHTIDY_MAKERS

#endif
