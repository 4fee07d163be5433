// Pooling, resampling and the exchange of sizes for channels or batches.
#include <limits>

#include "rules.h"

namespace twinfer::mnn {

namespace {

constexpr int64_t kMost = std::numeric_limits<int32_t>::max();

void pooling(const Sizing& sizing) {
    sizing.expectInputs(1, 1);
    sizing.expectOutputs(1, 2);
    sizing.expectRank(0, 3, 4);
    const MNN::Pool& pool = *sizing.op.main_as_Pool();
    // Of three dimensions it takes the second for the channels.
    if (sizing.rank(0) == 3 && sizing.isChannelsLast(0))
        refuse("expected its input channels first, received it channels last");
    if (pool.isGlobal()) return;
    if (pool.pads() != nullptr && pool.pads()->size() != 2)
        needEqual(pool.pads()->size(), 4, "a number of paddings");
    needPaddings(sizing.input(0), 0, pool.pads(), pool.padX(), pool.padY());
}

void poolingGradient(const Sizing& sizing) {
    sizing.expectInputs(3, 3);
    for (size_t i = 0; i < 3; i++) sizing.expectRank(i, 4, 4);
    const MNN::Tensor& origin = sizing.input(0);
    for (const size_t index : {size_t(1), size_t(2)}) {
        needEqual(sizing.input(index).length(0), origin.length(0), "a batch of");
        needEqual(sizing.input(index).channel(), origin.channel(), "channels:");
    }
    if (sizing.input(1).shape() != sizing.input(2).shape()) refuse("expected two inputs of one shape");
}

void pooling3d(const Sizing& sizing) {
    sizing.expectInputs(1, 1);
    sizing.expectOutputs(1, 1);
    const MNN::Pool3D& pool = *sizing.op.main_as_Pool3D();
    sizing.expectRank(0, pool.isGlobal() ? 3 : 5, 5);
    if (sizing.isChannelsLast(0)) refuse("expected its input channels first, received it channels last");
    // Of fewer dimensions it becomes a Pooling of its input as it is.
    if (pool.isGlobal() && sizing.rank(0) < 5) sizing.expectPacked(0);
    if (pool.isGlobal()) return;
    needRange(sizeOf(pool.pads()), 3, 6, "a number of paddings");
    for (flatbuffers::uoffset_t i = 0; i < 3; i++) needRange(pool.pads()->Get(i), 0, 1 << 12, "a padding of");
}

void resample(const Sizing& sizing) {
    sizing.expectInputs(1, 2);
    sizing.expectOutputs(1, 1);
    const MNN::Tensor& input = sizing.input(0);
    sizing.expectRank(0, 3, 5);
    if (sizing.op.main_as_Interp() == nullptr) refuse("expected parameters of kind Interp");
    needRange(sizing.op.main_as_Interp()->resizeType(), 1, 4, "a kind of interpolation");
    if (sizing.inputCount() == 1) return;
    const MNN::Tensor& sizes = sizing.input(1);
    const int64_t count = elementsOf(sizes);
    if (count != input.dimensions()) needEqual(count, 2, "a number of sizes");
    if (sizes.getType().bits != 32 || sizes.host<void>() == nullptr)
        refuse("expected sizes that are known before the model runs");
}

void resize(const Sizing& sizing) {
    sizing.expectInputs(1, 1);
    sizing.expectRank(0, 4, 4);
    if (sizing.op.main_as_Resize() == nullptr) refuse("expected parameters of kind Resize");
    // It scales the last two dimensions, whichever they are.
    if (sizing.isChannelsLast(0)) refuse("expected its input channels first, received it channels last");
}

void depthToSpace(const Sizing& sizing) {
    sizing.expectInputs(1, 1);
    sizing.expectOutputs(1, 1);
    sizing.expectRank(0, 4, 4);
    const int block = sizing.op.main_as_DepthSpaceParam()->blockSize();
    needRange(block, 1, 1 << 12, "a block of");
    if (sizing.op.type() == MNN::OpType_DepthToSpace && sizing.input(0).channel() % (block * block) != 0)
        refuse("its block of " + std::to_string(block) + " does not divide " +
               std::to_string(sizing.input(0).channel()) + " channels");
}

struct Blocks {
    int64_t count;
    const int32_t* sizes;
    const int32_t* pads;
};

Blocks blocksOf(const Sizing& sizing) {
    if (sizing.inputCount() == 3) {
        const int64_t count = sizing.input(1).length(0);
        return {count, sizing.integers(1, count), sizing.integers(2, 2 * count)};
    }
    const MNN::SpaceBatch* parameter = sizing.op.main_as_SpaceBatch();
    if (parameter == nullptr || parameter->blockShape() == nullptr || parameter->padding() == nullptr ||
        sizeOf(parameter->blockShape()->dims()) < 1)
        refuse("expected a block and paddings, received none");
    const int64_t count = parameter->blockShape()->dims()->Get(0);
    needRange(sizeOf(parameter->blockShape()->int32s()), count, kMost, "a number of block sizes");
    needRange(sizeOf(parameter->padding()->int32s()), 2 * count, kMost, "a number of paddings");
    if (count < 1) refuse("expected a block, received none");
    return {count, parameter->blockShape()->int32s()->data(), parameter->padding()->int32s()->data()};
}

void spaceToBatch(const Sizing& sizing) {
    sizing.expectOutputs(1, 1);
    if (sizing.inputCount() != 1) sizing.expectInputs(3, 3);
    sizing.expectRank(0, 3, 4);
    const Blocks blocks = blocksOf(sizing);
    needRange(blocks.count, 1, sizing.rank(0) - 2, "a number of block sizes");
    const MNN::Tensor& input = sizing.input(0);
    int64_t factor = 1;
    const int first = sizing.isChannelsLast(0) ? 1 : 2;
    for (int64_t i = 0; i < blocks.count; i++) {
        needRange(blocks.sizes[i], 1, 1 << 15, "a block of");
        factor *= blocks.sizes[i];
        const int64_t padded =
            int64_t(input.length(static_cast<int>(i) + first)) + blocks.pads[2 * i] + blocks.pads[2 * i + 1];
        needRange(blocks.pads[2 * i], 0, 1 << 20, "a padding of");
        needRange(blocks.pads[2 * i + 1], 0, 1 << 20, "a padding of");
        needRange(padded, 1, kMost, "a padded size of");
    }
    needRange(input.length(0), 1, kMost, "a batch of");
    if (sizing.op.type() == MNN::OpType_BatchToSpaceND && input.length(0) % factor != 0)
        refuse("its block of " + std::to_string(factor) + " does not divide a batch of " +
               std::to_string(input.length(0)));
    if (sizing.op.type() == MNN::OpType_SpaceToBatchND)
        needRange(factor * input.length(0), 1, kMost, "a batch of");
}

} // namespace

const std::vector<RuleOf> kWindowRules = {
    {MNN::OpType_Pooling, pooling},
    {MNN::OpType_PoolGrad, poolingGradient},
    {MNN::OpType_Pooling3D, pooling3d},
    {MNN::OpType_Interp, resample},
    {MNN::OpType_Interp3D, resample},
    {MNN::OpType_Resize, resize},
    {MNN::OpType_DepthToSpace, depthToSpace},
    {MNN::OpType_SpaceToDepth, depthToSpace},
    {MNN::OpType_SpaceToBatchND, spaceToBatch},
    {MNN::OpType_BatchToSpaceND, spaceToBatch},
};

} // namespace twinfer::mnn
