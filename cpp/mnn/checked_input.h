#pragma once

#include "../runner/runner.h"

namespace twinfer::mnn {

// What an input's shape is held against: memory that is there already, or a model that is sized for it
// (mayRunWith).
enum class Fit { exact, sized };

// Throws TWINFER_DTYPE_MISMATCH, TWINFER_SHAPE_MISMATCH or TWINFER_LENGTH_MISMATCH unless the input is
// what `spec` says. MNN checks none of it: copyFromHostTensor copies the source's size, whatever the
// destination's is (H7), and a wrong channel count runs and gives garbage.
void checkInput(const TensorSpec& spec, const InputView& input, Fit fit = Fit::exact);

// Throws TWINFER_MISSING_INPUT or TWINFER_UNKNOWN_OUTPUT. `outputs` is how many indices there are.
void checkRequest(const RunRequest& request, const std::vector<TensorSpec>& inputs, size_t outputs);

// An input with the shape that RunnerOptions::inputShapes gives it. Throws TWINFER_SHAPE_MISMATCH.
TensorSpec givenSpec(const TensorSpec& spec, const RunnerOptions& options);

// Throws TWINFER_SHAPE_MISMATCH for an array of another shape than inputShapes says, but for the batch.
void checkAsGiven(const TensorSpec& given, const RunnerOptions& options, const Shape& received);

// That shape. The result may still have open dimensions; the batch, where it is open, becomes 1 as in MNN.
Shape initialShape(const TensorSpec& spec, const RunnerOptions& options);

// Throws TWINFER_UNKNOWN_INPUT for a name in inputShapes that no input has.
void checkInputShapes(const RunnerOptions& options, const std::vector<TensorSpec>& inputs);

bool isOpen(const Shape& shape);

// Whether a model that declares `declared` may be tried with `received`: as many dimensions, another batch,
// and other sizes where channels do not lie. MNN sizes the model anew, and names the layer that cannot take
// it.
bool mayRunWith(const TensorSpec& declared, const Shape& received);

// Whether a tensor of `expected` may stand in an array of `received`: float16, bfloat16 and bool travel
// in arrays of plain integers.
bool sameBytes(DType expected, DType received);

} // namespace twinfer::mnn
