#pragma once

#include <ncnn/net.h>

namespace twinfer {

// Detectors sort what they found by its score, and one that is no number is neither above nor below another:
// ncnn's own sort then runs past the end. Of a loaded Net, they are looked at before each run.
void checkScores(ncnn::Net& net);

} // namespace twinfer
