#pragma once

#include "error.h"
#include "format/mnn/model_facts.h"
#include "format/mnn/model_verifier.h"
#include "format/mnn/report.h"

namespace twinfer {

// What check() and open() do with an .mnn, with and without a file of weights beside it.
inline void readMnn(const void* data, size_t size) {
    constexpr uint64_t kWeightFileBytes = 1 << 20;
    for (const uint64_t weightFileBytes : {uint64_t(0), kWeightFileBytes})
        reportMnn({static_cast<const char*>(data), size}, weightFileBytes);
    try {
        verifyMnnModel(data, size, kWeightFileBytes);
        mnn::readFacts(data);
    } catch (const Error&) {
        // It is refused.
    }
}

} // namespace twinfer
