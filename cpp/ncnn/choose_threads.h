#pragma once

#include <map>

#include "../format/ncnn/shape_check.h"
#include "../runner/thread_choice.h"
#include "network.h"

namespace twinfer {

// The cores that one of the options' lanes has for itself: big ones, where the processor has two kinds.
int bigCoresFor(const RunnerOptions& options);

// What a network that nobody gave threads to may choose from; 0 where they are given, or a GPU does the work.
int coresToChooseFrom(const Network& network, const RunnerOptions& options);

// By the work of a network whose inputs have these shapes, by blob.
ThreadChoice chooseThreads(const Network& network, const std::map<int, BlobShape>& inputs, int cores);

// Between loadParam and loadModel: by what the file or inputShapes say of the shapes. Layers arrange their
// weights for so many; fewer can run them later, at little loss.
ThreadChoice arrangeThreads(Network& network, const RunnerOptions& options);

} // namespace twinfer
