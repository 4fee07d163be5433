// For AVX2 and FMA.
#ifdef __x86_64__
#define TWINFER_KERNELS kAvx2Kernels
#define TWINFER_KERNELS_NAME "avx2"
#include "block_kernels.h"
#endif
