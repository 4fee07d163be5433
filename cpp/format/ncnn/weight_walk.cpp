#include "weight_plan.h"

namespace twinfer {

namespace {

using Kind = WeightBlock::Kind;
using Status = WeightWalk::Status;

constexpr uint32_t kFloat32 = 0;
constexpr uint32_t kScaledFloat32 = 0x0002C056;
constexpr uint32_t kFloat16 = 0x01306B47;
constexpr uint32_t kBfloat16 = 0x01348B83;
constexpr uint32_t kInt8 = 0x000D4B38;
constexpr uint64_t kTableBytes = 256 * sizeof(float);

uint64_t aligned(uint64_t bytes) {
    return (bytes + 3) / 4 * 4;
}

class Walker {
  public:
    Walker(const ParamFile& file, const std::function<bool(uint64_t, void*, size_t)>& readAt, uint64_t size)
        : file_(file), readAt_(readAt), size_(size) {}

    WeightWalk run() {
        bool known = true;
        for (size_t i = 0; known && i < file_.layers.size(); i++) known = layer(static_cast<int>(i));
        if (odd_.layer >= 0 && (fatal_ || !known || at_ != size_)) return finish(odd_);
        if (short_.layer >= 0) {
            short_.missing = at_ - size_;
            return finish(short_);
        }
        WeightWalk walk;
        walk.status = !known ? Status::unknown : at_ < size_ ? Status::trailing : Status::complete;
        walk.offset = at_;
        if (!known) walk.layer = current_;
        return finish(walk);
    }

  private:
    WeightWalk finish(WeightWalk walk) const {
        walk.consumed = at_;
        return walk;
    }

    bool layer(int index) {
        current_ = index;
        const auto blocks = weightsOf(file_.layers[index]);
        if (!blocks) return false;
        for (const WeightBlock& block : *blocks) {
            const uint64_t start = at_;
            at_ += bytesOf(block);
            if (at_ > size_ && short_.layer < 0) {
                short_.status = Status::missing;
                short_.layer = index;
                short_.offset = start;
            }
        }
        return true;
    }

    uint64_t bytesOf(const WeightBlock& block) {
        if (block.kind == Kind::raw) return block.count * sizeof(float);
        if (block.kind == Kind::wholeBytes) return aligned(block.count);
        uint32_t tag = usual_;
        // Behind the end, weights are taken to be stored as the ones before.
        if (at_ + sizeof(tag) <= size_ && !readAt_(at_, &tag, sizeof(tag))) tag = usual_;
        return sizeof(tag) + payload(tag, block);
    }

    uint64_t payload(uint32_t tag, const WeightBlock& block) {
        switch (tag) {
        case kFloat32:
        case kScaledFloat32: usual_ = tag; return block.count * sizeof(float);
        case kFloat16:
        case kBfloat16: usual_ = tag; return aligned(block.count * 2);
        case kInt8:
            if (!block.mayBeInt8) remember(tag);
            fatal_ = fatal_ || !block.mayBeInt8;
            return aligned(block.count);
        default: break;
        }
        // ncnn takes every other tag for a table of 256 values with an index for each weight. That
        // format exists, so it is an error only when the sizes do not come out in the end.
        remember(tag);
        return kTableBytes + aligned(block.count);
    }

    void remember(uint32_t tag) {
        if (odd_.layer >= 0) return;
        odd_.status = Status::badTag;
        odd_.layer = current_;
        odd_.offset = at_;
        odd_.tag = tag;
    }

    const ParamFile& file_;
    const std::function<bool(uint64_t, void*, size_t)>& readAt_;
    const uint64_t size_;
    uint64_t at_ = 0;
    int current_ = -1;
    uint32_t usual_ = kFloat32;
    bool fatal_ = false; // an int8 block that its layer would read as floats, past its end
    WeightWalk odd_;
    WeightWalk short_;
};

} // namespace

uint64_t leastWeightBytes(const ParamFile& file) {
    uint64_t total = 0;
    for (const ParamLayer& layer : file.layers) {
        for (const WeightBlock& block : weightsOf(layer).value_or(std::vector<WeightBlock>())) {
            total += block.kind == Kind::raw ? block.count * sizeof(float) : aligned(block.count);
            if (block.kind == Kind::tagged) total += sizeof(uint32_t);
        }
    }
    return total;
}

WeightWalk walkWeights(const ParamFile& file, const std::function<bool(uint64_t, void*, size_t)>& readAt,
                       uint64_t size) {
    return Walker(file, readAt, size).run();
}

} // namespace twinfer
