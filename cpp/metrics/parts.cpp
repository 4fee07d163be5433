#include "parts.h"

#include <algorithm>
#include <memory>

#include "kernels.h"
#include "pair_reader.h"
#include "work_split.h"

namespace twinfer::metrics {

namespace {

// Rows are cut into so many slices at most, whoever works on them, and the slices are added in order.
constexpr size_t kMostSlices = 16;
constexpr size_t kLeastPerSlice = size_t(1) << 18;

void add(AxisSums& total, size_t size, size_t index, const PartSums& part) {
    if (total.empty()) return;
    double* const field = total.data() + index;
    field[0] += part.finite;
    field[size] += part.zeros;
    field[2 * size] += part.referencePower;
    field[3 * size] += part.errorPower;
    field[4 * size] += part.product;
    field[5 * size] = std::max(field[5 * size], part.referenceMaxAbs);
    field[6 * size] = std::max(field[6 * size], part.maxAbs);
}

void add(AxisSums& total, const AxisSums& slice) {
    const size_t size = total.size() / kPartFields;
    for (size_t i = 0; i < 5 * size; i++) total[i] += slice[i];
    for (size_t i = 5 * size; i < total.size(); i++) total[i] = std::max(total[i], slice[i]);
}

// The sums of some rows, the runs along the last dimension.
template <typename T> class SliceSummer {
  public:
    SliceSummer(const Values& reference, const Values& candidate, const std::vector<size_t>& sizes)
        : kernels_(kernelsFor<T>(bestKernels())), sizes_(sizes), width_(sizes.back()),
          pairs_(reference, candidate) {
        for (const size_t size : sizes) sums_.emplace_back(size > kMostParts ? 0 : kPartFields * size);
    }

    std::vector<AxisSums> sum(size_t firstRow, size_t endRow) {
        std::vector<size_t> at = positionOf(firstRow);
        for (size_t row = firstRow; row < endRow; row++) {
            for (size_t column = 0; column < width_; column += kBlock) addRun(row, column, at);
            for (size_t axis = at.size(); axis-- > 0;) {
                if (++at[axis] < sizes_[axis]) break;
                at[axis] = 0;
            }
        }
        return std::move(sums_);
    }

  private:
    void addRun(size_t row, size_t column, const std::vector<size_t>& at) {
        const size_t count = std::min(kBlock, width_ - column);
        const Block<T> block = pairs_.read(row * width_ + column, count);
        if (width_ <= kMostParts) {
            kernels_.parts(block.reference, block.candidate, count, sums_.back().data() + column, width_);
        }
        if (at.empty()) return;
        const PartSums part = kernels_.part(block.reference, block.candidate, count);
        for (size_t axis = 0; axis < at.size(); axis++) add(sums_[axis], sizes_[axis], at[axis], part);
    }

    // Of a row in the dimensions before the last.
    std::vector<size_t> positionOf(size_t row) const {
        std::vector<size_t> at(sizes_.size() - 1);
        for (size_t axis = at.size(); axis-- > 0; row /= sizes_[axis]) at[axis] = row % sizes_[axis];
        return at;
    }

    const BlockKernels<T>& kernels_;
    const std::vector<size_t> sizes_;
    const size_t width_;
    std::vector<AxisSums> sums_;
    PairReader<T> pairs_;
};

template <typename T>
std::vector<AxisSums> sumAs(const Values& reference, const Values& candidate,
                            const std::vector<size_t>& sizes, size_t mostThreads) {
    const size_t rows = reference.length / sizes.back();
    const size_t slices =
        std::min(rows, std::clamp<size_t>(reference.length / kLeastPerSlice, 1, kMostSlices));
    std::vector<std::vector<AxisSums>> found(slices);
    Parts parts(slices);
    runWorkers(std::min(slices, threadsFor(reference.length, kLeastPerSlice, mostThreads)), [&](size_t) {
        for (size_t slice; parts.take(slice);) {
            const auto summer = std::make_unique<SliceSummer<T>>(reference, candidate, sizes);
            found[slice] = summer->sum(rows * slice / slices, rows * (slice + 1) / slices);
        }
    });
    for (size_t slice = 1; slice < slices; slice++) {
        for (size_t axis = 0; axis < sizes.size(); axis++) add(found[0][axis], found[slice][axis]);
    }
    return std::move(found[0]);
}

} // namespace

std::vector<AxisSums> sumParts(const Values& reference, const Values& candidate,
                               const std::vector<size_t>& sizes, size_t threads) {
    if (sizes.empty() || reference.length == 0) return {};
    return fitsSingle(reference.dtype) && fitsSingle(candidate.dtype)
               ? sumAs<float>(reference, candidate, sizes, threads)
               : sumAs<double>(reference, candidate, sizes, threads);
}

} // namespace twinfer::metrics
