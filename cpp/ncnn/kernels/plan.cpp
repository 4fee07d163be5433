#include "plan.h"

#include <algorithm>

#include <ncnn/cpu.h>

namespace twinfer::kernels {

#if defined(__x86_64__)
extern const KernelSet kAvx2Set;
extern const KernelSet kAvx512Set;

namespace {

const Plan kAvx2{kAvx2Set, kAllKinds, 8};
const Plan kAvx512{kAvx512Set, kAllKinds, 16};

} // namespace
#elif defined(__aarch64__)
extern const KernelSet kNeonSet;

namespace {

// The rest stays with ncnn's assembly, which takes fewer instructions there (`npm run bench:instructions`).
constexpr Choice choose() {
    Choice choice{};
    choice.oneInput = choice.sequence = choice.depthwise5 = choice.lstm = true;
    choice.grouped = choice.groupedSequence = true;
    return choice;
}

const Plan kNeon{kNeonSet, choose(), 4, 8, 128 * 1024, false};

} // namespace
#endif

// Asked of ncnn, whose answer decides how it packs channels.
const Plan* planHere() {
#if defined(__x86_64__)
    if (ncnn::cpu_support_x86_avx512()) return &kAvx512;
    if (ncnn::cpu_support_x86_avx2() && ncnn::cpu_support_x86_fma()) return &kAvx2;
#elif defined(__aarch64__)
    return &kNeon; // every such processor has NEON
#endif
    return nullptr;
}

int packOf(int channels, const Plan& plan) {
    for (const int pack : {16, 8, 4}) {
        if (pack <= plan.widestPack && channels % pack == 0) return pack;
    }
    return 1;
}

int Plan::teamFor(int64_t multiplications, int threads) const {
    return int(std::clamp<int64_t>(multiplications / worthAThread, 1, std::max(threads, 1)));
}

} // namespace twinfer::kernels
