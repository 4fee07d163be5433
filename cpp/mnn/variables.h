#pragma once

#include <MNN/expr/Expr.hpp>

#include "../runner/runner.h"

namespace twinfer::mnn {

MNN::Express::Dimensionformat formatOf(Layout layout);
Layout layoutOf(MNN::Express::Dimensionformat format);

// A variable that reads the caller's memory, which must outlive it. A packed format is converted to.
MNN::Express::VARP variableOver(const InputView& input, DType dtype, MNN::Express::Dimensionformat format);

// Throws TWINFER_ENGINE_FAILED when the variable has no content: MNN says so only in its log.
OutputTensor readVariable(MNN::Express::VARP variable, const std::string& name,
                          const Destination& destination);

} // namespace twinfer::mnn
