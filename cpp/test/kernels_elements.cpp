// The kernels as 64-bit ARM has them, in what x64 makes of their vectors: AddressSanitizer sees what they
// read.
#ifdef __x86_64__
#define TWINFER_KERNEL_SET kElementsSet
#define TWINFER_NAME "elements"
#define TWINFER_WIDTH 4
#define TWINFER_REGISTERS 32
#define TWINFER_WIDEST_PANEL 4
#define TWINFER_HAS_ELEMENTS
#include "ncnn/kernels/define_set.h"
#endif
