#include "weight_layout.h"

#include <iterator>

namespace twinfer {

namespace {

using Kind = WeightBlock::Kind;

constexpr int64_t kTableBytes = 256 * sizeof(float);

struct Tag {
    uint32_t word;
    Storage storage;
};

constexpr Tag kTags[] = {
    {0, Storage::fp32},          {0x0002C056, Storage::fp32}, {0x01306B47, Storage::fp16},
    {0x01348B83, Storage::bf16}, {0x000D4B38, Storage::int8},
};

int64_t aligned(int64_t bytes) {
    return (bytes + 3) / 4 * 4;
}

// Bytes behind the tag.
int64_t payload(const WeightBlock& block, Storage storage) {
    const auto count = static_cast<int64_t>(block.count);
    switch (storage) {
    case Storage::fp32: return count * 4;
    case Storage::fp16:
    case Storage::bf16: return aligned(count * 2);
    case Storage::table: return kTableBytes + aligned(count);
    default: return aligned(count);
    }
}

} // namespace

const char* nameOf(Storage storage) {
    static constexpr const char* kNames[] = {"fp32", "fp16", "bf16", "int8", "table", "packed"};
    return kNames[static_cast<int>(storage)];
}

std::optional<Storage> storageOfTag(uint32_t tag) {
    for (const Tag& known : kTags) {
        if (known.word == tag) return known.storage;
    }
    return std::nullopt;
}

bool isMarkedTag(uint32_t word) {
    return word != 0 && storageOfTag(word);
}

std::vector<PendingBlock> blocksOf(const ParamFile& file, size_t layers) {
    std::vector<PendingBlock> pending;
    for (size_t i = 0; i < layers; i++) {
        const auto blocks = weightsOf(file.layers[i]);
        if (!blocks) break;
        for (const WeightBlock& block : *blocks) pending.push_back({static_cast<int>(i), block});
    }
    return pending;
}

WeightLayout placeBlocks(const std::vector<PendingBlock>& pending, const ReadWord& word,
                         const Placing& placing) {
    WeightLayout layout;
    layout.end = placing.at;
    Storage usual = Storage::fp32;
    for (size_t i = placing.from; i < pending.size(); i++) {
        const WeightBlock& block = pending[i].block;
        const bool tagged = block.kind == Kind::tagged;
        const int64_t start = layout.end;
        const std::optional<uint32_t> tag = tagged ? word(start) : std::nullopt;
        Storage storage = block.kind == Kind::wholeBytes ? Storage::packed : Storage::fp32;
        if (tagged && i == placing.from && placing.first) {
            storage = *placing.first;
        } else if (tag) {
            const std::optional<Storage> known = storageOfTag(*tag);
            const bool misread = known == Storage::int8 && !block.mayBeInt8;
            layout.misread |= misread;
            if ((!known || misread) && layout.odd < 0) layout.odd = static_cast<int>(i);
            if (layout.odd >= 0 && placing.strict) return layout;
            storage = known.value_or(Storage::table);
        } else if (tagged && (usual != Storage::int8 || block.mayBeInt8)) {
            storage = usual;
        }
        if (tagged && storage != Storage::table) usual = storage;
        const int64_t offset = start + (tagged ? 4 : 0);
        const int64_t bytes = payload(block, storage);
        layout.blocks.push_back({pending[i].layer, block, start, offset, bytes, storage, tag.value_or(0)});
        layout.end = offset + bytes;
    }
    return layout;
}

} // namespace twinfer
