#include "dilated_layers.h"

#include <memory>

#include <ncnn/layer.h>

#include "../error.h"
#include "../format/ncnn/kernel.h"
#include "kernels/over.h"
#include "layer_around.h"

namespace twinfer {

namespace {

class DilatedLayer : public LayerAround {
  public:
    DilatedLayer(ncnn::Layer* inner, const Kernel& kernel) : LayerAround(inner), kernel_(kernel) {}

    int destroy_pipeline(const ncnn::Option& option) override { return inner_->destroy_pipeline(option); }
    int forward(const ncnn::Mat& bottom, ncnn::Mat& top, const ncnn::Option& option) const override {
        if (bottom.elembits() == 32) {              // blobs of 16 bits have weights of their own
            const bool isVector = bottom.dims == 1; // of channels, to a kernel of 1
            require(0, isVector ? 1 : bottom.w, "wide");
            require(1, isVector ? 1 : bottom.h, "high");
        }
        return inner_->forward(bottom, top, option);
    }

  private:
    void require(int axis, int64_t size, const char* direction) const {
        const int64_t before = kernel_.padBefore[axis], after = kernel_.padAfter[axis];
        // Padding SAME, which is negative, leaves the size with a stride of 1.
        const bool same = before < 0 && after < 0;
        const int64_t output = same ? size : size + before + after - kernel_.extent(axis) + 1;
        if (output >= kernel_.dilation[axis]) return;
        throw Error("TWINFER_SHAPE_MISMATCH",
                    "layer '" + name + "' (" + type + "): expected an output at least " +
                        std::to_string(kernel_.dilation[axis]) + " " + direction +
                        ", as its dilation, received " + std::to_string(output),
                    "Without packing ncnn has no weights for this: leave use_packing_layout on.");
    }

    const Kernel kernel_;
};

bool runsByAnother(const Kernel& kernel) {
    return !kernel.dynamic && kernel.size[0] == kernel.size[1] && kernel.dilation[0] != 1 &&
           kernel.dilation[0] == kernel.dilation[1] && kernel.stride[0] == 1 && kernel.stride[1] == 1;
}

bool isOnKernel(const ncnn::Layer* layer) {
    const auto* over = dynamic_cast<const kernels::Over*>(layer);
    return over != nullptr && over->onKernel();
}

} // namespace

void checkDilated(ncnn::Net& net, const ParamFile& param) {
    if (net.opt.use_packing_layout || net.layers().size() != param.layers.size()) return;
    for (size_t i = 0; i < param.layers.size(); i++) {
        // The Net deletes what is in its list, and the layer in there deletes its own.
        ncnn::Layer*& place = net.mutable_layers()[i];
        const ParamLayer& layer = param.layers[i];
        const bool quantized = layer.integer(8, 0) != 0;
        const bool convolves = layer.type == "Convolution" || layer.type == "ConvolutionDepthWise";
        if (!convolves || quantized) continue;
        const Kernel kernel = Kernel::of(layer);
        if (!runsByAnother(kernel) || place->support_vulkan || isOnKernel(place)) continue;
        place = std::make_unique<DilatedLayer>(place, kernel).release();
    }
}

} // namespace twinfer
