#include "wide_layers.h"

#include <vector>

#include <ncnn/cpu.h>
#include <ncnn/layer.h>

#include "../error.h"

namespace twinfer {

namespace {

constexpr int kFeatureMask = 31;
constexpr int kNoFp16 = 1 << 1, kNoBf16 = 1 << 2;

// The bits of a mask that take a layer out of what this processor stores under these options.
int storageBits(const ncnn::Option& option) {
    int bits = option.use_bf16_storage ? kNoBf16 : 0;
    const bool hasFp16 = ncnn::cpu_support_arm_asimdhp() || ncnn::cpu_support_arm_vfpv4();
    if (option.use_fp16_storage && hasFp16) bits |= kNoFp16;
    return bits;
}

} // namespace

void settleMasks(ncnn::Net& net, const ParamFile& param) {
    const int storage = storageBits(net.opt);
    if (storage == 0) return;
    std::vector<bool> narrow(param.blobs.size(), false);
    for (size_t i = 0; i < param.layers.size(); i++) {
        const ParamLayer& layer = param.layers[i];
        ncnn::Layer* made = net.mutable_layers()[i];
        // It reads 32-bit integers, which would be narrowed like floats before it.
        const bool readsIntegers = layer.type == "Dequantize";
        if (readsIntegers) made->featmask |= storage;
        for (const int bottom : layer.bottoms) {
            if ((made->featmask & storage) == 0 || !narrow[size_t(bottom)]) continue;
            const int own = layer.integer(kFeatureMask, 0);
            if (!readsIntegers && (own & storage) == 0) {
                made->featmask &= ~storage;
                break;
            }
            throw Error("TWINFER_MODEL_UNSUPPORTED",
                        param.describe(layer) + ": expected blobs of 32 bits for " +
                            (readsIntegers ? "a layer that reads integers"
                                           : "a layer whose mask (31=" + std::to_string(own) +
                                                 ") takes it out of 16-bit storage") +
                            ", received '" + param.blobs[size_t(bottom)] + "' in 16",
                        "ncnn hands the blob on as it is and would read past its end. Open it with precision "
                        "'fp32', or put a DeepCopy before the layer, as twinfer's own mixed files have it.");
        }
        // What is given to a network stays as it is until a layer takes it.
        if (layer.type == "Input") continue;
        const bool stores = ((storage & kNoBf16) && made->support_bf16_storage) ||
                            ((storage & kNoFp16) && made->support_fp16_storage);
        for (const int top : layer.tops) narrow[size_t(top)] = stores && (made->featmask & storage) == 0;
    }
}

} // namespace twinfer
