// LSTM, RNN, GRU, attention, matrix products and the signal transforms beside them.
#include <limits>

#include "rules.h"

namespace twinfer::mnn {

namespace {

constexpr int64_t kMost = std::numeric_limits<int32_t>::max();

void needElements(const Sizing& sizing, size_t input, int64_t least) {
    const int64_t received = elementsOf(sizing.input(input));
    if (received < least) {
        refuse("expected " + std::to_string(least) + " values in input " + std::to_string(input) +
               ", received " + std::to_string(received));
    }
}

int64_t floatsIn(const MNN::Blob* blob) {
    return blob == nullptr ? 0 : sizeOf(blob->float32s());
}

// Caffe's, with its weights among the parameters (GeometryLSTM.cpp).
void embeddedLstm(const Sizing& sizing, const MNN::LSTM& lstm) {
    sizing.expectInputs(1, 1);
    sizing.expectOutputs(1, 1);
    sizing.expectRank(0, 4, 4);
    const int64_t hidden = lstm.outputCount(), features = sizing.input(0).length(3);
    if (lstm.weightI() == nullptr || sizeOf(lstm.weightI()->dims()) < 1)
        refuse("expected weights, received none");
    const bool joined =
        lstm.weightH() == nullptr && lstm.weightI()->dims()->Get(0) == 4 * hidden * (features + hidden + 2);
    const int64_t own = 4 * hidden * features, recurrent = 4 * hidden * hidden;
    if (joined) return needRange(floatsIn(lstm.weightI()), own + recurrent + 8 * hidden, kMost, "weights:");
    needRange(floatsIn(lstm.weightI()), own, kMost, "weights:");
    needRange(floatsIn(lstm.weightH()), recurrent, kMost, "recurrent weights:");
    const int64_t biases = floatsIn(lstm.bias());
    if (biases != 4 * hidden) needEqual(biases, 8 * hidden, "biases:");
}

void recurrent(const Sizing& sizing) {
    const MNN::LSTM* lstm = sizing.op.main_as_LSTM();
    if (lstm == nullptr) refuse("expected parameters of kind LSTM");
    needRange(lstm->outputCount(), 1, 1 << 16, "hidden units:");
    const bool plain = sizing.op.type() == MNN::OpType_RNN;
    if (!plain && sizing.inputCount() < 3) return embeddedLstm(sizing, *lstm);
    sizing.expectInputs(4, 6);
    sizing.expectOutputs(plain ? 2 : 3, plain ? 2 : 3);
    const MNN::Tensor& input = sizing.input(0);
    sizing.expectRank(0, 3, 3);
    const int64_t gates = plain ? 1 : 4, hidden = lstm->outputCount(), features = input.length(2);
    const int64_t directions = sizing.input(1).length(0);
    needRange(directions, 1, 2, "directions:");
    needElements(sizing, 1, directions * gates * hidden * features);
    needElements(sizing, 2, directions * gates * hidden * hidden);
    needElements(sizing, 3, directions * gates * hidden);
    for (size_t i = 4; i < sizing.inputCount(); i++)
        needElements(sizing, i, directions * input.length(1) * hidden);
    // GeometryLSTM.cpp takes both states once one of the two is given.
    if (!plain && sizing.inputCount() == 5)
        refuse("expected a hidden and a cell state, received one of the two");
}

void lstmCell(const Sizing& sizing) {
    sizing.expectInputs(8, 8);
    sizing.expectOutputs(7, 7);
    for (size_t i = 0; i < 3; i++) sizing.expectRank(i, 2, 2);
    const int64_t batch = sizing.input(0).length(0), features = sizing.input(0).length(1);
    const int64_t hidden = sizing.input(2).length(1);
    for (const size_t index : {size_t(1), size_t(2)})
        needEqual(elementsOf(sizing.input(index)), batch * hidden, "values of a state:");
    needEqual(elementsOf(sizing.input(3)), 4 * hidden * (features + hidden), "weights:");
    needEqual(elementsOf(sizing.input(7)), 4 * hidden, "biases:");
    if (!sizing.op.main_as_LSTMBlockCell()->use_peephole()) return;
    for (const size_t index : {size_t(4), size_t(5), size_t(6)}) {
        // They are multiplied with a state of one row for each of the batch, without being repeated.
        if (elementsOf(sizing.input(index)) != 1) needElements(sizing, index, batch * hidden);
    }
}

void gru(const Sizing& sizing) {
    const MNN::RNNParam& parameter = *sizing.op.main_as_RNNParam();
    const int64_t units = parameter.numUnits(), directions = parameter.isBidirectionalRNN() ? 2 : 1;
    needRange(units, 1, 1 << 16, "hidden units:");
    sizing.expectInputs(size_t(1 + 5 * directions), size_t(2 + 5 * directions));
    sizing.expectOutputs(1, 2);
    const MNN::Tensor& input = sizing.input(0);
    sizing.expectRank(0, 3, 3);
    const int64_t features = input.length(2);
    for (size_t first = 1; first < size_t(1 + 5 * directions); first += 5) {
        needElements(sizing, first, (features + units) * 2 * units);
        needElements(sizing, first + 1, 2 * units);
        needElements(sizing, first + 2, (features + units) * units);
        needElements(sizing, first + 3, units);
        needElements(sizing, first + 4, 3 * units);
    }
    if (sizing.inputCount() > size_t(1 + 5 * directions))
        needElements(sizing, sizing.inputCount() - 1, directions * input.length(1) * units);
}

// One value, next to zero, says that each query sees the keys before it.
bool isCausal(const Sizing& sizing, size_t mask) {
    return sizing.rank(mask) == 0 && sizing.isConstant(mask) && sizing.input(mask).host<float>() != nullptr &&
           sizing.input(mask).host<float>()[0] < 1e-6f;
}

// CPUAttention.cpp computes the first of a batch alone, takes as many keys as there are queries, and reads a
// row of its mask for each of them.
void attention(const Sizing& sizing) {
    sizing.expectInputs(3, 8);
    sizing.expectOutputs(1, 1);
    for (size_t i = 0; i < 3; i++) {
        sizing.expectRank(i, 4, 4);
        if (sizing.isPacked(i)) refuse("expected tokens by heads, received channels in packs");
    }
    const MNN::Tensor& query = sizing.input(0);
    const MNN::Tensor& key = sizing.input(1);
    const int64_t tokens = query.length(1);
    const MNN::AttentionParam* parameter = sizing.op.main_as_AttentionParam();
    if (parameter != nullptr && parameter->kv_shared_layer_index() >= 0)
        refuse("the keys of another layer are shared by language models alone");
    needEqual(query.length(0), 1, "a batch of");
    needEqual(key.length(1), tokens, "tokens of keys:");
    needEqual(key.length(3), query.length(3), "values for each head:");
    needRange(key.length(2), 1, kMost, "heads:");
    if (query.length(2) % key.length(2) != 0) refuse("its heads of keys do not divide those of queries");
    if (sizing.input(2).shape() != key.shape()) refuse("expected keys and values of one shape");
    if (sizing.inputCount() > 3 && !isCausal(sizing, 3)) needElements(sizing, 3, tokens * tokens);
    if (sizing.inputCount() > 4) needElements(sizing, 4, query.length(2));
}

// CPULinearAttention.cpp splits its first input into heads without a look at how many channels there are, and
// keeps states that have the size of the first batch that it saw.
void linearAttention(const Sizing& sizing) {
    const MNN::LinearAttentionParam& layer = *sizing.op.main_as_LinearAttentionParam();
    if (layer.attn_type() == nullptr) refuse("expected a kind of attention, received none");
    sizing.expectInputs(4, 4);
    sizing.expectOutputs(1, 1);
    const bool packed = sizing.isPacked(0);
    sizing.expectRank(0, packed ? 4 : 3, packed ? 4 : 3);
    sizing.expectRank(3, 3, 4);
    const MNN::Tensor& input = sizing.input(0);
    if (!packed) needEqual(input.length(0), 1, "a batch of");
    const int64_t tokens = input.length(packed ? 0 : 2), channels = input.length(1);
    const int64_t valueHeads = layer.num_v_heads(), valueSize = layer.head_v_dim();
    needRange(valueHeads, 1, 1 << 12, "heads of values:");
    needRange(valueSize, 1, 1 << 12, "values for each head:");
    const int64_t kernel = sizing.input(3).length(2);
    needRange(kernel, 1, 1 << 12, "a kernel of");
    if (layer.attn_type()->str() == "short_conv") {
        needEqual(channels, 3 * valueSize, "channels:");
        return needElements(sizing, 3, valueSize * kernel);
    }
    const int64_t keyHeads = layer.num_k_heads(), keySize = layer.head_k_dim();
    needRange(keyHeads, 1, valueHeads, "heads of keys:");
    needRange(keySize, 1, 1 << 12, "values for each head of keys:");
    if (valueHeads % keyHeads != 0) refuse("its heads of keys do not divide those of values");
    needRange(valueHeads * keySize * valueSize, 1, kMost / 4, "values of a state:");
    needEqual(channels, 2 * keyHeads * keySize + valueHeads * valueSize, "channels:");
    for (const size_t index : {size_t(1), size_t(2)}) needElements(sizing, index, tokens * valueHeads);
    needElements(sizing, 3, channels * kernel);
}

void rotaryEmbedding(const Sizing& sizing) {
    sizing.expectInputs(4, 4);
    sizing.expectOutputs(2, 2);
}

void matMul(const Sizing& sizing) {
    sizing.expectInputs(2, 3);
    sizing.expectOutputs(1, 1);
    const bool batched = sizing.op.type() == MNN::OpType_BatchMatMul;
    const MNN::Tensor& right = sizing.input(1);
    const bool transposed =
        batched ? sizing.op.main_as_BatchMatMulParam()->adjY() : sizing.op.main_as_MatMul()->transposeB();
    for (const size_t index : {size_t(0), size_t(1)}) sizing.expectRank(index, 1, 8);
    if (sizing.inputCount() < 3) return;
    const int rank = right.dimensions();
    const int columns = rank == 1 ? 1 : right.length(transposed ? rank - 2 : rank - 1);
    needElements(sizing, 2, columns);
}

void innerProduct(const Sizing& sizing) {
    const MNN::InnerProduct& layer = *sizing.op.main_as_InnerProduct();
    sizing.expectInputs(1, 1);
    sizing.expectOutputs(1, 1);
    sizing.expectRank(0, 2, 2);
    needRange(layer.outputCount(), 1, 1 << 24, "output values:");
    const int64_t received = sizing.input(0).length(1), weights = sizeOf(layer.weight());
    if (weights != received * layer.outputCount()) {
        refuse("gets " + countOf(received, "value") + " and has weights for " +
               std::to_string(weights / layer.outputCount()));
    }
    needEqual(sizeOf(layer.bias()), layer.outputCount(), "biases:");
}

void cosineSimilarity(const Sizing& sizing) {
    sizing.expectInputs(3, 4);
    sizing.expectRank(0, 2, 8);
    needEqual(sizing.integers(2, 1)[0], 1, "an axis");
    if (sizing.input(0).shape() != sizing.input(1).shape()) refuse("expected two inputs of one shape");
}

void svd(const Sizing& sizing) {
    sizing.expectInputs(1, 1);
    sizing.expectOutputs(3, 3);
    sizing.expectRank(0, 2, 2);
    needRange(sizing.input(0).length(0), sizing.input(0).length(1), kMost, "rows, as many as columns:");
}

void stft(const Sizing& sizing) {
    sizing.expectInputs(3, 4);
    sizing.expectRank(0, 2, 3);
    sizing.expectRank(2, 1, 1);
    needRange(sizing.integers(1, 1)[0], 1, kMost, "a step of");
    needRange(sizing.input(2).length(0), 1, sizing.input(0).length(1), "a frame of");
}

} // namespace

const std::vector<RuleOf> kRecurrentRules = {
    {MNN::OpType_LSTM, recurrent},
    {MNN::OpType_RNN, recurrent},
    {MNN::OpType_LSTMBlockCell, lstmCell},
    {MNN::OpType_RNNSequenceGRU, gru},
    {MNN::OpType_Attention, attention},
    {MNN::OpType_LinearAttention, linearAttention},
    {MNN::OpType_RoPE, rotaryEmbedding},
    {MNN::OpType_MatMul, matMul},
    {MNN::OpType_BatchMatMul, matMul},
    {MNN::OpType_InnerProduct, innerProduct},
    {MNN::OpType_CosineSimilarity, cosineSimilarity},
    {MNN::OpType_Svd, svd},
    {MNN::OpType_Stft, stft},
};

} // namespace twinfer::mnn
