#pragma once

#include <ncnn/net.h>

#include "../format/ncnn/param_file.h"

namespace twinfer {

// A layer that a mask takes out of 16-bit storage is handed what the layer before stores all the same, and
// its fp32 kernel reads past the end (ncnn 20261020, NetPrivate::convert_layout). Takes masks away that the
// .param does not ask for, where a bottom may be stored in 16 bits. Throws TWINFER_MODEL_UNSUPPORTED where
// the .param itself has one (parameter 31). To be called before the weights are loaded, which layers
// transform for what they store.
void settleMasks(ncnn::Net& net, const ParamFile& param);

} // namespace twinfer
