#include "rules.h"

#include <array>

namespace twinfer::mnn {

bool readsWholeWords(MNN::OpType type) {
    switch (type) {
    case MNN::OpType_Convolution:
    case MNN::OpType_ConvolutionDepthwise:
    case MNN::OpType_Deconvolution:
    case MNN::OpType_DeconvolutionDepthwise:
    case MNN::OpType_Convolution3D:
    case MNN::OpType_ConvTranspose3D:
    case MNN::OpType_Conv2DBackPropFilter:
    case MNN::OpType_Dilation2D:
    case MNN::OpType_Im2Col:
    case MNN::OpType_Col2Im:
    case MNN::OpType_Pooling:
    case MNN::OpType_PoolGrad:
    case MNN::OpType_Pooling3D:
    case MNN::OpType_Interp:
    case MNN::OpType_Interp3D:
    case MNN::OpType_Resize:
    case MNN::OpType_GridSample:
    case MNN::OpType_CropAndResize:
    case MNN::OpType_ROIAlign:
    case MNN::OpType_ROIPooling:
    case MNN::OpType_MatMul:
    case MNN::OpType_BatchMatMul:
    case MNN::OpType_InnerProduct:
    case MNN::OpType_LSTM:
    case MNN::OpType_LSTMBlockCell:
    case MNN::OpType_RNN:
    case MNN::OpType_RNNSequenceGRU:
    case MNN::OpType_Attention:
    case MNN::OpType_LinearAttention:
    case MNN::OpType_RoPE:
    case MNN::OpType_CosineSimilarity:
    case MNN::OpType_Svd:
    case MNN::OpType_Stft:
    case MNN::OpType_BatchNorm:
    case MNN::OpType_Normalize:
    case MNN::OpType_LRN:
    case MNN::OpType_Reduction:
    case MNN::OpType_CumSum:
    case MNN::OpType_CumProd:
    case MNN::OpType_ArgMax:
    case MNN::OpType_ArgMin:
    case MNN::OpType_TopKV2:
    case MNN::OpType_Histogram:
    case MNN::OpType_MatrixBandPart:
    case MNN::OpType_ScatterElements:
    case MNN::OpType_Det:
    case MNN::OpType_SpatialProduct: return true;
    default: return false;
    }
}

bool makesSeveral(MNN::OpType type) {
    switch (type) {
    case MNN::OpType_Slice:
    case MNN::OpType_Unpack:
    case MNN::OpType_Pooling:
    case MNN::OpType_TensorArray:
    case MNN::OpType_TopKV2:
    case MNN::OpType_Unique:
    case MNN::OpType_Svd:
    case MNN::OpType_LSTM:
    case MNN::OpType_LSTMBlockCell:
    case MNN::OpType_RNN:
    case MNN::OpType_RNNSequenceGRU:
    case MNN::OpType_DetectionPostProcess:
    case MNN::OpType_Proposal:
    case MNN::OpType_DynamicQuant:
    case MNN::OpType_LayerNorm:
    case MNN::OpType_Attention:
    case MNN::OpType_LinearAttention:
    case MNN::OpType_RoPE:
    case MNN::OpType_MoE:
    case MNN::OpType_If:
    case MNN::OpType_While: return true;
    default: return false;
    }
}

Rule ruleToSize(MNN::OpType type) {
    static const std::vector<Rule> table = [] {
        std::vector<Rule> rules(MNN::OpType_MAX + 1, nullptr);
        for (const auto* file : {&kAxisRules, &kShapeRules, &kConvolutionRules, &kWindowRules, &kIndexRules,
                                 &kRecurrentRules, &kDetectionRules, &kArrayRules, &kElementwiseRules}) {
            for (const RuleOf& entry : *file) rules[entry.type] = entry.rule;
        }
        return rules;
    }();
    return type < 0 || type > MNN::OpType_MAX ? nullptr : table[type];
}

} // namespace twinfer::mnn
