#pragma once

#include "weight_layout.h"

namespace twinfer {

// What makes a file readable that is not as it stands.
struct Repair {
    enum class Kind { badTag, wrongTag, shift };
    Kind kind;
    int index;           // of the block concerned
    WeightLayout layout; // of the repaired file, all blocks
    int64_t by = 0;      // bytes that were inserted in front of its tag, or lost there
};

// Finds the one change after which the rest of the file fits: a tag that must be another, or bytes that were
// inserted or lost in front of a tag. Nothing where no single change does.
std::optional<Repair> repairLayout(const std::vector<PendingBlock>& pending, const WeightLayout& layout,
                                   const ReadWord& word, int64_t size);

} // namespace twinfer
