#pragma once

#include <cstddef>
#include <cstdint>

#include "../findings.h"
#include "weight_file.h"

namespace twinfer {

// Refuses every .mnn file that MNN 3.6.1 would crash on or read past its buffers for
// (docs/engines.md, H9, H11): flatbuffers' own verifier, then what that cannot know. `weights` is
// "<model>.weight", of 0 bytes when there is none.
//
// Throws TWINFER_MODEL_INVALID (with what the file looks like instead), TWINFER_MODEL_TRUNCATED,
// TWINFER_MODEL_UNSUPPORTED (an operator that this version does not know) or TWINFER_FILE_NOT_FOUND
// (its weights are in a file that is not there).
void verifyMnnModel(const void* data, size_t size, const WeightFile& weights = {});

// The same with all that is wrong, of the model and of its file of weights. False where there is nothing more
// to be read: the tables are damaged, or this is no MNN model.
bool verifyMnnModel(const void* data, size_t size, const WeightFile& weights, Findings& findings,
                    Findings& weightFindings);

} // namespace twinfer
