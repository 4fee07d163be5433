#include "weight_repair.h"

#include <utility>

namespace twinfer {

namespace {

constexpr Storage kStorages[] = {Storage::fp32, Storage::fp16, Storage::bf16, Storage::int8};
// A wrong tag shows itself at the next one; a few blocks of slack for tags that happen to be zeros.
constexpr int kBlocksBack = 6;
constexpr int64_t kLargestShift = 16;

class Repairing {
  public:
    Repairing(const std::vector<PendingBlock>& pending, const WeightLayout& layout, const ReadWord& word,
              int64_t size)
        : pending_(pending), layout_(layout), word_(word), size_(size) {}

    std::optional<Repair> find() const {
        const int failure = layout_.odd >= 0 ? layout_.odd : static_cast<int>(pending_.size()) - 1;
        for (int index = failure, back = 0; index >= 0 && back < kBlocksBack; index--) {
            if (pending_[index].block.kind != WeightBlock::Kind::tagged) continue;
            back++;
            if (auto repair = otherTag(index)) return repair;
        }
        if (layout_.odd < 0) return std::nullopt;
        // The smallest shift first: 1, -1, 2, -2, …
        for (int64_t by = 1; by <= kLargestShift; by++) {
            for (const int64_t shift : {by, -by}) {
                WeightLayout rest = resume(failure, layout_.blocks[failure].start + shift, {});
                if (fits(rest, shift))
                    return Repair{Repair::Kind::shift, failure, joined(failure, std::move(rest)), shift};
            }
        }
        return std::nullopt;
    }

  private:
    std::optional<Repair> otherTag(int index) const {
        for (const Storage storage : kStorages) {
            if (storage == Storage::int8 && !pending_[index].block.mayBeInt8) continue;
            WeightLayout rest = resume(index, layout_.blocks[index].start, storage);
            if (!fits(rest, 0)) continue;
            const Repair::Kind kind = index == layout_.odd ? Repair::Kind::badTag : Repair::Kind::wrongTag;
            return Repair{kind, index, joined(index, std::move(rest))};
        }
        return std::nullopt;
    }

    WeightLayout resume(int index, int64_t at, std::optional<Storage> first) const {
        return placeBlocks(pending_, word_, {static_cast<size_t>(index), at, first, true});
    }

    bool fits(const WeightLayout& rest, int64_t slack) const {
        return rest.odd < 0 && (rest.end == size_ || rest.end == size_ + slack);
    }

    WeightLayout joined(int index, WeightLayout rest) const {
        rest.blocks.insert(rest.blocks.begin(), layout_.blocks.begin(), layout_.blocks.begin() + index);
        return rest;
    }

    const std::vector<PendingBlock>& pending_;
    const WeightLayout& layout_;
    const ReadWord& word_;
    const int64_t size_;
};

} // namespace

std::optional<Repair> repairLayout(const std::vector<PendingBlock>& pending, const WeightLayout& layout,
                                   const ReadWord& word, int64_t size) {
    return Repairing(pending, layout, word, size).find();
}

} // namespace twinfer
