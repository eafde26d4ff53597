// Stands in for the CUDA toolkit's header; see cuda_runtime.h above it. LibTorch's numbers include
// it.
#ifndef TORCHTIDY_THRUST_COMPLEX_H
#define TORCHTIDY_THRUST_COMPLEX_H
#pragma GCC system_header
#include <complex>

namespace thrust {

template <class T> struct complex {
  __attribute__((host, device)) complex(T re = T(), T im = T()) : x(re), y(im) {}
  template <class U>
  __attribute__((host, device)) complex(const complex<U> &other)
      : x(other.real()), y(other.imag()) {}
  complex(const std::complex<T> &other) : x(other.real()), y(other.imag()) {}
  operator std::complex<T>() const { return {x, y}; }
  __attribute__((host, device)) T real() const { return x; }
  __attribute__((host, device)) T imag() const { return y; }
  T x, y;
};

#define TORCHTIDY_THRUST(NAME)                                                                     \
  template <class T> __attribute__((host, device)) complex<T> NAME(const complex<T> &z);
TORCHTIDY_THRUST(acos)
TORCHTIDY_THRUST(acosh)
TORCHTIDY_THRUST(asin)
TORCHTIDY_THRUST(asinh)
TORCHTIDY_THRUST(atan)
TORCHTIDY_THRUST(atanh)
TORCHTIDY_THRUST(conj)
TORCHTIDY_THRUST(cos)
TORCHTIDY_THRUST(cosh)
TORCHTIDY_THRUST(exp)
TORCHTIDY_THRUST(log)
TORCHTIDY_THRUST(log10)
TORCHTIDY_THRUST(proj)
TORCHTIDY_THRUST(sin)
TORCHTIDY_THRUST(sinh)
TORCHTIDY_THRUST(sqrt)
TORCHTIDY_THRUST(tan)
TORCHTIDY_THRUST(tanh)
#undef TORCHTIDY_THRUST
template <class T> __attribute__((host, device)) T abs(const complex<T> &z);
template <class T> __attribute__((host, device)) T arg(const complex<T> &z);
template <class T> __attribute__((host, device)) T norm(const complex<T> &z);
template <class T> __attribute__((host, device)) complex<T> polar(const T &r, const T &theta = T());
template <class T, class U>
__attribute__((host, device)) complex<T> pow(const complex<T> &base, const U &exponent);
template <class T>
__attribute__((host, device)) complex<T> pow(const T &base, const complex<T> &exponent);

} // namespace thrust

#endif
