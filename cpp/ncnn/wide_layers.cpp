#include "wide_layers.h"

#include <memory>

#include <ncnn/cpu.h>
#include <ncnn/layer_type.h>

#include "layer_around.h"

namespace twinfer {

namespace {

constexpr int kNoFp16 = 1 << 1, kNoBf16 = 1 << 2; // of a feature mask

// What takes a layer out of the 16 bits that blobs are kept in, or 0 where they are fp32 (as in
// NetPrivate::convert_layout).
int storageMask(const ncnn::Option& option) {
    const bool fp16 =
        ncnn::cpu_support_arm_asimdhp() || (ncnn::cpu_support_arm_vfpv4() && !option.use_bf16_storage);
    if (option.use_fp16_storage && fp16) return kNoFp16;
    return option.use_bf16_storage ? kNoBf16 : 0;
}

// Types that make layers inside them whose weights depend on how blobs are kept.
bool hasLayersInside(int type) {
    return type == ncnn::LayerType::ConvolutionDepthWise || type == ncnn::LayerType::DeconvolutionDepthWise ||
           type == ncnn::LayerType::DeformableConv2D;
}

class WideLayer : public LayerAround {
  public:
    explicit WideLayer(ncnn::Layer* inner) : LayerAround(inner) {
        support_bf16_storage = support_fp16_storage = false;
        featmask &= ~(kNoFp16 | kNoBf16);
    }

    int destroy_pipeline(const ncnn::Option& option) override {
        return inner_->destroy_pipeline(wide(option));
    }
    int forward(const ncnn::Mat& bottom, ncnn::Mat& top, const ncnn::Option& option) const override {
        return inner_->forward(bottom, top, wide(option));
    }
    int forward(const std::vector<ncnn::Mat>& bottoms, std::vector<ncnn::Mat>& tops,
                const ncnn::Option& option) const override {
        return inner_->forward(bottoms, tops, wide(option));
    }
    int forward_inplace(ncnn::Mat& mat, const ncnn::Option& option) const override {
        return inner_->forward_inplace(mat, wide(option));
    }
    int forward_inplace(std::vector<ncnn::Mat>& mats, const ncnn::Option& option) const override {
        return inner_->forward_inplace(mats, wide(option));
    }

  private:
    // What the layer inside made its weights for.
    static ncnn::Option wide(ncnn::Option option) {
        option.use_fp16_packed = option.use_fp16_storage = false;
        option.use_bf16_packed = option.use_bf16_storage = false;
        return option;
    }
};

} // namespace

WideLayers::WideLayers(ncnn::Net& net) : net_(net) {
    const int mask = storageMask(net.opt);
    if (mask == 0) return;
    for (size_t i = 0; i < net.layers().size(); i++) {
        ncnn::Layer* layer = net.mutable_layers()[i];
        const int type = layer->typeindex;
        if (type == ncnn::LayerType::Input || type == ncnn::LayerType::Split || layer->support_vulkan)
            continue;
        // Dequantize reads integers of 32 bits: what another layer keeps in 16 would end before it does.
        if ((layer->featmask & mask) != 0 || type == ncnn::LayerType::Dequantize) {
            masked_.push_back(i);
            layer->featmask |= kNoFp16 | kNoBf16;
        } else if (mask == kNoBf16 && hasLayersInside(type) && !layer->support_bf16_storage) {
            before_.emplace_back(layer, layer->featmask);
            layer->featmask |= kNoBf16;
        }
    }
}

WideLayers::~WideLayers() {
    for (const auto& [layer, mask] : before_) layer->featmask = mask;
}

void WideLayers::wrapMasked() {
    for (const size_t i : masked_) {
        // The Net deletes what is in its list, and the layer in there deletes its own.
        ncnn::Layer*& place = net_.mutable_layers()[i];
        place = std::make_unique<WideLayer>(place).release();
    }
}

const ncnn::Layer* insideOf(const ncnn::Layer* layer) {
    const auto* wide = dynamic_cast<const WideLayer*>(layer);
    return wide != nullptr ? wide->inner() : layer;
}

} // namespace twinfer
