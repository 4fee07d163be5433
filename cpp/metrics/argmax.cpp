#include "argmax.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels.h"
#include "work_split.h"

namespace twinfer::metrics {

namespace {

// Positions side by side: they read whole cache lines where classes lie `inner` apart.
constexpr size_t kTile = kBlock;
constexpr size_t kLeastPerThread = size_t(1) << 18;

template <typename T> using Index = typename ClassIndex<T>::Type;

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

// Of one position: a branch that is hardly ever taken.
template <typename T> size_t findOneBest(const T* scores, const ClassAxis& axis) {
    size_t best = axis.classes;
    T largest = -std::numeric_limits<T>::infinity();
    for (size_t c = 0; c < axis.classes; c++) {
        if (scores[c * axis.inner] > largest) {
            best = c;
            largest = scores[c * axis.inner];
        }
    }
    return best;
}

// Of `positions` neighbours; the number of classes where all scores are NaN.
template <typename T>
void findBest(const T* scores, const ClassAxis& axis, size_t positions, Index<T>* best) {
    if (positions == 1) {
        *best = Index<T>(findOneBest(scores, axis));
    } else {
        kernelsFor<T>(bestKernels()).best(scores, axis.inner, axis.classes, positions, best);
    }
    for (size_t i = 0; i < positions; i++) {
        if (best[i] < axis.classes) continue;
        // -Infinity is a score too.
        for (best[i] = 0; best[i] < axis.classes && std::isnan(scores[best[i] * axis.inner + i]);) best[i]++;
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
        Index<T> best[kTile], other[kTile];
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
                if (best[i] == axis.classes) continue; // the reference's scores are all NaN
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
    const bool isIndexWide = axis.classes > std::numeric_limits<Index<float>>::max();
    return fitsSingle(reference.dtype) && fitsSingle(candidate.dtype) && !isIndexWide
               ? compareAs<float>(reference, candidate, axis, explainedBy, threads)
               : compareAs<double>(reference, candidate, axis, explainedBy, threads);
}

} // namespace twinfer::metrics
