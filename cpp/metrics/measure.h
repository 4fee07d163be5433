#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "block_kernels.h"
#include "values.h"

namespace twinfer::metrics {

constexpr size_t kNowhere = SIZE_MAX;

// Reference values up to this share of the largest one are noise round zero, and have no relative error.
constexpr double kRelativeFloor = 1e-6;

// Up to how many values the ULP histogram and the grid shares judge all of them. Of more they judge every
// n-th block, so that about as many are judged: both are distributions.
constexpr size_t kJudgedWhole = size_t(1) << 20;

struct Sums : PairSums {
    size_t finite = 0;             // positions where both sides are; the sums and maxima are over these
    size_t maxAbsIndex = kNowhere; // the first of several; kNowhere where nothing differs
    size_t nan = 0, inf = 0, referenceNan = 0, referenceInf = 0;
    size_t nonFiniteIndex = kNowhere; // the first where they disagree and one is not finite
};

// Of the values that are judged.
struct Distribution {
    Grid referenceGrid, candidateGrid;
    std::array<uint64_t, kUlpBins> ulp{}; // zeros unless both sides are float32
};

struct Measurement : Distribution {
    Sums sums;
    RelativeSums relative;
};

struct MeasureOptions {
    size_t threads = 0;               // at most; 0: as many as the machine has
    bool onlySums = false;            // leaves the rest at zero
    const Kernels* kernels = nullptr; // default: the best
};

// One pass over two tensors of the same length. The result does not depend on the number of threads. Relative
// errors of values that float holds are divided in float, so they are right to 7 digits.
Measurement measure(const Values& reference, const Values& candidate, const MeasureOptions& options = {});

} // namespace twinfer::metrics
