// For AVX-512 F, BW, CD, DQ and VL.
#ifdef __x86_64__
#define TWINFER_KERNEL_SET kAvx512Set
#define TWINFER_NAME "avx512"
#define TWINFER_WIDTH 16
#define TWINFER_REGISTERS 32
#define TWINFER_WIDEST_PANEL 4
#include "define_set.h"
#endif
