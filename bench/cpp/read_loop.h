#pragma once

#include <cstddef>

// Sums both arrays on `threads` threads: what reading them costs.
double readLoop(const float* a, const float* b, size_t length, size_t threads);
