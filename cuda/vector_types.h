// Stands in for the CUDA toolkit's header; see cuda_runtime.h beside it.
#ifndef TORCHTIDY_VECTOR_TYPES_H
#define TORCHTIDY_VECTOR_TYPES_H
#pragma GCC system_header

#define TORCHTIDY_VECTORS(NAME, T)                                                                 \
  struct NAME##1 { T x; };                                                                         \
  struct NAME##2 { T x, y; };                                                                      \
  struct NAME##3 { T x, y, z; };                                                                   \
  struct NAME##4 { T x, y, z, w; };
TORCHTIDY_VECTORS(char, signed char)
TORCHTIDY_VECTORS(uchar, unsigned char)
TORCHTIDY_VECTORS(short, short)
TORCHTIDY_VECTORS(ushort, unsigned short)
TORCHTIDY_VECTORS(int, int)
TORCHTIDY_VECTORS(uint, unsigned)
TORCHTIDY_VECTORS(long, long)
TORCHTIDY_VECTORS(ulong, unsigned long)
TORCHTIDY_VECTORS(longlong, long long)
TORCHTIDY_VECTORS(ulonglong, unsigned long long)
TORCHTIDY_VECTORS(float, float)
TORCHTIDY_VECTORS(double, double)
#undef TORCHTIDY_VECTORS

struct dim3 {
  constexpr dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
  constexpr dim3(uint3 v) : x(v.x), y(v.y), z(v.z) {}
  constexpr operator uint3() const { return {x, y, z}; }
  unsigned x, y, z;
};

#endif
