// Stands in for the CUDA toolkit's header; see cuda_runtime.h beside it.
#ifndef TORCHTIDY_COOPERATIVE_GROUPS_H
#define TORCHTIDY_COOPERATIVE_GROUPS_H
#pragma GCC system_header
#include <vector_types.h>

namespace cooperative_groups {

struct thread_group {
  __attribute__((device)) void sync() const;
  __attribute__((device)) unsigned long long size() const;
  __attribute__((device)) unsigned long long num_threads() const;
  __attribute__((device)) unsigned long long thread_rank() const;
};
struct thread_block : thread_group {
  __attribute__((device)) dim3 group_index() const;
  __attribute__((device)) dim3 thread_index() const;
  __attribute__((device)) dim3 group_dim() const;
};
struct grid_group : thread_group {
  __attribute__((device)) bool is_valid() const;
};
struct coalesced_group : thread_group {};
template <unsigned Size, class Parent = void> struct thread_block_tile : thread_group {
  template <class T> __attribute__((device)) T shfl(T x, int from) const;
  template <class T> __attribute__((device)) T shfl_down(T x, unsigned by) const;
  template <class T> __attribute__((device)) T shfl_up(T x, unsigned by) const;
  template <class T> __attribute__((device)) T shfl_xor(T x, unsigned by) const;
  __attribute__((device)) unsigned ballot(int any) const;
  __attribute__((device)) int any(int any) const;
  __attribute__((device)) int all(int all) const;
};

__attribute__((device)) thread_block this_thread_block();
__attribute__((device)) grid_group this_grid();
__attribute__((device)) coalesced_group coalesced_threads();
template <unsigned Size, class Group>
__attribute__((device)) thread_block_tile<Size, Group> tiled_partition(const Group &whole);
template <class Group> __attribute__((device)) void sync(const Group &group);
template <class T> struct plus {};
template <class T> struct greater {};
template <class T> struct less {};
template <class Group, class T, class F>
__attribute__((device)) T reduce(const Group &group, T x, F f);

} // namespace cooperative_groups

#endif
