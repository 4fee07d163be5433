// Convolutions of every kind, and what takes an image apart into their columns.
#include <limits>

#include "../../format/mnn/verify_convolution.h"
#include "../../format/mnn/verify_quantised.h"
#include "rules.h"

namespace twinfer::mnn {

namespace {

constexpr int64_t kMost = std::numeric_limits<int32_t>::max();

const MNN::Convolution2DCommon& commonOf(const Sizing& sizing) {
    const MNN::Convolution2D* layer = sizing.op.main_as_Convolution2D();
    if (layer == nullptr || layer->common() == nullptr) refuse("expected parameters of kind Convolution2D");
    return *layer->common();
}

bool isTransposed(MNN::OpType type) {
    return type == MNN::OpType_Deconvolution || type == MNN::OpType_DeconvolutionDepthwise;
}

// The weights of a verified file; 0 where nothing tells their number.
int64_t weightsOf(const MNN::Convolution2D& layer) {
    if (layer.quanParameter() != nullptr) return countOfVerified(*layer.quanParameter());
    if (sizeOf(layer.weight()) > 0) return sizeOf(layer.weight());
    if (layer.symmetricQuan() != nullptr) return sizeOf(layer.symmetricQuan()->weight());
    return sizeOf(layer.external()) > 1 ? layer.external()->Get(1) / int64_t(sizeof(float)) : 0;
}

// MNN compares the channels of plain convolutions only, and only where inputCount is written: all others run
// on with whatever memory follows.
void expectChannels(const Sizing& sizing, const MNN::Convolution2DCommon& common) {
    const int channels = sizing.input(0).channel();
    const MNN::OpType type = sizing.op.type();
    if (isDepthwise(type)) return needEqual(channels, common.outputCount(), "channels:");
    const int64_t group = common.group() < 1 ? 1 : common.group();
    if (common.inputCount() > 0) {
        if (channels == common.inputCount() || channels == common.inputCount() * group) return;
        refuse("gets " + countOf(channels, "channel") + " and has weights for " +
               std::to_string(common.inputCount()));
    }
    const int64_t unit = int64_t(common.kernelX()) * common.kernelY() * common.outputCount();
    const int64_t weights = weightsOf(*sizing.op.main_as_Convolution2D());
    if (unit == 0 || weights == 0) return;
    if (channels * unit == weights || channels * unit == weights * group) return;
    refuse("gets " + countOf(channels, "channel") + " and has weights for " +
           std::to_string(weights / unit * group));
}

// ConvolutionFloatFactory::create takes the groups from the channels where the file says how many a kernel
// has, and divides by them.
void expectGroups(const Sizing& sizing, const MNN::Convolution2DCommon& common) {
    if (sizing.op.type() != MNN::OpType_Convolution) return;
    const int channels = sizing.input(0).channel();
    int64_t group = common.group();
    if (common.inputCount() > 0 && channels != common.inputCount()) group = channels / common.inputCount();
    needRange(group, 1, 1 << 20, "a number of groups");
    if (channels % group != 0 || common.outputCount() % group != 0)
        refuse("its " + std::to_string(group) + " groups do not divide " + countOf(channels, "channel") +
               " and " + countOf(common.outputCount(), "output channel"));
    // Each group is sized by the rank of the whole, as planes that it has not.
    if (group > 1 && int64_t(common.kernelX()) * common.kernelY() != 1) sizing.expectRank(0, 4, 4);
}

// As ShapeConvolution.cpp computes it, in 64 bits and before it does.
void expectWindow(const Sizing& sizing, const MNN::Convolution2DCommon& common, int64_t kernelX,
                  int64_t kernelY) {
    needRange(kernelX, 1, 1 << 15, "a kernel of");
    needRange(kernelY, 1, 1 << 15, "a kernel of");
    // ShapeDeconvolution.cpp takes four of them in every mode but one.
    const bool readsPads = common.padMode() == MNN::PadMode_CAFFE ||
                           (isTransposed(sizing.op.type()) && common.padMode() != MNN::PadMode_SAME);
    if (readsPads && common.pads() != nullptr) needRange(common.pads()->size(), 4, 4, "a number of paddings");
    if (common.padMode() == MNN::PadMode_CAFFE)
        needPaddings(sizing.input(0), common.outputCount(), common.pads(), common.padX(), common.padY());
    if (isTransposed(sizing.op.type())) {
        needRange(common.group(), 1, 1 << 20, "a number of groups");
        if (common.outPads() != nullptr)
            needRange(common.outPads()->size(), 2, 4, "a number of output paddings");
        const int64_t width =
            (int64_t(sizing.input(0).width()) - 1) * common.strideX() + common.dilateX() * (kernelX - 1) + 1;
        const int64_t height =
            (int64_t(sizing.input(0).height()) - 1) * common.strideY() + common.dilateY() * (kernelY - 1) + 1;
        needRange(width, 0, kMost / 4, "a width of");
        needRange(height, 0, kMost / 4, "a height of");
    }
}

// CPUDeconvolutionDepthwise.cpp takes a second input for weights, and counts the part of its window that lies
// inside: less than none of it beyond a padding of more than a window.
void expectPart(const Sizing& sizing, const MNN::Convolution2DCommon& common) {
    if (common.hasOutputShape())
        refuse("expected weights as its second input, received the shape of its output");
    if (sizing.inputCount() > 2)
        needRange(elementsOf(sizing.input(2)), 1, common.outputCount(), "a number of biases");
    const int64_t y = int64_t(common.dilateY()) * (common.kernelY() - 1);
    const int64_t x = int64_t(common.dilateX()) * (common.kernelX() - 1);
    if (common.padMode() == MNN::PadMode_SAME) return;
    if (common.pads() == nullptr) {
        needRange(common.padY(), -kMost, y, "a padding of");
        return needRange(common.padX(), -kMost, x, "a padding of");
    }
    for (flatbuffers::uoffset_t i = 0; i < common.pads()->size(); i++)
        needRange(common.pads()->Get(i), -kMost, i % 2 == 0 ? y : x, "a padding of");
}

void convolution(const Sizing& sizing) {
    const MNN::Convolution2DCommon& common = commonOf(sizing);
    sizing.expectInputs(1, 4);
    sizing.expectOutputs(1, 1);
    sizing.expectRank(0, 2, 4);
    int64_t kernelX = common.kernelX(), kernelY = common.kernelY();
    // The weights are another input, and may bring the sizes as well.
    const bool given = sizing.inputCount() > 1 && !common.hasOutputShape();
    if (given) {
        sizing.expectRank(1, 1, 4);
        if (common.outputCount() == 0) {
            sizing.expectRank(1, 4, 4);
            kernelX = sizing.input(1).length(3);
            kernelY = sizing.input(1).length(2);
        }
    }
    if (common.hasOutputShape()) sizing.expectInputs(2, 4);
    if (common.hasOutputShape()) sizing.integers(sizing.inputCount() - 1, 3);
    expectWindow(sizing, common, kernelX, kernelY);
    if (sizing.op.type() == MNN::OpType_DeconvolutionDepthwise) expectPart(sizing, common);
    if (!given) {
        needRange(common.outputCount(), 1, 1 << 20, "output channels");
        expectChannels(sizing, common);
        expectGroups(sizing, common);
        return;
    }
    const int64_t unit = kernelX * kernelY * common.outputCount();
    if (unit == 0) return;
    const int64_t group = common.group() < 1 ? 1 : common.group();
    const int64_t channels = sizing.input(0).channel(), weights = elementsOf(sizing.input(1));
    if (isDepthwise(sizing.op.type())) {
        needEqual(weights, unit, "weights in its second input:");
    } else if (weights != channels * unit && weights * group != channels * unit) {
        refuse("gets " + countOf(channels, "channel") + " and has " + std::to_string(weights) +
               " weights in its second input");
    }
}

// MNN makes it of int8 weights, and looks for none where the parameters speak of sparse ones.
void quantised(const Sizing& sizing) {
    const MNN::Convolution2D& layer = *sizing.op.main_as_Convolution2D();
    const bool hasOwn = layer.symmetricQuan() != nullptr && layer.symmetricQuan()->weight() != nullptr;
    if (!hasOwn && layer.quanParameter() == nullptr) refuse("expected int8 weights, received none");
    if (!hasOwn && layer.sparseParameter() != nullptr) refuse("expected no parameters for sparse weights");
    convolution(sizing);
}

void dilation2d(const Sizing& sizing) {
    const MNN::Convolution2DCommon& common = commonOf(sizing);
    sizing.expectInputs(1, 1);
    sizing.expectRank(0, 4, 4);
    expectWindow(sizing, common, common.kernelX(), common.kernelY());
    const int channels = sizing.input(0).length(1);
    needEqual(common.outputCount(), channels, "channels:");
    needEqual(sizeOf(sizing.op.main_as_Convolution2D()->weight()),
              int64_t(channels) * common.kernelX() * common.kernelY(), "weights:");
}

void columns(const Sizing& sizing) {
    const MNN::Convolution2DCommon& common = commonOf(sizing);
    const bool back = sizing.op.type() == MNN::OpType_Col2Im;
    sizing.expectInputs(back ? 2 : 1, back ? 2 : 1);
    sizing.expectOutputs(1, 1);
    expectWindow(sizing, common, common.kernelX(), common.kernelY());
    if (common.pads() != nullptr) needEqual(common.pads()->size(), 4, "a number of paddings");
    if (!back) return sizing.expectRank(0, 4, 4);
    sizing.expectRank(0, 3, 3);
    needEqual(elementsOf(sizing.input(1)), 2, "sizes in its second input:");
    const int32_t* sizes = sizing.integers(1, 2);
    const int64_t window = int64_t(common.kernelX()) * common.kernelY();
    if (sizing.input(0).length(1) % window != 0)
        refuse("its window of " + std::to_string(window) + " does not divide " +
               std::to_string(sizing.input(0).length(1)));
    for (int i = 0; i < 2; i++) needRange(sizes[i], 1, 1 << 20, "a size of");
}

void backPropagation(const Sizing& sizing) {
    const MNN::Convolution2DCommon& common = commonOf(sizing);
    sizing.expectInputs(2, 4);
    for (const size_t index : {size_t(0), size_t(1)}) sizing.expectRank(index, 4, 4);
    expectWindow(sizing, common, common.kernelX(), common.kernelY());
    needRange(common.group(), 1, 1 << 20, "a number of groups");
}

void convolution3d(const Sizing& sizing) {
    const MNN::Convolution3D* layer = sizing.op.main_as_Convolution3D();
    if (layer == nullptr || layer->common() == nullptr) refuse("expected parameters of kind Convolution3D");
    const MNN::Convolution3DCommon& common = *layer->common();
    sizing.expectInputs(1, 1);
    sizing.expectRank(0, 5, 5);
    needRange(sizeOf(common.pads()), 3, 6, "a number of paddings");
    if (common.outPads() != nullptr) needRange(sizeOf(common.outPads()), 3, 6, "a number of output paddings");
    if (sizing.isChannelsLast(0)) refuse("expected its input channels first, received it channels last");
    const MNN::Tensor& input = sizing.input(0);
    int64_t weights = int64_t(input.length(1)) * common.outputCount();
    for (flatbuffers::uoffset_t i = 0; i < 3; i++) {
        const int64_t kernel = common.kernels()->Get(i);
        weights *= kernel;
        const int64_t span = (kernel - 1) * common.dilates()->Get(i) + 1;
        const int64_t extent = input.length(static_cast<int>(i) + 2);
        needRange(extent * common.strides()->Get(i) + span, 1, 1 << 24, "a size of");
        needRange(common.pads()->Get(i), 0, 1 << 15, "a padding of");
    }
    needEqual(sizeOf(layer->weight()), weights, "weights:");
    needEqual(sizeOf(layer->bias()), common.outputCount(), "biases:");
}

} // namespace

const std::vector<RuleOf> kConvolutionRules = {
    {MNN::OpType_Convolution, convolution},
    {MNN::OpType_ConvolutionDepthwise, convolution},
    {MNN::OpType_Deconvolution, convolution},
    {MNN::OpType_DeconvolutionDepthwise, convolution},
    {MNN::OpType_ConvInt8, quantised},
    {MNN::OpType_DepthwiseConvInt8, convolution},
    {MNN::OpType_Dilation2D, dilation2d},
    {MNN::OpType_Im2Col, columns},
    {MNN::OpType_Col2Im, columns},
    {MNN::OpType_Conv2DBackPropFilter, backPropagation},
    {MNN::OpType_Convolution3D, convolution3d},
    {MNN::OpType_ConvTranspose3D, convolution3d},
};

} // namespace twinfer::mnn
