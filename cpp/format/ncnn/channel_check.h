#pragma once

#include "param_file.h"

namespace twinfer {

// Whether weights fit the blobs that come in, as far as channels follow from the layers before, whatever is
// run. ncnn does not ask, and reads outside its weights; open() asks once it knows the shapes of a run's
// inputs (shape_check.h).
void checkChannels(const ParamFile& file, Findings& findings);

} // namespace twinfer
