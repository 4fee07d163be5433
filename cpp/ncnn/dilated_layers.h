#pragma once

#include <ncnn/net.h>

#include "../format/ncnn/param_file.h"

namespace twinfer {

// After load_model. Without packing, ncnn (20261020, convolution_x86.cpp and convolution_arm.cpp) runs a
// dilated convolution by another inside it, which has the only weights. Where the output is smaller than the
// dilation it takes its plain way all the same, with weights that were never made. Such a run is refused.
void checkDilated(ncnn::Net& net, const ParamFile& param);

} // namespace twinfer
