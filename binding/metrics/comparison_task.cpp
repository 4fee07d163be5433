#include "comparison_task.h"

#include <cstring>

namespace twinfer {

ComparisonTask::ComparisonTask(Napi::Env env, const metrics::ComparisonRequest& request)
    : PromiseTask(env), request_(request) {
    metrics::Values &reference = request_.reference, &candidate = request_.candidate;
    const size_t referenceBytes = reference.length * bytesOf(reference.dtype);
    const size_t candidateBytes = candidate.length * bytesOf(candidate.dtype);
    // The wider elements first, so that the others are aligned behind them.
    bytes_ = referenceBytes + candidateBytes;
    if (bytes_ == 0) return;
    copy_.reset(new char[bytes_]);
    const bool isReferenceFirst = bytesOf(reference.dtype) >= bytesOf(candidate.dtype);
    char* const referenceCopy = copy_.get() + (isReferenceFirst ? 0 : candidateBytes);
    char* const candidateCopy = copy_.get() + (isReferenceFirst ? referenceBytes : 0);
    std::memcpy(referenceCopy, reference.data, referenceBytes);
    std::memcpy(candidateCopy, candidate.data, candidateBytes);
    reference.data = referenceCopy;
    candidate.data = candidateCopy;
}

} // namespace twinfer
