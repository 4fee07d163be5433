#pragma once

#include <napi.h>

#include "../arguments.h"
#include "preprocess/image.h"

namespace twinfer {

// The argument `index`, an array of T, as pixels of the size that the next argument says: { width, height,
// channels, stride }, with `offset` elements before the first. Throws TWINFER_LENGTH_MISMATCH where they
// would not lie within it.
template <typename T> preprocess::View<T> pixelsOf(const Arguments& arguments, size_t index);

// A whole number of 0 or more, below 2^31, of an object.
int countIn(const Napi::Object& object, const char* name);
double numberIn(const Napi::Object& object, const char* name);

preprocess::Target targetOf(const Napi::Object& object);

Napi::Value toUint8Array(Napi::Env env, const preprocess::Image<uint8_t>& image);
Napi::Value toFloat32Array(Napi::Env env, const preprocess::Image<float>& image);

} // namespace twinfer
