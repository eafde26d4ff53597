// Stands in for the CUDA toolkit's header; see cuda_runtime.h above it.
#include <cooperative_groups.h>
