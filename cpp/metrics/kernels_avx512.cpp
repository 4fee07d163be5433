// For AVX-512 F, BW, DQ and VL.
#ifdef __x86_64__
#define TWINFER_KERNELS kAvx512Kernels
#define TWINFER_KERNELS_NAME "avx512"
#include "block_kernels.h"
#endif
