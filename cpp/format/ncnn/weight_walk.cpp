#include "weight_walk.h"

#include <algorithm>

#include "layer_types.h"

namespace twinfer {

namespace {

using Status = WeightWalk::Status;

// The first layer of a type whose weights nobody knows, or -1.
int unknownLayer(const ParamFile& file) {
    const auto unknown = std::find_if(file.layers.begin(), file.layers.end(),
                                      [](const ParamLayer& layer) { return !isLayerType(layer.type); });
    return unknown == file.layers.end() ? -1 : static_cast<int>(unknown - file.layers.begin());
}

WeightWalk at(Status status, const PlacedBlock& block) {
    WeightWalk walk;
    walk.status = status;
    walk.layer = block.layer;
    walk.offset = static_cast<uint64_t>(block.start);
    walk.tag = block.tag;
    return walk;
}

WeightWalk judge(const ParamFile& file, const WeightLayout& layout, int64_t size) {
    const int unknown = unknownLayer(file);
    // A table of 256 values with an index for each weight is a format of its own, so an odd tag is an error
    // only when the sizes do not come out in the end.
    if (layout.odd >= 0 && (layout.misread || unknown >= 0 || layout.end != size)) {
        return at(Status::badTag, layout.blocks[layout.odd]);
    }
    for (const PlacedBlock& block : layout.blocks) {
        if (block.end() <= size) continue;
        WeightWalk walk = at(Status::missing, block);
        walk.missing = static_cast<uint64_t>(layout.end - size);
        return walk;
    }
    WeightWalk walk;
    walk.status = unknown >= 0 ? Status::unknown : layout.end < size ? Status::trailing : Status::complete;
    walk.layer = unknown;
    walk.offset = static_cast<uint64_t>(layout.end);
    return walk;
}

} // namespace

uint64_t leastWeightBytes(const ParamFile& file) {
    const auto aligned = [](uint64_t bytes) { return (bytes + 3) / 4 * 4; };
    uint64_t total = 0;
    for (const ParamLayer& layer : file.layers) {
        for (const WeightBlock& block : weightsOf(layer).value_or(std::vector<WeightBlock>())) {
            const bool raw = block.kind == WeightBlock::Kind::raw;
            total += raw ? block.count * sizeof(float) : aligned(block.count);
            if (block.kind == WeightBlock::Kind::tagged) total += sizeof(uint32_t);
        }
    }
    return total;
}

WeightWalk walkWeights(const ParamFile& file, const std::function<bool(uint64_t, void*, size_t)>& readAt,
                       uint64_t size) {
    const ReadWord word = [&](int64_t offset) -> std::optional<uint32_t> {
        uint32_t read = 0;
        const auto from = static_cast<uint64_t>(offset);
        if (offset < 0 || from > size || size - from < sizeof read) return std::nullopt;
        if (!readAt(from, &read, sizeof read)) return std::nullopt;
        return read;
    };
    const WeightLayout layout = placeBlocks(blocksOf(file, file.layers.size()), word);
    WeightWalk walk = judge(file, layout, static_cast<int64_t>(size));
    walk.consumed = static_cast<uint64_t>(layout.end);
    return walk;
}

} // namespace twinfer
