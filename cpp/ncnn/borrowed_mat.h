#pragma once

#include <ncnn/mat.h>

#include "../runner/runner.h"

namespace twinfer {

// An ncnn::Mat of the given dimensions over the caller's memory, or over a copy where ncnn's layout
// differs (it pads each channel to 16 bytes and wants it aligned so, and vectors more). `dimensions` has 1 to
// 4 entries, outermost first.
//
// `references` becomes the Mat's reference count and must outlive it and every Mat made from it. It starts
// at 2, so that it never comes down to 1 while the engine runs: a Mat without a count is a null
// dereference in light mode, and one with a count of 1 is written in place by ReLU and 38 other layers,
// straight into the caller's array.
ncnn::Mat borrowMat(const InputView& input, const Shape& dimensions, int& references, bool& copied);

// A Mat of its own with the same content.
ncnn::Mat copyMat(const InputView& input, const Shape& dimensions, ncnn::Allocator* allocator);

} // namespace twinfer
