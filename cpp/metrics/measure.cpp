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

// In the order of the chunks, whoever measured them.
void add(Sums& total, const Sums& part) {
    total.finite += part.finite;
    total.referencePower += part.referencePower;
    total.candidatePower += part.candidatePower;
    total.errorPower += part.errorPower;
    total.product += part.product;
    total.error += part.error;
    total.absError += part.absError;
    total.nan += part.nan;
    total.inf += part.inf;
    total.referenceNan += part.referenceNan;
    total.referenceInf += part.referenceInf;
    total.referenceMaxAbs = std::max(total.referenceMaxAbs, part.referenceMaxAbs);
    total.nonFiniteIndex = std::min(total.nonFiniteIndex, part.nonFiniteIndex);
    if (part.maxAbs > total.maxAbs) {
        total.maxAbs = part.maxAbs;
        total.maxAbsIndex = part.maxAbsIndex;
    }
}

void add(Grid& total, const Grid& part) {
    total.judged += part.judged;
    total.fp16 += part.fp16;
    total.bf16 += part.bf16;
}

void add(Distribution& total, const Distribution& part) {
    add(total.referenceGrid, part.referenceGrid);
    add(total.candidateGrid, part.candidateGrid);
    for (size_t bin = 0; bin < kUlpBins; bin++) total.ulp[bin] += part.ulp[bin];
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
    for (const Chunk& chunk : chunks) add(measurement.sums, chunk.sums);
    if (options.onlySums) return measurement;

    const double floor = kRelativeFloor * measurement.sums.referenceMaxAbs;
    Parts again(chunkCount);
    const auto isRight = [&](const Chunk& chunk) { return chunk.smallestCounted > floor; };
    const size_t wrong = chunkCount - std::count_if(chunks.begin(), chunks.end(), isRight);
    runWorkers(threadsFor(wrong * kChunk, kLeastPerThread, threads), [&](size_t) {
        const auto measurer = std::make_unique<ChunkMeasurer<T>>(reference, candidate, kernels, true);
        for (size_t part; again.take(part);) {
            if (!isRight(chunks[part])) measurer->remeasureRelative(part, floor, chunks[part]);
        }
    });
    for (const Chunk& chunk : chunks) {
        measurement.relative.sum += chunk.relative.sum;
        measurement.relative.count += chunk.relative.count;
        measurement.relative.largest = std::max(measurement.relative.largest, chunk.relative.largest);
    }
    Distribution total;
    for (const Distribution& part : distributions) add(total, part);
    measurement.referenceGrid = total.referenceGrid;
    measurement.candidateGrid = total.candidateGrid;
    measurement.ulp = total.ulp;
    return measurement;
}

} // namespace

Measurement measure(const Values& reference, const Values& candidate, const MeasureOptions& options) {
    return fitsSingle(reference.dtype) && fitsSingle(candidate.dtype)
               ? measureAs<float>(reference, candidate, options)
               : measureAs<double>(reference, candidate, options);
}

} // namespace twinfer::metrics
