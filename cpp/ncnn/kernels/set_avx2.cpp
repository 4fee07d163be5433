// For AVX2 and FMA.
#ifdef __x86_64__
#define TWINFER_KERNEL_SET kAvx2Set
#define TWINFER_NAME "avx2"
#define TWINFER_WIDTH 8
#define TWINFER_REGISTERS 16
#define TWINFER_WIDEST_PANEL 2
#include "define_set.h"
#endif
