#include "convolve.h"

namespace twinfer::preprocess {

extern const Kernels kBaselineConvolution;
#ifdef __x86_64__
extern const Kernels kAvx2Convolution;
#endif

std::vector<const Kernels*> usableKernels() {
    std::vector<const Kernels*> usable{&kBaselineConvolution};
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2")) usable.push_back(&kAvx2Convolution);
#endif
    return usable;
}

const Kernels& bestKernels() {
    static const Kernels& best = *usableKernels().back();
    return best;
}

} // namespace twinfer::preprocess
