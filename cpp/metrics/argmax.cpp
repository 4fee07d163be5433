#include "argmax.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "work_split.h"

namespace twinfer::metrics {

namespace {

// Positions side by side, which read whole cache lines where classes lie `inner` apart.
constexpr size_t kTile = 256;
constexpr size_t kLeastPerThread = size_t(1) << 18;
constexpr size_t kNone = SIZE_MAX;

// All of a tensor as T, without a copy where it is that already.
template <typename T> class WholeValues {
  public:
    explicit WholeValues(const Values& values) : data_(static_cast<const T*>(values.data)) {
        if (values.dtype == (sizeof(T) == sizeof(float) ? DType::float32 : DType::float64)) return;
        copy_.resize(values.length);
        readValues(values, 0, values.length, copy_.data());
        data_ = copy_.data();
    }
    const T* data() const { return data_; }

  private:
    const T* data_;
    std::vector<T> copy_;
};

// Of one position: a branch that is hardly ever taken. The test for equality is for -Infinity, a score too.
template <typename T> void findOneBest(const T* scores, const ClassAxis& axis, size_t* best) {
    T largest = -std::numeric_limits<T>::infinity();
    *best = kNone;
    for (size_t c = 0; c < axis.classes; c++) {
        const T score = scores[c * axis.inner];
        if (score > largest || (score == largest && *best == kNone)) {
            *best = c;
            largest = score;
        }
    }
}

// Of `positions` neighbours, the scores of each being `inner` apart.
template <typename T> void findBest(const T* scores, const ClassAxis& axis, size_t positions, size_t* best) {
    if (positions == 1) return findOneBest(scores, axis, best);
    T largest[kTile];
    std::fill(best, best + positions, kNone);
    std::fill(largest, largest + positions, -std::numeric_limits<T>::infinity());
    for (size_t c = 0; c < axis.classes; c++, scores += axis.inner) {
        for (size_t i = 0; i < positions; i++) {
            const bool better = scores[i] > largest[i] || (best[i] == kNone && scores[i] == largest[i]);
            best[i] = better ? c : best[i];
            largest[i] = better ? scores[i] : largest[i];
        }
    }
}

template <typename T>
bool isExplained(const T* reference, const T* candidate, const ClassAxis& axis, size_t best,
                 double explainedBy) {
    double second = -std::numeric_limits<double>::infinity();
    for (size_t c = 0; c < axis.classes; c++) {
        const double a = reference[c * axis.inner], b = candidate[c * axis.inner];
        if (c != best && a > second) second = a;
        // Equal infinities mask a class on both sides.
        if (a != b && !std::isfinite(b - a)) return false;
    }
    return reference[best * axis.inner] - second <= 2 * explainedBy;
}

template <typename T>
Argmax compareAs(const Values& referenceValues, const Values& candidateValues, const ClassAxis& axis,
                 double explainedBy, size_t mostThreads) {
    const WholeValues<T> reference(referenceValues), candidate(candidateValues);
    const size_t tilesPerRow = (axis.inner + kTile - 1) / kTile;
    const size_t threads = threadsFor(referenceValues.length, kLeastPerThread, mostThreads);
    std::vector<Argmax> found(threads);
    Parts tiles(axis.outer * tilesPerRow);
    runWorkers(threads, [&](size_t worker) {
        size_t best[kTile], other[kTile];
        for (size_t tile; tiles.take(tile);) {
            const size_t inner = tile % tilesPerRow * kTile;
            const size_t start = tile / tilesPerRow * axis.classes * axis.inner + inner;
            const size_t positions = std::min(kTile, axis.inner - inner);
            findBest(reference.data() + start, axis, positions, best);
            findBest(candidate.data() + start, axis, positions, other);
            found[worker].count += positions;
            for (size_t i = 0; i < positions; i++) {
                if (best[i] == other[i]) continue;
                found[worker].flips++;
                if (best[i] == kNone) continue; // the reference's scores are all NaN
                found[worker].explainedFlips += isExplained(
                    reference.data() + start + i, candidate.data() + start + i, axis, best[i], explainedBy);
            }
        }
    });
    Argmax total;
    for (const Argmax& part : found) {
        total.count += part.count;
        total.flips += part.flips;
        total.explainedFlips += part.explainedFlips;
    }
    return total;
}

} // namespace

Argmax compareArgmax(const Values& reference, const Values& candidate, const ClassAxis& axis,
                     double explainedBy, size_t threads) {
    return fitsSingle(reference.dtype) && fitsSingle(candidate.dtype)
               ? compareAs<float>(reference, candidate, axis, explainedBy, threads)
               : compareAs<double>(reference, candidate, axis, explainedBy, threads);
}

} // namespace twinfer::metrics
