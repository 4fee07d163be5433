#pragma once

#include <ncnn/net.h>

#include "../format/ncnn/param_file.h"

namespace twinfer {

// Has ncnn make ROIAlign so that it looks at the region first, which are values that only a run tells: ncnn
// reads where the region leads, and makes a table as large as the region is.
void checkRegions(ncnn::Net& net, const ParamFile& param);

} // namespace twinfer
