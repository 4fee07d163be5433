#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace twinfer {

// Outermost dimension first, as NumPy has it. kAny stands for a dimension that a model leaves open.
using Shape = std::vector<int>;
constexpr int kAny = -1;

// NC4HW4 blocks channels by the engine's own pack (4, 8 or 16): it is never shown to JavaScript
// without having been converted.
enum class Layout { NCHW, NHWC, NC4HW4 };

const char* nameOf(Layout layout);

// "[1,3,224,224]"; an open dimension is "?".
std::string toString(const Shape& shape);

// Elements of a shape without open dimensions. Throws TWINFER_SHAPE_MISMATCH on a negative
// dimension or a product above 2^31 - 1, which neither engine can address.
int64_t elementsOf(const Shape& shape);

// True when every dimension agrees or is open on the expected side.
bool matches(const Shape& expected, const Shape& received);

} // namespace twinfer
