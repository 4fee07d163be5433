// For what every processor of the target has.
#define TWINFER_KERNELS kBaselineKernels
#define TWINFER_KERNELS_NAME "baseline"
#include "block_kernels.h"
