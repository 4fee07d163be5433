// For NEON of 64-bit ARM.
#ifdef __aarch64__
#define TWINFER_KERNEL_SET kNeonSet
#define TWINFER_NAME "neon"
#define TWINFER_WIDTH 4
#define TWINFER_REGISTERS 32
#define TWINFER_WIDEST_PANEL 4
#include "define_set.h"
#endif
