#include "measure.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "chunk_measurer.h"
#include "kernels.h"
#include "work_split.h"

namespace twinfer::metrics {

namespace {

// Below this a thread costs more than it brings.
constexpr size_t kLeastPerThread = size_t(1) << 18;

// Parts are added in the order of the chunks, whoever measured them: the first of equal errors stays.
void addChunk(Sums& total, const Sums& part) {
    if (part.maxAbs > total.maxAbs) total.maxAbsIndex = part.maxAbsIndex;
    join<PairSums>(total, kPairFields, part);
    total.finite += part.finite;
    total.nan += part.nan;
    total.inf += part.inf;
    total.referenceNan += part.referenceNan;
    total.referenceInf += part.referenceInf;
    total.nonFiniteIndex = std::min(total.nonFiniteIndex, part.nonFiniteIndex);
}

void addDistribution(Distribution& total, const Distribution& part) {
    add(total.referenceGrid, part.referenceGrid);
    add(total.candidateGrid, part.candidateGrid);
    for (size_t bin = 0; bin < kUlpBins; bin++) total.ulp[bin] += part.ulp[bin];
}

// Goes once more over the chunks that counted values below the final floor: few, where large values are
// everywhere.
template <typename MakeMeasurer>
void correctRelative(std::vector<Chunk>& chunks, double floor, size_t threads, MakeMeasurer makeMeasurer) {
    std::vector<size_t> wrong;
    for (size_t i = 0; i < chunks.size(); i++) {
        if (!(chunks[i].relative.smallest > floor)) wrong.push_back(i);
    }
    Parts parts(wrong.size());
    runWorkers(threadsFor(wrong.size() * kChunk, kLeastPerThread, threads), [&](size_t) {
        const auto measurer = makeMeasurer();
        for (size_t part; parts.take(part);) {
            measurer->remeasureRelative(wrong[part], floor, chunks[wrong[part]]);
        }
    });
}

template <typename T>
Measurement measureAs(const Values& reference, const Values& candidate, const MeasureOptions& options) {
    const size_t chunkCount = (reference.length + kChunk - 1) / kChunk;
    const size_t threads = threadsFor(reference.length, kLeastPerThread, options.threads);
    const Kernels& kernels = options.kernels != nullptr ? *options.kernels : bestKernels();
    std::vector<Chunk> chunks(chunkCount);
    std::vector<Distribution> distributions(threads);
    Parts parts(chunkCount);
    runWorkers(threads, [&](size_t worker) {
        const auto measurer =
            std::make_unique<ChunkMeasurer<T>>(reference, candidate, kernels, options.onlySums);
        for (size_t part; parts.take(part);) chunks[part] = measurer->measure(part);
        distributions[worker] = measurer->distribution();
    });
    Measurement measurement;
    for (const Chunk& chunk : chunks) addChunk(measurement.sums, chunk.sums);
    if (options.onlySums) return measurement;

    const double floor = kRelativeFloor * measurement.sums.referenceMaxAbs;
    correctRelative(chunks, floor, threads,
                    [&] { return std::make_unique<ChunkMeasurer<T>>(reference, candidate, kernels, true); });
    for (const Chunk& chunk : chunks) join(measurement.relative, kRelativeFields, chunk.relative);
    for (const Distribution& part : distributions) addDistribution(measurement, part);
    return measurement;
}

} // namespace

Measurement measure(const Values& reference, const Values& candidate, const MeasureOptions& options) {
    return fitsSingle(reference.dtype) && fitsSingle(candidate.dtype)
               ? measureAs<float>(reference, candidate, options)
               : measureAs<double>(reference, candidate, options);
}

} // namespace twinfer::metrics
