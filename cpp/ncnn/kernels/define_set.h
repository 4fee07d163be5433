// The kernels of one instruction set, for a file that defines TWINFER_KERNEL_SET, its NAME, WIDTH, REGISTERS
// and WIDEST_PANEL; cpp/ncnn/kernels/kernels.cmake gives that file its options. Included once in such a file.
#include "depthwise_kernel.h"
#include "groups_kernel.h"
#include "recurrent_kernel.h"
#include "row_kernel.h"

namespace twinfer::kernels {

extern const KernelSet TWINFER_KERNEL_SET;
const KernelSet TWINFER_KERNEL_SET = {TWINFER_NAME,
                                      TWINFER_WIDTH,
                                      TWINFER_WIDEST_PANEL,
                                      row<TWINFER_WIDTH, TWINFER_REGISTERS>,
                                      depthwise<TWINFER_WIDTH>,
                                      groups<TWINFER_WIDTH>,
                                      lstm<TWINFER_WIDTH>,
                                      gru<TWINFER_WIDTH>};

} // namespace twinfer::kernels
