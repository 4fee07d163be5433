// The kernels of vectors of 16 floats, for processors whose vectors have 8: GCC makes two of one. For the
// test of their logic where there is no AVX-512.
#ifdef __x86_64__
#define TWINFER_KERNEL_SET kWideSet
#define TWINFER_NAME "wide"
#define TWINFER_WIDTH 16
#define TWINFER_REGISTERS 20
#define TWINFER_WIDEST_PANEL 4
#include "ncnn/kernels/define_set.h"
#endif
