#pragma once

#include <map>

#include "../format/ncnn/shape_check.h"
#include "../runner/thread_choice.h"
#include "network.h"

namespace twinfer {

// By the work of a network whose inputs have these shapes, by blob.
ThreadChoice chooseThreads(const Network& network, const std::map<int, BlobShape>& inputs, int cores);

} // namespace twinfer
